"""Which people had to do with which records: read off the records, their trail and what hangs on them."""

from collections import defaultdict

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q

from changes.models import Change, Decision, Remark, Review, RiskAssessment, StepRun
from incidents.models import Incident, Message, PhoneConfirmation
from itsm.core.models import StepTaken
from itsm.people.models import Appointment, Person, Role, Team

REQUESTER, WORKER, APPROVER, IMPLEMENTER, LEADER, WRITER = "requester", "worker", "approver", "implementer", "leader", "writer"
FIELDS = {
    "requester": REQUESTER, "contact": REQUESTER, "logged_by": WRITER, "author": WRITER, "edited_by": WRITER, "written_by": WRITER,
    "implementer": IMPLEMENTER, "deployed_by": IMPLEMENTER, "items_confirmed_by": IMPLEMENTER, "approved_by": APPROVER,
    "reviewed_by": APPROVER, "accepted_by": APPROVER, "verified_by": APPROVER, "raised_by": REQUESTER,
}  # fmt: skip
"""{column: kind} of columns that name people; any other one means that they worked on it."""
HANGING = {
    Incident: [(Message, "incident", {"author": WRITER}), (PhoneConfirmation, "incident", {"called_by": WORKER, "second_by": APPROVER})],
    Change: [
        (RiskAssessment, "change", {"by": WRITER}), (Remark, "change", {"person": WRITER}), (Review, "change", {"by": APPROVER}),
        (StepRun, "change", {"by": IMPLEMENTER, "ended_by": IMPLEMENTER}),
        (Decision, "stage__round__change", {"person": APPROVER, "on_behalf_of": APPROVER}),
    ],
}  # fmt: skip
"""{model: [(what hangs on it, the way back, {column: kind})]}."""
TEAMS = {Incident: ("team",), Change: ("services__team",)}
"""{model: ways to the teams that own a record}; those that owned it before are in its trail."""


def pairs(people, model, records, *, before=True):
    """`{(kind, person id, record id)}` of these people and records (ids, or a queryset of them).

    `before`: also of who stood in a record once and does not any more; over a whole population that takes long.
    """
    if not people:
        return set()
    inside = records.values("pk") if hasattr(records, "values") else records
    found = _named(people, model, inside, before)
    found |= _stepped(people, model, inside)
    for hanging, way, columns in HANGING.get(model, ()):
        for column, kind in columns.items():
            rows = hanging.objects.order_by().filter(**{f"{way}__in": inside, f"{column}__in": people})
            found |= {(kind, person, record) for person, record in rows.values_list(f"{column}_id", way)}
    return found | _led(people, model, inside)


def _columns(model):
    """`{column: kind}` of a model's own columns that name people."""
    named = [field for field in model._meta.concrete_fields if field.is_relation and field.related_model is Person]
    return {field.name: FIELDS.get(field.name, WORKER) for field in named}


def _named(people, model, inside, before):
    """Who stands in a record, or stood there before: a handler who passed it on had it all the same."""
    columns = _columns(model)
    found = set()
    if not columns:
        return found
    anywhere = Q(*[(f"{name}__in", people) for name in columns], _connector=Q.OR)
    sources = [(model._default_manager, "pk"), *(_history(model) if before else ())]
    for rows, key in sources:
        said = rows.order_by().filter(anywhere, **{f"{key}__in": inside}).values_list(key, *[f"{name}_id" for name in columns])
        for record, *named in said.distinct():
            found |= {(kind, person, record) for kind, person in zip(columns.values(), named, strict=True) if person in people}
    return found


def _history(model):
    """The trail of a model, where it has one."""
    try:
        return [(apps.get_model(model._meta.app_label, f"{model.__name__}Event").objects, "pgh_obj_id")]
    except LookupError:
        return []


def _stepped(people, model, inside):
    """Who took a step of it."""
    steps = StepTaken.objects.order_by().filter(content_type=ContentType.objects.get_for_model(model), object_id__in=inside, by__in=people)
    return {(WORKER, person, record) for person, record in steps.values_list("by_id", "object_id").distinct()}


def _led(people, model, inside):
    """Who led a team that owned it: as its lead, today or before, or as its supervisor."""
    teams = _teams_led(people)
    if not teams:
        return set()
    found = set()
    for way in TEAMS.get(model, ()):
        rows = model._default_manager.order_by().filter(**{f"{way}__in": teams, "pk__in": inside}).values_list("pk", way)
        found |= {(LEADER, person, record) for record, team in rows for person in teams[team]}
    return found


def _teams_led(people):
    """`{team id: people who lead it, led it before, or supervise it}`; three queries."""
    found = defaultdict(set)
    events = apps.get_model("people", "TeamEvent").objects.order_by()
    sources = (
        Team.objects.order_by().filter(lead__in=people).values_list("pk", "lead_id"),
        events.filter(lead__in=people).values_list("pgh_obj_id", "lead_id").distinct(),
        Appointment.objects.standing().order_by().filter(person__in=people, role=Role.SUPERVISOR, team__isnull=False)
        .values_list("team_id", "person_id"),
    )  # fmt: skip
    for rows in sources:
        for team, person in rows:
            found[team].add(person)
    return dict(found)

"""Who is independent of what: ties of people to processes and to single records (O4; ISO 19011, requirements 80 and 83).

A tie that blocks keeps somebody from auditing; one that does not is a warning. Nothing here decides: services and pages do.
"""

import dataclasses
from collections import defaultdict
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from audits import framework, ties
from audits.models import ProcessOwner
from changes.models import Change
from incidents.models import Incident
from itsm.people.models import Appointment, Person
from itsm.people.zones import company_zone

OWNER, DEPUTY, SUBORDINATE = "owner", "deputy", "subordinate"
REQUESTER, WORKER, APPROVER, IMPLEMENTER, LEADER, WRITER = "requester", "worker", "approver", "implementer", "leader", "writer"
MANY_PERCENT = 10
"""Whoever had to do with a larger share of a process's records does not audit it; below, only those records are not theirs to read."""

LABELS = {
    OWNER: _("owned it"), DEPUTY: _("was deputy"), SUBORDINATE: _("reports to its owner"), REQUESTER: _("asked for it"),
    WORKER: _("worked on it"), APPROVER: _("approved or reviewed it"), IMPLEMENTER: _("carried it out"),
    LEADER: _("led the team it belonged to"), WRITER: _("wrote in it"),
}  # fmt: skip
OF_RECORDS = (IMPLEMENTER, APPROVER, WORKER, LEADER, REQUESTER, WRITER)


@dataclasses.dataclass(frozen=True)
class Tie:
    """What ties somebody to something: `kind` is one of the names above, `words` a sentence, `about` a process's code or a record's id."""

    kind: str
    words: object
    about: object
    blocks: bool = True
    count: int = 0

    @property
    def label(self):
        return LABELS[self.kind]


@dataclasses.dataclass(frozen=True)
class Work:
    """The records of a process: which of them lie in a period. `model`, and the field that says when one began."""

    model: type
    began: str

    def records(self, first_day, last_day):
        """The records that began in these days of the company."""
        zone = ZoneInfo(company_zone())
        since = datetime.combine(first_day, time.min, zone)
        until = datetime.combine(last_day + timedelta(days=1), time.min, zone)
        return self.model.objects.order_by().filter(**{f"{self.began}__gte": since, f"{self.began}__lt": until})


WORK = {"incident": Work(Incident, "contacted_at"), "change": Work(Change, "raised_at")}
"""{process: Work} of the processes that have records in the product; later ones join by one line."""


def processes_of(area):
    """The codes of the processes that an area is about: its own, or those that live in its clause."""
    return [area.process.code] if area.process_id else [process.code for process in framework.of_clause(area.clause)]


def is_blocked(found):
    """Whether any of these ties blocks."""
    return any(tie.blocks for tie in found)


def process_ties(people, processes, first_day, last_day):
    """`{person id: [Tie]}` of people to processes (by code) in a stretch of days, both included; nine queries at most and few for each
    process that has records.
    """
    people, processes = _ids(people), [getattr(process, "code", process) for process in processes]
    found = defaultdict(list)
    owners = _owned(found, people, processes, first_day, last_day)
    _reports(found, people, owners, first_day, last_day)
    for code in processes:
        if code in WORK:
            _worked(found, people, code, WORK[code], first_day, last_day)
    return dict(found)


def owner_ties(people, processes, first_day, last_day):
    """Of the same those who owned or deputised alone; one query."""
    found = defaultdict(list)
    _owned(found, _ids(people), list(processes), first_day, last_day)
    return dict(found)


def _ids(people):
    return {getattr(person, "pk", person) for person in people}


def _owned(found, people, processes, first_day, last_day):
    """Note who owned or deputised; returns `{code: {owner ids}}`."""
    days = (first_day, last_day + timedelta(days=1))
    overlapping = ProcessOwner.objects.standing().filter(valid__overlap=days, process__code__in=processes)
    owners = defaultdict(set)
    names = framework.processes()
    for code, owner, deputy in overlapping.order_by("id").values_list("process__code", "owner_id", "deputy_id"):
        owners[code].add(owner)
        label = names[code].label() if code in names else code
        for kind, person, words in ((OWNER, owner, _("owned %(process)s")), (DEPUTY, deputy, _("was deputy owner of %(process)s"))):
            if person in people and not any(tie.kind == kind and tie.about == code for tie in found[person]):
                found[person].append(Tie(kind, words % {"process": label}, code))
    return owners


def _reports(found, people, owners, first_day, last_day):
    """Note who stands below an owner in the line: by their manager's chain, or as member of a team that the owner leads."""
    leaders = set().union(*owners.values()) if owners else set()
    if not leaders:
        return
    managers = dict(Person.objects.order_by().filter(manager__isnull=False).values_list("id", "manager_id"))
    teams = _teams_of(people, first_day, last_day)
    names = dict(Person.objects.order_by().filter(pk__in=leaders).values_list("id", "name"))
    for person in people:
        above = _above(person, managers) | teams.get(person, set())
        for code, those in owners.items():
            if over := (above & those) - {person}:
                words = _("reports to %(name)s, who owned the process") % {"name": names[min(over)]}
                found[person].append(Tie(SUBORDINATE, words, code, blocks=False))


def _above(person, managers):
    """Everybody above somebody in the line; a circle ends where it closes."""
    seen = set()
    while (person := managers.get(person)) and person not in seen:
        seen.add(person)
    return seen


def _teams_of(people, first_day, last_day):
    """`{person id: ids of those who lead a team they belonged to}`."""
    held = Appointment.objects.standing().filter(person__in=people, valid__overlap=(first_day, last_day + timedelta(days=1)))
    found = defaultdict(set)
    for person, lead in held.filter(team__lead__isnull=False).order_by().values_list("person_id", "team__lead_id"):
        found[person].add(lead)
    return found


def _worked(found, people, code, work, first_day, last_day):
    """Note who had to do with the records of a process: much blocks, little is a warning."""
    records = work.records(first_day, last_day)
    touched = ties.pairs(people, work.model, records, before=False)
    if not touched:
        return
    total = records.count()
    by_kind = defaultdict(set)
    for kind, person, record in touched:
        by_kind[person, kind].add(record)
    everything = defaultdict(set)
    for (person, _kind), those in by_kind.items():
        everything[person] |= those
    for person, kind in sorted(by_kind, key=lambda pair: (pair[0], OF_RECORDS.index(pair[1]))):
        blocks = 100 * len(everything[person]) > MANY_PERCENT * total
        found[person].append(Tie(kind, _counted(kind, len(by_kind[person, kind]), total), code, blocks, len(by_kind[person, kind])))


COUNTED = {
    IMPLEMENTER: _("carried out %(count)s of %(total)s records"),
    APPROVER: _("approved or reviewed %(count)s of %(total)s records"),
    WORKER: _("worked on %(count)s of %(total)s records"),
    LEADER: _("led the team of %(count)s of %(total)s records"),
    REQUESTER: _("asked for %(count)s of %(total)s records"),
    WRITER: _("wrote in %(count)s of %(total)s records"),
}


def _counted(kind, count, total):
    return COUNTED[kind] % {"count": count, "total": total}


def record_ties(people, model, ids):
    """`{(person id, record id): [Tie]}` of people to single records; a number of queries that does not grow with either."""
    found = defaultdict(dict)
    for kind, person, record in ties.pairs(_ids(people), model, list(ids)):
        found[person, record].setdefault(kind, Tie(kind, LABELS[kind], record))
    return {key: [those[kind] for kind in OF_RECORDS if kind in those] for key, those in found.items()}

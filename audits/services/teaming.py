"""Who audits what: only who is independent of it, or whom top management allows with a second reviewer (O4, requirements 80 and 83)."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audits import audit_rules as rules
from audits import independence, kinds
from audits.models import Audit, AuditArea, AuditMember, IndependenceOverride, MemberRole
from audits.models.audit import OPEN
from audits.services.telling import tell
from itsm.core import clock
from itsm.core.errors import Refused
from itsm.core.verbs import verb
from itsm.people import duty
from itsm.people.models import Role


def ties_of(area, people):
    """`{person id: [Tie]}` of people to the processes of an area in the audited period; records drawn are told one by one."""
    audit = area.audit
    return independence.process_ties(people, independence.processes_of(area), audit.period_from, audit.period_until)


def team_ties(audit, areas):
    """`{area id: [Tie]}` of the auditor of each area; as many queries as one area takes."""
    people = {area.auditor_id for area in areas if area.auditor_id}
    codes = list(dict.fromkeys(code for area in areas if area.auditor_id for code in independence.processes_of(area)))
    known = independence.process_ties(people, codes, audit.period_from, audit.period_until) if people else {}
    found = {}
    for area in areas:
        area.audit = audit
        own = set(independence.processes_of(area))
        found[area.pk] = [tie for tie in known.get(area.auditor_id, ()) if tie.about in own]
    return found


@verb
def assign(area, *, by, auditor, at=None, quietly=False):
    """Let somebody audit an area. Refused, with what ties them, where they are not independent and nobody allowed it."""
    at = at or clock.now()
    area = _locked(area)
    audit = area.audit
    if quietly and audit.is_ahead and rules.may_plan_audits(by):
        pass  # a programme's audits are drafted by whoever plans it
    elif refusal := Audit.assign.step.refusal(audit, by):
        raise refusal
    must_be_independent(area, auditor)
    area.auditor, area.flagged_at = auditor, None
    area.save()
    _join(audit, auditor)
    _leave_without_area(audit, at)
    if not quietly:
        audit.assign(by=by, at=at, area=area.pk, auditor=auditor.pk)
        audit.save()
    if auditor.pk != audit.lead_id:
        tell([auditor], kinds.AUDITS, audit, but=by, at=at)
    return area


def _locked(area):
    """The area with its audit, the audit's row locked first."""
    audit = Audit.objects.locked(area.audit_id)
    area = AuditArea.objects.standing().select_for_update(of=("self",)).select_related("process", "auditor").get(pk=area.pk)
    area.audit = audit
    return area


def must_be_independent(area, person):
    """Raise Refused with everything that ties somebody to an area, unless top management allowed it."""
    if not (person.is_internal and person.is_active):
        raise Refused(gettext_lazy("Our own people audit an area; auditors from outside are guests."), code="outsider")
    ties = [tie for tie in ties_of(area, [person]).get(person.pk, ()) if tie.blocks]
    if ties and not is_allowed(area, person):
        raise Refused(refusal_of(area, person, ties), code="not_independent")


def refusal_of(area, person, ties):
    """The sentence that keeps somebody from auditing an area."""
    listed = _("; ").join(str(tie.words) for tie in ties)
    return _(
        "Nobody audits their own work: %(name)s is not independent of “%(area)s” (%(ties)s). "
        "Choose somebody else, or ask top management to allow it with a second reviewer."
    ) % {"name": person.display, "area": area.label, "ties": listed}  # fmt: skip


def is_allowed(area, person):
    """Whether top management allowed somebody to audit an area."""
    return area.overrides.filter(person=person).exists()


def _join(audit, person):
    if not audit.members.standing().filter(person=person).exists():
        AuditMember.objects.create(audit=audit, person=person, role=MemberRole.AUDITOR)


def _leave_without_area(audit, at):
    """Auditors without any area left are not in the team."""
    busy = audit.areas.standing().filter(auditor__isnull=False).values("auditor")
    for member in audit.members.standing().filter(role=MemberRole.AUDITOR).exclude(person__in=busy):
        member.dropped_at = at
        member.save()


@verb
def override(area, *, by, person, reviewer, reason, at=None):
    """Top management lets somebody audit an area that they are not independent of: why, and who looks at it a second time.

    The reviewer has to be independent. It can't be taken back, and stands in the report.
    """
    at = at or clock.now()
    area = _locked(area)
    if not reason.strip():
        raise Refused(gettext_lazy("Say why."), code="no_reason")
    if len({person.pk, reviewer.pk, by.pk}) < 3:
        raise Refused(gettext_lazy("Who audits, who reviews it and who allows it are three people."), code="same_person")
    area.audit.override(by=by, at=at, reason=reason.strip(), person=person.pk, reviewer=reviewer.pk)
    found = ties_of(area, [person, reviewer])
    ties = [tie for tie in found.get(person.pk, ()) if tie.blocks]
    if not ties:
        raise Refused(_("%(name)s is independent of it: nothing has to be allowed.") % {"name": person.display}, code="independent")
    if independence.is_blocked(found.get(reviewer.pk, ())):
        raise Refused(refusal_of(area, reviewer, [tie for tie in found[reviewer.pk] if tie.blocks]), code="reviewer")
    if is_allowed(area, person):
        raise Refused(gettext_lazy("This is allowed already."), code="allowed")
    IndependenceOverride.objects.create(
        audit=area.audit, area=area, person=person, reviewer=reviewer, reason=reason.strip(), by=by, at=at,
        ties=[[tie.kind, tie.about, tie.count] for tie in ties],
    )  # fmt: skip
    area.audit.save()
    area.auditor, area.flagged_at = person, None
    area.save()
    _join(area.audit, person)
    _leave_without_area(area.audit, at)
    tell([area.audit.lead, person, reviewer], kinds.OVERRIDDEN, area.audit, but=by, at=at, area=area.pk)
    return area


def blocked_areas(audit):
    """`[(area, ties)]` of the areas whose auditor is not independent and not allowed."""
    areas = list(audit.areas.standing().filter(auditor__isnull=False).select_related("process", "auditor__organisation"))
    allowed = set(audit.overrides.values_list("area_id", "person_id"))
    blocking = {pk: [tie for tie in ties if tie.blocks] for pk, ties in team_ties(audit, areas).items()}
    return [(area, blocking[area.pk]) for area in areas if blocking[area.pk] and (area.pk, area.auditor_id) not in allowed]


@verb
def start(audit, *, by, at=None):
    """Open the audit: with opening and closing meeting on the agenda, and nobody auditing their own work."""
    audit, at = Audit.objects.locked(audit.pk), at or clock.now()
    if refusal := Audit.start.step.refusal(audit, by):
        raise refusal
    blocked = blocked_areas(audit)
    if blocked:
        raise Refused(" ".join(refusal_of(area, area.auditor, ties) for area, ties in blocked), code="not_independent")
    audit.start(by=by, at=at)
    audit.save()
    owners = {item.auditee for item in audit.agenda.standing().filter(auditee__isnull=False).select_related("auditee")}
    tell(sorted(owners, key=lambda person: person.pk), kinds.AUDIT_BEGUN, audit, but=by, at=at)
    return audit


@verb
def recheck(audit, *, by, at=None):
    """Look again whether everybody is independent of what they audit; who is not any more is flagged, once, and lead and manager told."""
    audit, at = Audit.objects.locked(audit.pk), at or clock.now()
    if audit.status not in OPEN:
        return audit
    blocked = {area.pk for area, _ties in blocked_areas(audit)}
    fresh = []
    for area in audit.areas.standing().select_for_update(of=("self",)).filter(auditor__isnull=False):
        if (area.pk in blocked) == (area.flagged_at is not None):
            continue
        area.flagged_at = at if area.pk in blocked else None
        area.save()
        fresh += [area] if area.flagged_at else []
    for area in fresh:
        audit.doubt(by=None, at=at, area=area.pk, auditor=area.auditor_id)
    audit.save()
    if fresh:
        tell([audit.lead, *duty.holders(Role.SERVICE_MANAGER, at)], kinds.DOUBTED, audit, but=None, at=at)
    return audit


def recheck_all(at, people=None):
    """Recheck the audits that are not reported yet: all, or those in which one of these people audits; how many areas are in doubt."""
    audits = Audit.objects.filter(status__in=OPEN)
    if people is not None:
        audits = audits.filter(areas__auditor__in=people, areas__dropped_at=None).distinct()
    for audit in audits.order_by("id"):
        recheck(audit, by=None, at=at)
    return AuditArea.objects.standing().filter(audit__status__in=OPEN, flagged_at__isnull=False).count()

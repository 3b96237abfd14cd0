"""Programmes: written, filled with audits for what is not covered, approved by top management (clause 9.2)."""

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audits import audit_rules as rules
from audits import kinds, suggesting
from audits.models import Process, Programme
from audits.services.auditing import cover, plan_audit
from audits.services.teaming import assign
from audits.services.telling import tell
from itsm.core import clock
from itsm.core.errors import NotAllowed, Refused
from itsm.core.verbs import verb
from itsm.people import duty
from itsm.people.models import Role

FIRST_YEAR, LAST_YEAR = 2000, 2100
METHODS = ["documents", "on_site"]


@verb
def write_programme(*, by, year, objectives, risks="", owner=None, at=None):
    """The programme of a year, as a draft. Raises NotAllowed, Refused."""
    _must_plan(by)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Refused(gettext_lazy("Choose a year between 2000 and 2100."), code="year")
    if Programme.objects.filter(year=year).exists():
        raise Refused(_("The programme of %(year)s exists already.") % {"year": year}, code="exists")
    if not objectives.strip():
        raise Refused(gettext_lazy("Say what the audits of the year are for."), code="objectives")
    days = {"starts_on": date(year, 1, 1), "ends_on": date(year, 12, 31)}
    programme = Programme(year=year, objectives=objectives.strip(), risks=risks.strip(), owner=owner or by, **days)
    programme.save()
    return programme


@verb
def edit_programme(programme, *, by, at=None, **fields):
    """Another text, or somebody else who looks after it, while it is a draft."""
    programme = Programme.objects.locked(programme.pk)
    if not fields.get("objectives", programme.objectives).strip():
        raise Refused(gettext_lazy("Say what the audits of the year are for."), code="objectives")
    programme.edit(by=by, at=at or clock.now(), fields=fields)
    programme.save()
    return programme


@verb
def approve_programme(programme, *, by, at=None):
    """Top management says yes to it. Who looks after it hears so."""
    programme, at = Programme.objects.locked(programme.pk), at or clock.now()
    programme.approve(by=by, at=at)
    programme.save()
    tell([programme.owner, *duty.holders(Role.SERVICE_MANAGER, at)], kinds.PROGRAMME_APPROVED, programme, but=by, at=at)
    return programme


@verb
def revise_programme(programme, *, by, reason, at=None):
    """Open an approved programme again, with a reason; it is approved anew."""
    programme, at = Programme.objects.locked(programme.pk), at or clock.now()
    programme.revise(by=by, at=at, reason=reason.strip())
    programme.save()
    tell(duty.holders(Role.TOP_MANAGEMENT, at), kinds.PROGRAMME_REVISED, programme, but=by, at=at)
    return programme


@verb
def draft_audits(programme, *, by, at=None):
    """Plan audits for everything the programme does not cover, each area with an independent auditor where there is one; the programme."""
    programme, at = Programme.objects.locked(programme.pk), at or clock.now()
    _must_plan(by)
    if programme.is_approved:
        raise Refused(gettext_lazy("It is approved. Revise it first, with a reason."), code="approved")
    wanted = suggesting.suggested(programme, at)
    if not wanted:
        raise Refused(gettext_lazy("Everything is covered: there is nothing to plan."), code="covered")
    people = suggesting.auditors(at)
    for one in wanted:
        _planned(programme, one, people, by=by, at=at)
    return programme


def _planned(programme, wanted, people, *, by, at):
    """One audit, with whoever audits the most of it in the lead."""
    chosen = suggesting.independent(people, wanted.processes, wanted.period_from, wanted.period_until)
    busy = [person for person in chosen.values() if person is not None]
    lead = max(people, key=lambda person: sum(person == other for other in busy), default=by)
    audit = plan_audit(
        by=by, at=at, programme=programme, title=_("Internal audit %(year)s/%(no)s") % {"year": programme.year, "no": wanted.no},
        scope=_("The whole service management system, with all services and customers."), methods=METHODS, lead=lead,
        criteria=_("ISO/IEC 20000-1, our own procedures, and the agreements with customers."),
        **{name: getattr(wanted, name) for name in ("starts_on", "ends_on", "period_from", "period_until")},
    )  # fmt: skip
    processes = Process.objects.complete().filter(code__in=wanted.processes)
    cover(audit, by=by, at=at, processes=list(processes), clauses=list(wanted.clauses))
    for area in audit.areas.standing().select_related("process"):
        auditor = chosen.get(area.process.code) if area.process_id else next(iter(people), None)
        if auditor is not None:
            assign(area, by=by, auditor=auditor, at=at, quietly=True)


def _must_plan(by):
    if by is not None and not rules.may_plan_audits(by):
        raise NotAllowed(rules.may_plan_audits.sentence)

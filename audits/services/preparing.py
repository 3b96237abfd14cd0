"""What an audit goes by: its agenda and its checklist, drafted by a click and changed by hand."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from audits import audit_rules as rules
from audits import clauses, framework, known
from audits.models import AgendaItem, AgendaSort, Audit, ChecklistItem, ChecklistResult, ProcessOwner
from audits.models.audit import OPEN
from audits.services.teaming import must_be_independent
from itsm.core import clock
from itsm.core.errors import NotAllowed, Refused
from itsm.core.verbs import verb
from itsm.people.zones import company_day, company_zone

MORNING, AFTERNOON = (9 * 60 + 30, 12 * 60), (13 * 60, 16 * 60 + 30)
MEETING, DAY_BEGINS, CLOSING = 30, 9 * 60, 16 * 60 + 30
LONGEST, SHORTEST = 120, 20
A_DAY = timedelta(days=1)


@verb
def draft_agenda(audit, *, by, at=None):
    """An opening meeting, each area in turn with the owner of its process, a closing meeting. What stands there already is replaced."""
    audit, at = _changing(audit, by), at or clock.now()
    areas = list(audit.areas.standing().select_related("process"))
    if not areas:
        raise Refused(rules.NEEDS_AREAS[1], code="has_areas")
    audit.agenda.standing().update(dropped_at=at)
    days = [audit.starts_on + no * A_DAY for no in range((audit.ends_on - audit.starts_on).days + 1)]
    days = [day for day in days if day.weekday() < 5] or days
    owners = _owners(areas, at)
    _meeting(audit, AgendaSort.OPENING, days[0], DAY_BEGINS)
    for area, day, begins, ends in slots(areas, days):
        auditee = owners.get(area.process.code) if area.process_id else owners.get("service-management")
        AgendaItem.objects.create(
            audit=audit, sort=AgendaSort.AREA, area=area, auditee=auditee, starts_at=_at(day, begins), ends_at=_at(day, ends)
        )  # fmt: skip
    _meeting(audit, AgendaSort.CLOSING, days[-1], CLOSING)
    return audit


def slots(areas, days):
    """`[(area, day, first minute, last minute)]`: the areas shared over the days in order, before and after noon."""
    halves = [(day, *half) for day in days for half in (MORNING, AFTERNOON)]
    per = -(-len(areas) // len(halves))
    found = []
    for no, (day, begins, ends) in enumerate(halves):
        those = areas[no * per : (no + 1) * per]
        lasts = min(LONGEST, max(SHORTEST, (ends - begins) // max(1, len(those))))
        found += [(area, day, begins + place * lasts, begins + (place + 1) * lasts) for place, area in enumerate(those)]
    return found


def _at(day, minutes):
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(company_zone())) + timedelta(minutes=minutes)


def _meeting(audit, sort, day, minutes):
    AgendaItem.objects.create(audit=audit, sort=sort, starts_at=_at(day, minutes), ends_at=_at(day, minutes + MEETING))


def _owners(areas, at):
    """`{process code: who owns it today}`."""
    held = ProcessOwner.objects.current(at).select_related("owner", "process")
    return {one.process.code: one.owner for one in held if one.owner.is_active}


@verb
def put_on_agenda(audit, *, by, starts_at, ends_at, sort, area=None, auditee=None, words="", item=None):
    """Add an entry to the agenda, or change one."""
    audit = _changing(audit, by)
    if ends_at <= starts_at:
        raise Refused(_("An entry ends after it begins."), code="order")
    if (sort == AgendaSort.AREA) != (area is not None):
        raise Refused(_("Choose the area that is audited then; meetings have none."), code="area")
    days = (company_day(starts_at), company_day(ends_at))
    if not audit.starts_on <= days[0] <= days[1] <= audit.ends_on:
        raise Refused(_("This lies outside the days of the audit."), code="days")
    fields = {"starts_at": starts_at, "ends_at": ends_at, "sort": sort, "area": area, "auditee": auditee, "words": words.strip()}
    if item is None:
        return AgendaItem.objects.create(audit=audit, **fields)
    for name, value in fields.items():
        setattr(item, name, value)
    item.save()
    return item


@verb
def take_off_agenda(item, *, by, at=None):
    """Take an entry off the agenda; a running audit keeps its opening and closing meeting."""
    audit = _changing(item.audit, by)
    if audit.status == "in_progress" and item.sort in (AgendaSort.OPENING, AgendaSort.CLOSING):
        raise Refused(rules.NEEDS_MEETINGS[1], code="has_meetings")
    item.dropped_at = at or clock.now()
    item.save()
    return item


def _changing(audit, by):
    """The audit, locked, if it may still be changed by somebody. Raises NotAllowed, Refused."""
    audit = Audit.objects.locked(audit.pk)
    if not (rules.may_arrange(by, audit) or rules.may_audit_here(by, audit)):
        raise NotAllowed(rules.may_audit_here.sentence)
    if audit.status not in OPEN:
        raise Refused(_("The report is issued: nothing of the audit changes any more."), code="wrong_status")
    return audit


@verb
def draft_checklist(audit, *, by, at=None):
    """A question for each clause of each area that has none yet, with the rules that test it; what stands there stays."""
    audit = _changing(audit, by)
    areas = list(audit.areas.standing().select_related("process"))
    if not areas:
        raise Refused(rules.NEEDS_AREAS[1], code="has_areas")
    asked = set(audit.checklist.values_list("area_id", "clause"))
    no, testing = audit.checklist.count(), list(known.rules().values())
    for area in areas:
        for number in _clauses(area):
            if (area.pk, number) not in asked:
                no += 1
                ChecklistItem.objects.create(
                    audit=audit, area=area, no=no, clause=number, auditor=area.auditor, rule_ids=_rules(area, number, testing)
                )
    return audit


def _clauses(area):
    """The clauses of an area, in the order of the standard."""
    numbers = framework.processes()[area.process.code].clauses if area.process_id else (area.clause,)
    return sorted(numbers, key=framework.clause_place)


def _rules(area, number, testing):
    """The rules that test a clause, for a process those of it alone; what tests the process elsewhere goes with its first clause."""
    if not area.process_id:
        return [rule.id for rule in testing if rule.clause == number]
    own = [rule for rule in testing if rule.process == area.process.code]
    numbers = _clauses(area)
    elsewhere = [rule.id for rule in own if rule.clause not in numbers] if number == numbers[0] else []
    return [rule.id for rule in own if rule.clause == number] + elsewhere


@verb
def ask(audit, *, by, area, clause, question, at=None):
    """Put a question of one's own on the checklist."""
    audit = _changing(audit, by)
    if not question.strip():
        raise Refused(_("Write the question first."), code="question")
    if clause not in clauses.known():
        raise Refused(_("There is no clause %(clause)s.") % {"clause": clause}, code="clause")
    no = audit.checklist.count() + 1
    return ChecklistItem.objects.create(audit=audit, area=area, no=no, clause=clause, question=question.strip(), auditor=area.auditor)


@verb
def answer_question(item, *, by, result, note="", method="", at=None):
    """What the audit found to a question; anything but “conforming” needs words. Whoever answers is independent of the area."""
    audit = _changing(item.audit, by)
    if not rules.may_audit_here(by, audit):
        raise NotAllowed(rules.may_audit_here.sentence)
    if audit.status != "in_progress":
        raise Refused(_("Questions are answered while the audit is in progress."), code="wrong_status")
    if result in (ChecklistResult.NOT_CONFORMING, ChecklistResult.NOT_APPLICABLE) and not note.strip():
        raise Refused(_("Say what was seen, or why it does not apply."), code="no_words")
    item = ChecklistItem.objects.select_for_update(of=("self",)).select_related("area__process").get(pk=item.pk)
    item.area.audit = audit
    must_be_independent(item.area, by)
    is_open = result == ChecklistResult.OPEN
    item.result, item.note, item.method = result, note.strip(), method
    item.answered_by, item.answered_at = (None, None) if is_open else (by, at or clock.now())
    item.save()
    return item

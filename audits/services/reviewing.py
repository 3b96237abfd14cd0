"""A management review up to the meeting: planned, its inputs compiled and answered, held (clause 9.3, requirement 110)."""

from django.utils.translation import gettext_lazy as _

from audits import inputs, kinds, review_framework
from audits import review_rules as rules
from audits.inputs import Asked
from audits.inputs.lines import in_every_language
from audits.models import Attendee, ManagementReview, ReviewInput
from audits.models.review import CHAIR, KEEPER
from audits.services.telling import tell
from changes.period import Period
from itsm.core import clock
from itsm.core.errors import NotAllowed, Refused
from itsm.core.verbs import verb
from itsm.people.models import Appointment, Role
from itsm.people.zones import company_day

MOST_MONTHS = 36


@verb
def plan_review(*, by, chair, planned_on, first, last, at=None):
    """Plan a review that looks at whole months, from that of `first` to that of `last`; who chairs it is top management on the day.

    Raises NotAllowed, Refused.
    """
    at = at or clock.now()
    if by is not None and not rules.may_plan(by):
        raise NotAllowed(_("Only the IT service manager plans management reviews."))
    period = _checked_period(first, last)
    if planned_on < company_day(at):
        raise Refused(_("A review can’t be planned for a day that is over."), code="past")
    _check_chair(chair, planned_on)
    wanted = review_framework.inputs()
    review = ManagementReview(
        period_from=period.first, period_until=period.last_day, planned_on=planned_on, chair=chair, planned_by=by, planned_at=at,
        inputs_needed=len(wanted),
    )  # fmt: skip
    review.save()
    review.refresh_from_db(fields=["number"])
    for place, one in enumerate(wanted.values(), start=1):
        ReviewInput.objects.create(review=review, key=one.key, place=place, asks=one.asks)
    for person, capacity in {chair: CHAIR, **({by: KEEPER} if by not in (None, chair) else {})}.items():
        Attendee.objects.create(review=review, person=person, capacity=capacity)
    tell([chair], kinds.REVIEW_PLANNED, review, but=by, at=at)
    return review


def _checked_period(first, last):
    period = Period(first.replace(day=1), last.replace(day=1))
    if period.last < period.first:
        raise Refused(_("The period ends before it begins."), code="period")
    if len(period.months) > MOST_MONTHS:
        raise Refused(_("At most %(months)s months are looked at.") % {"months": MOST_MONTHS}, code="period")
    return period


def _check_chair(chair, day):
    if not (chair.is_internal and chair.is_active and is_top(chair, day)):
        sentence = _("%(person)s is not top management on that day. Only top management chairs a management review.")
        raise Refused(sentence % {"person": chair.display}, code="chair")


def is_top(person, day):
    """Whether somebody is appointed as top management on a day of the company."""
    return Appointment.objects.standing().filter(person=person, role=Role.TOP_MANAGEMENT, valid__contains=day).exists()


def top_appointments(at):
    """The appointments as top management at an instant."""
    return Appointment.objects.current(at).filter(role=Role.TOP_MANAGEMENT)


@verb
def replan_review(review, *, by, planned_on, chair, reason, at=None):
    """Plan another day or another chair, with a reason, before it is held."""
    review = ManagementReview.objects.locked(review.pk)
    at = at or clock.now()
    if not reason.strip():
        raise Refused(_("Say why."), code="no_reason")
    if planned_on < company_day(at):
        raise Refused(_("A review can’t be planned for a day that is over."), code="past")
    if (planned_on, chair.pk) == (review.planned_on, review.chair_id):
        raise Refused(_("It is planned like that already."), code="same")
    _check_chair(chair, planned_on)
    review.replan(by=by, at=at, reason=reason.strip(), planned_on=planned_on, chair=chair)
    review.save()
    Attendee.objects.get_or_create(review=review, person=chair, defaults={"capacity": CHAIR})
    seats = review.attendees.select_related("person__organisation")
    tell([chair, *(seat.person for seat in seats)], kinds.REVIEW_PLANNED, review, but=by, at=at)
    return review


def compiled(review, at):
    """`{key: [plain line]}` of every input that comes from the records, as they are at an instant; writes nothing."""
    asked = Asked(Period(review.period_from, review.period_until.replace(day=1)), at)
    return {key: [line.plain() for line in find(asked)] for key, find in inputs.COMPILERS.items()}


@verb
def compile_inputs(review, *, by, at=None):
    """Compile every input that comes from the records, once more if it was; what is different since stands beside it."""
    review = ManagementReview.objects.locked(review.pk)
    at = at or clock.now()
    again = review.status == "prepared"
    step = review.recompile if again else review.prepare
    if refusal := step.step.refusal(review, by):
        raise refusal
    found, changed, lines = compiled(review, at), 0, 0
    for given in review.inputs.filter(key__in=found):
        given.changes = differing(given.lines, found[given.key]) if given.compiled_at else []
        given.lines, given.compiled_at = found[given.key], at
        given.save()
        changed, lines = changed + len(given.changes), lines + len(given.lines)
    step(by=by, at=at, **({"changed": changed} if again else {"lines": lines}))
    review.save()
    return review


def differing(before, now):
    """`[{"label", "unit", "was", "now"}]` of lines whose figure is another, or that came or went."""
    was = {line["key"]: line for line in before}
    becomes = {line["key"]: line for line in now}
    found = []
    for key in dict.fromkeys([*was, *becomes]):
        old, new = was.get(key), becomes.get(key)
        if old is None or new is None or old["value"] != new["value"]:
            line = new or old
            found.append({"label": line["label"], "unit": line["unit"], "was": old and old["value"], "now": new and new["value"]})
    return found


@verb
def answer_input(review, *, by, key, words, at=None):
    """Answer an input in words, or say more about one that was compiled; saying nothing takes an answer back."""
    review = ManagementReview.objects.locked(review.pk)
    at = at or clock.now()
    given = review.inputs.filter(key=key).first()
    if given is None:
        raise Refused(_("A review has no such input."), code="input")
    review.put_in_words(by=by, at=at, key=key)
    given.words, given.words_by, given.words_at = words.strip(), by, at
    given.save()
    review.save()
    return review


@verb
def invite_to_review(review, *, by, person, capacity, at=None):
    """Invite somebody, in a capacity; refused where they are invited already."""
    review = ManagementReview.objects.locked(review.pk)
    at = at or clock.now()
    if not capacity.strip():
        raise Refused(_("Say in which capacity: a role, or what the person reports about."), code="capacity")
    if not (person.is_internal and person.is_active):
        raise Refused(_("Only our own people attend a management review."), code="person")
    if review.attendees.filter(person=person).exists():
        raise Refused(_("%(person)s is invited already.") % {"person": person.display}, code="invited")
    review.invite(by=by, at=at, person=person)
    review.save()
    Attendee.objects.create(review=review, person=person, capacity=capacity.strip())
    tell([person], kinds.REVIEW_PLANNED, review, but=by, at=at)
    return review


@verb
def hold_review(review, *, by, held_on, present, at=None):
    """It is held: the inputs are frozen with their hash, and who was there is written down. `present`: people.

    Refused while an input is missing, without the chair, or where the chair is not top management on that day.
    """
    review = ManagementReview.objects.locked(review.pk)
    at = at or clock.now()
    if not company_day(review.planned_at) <= held_on <= company_day(at):
        raise Refused(_("A review is held on a day since it was planned, and not in the future."), code="day")
    _check_chair(review.chair, held_on)
    present = {person.pk for person in present}
    if review.chair_id not in present:
        raise Refused(_("Without its chair it is no management review. Plan another day, or another chair."), code="no_chair")
    _name_missing(review)
    review.hold(by=by, at=at, held_on=held_on, picture=picture(review))
    _note_attendance(review, present)
    review.save()
    tell([review.chair], kinds.REVIEW_HELD, review, but=by, at=at)
    return review


def _name_missing(review):
    missing = [review_framework.inputs()[given.key] for given in review.missing_inputs() if given.key in review_framework.inputs()]
    if missing and review.status == "prepared":
        raise Refused(_("Still missing: %(inputs)s.") % {"inputs": "; ".join(one.label() for one in missing)}, code="is_whole")


def picture(review):
    """All inputs with their questions, in every language, as they are frozen."""
    wanted, found = review_framework.inputs(), []
    for given in review.inputs.filter(key__in=wanted).order_by("place").select_related("words_by"):
        one = wanted[given.key]
        found.append({
            "key": given.key, "clause": one.clause, "asks": given.asks,
            "title": in_every_language(one.label), "question": in_every_language(one.asked), "lines": given.lines,
            "compiled_at": given.compiled_at.isoformat() if given.compiled_at else None, "words": given.words,
            "words_by": given.words_by.name if given.words_by else "",
        })  # fmt: skip
    return found


@verb
def note_attendance(review, *, by, present, at=None):
    """Correct who was there, until it is signed."""
    review = ManagementReview.objects.locked(review.pk)
    present = {person.pk for person in present}
    review.attend(by=by, at=at or clock.now(), present=sorted(present))
    _note_attendance(review, present)
    review.save()
    return review


def _note_attendance(review, present):
    for seat in review.attendees.all():
        seat.is_present = seat.person_id in present
        seat.save()
    missing = present - {seat.person_id for seat in review.attendees.all()}
    if missing:
        raise Refused(_("Invite whoever was there first, with their capacity."), code="not_invited")

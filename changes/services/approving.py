"""Approval: put before the right people, decided by each once, voided when the content changes (O8, requirements 60 to 66)."""

from django.db.models import F
from django.db.models.functions import Least
from django.utils.translation import gettext_lazy as _

from changes import answering, kinds, policy, signals
from changes.models import ApprovalRound, Change, Choice, Decision, Kind, Outcome, PolicyVersion, Retrospect, RoundKind, Seat, Stage, Status
from changes.models.approval import FINAL
from changes.services import deciders, scheduling, scope, telling
from changes.services.asking import open_next_stage, tell_deciders
from changes.services.models import unusable_because
from itsm.core import clock
from itsm.core.errors import Refused
from itsm.core.verbs import verb
from itsm.links import services as links
from itsm.notices import services as notices

RETROSPECT = policy.DAY
"""Working minutes until the approval after the fact is due: one working day."""


def policy_in_force():
    """The newest version of the approval policy; the shipped tiers where none was published."""
    newest = PolicyVersion.objects.order_by("-no").first()
    return newest or PolicyVersion.objects.get_or_create(no=1, defaults={"rows": policy.SHIPPED})[0]


@verb
def submit(change, *, by, at=None):
    """Put a complete change before those who have to decide. Raises Refused where something is missing, or nobody could decide."""
    change = Change.objects.locked(change.pk)
    at = at or clock.now()
    if change.kind == Kind.STANDARD:
        raise Refused(_("A standard change follows its approved model; nobody is asked again."), code="standard")
    answering.must_answer(change)
    change.submit(by=by, at=at, round_no=_next_no(change))
    _check_reachable(change)
    opened = open_round(change, RoundKind.BEFORE, by=by, at=at)
    change.save()
    open_next_stage(change, opened, at)
    return change


@verb
def take_up(change, *, by, at=None):
    """Let a standard change go ahead as its approved model says, unchanged."""
    change = Change.objects.locked(change.pk)
    at = at or clock.now()
    model = change.model
    if change.kind != Kind.STANDARD:
        raise Refused(_("Only a standard change follows a model."), code="no_model")
    if sentence := unusable_because(model, at):
        raise Refused(sentence, code="no_model")
    if (change.plan, change.back_out_plan, change.category) != (model.plan, model.back_out_plan, model.category):
        raise Refused(_("The steps are not those of the model any more. Ask for a normal change."), code="not_the_model")
    change.take_up(by=by, at=at)
    change.save()
    scheduling.schedule_if_free(change, by=by, at=at)
    return change


def _check_reachable(change):
    """Refuse what nobody could ever decide."""
    asked = policy.stages(policy_in_force().rows, scope.facts(change))
    if change.kind == Kind.EMERGENCY:
        asked += policy.stages(policy_in_force().rows, scope.facts(change, kind=Kind.NORMAL))
    if any(seat == (policy.CUSTOMER, None) for stage in asked for seat in stage.seats):
        raise Refused(_("Name the customers concerned: their representatives have to approve this."), code="no_customer")


def open_round(change, kind, *, by, at):
    """A new round on exactly what the change says now, with the stages that the policy asks for; the caller opens the first."""
    version = policy_in_force()
    facts = scope.facts(change, kind=Kind.NORMAL if kind == RoundKind.AFTER else None)
    opened = ApprovalRound.objects.create(
        change=change, no=_next_no(change), kind=kind, fingerprint=change.fingerprint(), document=change.document(), policy=version,
        why=[[row["name"], row["name_en"]] for row in policy.deciding_rows(version.rows, facts)], opened_at=at, opened_by=by,
    )  # fmt: skip
    seats = []
    for no, asked in enumerate(policy.stages(version.rows, facts), start=1):
        minutes = RETROSPECT if kind == RoundKind.AFTER else asked.minutes
        stage = Stage.objects.create(round=opened, no=no, rule=asked.rule, k=asked.k, minutes=minutes)
        seats += [Seat(stage=stage, role=role, organisation_id=organisation) for role, organisation in asked.seats]
    Seat.objects.bulk_create(seats)
    return opened


def _next_no(change):
    return change.rounds.count() + 1


@verb
def decide(seat, *, by, choice, words="", read=None, link=None, facts=None, at=None):
    """One person's word about one seat: approve, reject or ask (with words), or abstain.

    `read` is the fingerprint of what they read; when the change says something else by now, they have to read again.
    `link` and `facts` come from a customer's signed link: its receipt is kept first. Raises Refused, NotAllowed.
    """
    change = Change.objects.locked(seat.stage.round.change_id)
    at = at or clock.now()
    seats = list(Seat.objects.filter(stage=seat.stage_id).select_related("stage__round", "organisation"))
    seat = next(row for row in seats if row.pk == seat.pk)
    said = list(Decision.objects.filter(stage=seat.stage_id).values_list("seat_id", "person_id", "choice"))
    _must_be_open(change, seat, said, read)
    heard = {(seat.stage_id, person) for _seat, person, former in said if former != Choice.ASK}
    found = deciders.decider(change, seat, by, at, heard)
    if choice in (Choice.REJECT, Choice.ASK) and not words.strip():
        raise Refused(_("Say why, so that they know what to do."), code="no_words")
    receipt = links.receive(link, choice, words=words, facts=facts, at=at) if link is not None else None
    decision = Decision.objects.create(
        seat=seat, stage=seat.stage, person=by, on_behalf_of=found.on_behalf_of, choice=choice, words=words.strip(),
        fingerprint=seat.stage.round.fingerprint, receipt=receipt, at=at,
    )  # fmt: skip
    _told(change, decision, at)
    if choice in FINAL:
        _move_on(change, seat.stage, seats, standing(seats, [*said, (seat.pk, by.pk, choice)]), by=by, at=at)
    elif choice == Choice.ABSTAIN:
        tell_deciders(change, seat.stage, kinds.DECIDE, at)
    return decision


def _must_be_open(change, seat, said, read):
    opened = seat.stage.round
    edited = Refused(_("This change was edited since you opened it. Read it again, then decide."), code="stale")
    if opened.outcome == Outcome.VOIDED or (read is not None and read != opened.fingerprint):
        raise edited
    if opened.outcome != Outcome.PENDING or seat.stage.outcome != Outcome.PENDING or seat.stage.opened_at is None:
        raise Refused(_("Nothing is to be decided here any more."), code="not_open")
    if any(former in FINAL for decided, _person, former in said if decided == seat.pk):
        raise Refused(_("This was decided by somebody else meanwhile."), code="decided")
    if change.fingerprint() != opened.fingerprint:
        raise edited


def _told(change, decision, at):
    """Let who asked for the change, and who carries it out, know what was said."""
    people = dict.fromkeys(p for p in (change.requester, change.implementer) if p is not None and p.pk != decision.person_id)
    lines = [notices.Told(person, kinds.DECIDED, change, f"decision-{decision.pk}", {"decision": decision.pk}) for person in people]
    notices.tell_many(lines, at=at)


def standing(seats, said):
    """For each of these seats True (approved), False (rejected) or None; said: `(seat id, person id, choice)` of its stage."""
    final = {seat: choice == Choice.APPROVE for seat, _person, choice in said if choice in FINAL}
    return [final.get(seat.pk) for seat in seats]


def _move_on(change, stage, seats, stands, *, by, at):
    """Close the stage if it is decided, and with the last one the round; else tell whom a seat falls to because its holder has spoken."""
    outcome, opened = policy.tally(stage.rule, stage.k, stands), stage.round
    if outcome == Outcome.PENDING:
        if by.has_role(*(seat.role for seat, stand in zip(seats, stands, strict=True) if stand is None)):
            tell_deciders(change, stage, kinds.DECIDE, at)
        return
    stage.outcome, stage.decided_at, stage.next_look_at = outcome, at, None
    stage.save(update_fields=["outcome", "decided_at", "next_look_at"])
    if outcome == Outcome.APPROVED and opened.stages.filter(outcome=Outcome.PENDING).exists():
        open_next_stage(change, opened, at)
        return
    _end_round(change, opened, outcome, at)
    ended = _ended_after if opened.kind == RoundKind.AFTER else _ended_before
    ended(change, opened, by=by, at=at)


def _end_round(change, opened, outcome, at):
    """End a round; what was still open in it is asked of nobody any more, and no link leads there."""
    opened.outcome, opened.closed_at = outcome, at
    opened.save(update_fields=["outcome", "closed_at"])
    left = Outcome.VOIDED if outcome == Outcome.VOIDED else Outcome.WITHDRAWN
    opened.stages.filter(outcome=Outcome.PENDING).update(outcome=left, next_look_at=None)
    links.revoke(change, kinds.APPROVE_LINK, at=at)


def _ended_before(change, opened, *, by, at):
    if opened.outcome == Outcome.REJECTED:
        change.reject(by=by, at=at, round_no=opened.no)
        change.save()
        return
    change.approve(by=by, at=at, round_no=opened.no)
    change.save()
    scheduling.schedule_if_free(change, by=by, at=at)


def _ended_after(change, opened, *, by, at):
    change.retrospect = Retrospect.APPROVED if opened.outcome == Outcome.APPROVED else Retrospect.REJECTED
    change.save()
    if change.retrospect == Retrospect.REJECTED:
        words = Decision.objects.filter(stage__round=opened, choice=Choice.REJECT).order_by("-id").values_list("words", flat=True)[0]
        for person in dict.fromkeys([change.requester, change.implementer]):
            notices.tell(person, kinds.REJECTED_AFTER, about=change, key=f"round-{opened.pk}", at=at, round=opened.pk)
        telling.tell_managers(change, kinds.SETTLE, but=None, at=at)
        signals.rejected_in_retrospect.send(sender=Change, change=change, by=by, at=at, words=words)


@verb
def withdraw(change, *, by, reason="", at=None):
    """Take a submitted change back; what was decided stays on record."""
    change = Change.objects.locked(change.pk)
    at = at or clock.now()
    change.withdraw(by=by, at=at, reason=reason)
    end_open_round(change, Outcome.WITHDRAWN, at)
    change.save()
    return change


def end_open_round(change, outcome, at):
    """End the round that is open, if any; return it."""
    opened = change.rounds.filter(outcome=Outcome.PENDING).first()
    if opened is not None:
        _end_round(change, opened, outcome, at)
    return opened


def void(change, *, by, at):
    """A material edit: what was decided on the former content counts no more, and those who decided are told. The caller saves.

    An approval after the fact begins anew on the new content, with its old deadline.
    """
    decided = list(Decision.objects.filter(stage__round__change=change, stage__round__outcome__in=[Outcome.PENDING, Outcome.APPROVED])
                   .select_related("person__organisation", "stage__round").order_by("id"))  # fmt: skip
    after = change.rounds.filter(kind=RoundKind.AFTER).exclude(outcome=Outcome.VOIDED).last()
    pending = end_open_round(change, Outcome.VOIDED, at)
    change.rounds.filter(outcome=Outcome.APPROVED).update(outcome=Outcome.VOIDED)
    if change.status in (Status.AWAITING, Status.APPROVED, Status.SCHEDULED, Status.REJECTED):
        change.rework(by=by, at=at)
    scheduling.release(change)
    for decision in {d.person_id: d for d in decided}.values():
        if decision.person_id != by.pk:
            notices.tell(
                decision.person, kinds.suited(kinds.VOIDED, decision.person), about=change, key=f"void-{decision.stage.round_id}", at=at
            )
    return pending or after


def owe_retrospect(change, *, by, at, since=None):
    """Open the approval after the fact of an emergency that has begun: everybody whom a normal change would ask, within a working day.

    `since`: the round it replaces, whose deadline it keeps. Raises Refused where nobody could ever decide.
    """
    _check_reachable(change)
    change.retrospect = Retrospect.OWED
    change.save()
    opened = open_round(change, RoundKind.AFTER, by=by, at=at)
    open_next_stage(change, opened, at)
    if since is not None:
        deadline = since.stages.order_by("deadline_at").values_list("deadline_at", flat=True).first()
        opened.stages.update(deadline_at=deadline, next_look_at=Least(F("next_look_at"), deadline))
    return opened

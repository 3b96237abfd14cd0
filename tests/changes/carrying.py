"""Changes that are decided, under way and over: plain functions, with the company as the fixture gives it."""

from datetime import timedelta

from changes import services
from changes.models import Change, Choice, Seat, StandardModel
from tests.changes import plans
from tests.changes.conftest import NOW

OPENS = NOW + timedelta(days=7)
"""When the window of the tests' changes opens; two hours later it closes."""
MINUTE = timedelta(minutes=1)


def fresh(change):
    """The change as it stands in the database now."""
    return Change.objects.get(pk=change.pk)


def decide_all(change, company, choice="approve", *, at=NOW, words=""):
    """Let everybody who is asked say the same, stage after stage."""
    while True:
        seats = Seat.objects.filter(
            stage__round__change=change, stage__round__outcome="pending", stage__outcome="pending", stage__opened_at__isnull=False
        )
        open_seat = seats.exclude(decisions__choice__in=[Choice.APPROVE, Choice.REJECT]).first()
        if open_seat is None:
            return fresh(change)
        services.decide(open_seat, by=company[open_seat.role], choice=choice, words=words, at=at)


def begun(change, doer, *, at=OPENS):
    """The change, started."""
    return services.start(change, by=doer, at=at)


def ticked(change, doer, *results, at=OPENS, until=None):
    """Its steps carried out, done unless another result is given for one."""
    for no in range(1, (until or len(change.plan)) + 1):
        result = results[no - 1] if no <= len(results) else "done"
        services.begin_step(change, by=doer, no=no, at=at)
        services.end_step(change, by=doer, no=no, result=result, remark="" if result == "done" else "It hung.", at=at + MINUTE)
    return change


def done(change, doer, *results, at=OPENS):
    """The change, implemented, with its items confirmed."""
    ticked(begun(change, doer, at=at), doer, *results, at=at)
    services.implement(change, by=doer, at=at + 5 * MINUTE)
    return services.confirm_items(change, by=doer, unchanged=list(change.items.all()), at=at + 6 * MINUTE)


def reviewed(change, person, result="successful", *, at=OPENS + 30 * MINUTE):
    """Looked back on by somebody else."""
    return services.look_back(change, by=person, words="Rehearse it once more.", went_well="Quick.", result=result, at=at)


def approved_model(author, manager, *, at=NOW):
    """A model of a routine change, approved."""
    model = StandardModel.objects.create(
        code="patch", name="Patch a web server", category="infrastructure", reason="Patches come every month.", plan=plans.CONTENT["plan"],
        back_out_plan=plans.CONTENT["back_out_plan"], test_evidence="Tried twenty times.", author=author,
    )  # fmt: skip
    model.approve(by=manager, at=at, review_due_on=(at + timedelta(days=300)).date())
    model.save()
    return model


def standard(model, asker, doer, *, at=NOW, opens=OPENS):
    """A run of a model, taken up."""
    change = services.raise_change(
        by=asker, at=at, kind="standard", model=model, title="Patch web-1", implementer=doer, starts_at=opens,
        ends_at=opens + timedelta(hours=2),
    )  # fmt: skip
    return services.take_up(change, by=asker, at=at)

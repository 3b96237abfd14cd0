"""The only state-machine code: steps that say who may take them, what must hold, and that record themselves."""

import dataclasses
import functools
import inspect

import pgtrigger
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models.signals import class_prepared
from django.dispatch import receiver
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, FSMFieldDescriptor, transition

from itsm.core.errors import NotAllowed, Refused
from itsm.core.models import StepTaken


def says(sentence):
    """Give a `may_…` predicate the sentence a refused person reads."""

    def decorate(predicate):
        predicate.sentence = sentence
        return predicate

    return decorate


class StatusDescriptor(FSMFieldDescriptor):
    """Refuses every assignment but the first of a new instance and those of a reload."""

    def __set__(self, instance, value):
        loaded = not instance._state.adding
        if (loaded or self.field.name in instance.__dict__) and not getattr(instance, "_reloading", False):
            raise AttributeError(f"{self.field.name} moves by steps only")
        self.field.set_state(instance, value)


class StatusField(FSMField):
    """A status that only steps move: not editable, not assignable, refused by a trigger beneath."""

    descriptor_class = StatusDescriptor

    def __init__(self, *args, **kwargs):
        kwargs.update(protected=True, editable=False)
        kwargs.setdefault("max_length", 20)
        super().__init__(*args, **kwargs)

    def contribute_to_class(self, cls, name, **kwargs):
        """A migration's picture of a model takes no steps; there it is a plain text, which spares each of thousands a listener."""
        if cls.__module__ == "__fake__":
            models.CharField.contribute_to_class(self, cls, name, **kwargs)
        else:
            super().contribute_to_class(cls, name, **kwargs)

    def deconstruct(self):
        name, _path, args, kwargs = super().deconstruct()
        return name, "itsm.core.flow.StatusField", args, {k: v for k, v in kwargs.items() if k not in ("protected", "editable")}


@dataclasses.dataclass(frozen=True)
class Step:
    """One line of a step table."""

    name: str
    sources: tuple
    target: str
    may: tuple
    needs: tuple
    label: object

    def refusal(self, record, person):
        """The error that keeps `person` (None = the system) from this step on `record`, or None."""
        if record.status not in self.sources:
            return Refused(
                _("“%(step)s” is not possible while this is %(status)s.") % {"step": self.label, "status": record.get_status_display()},
                code="wrong_status",
            )
        for may in self.may if person is not None else ():
            if not may(person, record):
                return NotAllowed(getattr(may, "sentence", _("You may not do this.")))
        for guard, sentence in self.needs:
            if not guard(record):
                return Refused(sentence, code=guard.__name__)
        return None


def step(*, source, target, may=(), needs=(), label):
    """Make a method a step: it checks, moves the status (target None: stays), runs the body and queues its own record.

    `may` is a predicate of (person, record), or several that all have to hold.

    The method is then called with `by` (a Person; None = the system), `at` (the instant it took effect) and
    optionally `reason`; the body receives those of them that it names, and may return a dict of details to keep with
    the step (ids and numbers, never names). Raises Refused or NotAllowed.
    """
    sources = tuple(source) if isinstance(source, (list, tuple, set)) else (source,)

    def decorate(method):
        permissions = tuple(may) if isinstance(may, (list, tuple)) else (may,)
        table_row = Step(method.__name__, sources, target, permissions, tuple(needs), label)
        wanted = {"by", "at", "reason"} & set(inspect.signature(method).parameters)
        move = transition(field="status", source=list(sources), target=target)(method)

        @functools.wraps(method)
        def taken(self, *, by, at, reason="", **details):
            if refusal := table_row.refusal(self, by):
                raise refusal
            before = self.status
            own = {"by": by, "at": at, "reason": reason}
            kept = move(self, **{name: own[name] for name in wanted}, **details)
            self.queue_step(table_row.name, before, by=by, at=at, reason=reason, details=kept)

        taken.step = table_row
        taken.alters_data = True
        return taken

    return decorate


def steps_of(model):
    """The step table of a model class, in the order of its definition."""
    found = {}
    for cls in reversed(model.__mro__):
        found.update({name: member.step for name, member in vars(cls).items() if isinstance(getattr(member, "step", None), Step)})
    return list(found.values())


def open_steps(record, person):
    """The steps `person` may take on `record` now. Adds no query once the person's roles are loaded."""
    return [step for step in steps_of(type(record)) if step.refusal(record, person) is None]


def closed_steps(record, person):
    """`(step, sentence)` for steps that this status knows but that something refuses."""
    table = [step for step in steps_of(type(record)) if record.status in step.sources]
    return [(step, refusal.sentence) for step in table if (refusal := step.refusal(record, person))]


class Stepped(models.Model):
    """First base of every record with a status. Subclasses define `status = StatusField(…)`."""

    steps_taken = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        abstract = True

    def queue_step(self, name, source, *, by, at, reason="", details=None):
        """Note a step; it is written with the next save."""
        self.steps_taken += 1
        queue = self.__dict__.setdefault("_queued_steps", [])
        queue.append(
            StepTaken(
                seq=self.steps_taken,
                step=name,
                source=source,
                target=self.status,
                by=by,
                reason=reason or "",
                details=details or {},
                effective_at=at,
            )
        )

    def save(self, *args, **kwargs):
        super().save(*args, **kwargs)
        queue = self.__dict__.pop("_queued_steps", [])
        kind = ContentType.objects.get_for_model(type(self))
        for taken in queue:
            taken.content_type, taken.object_id = kind, self.pk
        StepTaken.objects.bulk_create(queue)

    def refresh_from_db(self, *args, **kwargs):
        self._reloading = True
        try:
            super().refresh_from_db(*args, **kwargs)
        finally:
            del self._reloading


@receiver(class_prepared)
def _guard_status(sender, **_kwargs):
    """Let the database refuse a move that the step table does not know."""
    if not issubclass(sender, Stepped) or sender._meta.abstract or sender._meta.proxy or not (table := steps_of(sender)):
        return
    moves = sorted({(str(source), str(row.target)) for row in table for source in row.sources if row.target is not None})
    pgtrigger.register(pgtrigger.FSM(name="status_steps", field="status", transitions=moves))(sender)

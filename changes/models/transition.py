"""New services, great changes of services, their removal and transfer: planned, designed, accepted, handed over (8.5.2)."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from catalog.models import Service
from changes import rules
from itsm.core.flow import StatusField, Stepped, says, step
from itsm.core.numbering import NextNumber, shown
from itsm.core.trail import tracked
from itsm.people.models import Team

PREFIX = "TRN"


class TransitionKind(models.TextChoices):
    NEW = "new", _("New service")
    MAJOR = "major", _("Major change of a service")
    REMOVAL = "removal", _("Removal of a service")
    TRANSFER = "transfer", _("Transfer of a service")


class TransitionStatus(models.TextChoices):
    PLANNING = "planning", _("Planning")
    DESIGN = "design", _("Design")
    BUILDING = "building", _("Building and testing")
    ACCEPTED = "accepted", pgettext_lazy("service", "Accepted")
    HANDED_OVER = "handed_over", _("Handed over")
    CANCELLED = "cancelled", _("Cancelled")


@says(_("Only who answers for it, or the change manager, may do this."))
def may_keep(person, transition):
    return person.is_internal and (person.pk == transition.responsible_id or rules.manages(person))


@says(_("Nobody accepts what they answer for themselves."))
def may_accept(person, transition):
    return person.is_internal and person.pk != transition.responsible_id


def _filled(name):
    def filled(transition):
        return bool(getattr(transition, name).strip())

    filled.__name__ = f"has_{name}"
    return filled


NEEDS_CRITERIA = (_filled("acceptance_criteria"), _("Write down what has to hold for it to be accepted."))
NEEDS_OUTCOMES = (_filled("expected_outcomes"), _("Write down what is expected of it."))
NEEDS_DESIGN = (_filled("design"), _("Write down the design first."))
NEEDS_TESTS = (_filled("test_results"), _("Write down what the tests showed."))


class TransitionQuerySet(models.QuerySet):
    def visible_to(self, person):
        """Staff see every transition; nobody else any."""
        return self if rules.may_read(person) else self.none()


@tracked(exclude=["steps_taken"])
class Transition(Stepped):
    """A service that comes, changes greatly, goes or moves, from its plan to its hand-over."""

    number = models.BigIntegerField(unique=True, editable=False, db_default=NextNumber("changes_transition_number"))
    status = StatusField(_("state"), choices=TransitionStatus, default=TransitionStatus.PLANNING)
    kind = models.CharField(_("kind"), max_length=10, choices=TransitionKind, default=TransitionKind.NEW)
    title = models.CharField(_("title"), max_length=200)
    service = models.ForeignKey(
        Service, verbose_name=_("service"), null=True, blank=True, on_delete=models.PROTECT, related_name="transitions"
    )
    responsible = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("answers for it"), on_delete=models.PROTECT, related_name="transitions"
    )
    plan = models.TextField(_("plan"), help_text=_("Who does what, with which means, what it depends on."))
    acceptance_criteria = models.TextField(_("acceptance criteria"), blank=True)
    expected_outcomes = models.TextField(_("expected outcomes"), blank=True)
    impact = models.TextField(_("impact on others"), blank=True)
    target_on = models.DateField(_("planned for"), null=True, blank=True)
    design = models.TextField(_("design"), blank=True)
    test_results = models.TextField(_("results of the tests"), blank=True)
    accepted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", editable=False)
    accepted_at = models.DateTimeField(null=True, editable=False)
    accepted_words = models.TextField(blank=True, editable=False)
    handed_to = models.ForeignKey(
        Team, verbose_name=_("handed over to"), null=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    hand_over = models.TextField(_("what was handed over"), blank=True, editable=False)
    achieved = models.TextField(_("what was achieved against the plan"), blank=True, editable=False)
    handed_over_at = models.DateTimeField(null=True, editable=False)

    objects = TransitionQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.CheckConstraint(condition=Q(kind="new") | Q(service__isnull=False), name="changes_transition_of_service"),
            models.CheckConstraint(
                condition=Q(accepted_by=None) | ~Q(accepted_by=models.F("responsible")), name="changes_transition_of_two"
            ),
        ]

    def __str__(self):
        return self.shown_number

    @property
    def shown_number(self):
        return shown(PREFIX, self.number)

    def get_absolute_url(self):
        return reverse("changes:transition", args=[self.number])

    @step(source=TransitionStatus.PLANNING, target=TransitionStatus.DESIGN, may=may_keep, needs=[NEEDS_CRITERIA, NEEDS_OUTCOMES],
          label=pgettext_lazy("service", "Planned"))  # fmt: skip
    def planned(self):
        pass

    @step(source=TransitionStatus.DESIGN, target=TransitionStatus.BUILDING, may=may_keep, needs=[NEEDS_DESIGN], label=_("Designed"))
    def designed(self):
        pass

    @step(source=TransitionStatus.BUILDING, target=TransitionStatus.ACCEPTED, may=may_accept, needs=[NEEDS_TESTS],
          label=pgettext_lazy("service", "Accept"))  # fmt: skip
    def accept(self, *, by, at, words):
        self.accepted_by, self.accepted_at, self.accepted_words = by, at, words

    @step(source=TransitionStatus.ACCEPTED, target=TransitionStatus.HANDED_OVER, may=may_keep, label=_("Hand over"))
    def hand_it_over(self, *, at, team, hand_over, achieved):
        self.handed_to, self.hand_over, self.achieved, self.handed_over_at = team, hand_over, achieved, at
        return {"team": team.pk}

    @step(source=[TransitionStatus.PLANNING, TransitionStatus.DESIGN, TransitionStatus.BUILDING, TransitionStatus.ACCEPTED],
          target=TransitionStatus.CANCELLED, may=may_keep, label=_("Give it up"))  # fmt: skip
    def cancel(self, *, reason):
        pass

    @step(
        source=[TransitionStatus.PLANNING, TransitionStatus.DESIGN, TransitionStatus.BUILDING], target=None, may=may_keep, label=_("Edit")
    )
    def edit(self, *, fields):
        return {"fields": fields}

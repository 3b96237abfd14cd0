"""Releases (8.5.3) and services that come or go (8.5.2): verified before, looked back on after."""

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from audits.declaring import Check, Rule
from audits.expressions import blank
from changes.models import Criterion, Release, ReleaseEntry, Result, Transition, TransitionStatus


def _criteria():
    return Criterion.objects.filter(release=OuterRef("pk")).order_by()


def _verified_late(_window):
    return Exists(_criteria().filter(~Q(met=True) | Q(verified_at__gt=OuterRef("deployed_at"))))


RELEASED = Rule(
    "T-8.5.3", "8.5.3", "release",
    _("Did every release carry named changes, criteria verified before, a baseline, and was a failed one analysed?"),
    _("Releases deployed in the last 90 days"),
    _("the release's changes, its criteria with who verified them and when, its baseline, result and analysis"),
    Release,
    (Check("no_changes", _("No change is named that went out with it."),
           lambda _window: ~Exists(ReleaseEntry.objects.filter(release=OuterRef("pk")))),
     Check("no_criteria", _("No acceptance criterion was written down."), lambda _window: ~Exists(_criteria())),
     Check("not_verified", _("A criterion was not met, or verified only after it was deployed."), _verified_late),
     Check("no_baseline", _("No baseline of its items was kept."), lambda _window: Q(baseline__isnull=True)),
     Check("not_analysed", _("It failed or was backed out, and nobody wrote down what was learnt."),
           lambda _window: Q(result__in=[Result.FAILED, Result.BACKED_OUT]) & blank("analysis"))),
    moment="deployed_at",
    watched=lambda _window: Q(deployed_at__isnull=False),
)  # fmt: skip

HANDED_OVER = Rule(
    "T-8.5.2", "8.5.2", "transition",
    _("Did every new or greatly changed service have criteria, tests, an acceptance by somebody else and an account?"),
    _("Transitions of services handed over in the last 90 days"),
    _("the plan, criteria, test results, who accepted it, and what was achieved against the plan"),
    Transition,
    (Check("no_plan", _("It has no plan."), lambda _window: blank("plan")),
     Check("no_criteria", _("It has no acceptance criteria."), lambda _window: blank("acceptance_criteria")),
     Check("no_tests", _("It does not say what the tests showed."), lambda _window: blank("test_results")),
     Check("not_accepted", _("Nobody accepted it before it was handed over."), lambda _window: Q(accepted_by=None) | Q(accepted_at=None)),
     Check("no_account", _("It does not say what was achieved against the plan."), lambda _window: blank("achieved"))),
    moment="handed_over_at",
    watched=lambda _window: Q(status=TransitionStatus.HANDED_OVER),
)  # fmt: skip

RULES = (RELEASED, HANDED_OVER)

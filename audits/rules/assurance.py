"""What assures the system itself (9.3, 10.1): the yearly review by top management, and that what was found or decided is done in time."""

from django.db.models import Exists, Q
from django.utils.translation import gettext_lazy as _

from audits.declaring import Check, Rule
from audits.models import CorrectiveAction, ManagementReview, ReviewAction
from audits.models.action import RUNNING
from audits.months import later
from itsm.people.models import Organisation
from itsm.people.zones import company_day


def _reviewed(window):
    """Whether top management signed a review that was held within twelve months."""
    since = later(company_day(window.until), months=-12)
    return Exists(ManagementReview.objects.filter(status="closed", held_on__gte=since, held_on__lte=company_day(window.until)).order_by())


REVIEWED = Rule(
    "T-9.3", "9.3", "service-management",
    _("Did top management review the system within the last twelve months?"),
    _("Our own company, as it stands"),
    _("signed management reviews"),
    Organisation,
    (Check("no_review", _("No management review was held and signed within twelve months."), lambda window: ~_reviewed(window)),),
    where=lambda _window: Q(kind=Organisation.Kind.OWN),
)  # fmt: skip

CARRIED_OUT = Rule(
    "T-9.3b", "9.3", "service-management",
    _("Is what management reviews decided done in time?"),
    _("Actions of management reviews that are not over, as they stand"),
    _("owner, date and state of each action"),
    ReviewAction,
    (Check("overdue", _("It is overdue."), lambda window: Q(status="open", due_on__lt=company_day(window.until))),),
    where=lambda _window: Q(status__in=["open", "done"]),
)  # fmt: skip

CORRECTED = Rule(
    "T-10.1", "10.1", "service-management",
    _("Are nonconformities corrected, and corrections judged, in time?"),
    _("Corrective actions that are not over, as they stand"),
    _("the date that counts now: of the plan, of the action or of the verdict"),
    CorrectiveAction,
    (Check("overdue", _("The date that counts now has passed."), lambda window: Q(next_due_on__lt=company_day(window.until))),),
    where=lambda _window: Q(status__in=RUNNING),
)  # fmt: skip

RULES = (REVIEWED, CARRIED_OUT, CORRECTED)

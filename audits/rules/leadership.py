"""Who answers for it (5.1, 5.3): top management, the IT service manager, and an owner and deputy of every process."""

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from audits.declaring import Check, Rule
from audits.models import Process, ProcessOwner
from itsm.people.models import Appointment, Organisation, Role


def _held(window, role):
    return Exists(Appointment.objects.current(window.until).filter(role=role, person__is_active=True).order_by())


def _owners(window):
    return ProcessOwner.objects.current(window.until).filter(process=OuterRef("pk")).order_by()


LED = Rule(
    "T-5.1", "5.1", "service-management",
    _("Is somebody named as top management?"),
    _("Our own company, as it stands"),
    _("appointments in force"),
    Organisation,
    (Check("no_top", _("Nobody is appointed as top management."), lambda window: ~_held(window, Role.TOP_MANAGEMENT)),),
    where=lambda _window: Q(kind=Organisation.Kind.OWN),
)  # fmt: skip

MANAGED = Rule(
    "T-5.3b", "5.3", "service-management",
    _("Is an IT service manager appointed?"),
    _("Our own company, as it stands"),
    _("appointments in force"),
    Organisation,
    (Check("no_manager", _("Nobody is appointed as IT service manager."), lambda window: ~_held(window, Role.SERVICE_MANAGER)),),
    where=lambda _window: Q(kind=Organisation.Kind.OWN),
)  # fmt: skip

OWNED = Rule(
    "T-5.3", "5.3", "service-management",
    _("Does every process have an owner and a deputy?"),
    _("Every process of the framework, as it stands"),
    _("owners and deputies with the days for which they are named"),
    Process,
    (Check("no_owner", _("Nobody owns it."), lambda window: ~Exists(_owners(window))),
     Check("owner_left", _("Its owner has left."), lambda window: Exists(_owners(window).filter(owner__is_active=False))),
     Check("no_deputy", _("It has an owner, but no deputy who is still here."),
           lambda window: Exists(_owners(window).exclude(deputy__is_active=True)))),
)  # fmt: skip

RULES = (LED, OWNED, MANAGED)

"""Suppliers and our own teams (8.3.4): each has a contract in force, and none promises us less than we promise customers."""

from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from audits.declaring import Check, Rule
from audits.rules.agreements import in_force, version_in_force
from itsm.people.models import Organisation
from sla.models import Agreement, AgreementKind, AgreementVersion, Metric, Target


def _without_contract(window):
    contracts = in_force(window, agreement__supplier=OuterRef("pk"), agreement__kind=AgreementKind.SUPPLIER, agreement__ended_at=None)
    return ~Exists(contracts.order_by())


def _superseded(window):
    """Whether a newer version of the same agreement is in force."""
    newer = AgreementVersion.objects.filter(
        agreement=OuterRef("version__agreement"), published_at__isnull=False, effective_from__lte=window.until,
        effective_from__gt=OuterRef("version__effective_from"),
    )  # fmt: skip
    return Exists(newer.order_by())


def _ours(window):
    """Repairs that we promise customers faster than the target in question is promised to us."""
    found = Target.objects.filter(
        metric=Metric.RESOLUTION, tier=OuterRef("tier"), priority=OuterRef("priority"), seconds__lt=OuterRef("seconds"),
        version__agreement__kind=AgreementKind.CUSTOMER, version__agreement__ended_at=None, version__published_at__isnull=False,
        version__effective_from__lte=window.until,
    )  # fmt: skip
    about = "version__agreement__service"
    same = Q(**{about: None}) | Q(**{about: Coalesce(OuterRef(about), F(about))})
    return found.filter(same).exclude(_superseded(window)).order_by()


def _slower(window):
    theirs = Target.objects.filter(version=OuterRef("in_force"), metric=Metric.SUPPORT)
    return Exists(theirs.filter(Exists(_ours(window))).order_by())


CONTRACTED = Rule(
    "T-8.3.4a", "8.3.4", "supplier",
    _("Does every supplier have a contract in force?"),
    _("Suppliers that are not retired, as they stand"),
    _("contracts with an accepted version"),
    Organisation,
    (Check("no_contract", _("No contract with it is in force."), _without_contract),),
    where=lambda _window: Q(kind=Organisation.Kind.SUPPLIER, retired_at=None),
)  # fmt: skip

FAST_ENOUGH = Rule(
    "T-8.3.4b", "8.3.4", "supplier",
    _("Does what suppliers and teams promise us carry what we promise our customers?"),
    _("Contracts and internal agreements of which a version is in force"),
    _("each target promised to us beside our own for the same services, criticality and priority"),
    Agreement,
    (Check("slower", _("A repair is promised to us later than we promise it to a customer."), _slower),),
    aliases=version_in_force,
    where=lambda _window: Q(kind__in=[AgreementKind.SUPPLIER, AgreementKind.INTERNAL], ended_at=None, in_force__isnull=False),
)  # fmt: skip

RULES = (CONTRACTED, FAST_ENOUGH)

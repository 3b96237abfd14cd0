"""What may be promised of a record, and for what it may wait."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Metric(models.TextChoices):
    RESPONSE = "response", _("Response")
    RESOLUTION = "resolution", _("Resolution")
    NEXT_UPDATE = "next_update", _("Next update")
    SUPPORT = "support", _("Internal or supplier promise")


CUSTOMER_FACING = (Metric.RESPONSE, Metric.RESOLUTION, Metric.NEXT_UPDATE)
"""What is promised to the customer; how we and our suppliers help one another stays with us."""

PAUSE_REASONS = [
    ("waiting_customer_info", _("Customer information")),
    ("waiting_customer_confirmation_of_date", _("Customer's confirmation of a date")),
    ("customer_requested_delay", _("Delay asked for by the customer")),
    ("agreed_maintenance_window", _("Agreed maintenance window")),
    ("force_majeure", _("Force majeure")),
]


def pause_reasons():
    """Every reason for which a resolution clock may stand still (D5)."""
    return [reason for reason, _words in PAUSE_REASONS]


CUSTOMER_SIDE = ("waiting_customer_info", "waiting_customer_confirmation_of_date", "customer_requested_delay")
"""While we wait for one of these, the customer is owed no update (D4)."""

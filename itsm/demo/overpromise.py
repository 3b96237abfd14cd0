"""The mistake that the requirements begin with, as a draft nobody should offer: a response in five minutes for everything."""

from itsm.demo.company import Company
from sla import services as sla
from sla.models import Metric

CLIENT = "JL"
FIVE_MINUTES = 5 * 60


def draft(company: Company):
    """Write the draft; the promise check shows in red what the past months say to it."""
    version = sla.draft_version(company.customers[CLIENT].agreements.get(service=None), by=None)
    wanted = {
        (t.tier, t.priority, t.metric): (FIVE_MINUTES if t.metric == Metric.RESPONSE else t.seconds, t.calendar)
        for t in version.targets.select_related("calendar")
    }
    return sla.save_draft(version, by=None, targets=wanted)

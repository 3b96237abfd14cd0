"""The demo's figures: everything counted, past months closed, and one promise of a closed month excused since then."""

from itsm.core import clock
from reports import services
from reports.models import ClosedMonth
from sla import services as sla
from sla.attainment import bounds
from sla.models import Clock, Metric, Outcome

WHY = "对方核实：当晚机房供电中断，双方同意不计。The customer agreed: the power of their own data centre had failed."


def settle(founded, now):
    """Close the months that are over, then excuse one broken promise of the newest."""
    services.sweep_touched()
    while (month := services.next_to_close()) is not None and (at := services.closes_at(month)) <= now:
        services.close_month(month, by=None, at=at)
    newest = ClosedMonth.objects.first()
    if newest is not None:
        with clock.at(now):
            _excuse_one(founded.people["shen.ruoning"], *bounds(newest.month))
        services.sweep_touched()


def _excuse_one(manager, since, until):
    broken = Clock.objects.decided(since, until).filter(metric=Metric.RESOLUTION, outcome=Outcome.BREACHED, final_at__isnull=False)
    for clock_ in broken.order_by("-priority", "-decided_at")[:50]:
        if clock_.record.assignee_id != manager.pk:
            sla.excuse(clock_, by=manager, reason_code="force_majeure", words=WHY)
            return

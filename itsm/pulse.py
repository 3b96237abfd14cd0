"""The heartbeat of the clocks: a page with its figures, and the red bar above every page of those who look after them."""

from datetime import UTC, datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from itsm import heartbeat as beats
from itsm.core import clock, ui, wording
from itsm.core.lately import lately
from sla import rules
from sla import services as sla
from sla.models import Verification

SILENT = timedelta(seconds=30)
REMEMBERED_S = 5.0
WRONG_CLOCK_S = 2.0
RUNS = 7


def register():
    """Fill the registries of the frame."""
    ui.banner(alarm)
    ui.rail("reports", _("Heartbeat"), "heartbeat", "activity", may=rules.may_watch_clocks, order=60)


def alarm(person):
    """The sentence that the clocks need somebody, for those who look after them, or None."""
    if not rules.may_watch_clocks(person):
        return None
    sentences = _asked()
    if not sentences:
        return None
    return format_html('{} <a href="{}">{}</a>', " ".join(sentences), reverse("heartbeat"), gettext("Look"))


@lately(REMEMBERED_S)
def _asked():
    """Three queries, each reading a row or two by an index."""
    silent = beats.silent_queues(SILENT)
    words = {"queues": ", ".join(silent)}
    found = [gettext("No worker has been heard from for 30 seconds: %(queues)s. Reminders and escalations wait.") % words] if silent else []
    return [*found, *sla.alarms()]


@require_safe
def heartbeat(request):
    """How the clocks' machinery does now; the page asks again every few seconds."""
    if not rules.may_watch_clocks(request.user):
        raise PermissionDenied
    offset = _offset_s()
    now = sla.pulse()
    context = {
        "pulse": now, "beats": [(queue, at, at is None or now.at - at > SILENT) for queue, at in beats.last_beats().items()],
        "offset": offset, "wrong_clock": offset > WRONG_CLOCK_S, "late": now.lag_s > sla.ALARMING.total_seconds(),
        "half": _lag(now.lags.p50), "nearly_all": _lag(now.lags.p99), "latest": _lag(now.lags.most),
        "runs": Verification.objects.order_by("-pk")[:RUNS], "at": now.at,
    }  # fmt: skip
    return render(request, "_pulse.html" if request.htmx else "pulse.html", context)


def _offset_s():
    """How far this host's clock and the database's are apart, in seconds."""
    before, there, after = datetime.now(UTC), clock.now(), datetime.now(UTC)
    return abs((before + (after - before) / 2 - there).total_seconds())


def _lag(seconds):
    """How late a step was: to the hundredth below a minute."""
    if seconds is None or seconds >= wording.MINUTE:
        return wording.duration(seconds or 0)
    return gettext("%(seconds)s s") % {"seconds": number_format(seconds, 2)}

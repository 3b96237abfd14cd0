"""Figures for Prometheus, for administrators and programs with their token."""

from django.http import HttpResponse
from django_prometheus.exports import ExportToDjangoView
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from rest_framework.permissions import IsAdminUser
from rest_framework.views import APIView

from itsm.people.doors import IsInternal
from sla import services as sla


class Metrics(APIView):
    """GET /metrics with `Authorization: Token …` of an administrator."""

    permission_classes = [IsInternal, IsAdminUser]
    schema = None

    def get(self, request):
        found = ExportToDjangoView(request._request)
        return HttpResponse(found.content + _of_the_clocks(), content_type=found.headers["Content-Type"])


def _of_the_clocks():
    """The clocks' own figures, asked of the database at this scrape."""
    now, registry = sla.pulse(), CollectorRegistry()
    for name, words, value in (
        ("sla_sweep_lag_seconds", "How long the oldest overdue step waits", now.lag_s),
        ("sla_steps_overdue", "Clocks with a step that is overdue", now.overdue),
        ("sla_clocks_provisional", "Running clocks due beyond the official holiday list", now.provisional),
        ("sla_drifts", "Clocks that differed from their log at the last verification", now.drifts),
    ):
        Gauge(name, words, registry=registry).set(value)
    lag = Gauge("sla_fire_lag_seconds", "How late the steps of the last 24 hours fired", ["quantile"], registry=registry)
    for quantile, value in (("0.5", now.lags.p50), ("0.99", now.lags.p99), ("1", now.lags.most)):
        if value is not None:
            lag.labels(quantile).set(value)
    return generate_latest(registry)

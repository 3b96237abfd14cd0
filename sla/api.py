"""Clocks in the API: acts on records move them, here they are read and judged."""

from django_filters import rest_framework as filters
from rest_framework import serializers, viewsets

from itsm.core.api import NewestFirst
from sla.judging_api import JudgingMixin
from sla.models import Clock, ClockEvent

JOINED = ("customer", "service", "agreement_version__agreement__team", "agreement_version__agreement__supplier")
"""What one clock shows of others."""


class ClockEventSerializer(serializers.ModelSerializer):
    """One line of a clock's log with its seal."""

    actor = serializers.CharField(source="actor.username", default=None)

    class Meta:
        model = ClockEvent
        fields = ["seq", "kind", "effective_at", "recorded_at", "actor", "reason_code", "payload", "prev_hash", "hash"]


class ClockSerializer(serializers.ModelSerializer):
    """One promise on one record; times in UTC, targets and time used in seconds of service time."""

    record = serializers.SerializerMethodField()
    customer = serializers.CharField(source="customer.code")
    service = serializers.CharField(source="service.code", default=None)
    agreement = serializers.CharField(source="agreement_version.agreement.name", default=None)
    agreement_version = serializers.IntegerField(source="agreement_version.no", default=None)
    party = serializers.SerializerMethodField()
    elapsed_s = serializers.SerializerMethodField()
    provisional = serializers.SerializerMethodField()

    class Meta:
        model = Clock
        fields = [
            "id", "record", "metric", "cycle", "customer", "service", "tier", "priority", "contacted_at", "state", "agreement",
            "party", "agreement_version", "target_s", "elapsed_s", "due_at", "due_provisional", "breached_at", "breach_cause", "stopped_at",
            "decided_at", "final_at", "outcome", "provisional", "pause_reason",
        ]  # fmt: skip

    def get_party(self, clock) -> str | None:
        """Who promised: a team or a supplier of ours; None where we promised."""
        agreement = clock.agreement_version and clock.agreement_version.agreement
        party = agreement and (agreement.team or agreement.supplier)
        return party and party.name

    def get_record(self, clock) -> str:
        return str(clock.record)

    def get_elapsed_s(self, clock) -> float:
        """Up to the last event; a running clock has used more since."""
        return clock.elapsed_us / 1_000_000

    def get_provisional(self, clock) -> bool:
        return bool(clock.outcome) and clock.final_at is None


class ClockLogSerializer(ClockSerializer):
    """A clock with its whole log."""

    events = ClockEventSerializer(many=True)

    class Meta(ClockSerializer.Meta):
        fields = [*ClockSerializer.Meta.fields, "events"]


class ClockFilter(filters.FilterSet):
    """Which clocks: by state, metric, outcome, priority, and when they were decided."""

    decided_since = filters.IsoDateTimeFilter("decided_at", "gte")
    decided_before = filters.IsoDateTimeFilter("decided_at", "lt")

    class Meta:
        model = Clock
        fields = ["state", "metric", "outcome", "priority"]


class ClockViewSet(JudgingMixin, viewsets.ReadOnlyModelViewSet):
    """Clocks that the caller may see; one clock comes with its log. Acts on records move them; these verbs only judge."""

    queryset = Clock.objects.none()
    filter_backends = [filters.DjangoFilterBackend]
    filterset_class = ClockFilter
    pagination_class = NewestFirst

    def get_serializer_class(self):
        return ClockLogSerializer if self.action == "retrieve" else ClockSerializer

    def get_queryset(self):
        shown = Clock.objects.visible_to(self.request.user).select_related(*JOINED)
        shown = shown.prefetch_related("record")
        return shown.prefetch_related("events__actor") if self.action == "retrieve" else shown

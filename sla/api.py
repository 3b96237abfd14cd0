"""Clocks in the API: acts on records move them, here they are read and judged."""

from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from itsm.calendars.worktime import MICROSECOND
from itsm.core.api import NewestFirst
from sla import explaining, ledger, services
from sla.judging_api import JudgingMixin
from sla.models import Clock, ClockEvent, Metric
from sla.sheets import KINDS, kind_of

LEDGER_KINDS = [*KINDS.values(), "make_up", "holiday", *ledger.MARKED]

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
    ledger = serializers.HyperlinkedIdentityField("clock-ledger")

    class Meta:
        model = Clock
        fields = [
            "id", "record", "metric", "cycle", "customer", "service", "tier", "priority", "contacted_at", "state", "agreement",
            "party", "agreement_version", "target_s", "elapsed_s", "due_at", "due_provisional", "breached_at", "breach_cause", "stopped_at",
            "decided_at", "final_at", "outcome", "provisional", "pause_reason", "ledger",
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


class LedgerRowSerializer(serializers.Serializer):
    """One stretch or mark of a ledger; lengths in whole microseconds of service time."""

    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    kind = serializers.ChoiceField(choices=LEDGER_KINDS)
    words = serializers.CharField()
    reason = serializers.CharField(allow_blank=True)
    counted_us = serializers.IntegerField()
    total_us = serializers.IntegerField()


class LedgerCalendarSerializer(serializers.Serializer):
    """The calendar version that counts now."""

    name = serializers.CharField()
    version = serializers.IntegerField(source="no")
    time_zone = serializers.CharField(source="zone")
    week = serializers.CharField()
    covered_through = serializers.DateField(allow_null=True)


class LedgerSerializer(serializers.Serializer):
    """A clock's ledger, its terms, and why it is due then and why it was breached, in the caller's language."""

    clock = serializers.IntegerField(source="clock.pk")
    record = serializers.CharField(source="clock.record")
    metric = serializers.ChoiceField(source="clock.metric", choices=Metric.choices)
    cycle = serializers.IntegerField(source="clock.cycle")
    agreement = serializers.CharField(source="clock.agreement_version.agreement.name", default=None, allow_null=True)
    agreement_version = serializers.IntegerField(source="clock.agreement_version.no", default=None, allow_null=True)
    target_s = serializers.IntegerField(source="clock.target_s")
    allowed_us = serializers.IntegerField(source="story.allowed_us")
    elapsed_us = serializers.SerializerMethodField()
    due_at = serializers.DateTimeField(source="story.life.state.due_at", allow_null=True)
    due_provisional = serializers.BooleanField(source="clock.due_provisional")
    corrected = serializers.BooleanField(source="clock.corrected")
    why_due = serializers.CharField(allow_blank=True)
    why_breached = serializers.CharField(allow_blank=True)
    calendar = LedgerCalendarSerializer(source="story.calendar", allow_null=True)
    other_days = serializers.ListField(source="days_touched", child=serializers.CharField())
    rows = serializers.SerializerMethodField()
    remaining = serializers.SerializerMethodField()

    def get_elapsed_us(self, account) -> int:
        return account.used // MICROSECOND

    @extend_schema_field(LedgerRowSerializer(many=True))
    def get_rows(self, account):
        return [_row(account, row) for row in account.rows]

    @extend_schema_field(LedgerRowSerializer(allow_null=True))
    def get_remaining(self, account):
        """What is left until a running clock is due."""
        return _row(account, account.next) if account.next else None


def _row(account, row):
    """A ledger's row as the API tells it."""
    story = account.story
    held = {
        "starts_at": row.mark.at if row.mark else row.starts_at, "ends_at": row.mark.at if row.mark else row.ends_at,
        "kind": kind_of(row), "words": explaining.row_words(story, row), "reason": story.reasons.get(row.line, ""),
        "counted_us": row.counted // MICROSECOND, "total_us": row.total // MICROSECOND,
    }  # fmt: skip
    return LedgerRowSerializer(held).data


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
        if self.action == "ledger":
            return shown.select_related("calendar_version__calendar").filter(target_s__isnull=False)
        return shown.prefetch_related("events__actor") if self.action == "retrieve" else shown

    @extend_schema(responses=LedgerSerializer)
    @action(detail=True, pagination_class=None, filter_backends=[])
    def ledger(self, request, pk):
        """Every stretch of time and how it counted; a clock without a target has none."""
        found = self.get_object()
        told = services.accounts([found], outside=not request.user.is_internal)[found.pk]
        return Response(LedgerSerializer(told).data)

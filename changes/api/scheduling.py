"""Conflicts, booking, overriding, freezes and the calendar in the API: the same verbs and refusals as the pages."""

from datetime import timedelta

from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from catalog.models import Service
from changes import services
from changes.agenda import Agenda
from changes.forms.scheduling import CalendarForm
from changes.models import Change, FreezeWindow, Kind, Status
from changes.models.change import PREFIX
from itsm.core import clock
from itsm.core.answers import once
from itsm.core.api import InstantField, OldestFirst, ValidatedMixin, request_key
from itsm.core.numbering import shown
from itsm.people.zones import company_day

KEY = OpenApiParameter(
    "Idempotency-Key", OpenApiTypes.STR, OpenApiParameter.HEADER, description="A repeated request with the same key gets the first answer."
)
LONGEST = timedelta(days=62)


class OverrideShownSerializer(serializers.Serializer):
    """Who let a change pass in spite of a conflict, and why."""

    by = serializers.CharField(source="by.username")
    reason = serializers.CharField()
    at = serializers.DateTimeField()


class ConflictSerializer(serializers.Serializer):
    """One thing in the way. `is_open`: it still keeps the change from being scheduled or started."""

    key = serializers.CharField()
    kind = serializers.ChoiceField(["change", "freeze", "maintenance", "past"])
    words = serializers.CharField()
    is_hard = serializers.BooleanField()
    is_open = serializers.BooleanField()
    change = serializers.CharField(source="change.shown_number", default=None, allow_null=True)
    ask = serializers.SerializerMethodField()
    override = OverrideShownSerializer(allow_null=True)

    def get_ask(self, conflict) -> list[str]:
        return [person.username for person in conflict.ask]


class ScheduleSerializer(serializers.Serializer):
    """When a change is to be done, and everything in the way of that."""

    number = serializers.CharField(source="shown_number")
    status = serializers.ChoiceField(Status.choices)
    starts_at = serializers.DateTimeField(allow_null=True)
    ends_at = serializers.DateTimeField(allow_null=True)
    booked_items = serializers.SerializerMethodField()
    conflicts = serializers.SerializerMethodField()

    def get_booked_items(self, change) -> list[str]:
        return sorted(change.bookings.filter(active=True).values_list("item__code", flat=True))

    @extend_schema(responses=ConflictSerializer(many=True))
    def get_conflicts(self, change) -> list[dict]:
        return ConflictSerializer(services.conflicts_of(change, clock.now()), many=True).data


class LetPassSerializer(serializers.Serializer):
    key = serializers.CharField(max_length=80)
    reason = serializers.CharField(max_length=2000)


class NothingSerializer(serializers.Serializer):
    """No details are needed."""


class ScheduleViewSet(ValidatedMixin, viewsets.GenericViewSet):
    """The time of one change."""

    queryset = Change.objects.none()
    serializer_class = ScheduleSerializer

    def get_object(self):
        number = self.kwargs["number"].removeprefix(f"{PREFIX}-")
        if not (number.isascii() and number.isdigit() and len(number) <= 18):
            raise Http404
        return get_object_or_404(Change.objects.visible_to(self.request.user), number=int(number))

    @extend_schema(operation_id="changes_conflicts", responses=ScheduleSerializer)
    def conflicts(self, request, number):
        """Everything in the way of a change now."""
        return Response(ScheduleSerializer(self.get_object()).data)

    @extend_schema(operation_id="changes_schedule", request=NothingSerializer, responses=ScheduleSerializer, parameters=[KEY])
    def schedule(self, request, number):
        """Book the window of an approved change; refused while something is in the way."""
        return self._done(services.schedule, NothingSerializer)

    @extend_schema(operation_id="changes_override", request=LetPassSerializer, responses=ScheduleSerializer, parameters=[KEY])
    def override(self, request, number):
        """Let a change pass in spite of one conflict; into a freeze only top management lets it."""
        return self._done(services.override, LetPassSerializer)

    def _done(self, verb, serializer_class):
        change, by, details = self.get_object(), self.request.user, self.validated(serializer_class)
        changed = once(by, request_key(self.request), f"{verb.__name__} {change.number}", lambda: verb(change, by=by, **details))
        return Response(ScheduleSerializer(changed).data)


class FreezeSerializer(serializers.ModelSerializer):
    """A freeze; no services named: it holds for all."""

    services = serializers.SlugRelatedField("code", many=True, queryset=Service.objects.live(), required=False)
    starts_at = InstantField()
    ends_at = InstantField()
    set_by = serializers.CharField(source="set_by.username", default=None, read_only=True)

    class Meta:
        model = FreezeWindow
        fields = ["id", "name", "name_en", "reason", "starts_at", "ends_at", "services", "set_by", "withdrawn_at"]
        read_only_fields = ["id", "withdrawn_at"]


class FreezeEditSerializer(FreezeSerializer):
    """The same; what is left out stays."""

    class Meta(FreezeSerializer.Meta):
        extra_kwargs = {"name": {"required": False}, "reason": {"required": False}}

    starts_at = InstantField(required=False)
    ends_at = InstantField(required=False)


class WithdrawSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=2000)


class FreezeViewSet(ValidatedMixin, mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Freezes: times in which nothing is changed."""

    queryset = FreezeWindow.objects.none()
    serializer_class = FreezeSerializer
    pagination_class = OldestFirst
    lookup_value_regex = r"\d{1,18}"
    filter_backends = ()

    def get_queryset(self):
        return FreezeWindow.objects.select_related("set_by").prefetch_related("services")

    @extend_schema(parameters=[KEY], request=FreezeSerializer, responses={201: FreezeSerializer})
    def create(self, request):
        """Set a freeze; whoever has a change booked in it is told."""
        details = self.validated(FreezeSerializer)
        made = once(request.user, request_key(request), "set_freeze", lambda: services.set_freeze(by=request.user, **details))
        return Response(FreezeSerializer(made).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=FreezeEditSerializer, responses=FreezeSerializer)
    @action(detail=True, methods=["post"])
    def edit(self, request, pk):
        """Change a freeze that is not over; what is left out stays."""
        details = self.validated(FreezeEditSerializer)
        return Response(FreezeSerializer(services.edit_freeze(self.get_object(), by=request.user, **details)).data)

    @extend_schema(request=WithdrawSerializer, responses=FreezeSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request, pk):
        """End a freeze before its time."""
        details = self.validated(WithdrawSerializer)
        return Response(FreezeSerializer(services.withdraw_freeze(self.get_object(), by=request.user, **details)).data)


class ScheduledSerializer(serializers.Serializer):
    """One change on the calendar. `mark` says that something is in its way, or that it shares its time by permission."""

    number = serializers.SerializerMethodField()
    title = serializers.CharField()
    status = serializers.ChoiceField(Status.choices)
    kind = serializers.ChoiceField(Kind.choices)
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    implementer = serializers.CharField(allow_null=True)
    mark = serializers.ChoiceField(["", "conflict", "overridden"])

    def get_number(self, entry) -> str:
        return shown(PREFIX, entry.number)


class WindowSerializer(serializers.Serializer):
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    customer = serializers.CharField()


class AgendaSerializer(serializers.Serializer):
    """A stretch of days: changes from their submission on, freezes, and agreed maintenance windows."""

    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    changes = ScheduledSerializer(source="entries", many=True)
    freezes = FreezeSerializer(many=True)
    maintenance_windows = serializers.SerializerMethodField()

    @extend_schema(responses=WindowSerializer(many=True))
    def get_maintenance_windows(self, agenda) -> list[dict]:
        rows = [
            {"starts_at": starts_at, "ends_at": ends_at, "customer": c} for starts_at, ends_at, served in agenda.windows for c in served
        ]
        return WindowSerializer(rows, many=True).data


class RangeSerializer(serializers.Serializer):
    first = serializers.DateField(required=False)
    last = serializers.DateField(required=False)

    def validate(self, attrs):
        first = attrs.get("first") or company_day(clock.now()).replace(day=1)
        last = attrs.get("last") or first + timedelta(days=30)
        if not timedelta(0) <= last - first <= LONGEST or not 2000 <= first.year <= 2099:
            raise ValidationError({"last": f"At most {LONGEST.days} days, in order, from 2000 to 2099."})
        return {"first": first, "last": last}


class CalendarViewSet(viewsets.GenericViewSet):
    """The schedule of some days, in the caller's time zone."""

    queryset = Change.objects.none()
    serializer_class = AgendaSerializer

    @extend_schema(
        operation_id="changes_calendar",
        parameters=[
            RangeSerializer,
            OpenApiParameter("service", str, description="A service's code."),
            OpenApiParameter("kind", str, enum=Kind.values),
            OpenApiParameter("mine", bool, description="Only what the caller asked for or carries out."),
        ],
        responses=AgendaSerializer,
    )
    def days(self, request):
        """Changes, freezes and maintenance windows from a first day to a last, at most 62 days."""
        asked = RangeSerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        chosen = CalendarForm(request.query_params).chosen()
        return Response(AgendaSerializer(Agenda(request.user, **asked.validated_data, chosen=chosen)).data)

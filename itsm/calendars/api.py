"""Calendars in the API, read only: people publish versions on the pages."""

from rest_framework import serializers, viewsets

from itsm.calendars.models import Calendar, CalendarVersion
from itsm.core import clock
from itsm.core.api import OldestFirst


class CalendarVersionSerializer(serializers.ModelSerializer):
    """What a calendar said from its publication until the next version; minutes of the day, dates local to its time zone."""

    class Meta:
        model = CalendarVersion
        fields = ["no", "tz", "mode", "weekly", "exceptions", "covered_through", "source_note", "official", "sha256", "published_at"]
        read_only_fields = fields


class CalendarSerializer(serializers.ModelSerializer):
    """A calendar and the number of its version in force."""

    current_no = serializers.IntegerField(read_only=True, allow_null=True)

    class Meta:
        model = Calendar
        fields = ["code", "name", "name_en", "purpose", "retired_at", "current_no"]
        read_only_fields = fields


class CalendarVersionsSerializer(CalendarSerializer):
    """A calendar with all its versions, the newest first."""

    versions = CalendarVersionSerializer(many=True, read_only=True)

    class Meta(CalendarSerializer.Meta):
        fields = [*CalendarSerializer.Meta.fields, "versions"]
        read_only_fields = fields


class CalendarViewSet(viewsets.ReadOnlyModelViewSet):
    """The working calendars; one calendar comes with its versions."""

    queryset = Calendar.objects.none()
    lookup_field = "code"
    lookup_value_regex = "[-a-zA-Z0-9_]+"
    filterset_fields = ["purpose"]
    pagination_class = OldestFirst

    def get_serializer_class(self):
        return CalendarVersionsSerializer if self.action == "retrieve" else CalendarSerializer

    def get_queryset(self):
        shown = Calendar.objects.visible_to(self.request.user).with_current(clock.now()).order_by("id")
        return shown.prefetch_related("versions") if self.action == "retrieve" else shown

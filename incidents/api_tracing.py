"""What an incident is about and what caused it, in the API: the same services and refusals as the pages."""

from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.response import Response

from catalog.models import ConfigurationItem
from changes.models import Change
from changes.models.change import PREFIX
from incidents import causes, services
from itsm.core.numbering import read

KEY = OpenApiParameter(
    "Idempotency-Key", OpenApiTypes.STR, OpenApiParameter.HEADER, description="A repeated request with the same key gets the first answer."
)


class ChangeField(serializers.CharField):
    """A change by its number."""

    default_error_messages = {"missing": _("There is no change with this number. Write it as CHG-000123.")}

    def to_internal_value(self, data):
        number = read(PREFIX, super().to_internal_value(data))
        found = Change.objects.filter(number=number).first() if number is not None else None
        if found is None:
            self.fail("missing")
        return found


class PointAtSerializer(serializers.Serializer):
    item = serializers.SlugRelatedField("code", queryset=ConfigurationItem.objects.living(), allow_null=True)


class ConfirmCauseSerializer(serializers.Serializer):
    change = ChangeField()
    reason = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")


class DenyCauseSerializer(serializers.Serializer):
    change = ChangeField()
    reason = serializers.CharField(max_length=2000)


class WithdrawCauseSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=2000)


class PerhapsCausedBySerializer(serializers.ModelSerializer):
    """A change that may have caused the incident."""

    number = serializers.CharField(source="shown_number")

    class Meta:
        model = Change
        fields = ["number", "title", "kind", "started_at", "finished_at"]


class TracingMixin:
    """Beside IncidentViewSet: the item, the cause, and the changes proposed as cause."""

    @extend_schema(request=PointAtSerializer, parameters=[KEY])
    @action(detail=True, methods=["post"], url_path="point-at")
    def point_at(self, request, number):
        """Name the configuration item that it is about, or none."""
        return self.perform(services.point_at, PointAtSerializer)

    @extend_schema(request=ConfirmCauseSerializer, parameters=[KEY])
    @action(detail=True, methods=["post"], url_path="confirm-cause")
    def confirm_cause(self, request, number):
        """It was caused by this change, which then counts as not successful."""
        return self.perform(services.confirm_cause, ConfirmCauseSerializer)

    @extend_schema(request=DenyCauseSerializer, parameters=[KEY])
    @action(detail=True, methods=["post"], url_path="deny-cause")
    def deny_cause(self, request, number):
        """It was not caused by this change, which is not proposed again."""
        return self.perform(services.deny_cause, DenyCauseSerializer)

    @extend_schema(request=WithdrawCauseSerializer, parameters=[KEY])
    @action(detail=True, methods=["post"], url_path="withdraw-cause")
    def withdraw_cause(self, request, number):
        """The change named did not cause it after all."""
        return self.perform(services.withdraw_cause, WithdrawCauseSerializer)

    @extend_schema(responses=PerhapsCausedBySerializer(many=True), filters=False)
    @action(detail=True, pagination_class=None, url_path="perhaps-caused-by")
    def perhaps_caused_by(self, request, number):
        """Changes that may have caused it and about which nobody has said anything, at most 20."""
        found = causes.perhaps_caused_by(self.get_object())[: causes.MOST]
        return Response(PerhapsCausedBySerializer(found, many=True).data)

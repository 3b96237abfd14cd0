"""Agreements in the API: the same verbs and refusals as the pages; a customer's account reads its own accepted ones."""

from django.db.models import Prefetch
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response

from itsm.core import clock
from itsm.core.answers import once
from itsm.core.api import NewestFirst, ValidatedMixin
from itsm.core.errors import Refused
from itsm.people.doors import IsInternal
from sla import services
from sla.models import Agreement, AgreementVersion, Negotiation, Target
from sla.stages import Stage, stages_of

KEY = OpenApiParameter(
    "Idempotency-Key", OpenApiTypes.STR, OpenApiParameter.HEADER, description="A repeated request with the same key gets the first answer."
)


class TargetSerializer(serializers.ModelSerializer):
    """One target, in seconds of service time on a calendar."""

    calendar = serializers.CharField(source="calendar.code")

    class Meta:
        model = Target
        fields = ["tier", "priority", "metric", "seconds", "calendar"]


class NegotiationSerializer(serializers.ModelSerializer):
    """What the customer wanted, what we can do, and the way out."""

    said_by = serializers.CharField(source="said_by.username")

    class Meta:
        model = Negotiation
        fields = ["seq", "about", "wanted", "able", "way_out", "words", "said_by", "said_at"]


class VersionSerializer(serializers.ModelSerializer):
    """The terms from one day on. What we said among ourselves is there for our own people only."""

    stage = serializers.SerializerMethodField()
    service_calendar = serializers.CharField(source="service_calendar.code", default=None)
    maintenance_calendar = serializers.CharField(source="maintenance_calendar.code", default=None)
    published_by = serializers.CharField(source="published_by.username", default=None)
    targets = TargetSerializer(many=True)
    negotiations = NegotiationSerializer(many=True)

    class Meta:
        model = AgreementVersion
        fields = [
            "no", "status", "stage", "effective_from", "offered_at", "published_at", "published_by", "approved_note", "imported",
            "pause_reasons", "raise_rule", "reopen_rule", "thresholds", "ladder", "service_calendar", "maintenance_calendar",
            "availability", "monthly_tickets", "workload_limits", "exceptions", "risks_accepted", "targets", "negotiations",
        ]  # fmt: skip

    @extend_schema_field(serializers.ChoiceField(Stage.choices))
    def get_stage(self, version):
        return self.context["stages"][version.pk]

    def to_representation(self, version):
        shown = super().to_representation(version)
        if not self.context["request"].user.is_internal:
            shown["risks_accepted"], shown["negotiations"] = "", []
        return shown


class AgreementSerializer(serializers.ModelSerializer):
    """An agreement with its versions, newest first."""

    customer = serializers.CharField(source="customer.code", default=None)
    team = serializers.CharField(source="team.name", default=None)
    supplier = serializers.CharField(source="supplier.code", default=None)
    service = serializers.CharField(source="service.code", default=None)
    versions = serializers.SerializerMethodField()

    class Meta:
        model = Agreement
        fields = ["id", "kind", "name", "customer", "team", "supplier", "service", "ended_at", "versions"]
        read_only_fields = fields

    @extend_schema_field(VersionSerializer(many=True))
    def get_versions(self, agreement):
        versions = list(agreement.versions.all())
        stages = {version.pk: stage for version, stage in stages_of(agreement, versions, self.context["at"]).items()}
        return VersionSerializer(versions, many=True, context=self.context | {"stages": stages}).data


class OfferSerializer(serializers.Serializer):
    risks_accepted = serializers.CharField(max_length=5000, required=False, allow_blank=True, default="")


class PublishSerializer(OfferSerializer):
    approved_note = serializers.CharField(max_length=5000, required=False, allow_blank=True, default="")


class NothingSerializer(serializers.Serializer):
    """No details are needed."""


class AgreementFilter(filters.FilterSet):
    """Which agreements: by kind, by customer, and whether they have ended."""

    customer = filters.CharFilter("customer__code")
    service = filters.CharFilter("service__code")
    ended = filters.BooleanFilter("ended_at", lookup_expr="isnull", exclude=True)

    class Meta:
        model = Agreement
        fields = ["kind"]


class AgreementViewSet(ValidatedMixin, viewsets.ReadOnlyModelViewSet):
    """Agreements that the caller may see, and the verbs that move the version under way."""

    serializer_class = AgreementSerializer
    queryset = Agreement.objects.none()
    filter_backends = [filters.DjangoFilterBackend]
    filterset_class = AgreementFilter
    pagination_class = NewestFirst

    def get_permissions(self):
        return [IsAuthenticated() if self.action in ("list", "retrieve") else IsInternal()]

    def get_serializer_context(self):
        return super().get_serializer_context() | {"at": clock.now()}

    def get_queryset(self):
        person = self.request.user
        versions = AgreementVersion.objects.visible_to(person).select_related("published_by", "service_calendar", "maintenance_calendar")
        versions = versions.prefetch_related("targets__calendar", "negotiations__said_by").order_by("-no")
        shown = Agreement.objects.visible_to(person).select_related("customer", "team", "supplier", "service")
        if not person.is_internal:
            shown = shown.filter(versions__in=AgreementVersion.objects.visible_to(person)).distinct()
        return shown.prefetch_related(Prefetch("versions", versions))

    def perform(self, verb, serializer_class):
        """Do a verb with the version under way, once for its Idempotency-Key."""
        details, by, found = self.validated(serializer_class), self.request.user, self.get_object()
        version = next((v for v in found.versions.all() if v.is_draft), None)
        key = self.request.headers.get("Idempotency-Key", "")[:80]
        once(by, key, f"{verb.__name__} {found.pk}", lambda: _done(verb, version, by, details))
        found = get_object_or_404(self.get_queryset(), pk=found.pk)
        return Response(AgreementSerializer(found, context=self.get_serializer_context()).data)

    @extend_schema(request=OfferSerializer, responses=AgreementSerializer, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def offer(self, request, pk):
        """Send the draft to the customer's representatives."""
        return self.perform(services.offer_version, OfferSerializer)

    @extend_schema(request=NothingSerializer, responses=AgreementSerializer, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def withdraw(self, request, pk):
        """Take the offer back; it is a draft again."""
        return self.perform(services.withdraw_version, NothingSerializer)

    @extend_schema(request=PublishSerializer, responses=AgreementSerializer, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def publish(self, request, pk):
        """Put what was agreed outside in force from its day on."""
        return self.perform(services.publish_version, PublishSerializer)


def _done(verb, version, by, details):
    if version is None:
        raise Refused(_("No version is under way. Write a new one first."), code="nothing_open")
    return verb(version, by=by, **details)

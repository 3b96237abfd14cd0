"""Samples of audits in the API: read whole, so that anybody can draw them again; judged on the pages alone."""

from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from audits.models import Judgement, Sample, SampleItem
from itsm.core.api import NewestFirst, OldestFirst


class AuditSampleSerializer(serializers.ModelSerializer):
    """A sample: what it was drawn from, the seed, how many records of it are read and fail. A population of 0 is nothing to test."""

    audit = serializers.CharField(source="audit.shown_number")
    area = serializers.CharField(source="area.label", default=None)
    drawn_by = serializers.CharField(source="drawn_by.username")
    size = serializers.IntegerField()
    read = serializers.IntegerField()
    failed = serializers.IntegerField()

    class Meta:
        model = Sample
        fields = ["id", "audit", "no", "area", "kind", "since", "until", "seed", "population", "digest", "size", "read", "failed",
                  "drawn_by", "drawn_at"]  # fmt: skip
        read_only_fields = fields


class DrawnSampleSerializer(AuditSampleSerializer):
    """A sample with its whole frozen population; `holds` says whether drawing again gives the same."""

    rows = serializers.SerializerMethodField(help_text="[id, hash, process, post, priority, month, class, fails] of every record.")
    holds = serializers.BooleanField(read_only=True)

    class Meta(AuditSampleSerializer.Meta):
        fields = [*AuditSampleSerializer.Meta.fields, "holds", "rows"]
        read_only_fields = fields

    @extend_schema_field(serializers.ListField(child=serializers.ListField()))
    def get_rows(self, sample):
        return [list(row) for row in sample.rows]


class JudgementSerializer(serializers.ModelSerializer):
    """What an auditor said of one test (`rule` is empty for what they saw themselves); the newest of a rule counts."""

    by = serializers.CharField(source="by.username")

    class Meta:
        model = Judgement
        fields = ["rule", "machine", "result", "reason", "by", "at"]
        read_only_fields = fields


class SampleItemSerializer(serializers.ModelSerializer):
    """A record of a sample as it was when it was drawn; `machine` is what every rule said of it then."""

    number = serializers.CharField(source="label")
    replaces = serializers.CharField(source="replaces.label", default=None)
    read_by = serializers.CharField(source="read_by.username", default=None)
    machine = serializers.ListField(child=serializers.DictField())
    picture = serializers.DictField()
    judgements = JudgementSerializer(many=True)

    class Meta:
        model = SampleItem
        fields = ["place", "number", "title", "post", "why", "sort", "sha256", "picture", "machine", "replaces", "swapped_out_at",
                  "swap_reason", "result", "read_by", "read_at", "judgements"]  # fmt: skip
        read_only_fields = fields


class SampleViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Samples of the audits that the caller may see."""

    serializer_class = AuditSampleSerializer
    pagination_class = NewestFirst
    queryset = Sample.objects.none()
    lookup_value_regex = r"\d{1,18}"
    filter_backends = ()

    def get_queryset(self):
        rows = Sample.objects.visible_to(self.request.user).select_related("audit", "area__process", "drawn_by").counted()
        number = self.request.query_params.get("audit", "").rpartition("-")[2]
        rows = rows.filter(audit__number=int(number)) if number.isascii() and number.isdigit() and len(number) < 19 else rows
        return rows if self.action == "retrieve" else rows.defer("packed")

    @extend_schema(parameters=[OpenApiParameter("audit", OpenApiTypes.STR, description="Only the samples of this audit, AUD-000001.")])
    def list(self, request, *args, **kwargs):
        """The samples, the newest first."""
        return super().list(request, *args, **kwargs)

    @extend_schema(responses=DrawnSampleSerializer)
    def retrieve(self, request, *args, **kwargs):
        """One sample with its whole population."""
        return Response(DrawnSampleSerializer(self.get_object(), context=self.get_serializer_context()).data)

    @extend_schema(responses=SampleItemSerializer(many=True), filters=False)
    @action(detail=True, methods=["get"], pagination_class=OldestFirst)
    def items(self, request, pk):
        """The records of a sample with what was said of them, swapped ones too."""
        sample = get_object_or_404(self.get_queryset(), pk=pk)
        rows = SampleItem.objects.filter(sample=sample).select_related("replaces", "read_by").prefetch_related("judgements__by")
        page = self.paginate_queryset(rows)
        return self.get_paginated_response(SampleItemSerializer(page, many=True).data)

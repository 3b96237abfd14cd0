"""Programmes and audits in the API: what is planned, covered and missing; who audits what; what was found."""

from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from audits import audit_rules as rules
from audits import coverage
from audits.audit_filters import AuditFilter
from audits.finding_api import NumberedDoor
from audits.models import AgendaItem, Audit, AuditArea, ChecklistItem, Programme
from itsm.core import clock


class AuditAreaSerializer(serializers.ModelSerializer):
    """A process or a clause that an audit covers; `in_doubt_since`: since when its auditor is known not to be independent."""

    process = serializers.CharField(source="process.code", default=None)
    auditor = serializers.CharField(source="auditor.username", default=None)
    in_doubt_since = serializers.DateTimeField(source="flagged_at")

    class Meta:
        model = AuditArea
        fields = ["process", "clause", "auditor", "in_doubt_since"]
        read_only_fields = fields


class AgendaItemSerializer(serializers.ModelSerializer):
    """An entry of an audit's agenda."""

    area = serializers.CharField(source="area.label", default=None)
    auditee = serializers.CharField(source="auditee.username", default=None)

    class Meta:
        model = AgendaItem
        fields = ["sort", "area", "starts_at", "ends_at", "auditee", "words"]
        read_only_fields = fields


class ChecklistItemSerializer(serializers.ModelSerializer):
    """A question of an audit and what was found."""

    area = serializers.CharField(source="area.label")
    question = serializers.CharField(source="asks")
    answered_by = serializers.CharField(source="answered_by.username", default=None)

    class Meta:
        model = ChecklistItem
        fields = ["no", "clause", "area", "question", "rule_ids", "method", "result", "note", "answered_by", "answered_at"]
        read_only_fields = fields


class AuditSerializer(serializers.ModelSerializer):
    """An audit as it is now. `findings` are numbers; `report_sha256` is the hash of the facts of the issued report."""

    number = serializers.CharField(source="shown_number", read_only=True)
    programme = serializers.IntegerField(source="programme.year", default=None)
    lead = serializers.CharField(source="lead.username")
    areas = serializers.SerializerMethodField()
    findings = serializers.SerializerMethodField()
    report_sha256 = serializers.SerializerMethodField()

    class Meta:
        model = Audit
        fields = [
            "number", "title", "sort", "status", "programme", "scope", "criteria", "methods", "period_from", "period_until", "starts_on",
            "ends_on", "lead", "areas", "findings", "conclusion", "report_sha256", "started_at", "ended_at", "steps_taken",
        ]  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(AuditAreaSerializer(many=True))
    def get_areas(self, audit):
        return AuditAreaSerializer([area for area in audit.areas.all() if area.dropped_at is None], many=True).data

    def get_findings(self, audit) -> list[str]:
        return sorted(finding.shown_number for finding in audit.findings.all())

    def get_report_sha256(self, audit) -> str | None:
        report = getattr(audit, "issued", None)
        return report.sha256 if report else None


class AuditViewSet(NumberedDoor):
    """Audits."""

    serializer_class = AuditSerializer
    lookup_value_regex = r"AUD-\d{6,18}"
    queryset = Audit.objects.none()
    filterset_class = AuditFilter

    def get_queryset(self):
        rows = Audit.objects.visible_to(self.request.user).select_related("lead", "programme", "issued")
        return rows.prefetch_related("areas__process", "areas__auditor", "findings")

    @extend_schema(responses=AgendaItemSerializer(many=True), filters=False)
    @action(detail=True, pagination_class=None)
    def agenda(self, request, number):
        """The agenda, in order."""
        rows = self.get_object().agenda.standing().select_related("area__process", "auditee")
        return Response(AgendaItemSerializer(rows, many=True).data)

    @extend_schema(responses=ChecklistItemSerializer(many=True), filters=False)
    @action(detail=True, pagination_class=None)
    def checklist(self, request, number):
        """The questions with what was found, in order."""
        rows = self.get_object().checklist.select_related("area__process", "answered_by")
        return Response(ChecklistItemSerializer(rows, many=True).data)


class CoverageLineSerializer(serializers.Serializer):
    """A process or a clause of a year: how often it should be audited, is planned, and has been."""

    code = serializers.CharField()
    label = serializers.CharField()
    needed = serializers.IntegerField()
    planned = serializers.IntegerField()
    done = serializers.IntegerField()
    weight = serializers.IntegerField(source="weight.points", default=None)
    weight_reasons = serializers.ListField(source="weight.reasons", child=serializers.CharField(), default=list)
    audits = serializers.SerializerMethodField()

    def get_audits(self, line) -> list[str]:
        return [audit.shown_number for audit in line.audits]


class ProgrammeSerializer(serializers.ModelSerializer):
    """The programme of a year."""

    owner = serializers.CharField(source="owner.username")
    approved_by = serializers.CharField(source="approved_by.username", default=None)

    class Meta:
        model = Programme
        fields = ["year", "status", "starts_on", "ends_on", "objectives", "risks", "owner", "approved_by", "approved_at", "steps_taken"]
        read_only_fields = fields


class ProgrammeCoverageSerializer(serializers.Serializer):
    """What a programme covers: the share of what is needed that has been audited, processes and clauses, gaps first."""

    percent = serializers.FloatField()
    first_year = serializers.BooleanField(source="is_first_year")
    processes = CoverageLineSerializer(many=True)
    clauses = CoverageLineSerializer(many=True)


class ProgrammeViewSet(viewsets.GenericViewSet):
    """Audit programmes, by their year."""

    serializer_class = ProgrammeSerializer
    lookup_field = "year"
    lookup_value_regex = r"\d{4}"
    queryset = Programme.objects.none()
    filter_backends = ()
    pagination_class = None

    def get_queryset(self):
        if not rules.may_read(self.request.user):
            raise Http404
        return Programme.objects.visible_to(self.request.user).select_related("owner", "approved_by")

    @extend_schema(responses=ProgrammeSerializer(many=True))
    def list(self, request):
        """Every year that has a programme, the newest first."""
        return Response(ProgrammeSerializer(self.get_queryset(), many=True).data)

    @extend_schema(responses=ProgrammeSerializer)
    def retrieve(self, request, year):
        """The programme of a year."""
        return Response(ProgrammeSerializer(get_object_or_404(self.get_queryset(), year=year)).data)

    @extend_schema(responses=ProgrammeCoverageSerializer)
    @action(detail=True, methods=["get"])
    def coverage(self, request, year):
        """What is planned, audited and missing."""
        found = coverage.covered(get_object_or_404(self.get_queryset(), year=year), clock.now())
        return Response(ProgrammeCoverageSerializer(found).data)

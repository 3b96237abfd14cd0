"""The promise check in the API: the page's question and the page's answer."""

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response
from rest_framework.views import APIView

from catalog.models import Criticality
from sla import services
from sla.forms_check import CheckForm
from sla.models import Agreement, AgreementKind, AgreementVersion
from sla.rules import PRIORITIES
from sla.services.checking import CHECKED, WINDOW, Population

TRIED = [f"{tier}_{priority}_{metric}" for tier in Criticality.values for priority in PRIORITIES for metric in CHECKED]
ASKED = [
    OpenApiParameter("population", enum=Population.values, description="Whose tickets are replayed."),
    OpenApiParameter("wished", float, description="The share in percent that should be met: 50 to 100, otherwise 95."),
    *(OpenApiParameter(name, description='A target to try instead of the version\'s, such as "30 min".') for name in TRIED),
]


class CheckedTargetSerializer(serializers.Serializer):
    """One target and what it would have come to; seconds of service time."""

    tier = serializers.CharField()
    priority = serializers.IntegerField()
    metric = serializers.CharField()
    target_s = serializers.IntegerField(source="seconds")
    met = serializers.IntegerField(source="judged.met")
    failed = serializers.IntegerField(source="judged.failed")
    undecided = serializers.IntegerField(source="judged.undecided")
    share = serializers.FloatField(source="judged.share", allow_null=True)
    median_s = serializers.IntegerField(source="judged.median_s", allow_null=True)
    p90_s = serializers.IntegerField(source="judged.p90_s", allow_null=True)
    grade = serializers.ChoiceField(["green", "amber", "red", "none"])
    suggested_s = serializers.IntegerField(source="better_s", allow_null=True)
    in_force_s = serializers.IntegerField(source="before_s", allow_null=True)


class CheckSerializer(serializers.Serializer):
    """What real tickets would have made of a version's targets; "none" and null mean that nothing tested a target."""

    population = serializers.ChoiceField(Population.choices)
    wished = serializers.FloatField()
    since = serializers.SerializerMethodField()
    at = serializers.DateTimeField(source="sample.at")
    tickets = serializers.IntegerField(source="sample.tickets")
    untested = serializers.IntegerField(source="sample.untested")
    targets = CheckedTargetSerializer(many=True, source="rows")

    def get_since(self, check) -> str:
        return (check.sample.at - WINDOW).isoformat().replace("+00:00", "Z")


class CheckView(APIView):
    """The promise check of one version of a customer's agreement."""

    @extend_schema(parameters=ASKED, responses=CheckSerializer, operation_id="agreements_versions_check")
    def get(self, request, agreement, no):
        """Replay the last 90 days of tickets against a version's targets, or against others that are tried."""
        customers = Agreement.objects.visible_to(request.user).filter(kind=AgreementKind.CUSTOMER)
        shown = AgreementVersion.objects.filter(agreement__in=customers).select_related("agreement").prefetch_related("targets")
        version = get_object_or_404(shown, agreement=agreement, no=no)
        form = CheckForm(version, request.query_params)
        if form.errors:
            raise ValidationError(form.errors)
        found = services.check(version, population=form.whose, seconds=form.tried(), wished=form.wish)
        return Response(CheckSerializer(found).data)

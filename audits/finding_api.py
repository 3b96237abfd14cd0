"""Findings and corrective actions in the API: the same verbs, permissions and refusals as the pages."""

from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, status, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.response import Response

from audits import finding_records, services
from audits.finding_filters import ActionFilter, FindingFilter
from audits.finding_serializers import (
    ActionReasonSerializer,
    ActionSerializer,
    ApproveSerializer,
    CorrectSerializer,
    ExplainCauseSerializer,
    ExtentSerializer,
    FindingEntrySerializer,
    FindingSerializer,
    HandOverSerializer,
    ImplementSerializer,
    JudgeSerializer,
    MoveSerializer,
    PlanSerializer,
    RaiseFindingSerializer,
    RegradeSerializer,
    SampleSerializer,
    TakeUpFindingSerializer,
)  # fmt: skip
from audits.grading import Counted
from audits.models import CorrectiveAction, Finding
from audits.timeline import timeline
from itsm.core.answers import once
from itsm.core.api import NewestFirst, ValidatedMixin, request_key

KEY = OpenApiParameter(
    "Idempotency-Key", OpenApiTypes.STR, OpenApiParameter.HEADER, description="A repeated request with the same key gets the first answer."
)


class NumberedDoor(ValidatedMixin, mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Records that the caller may see, by their number; `perform` does a verb once for its Idempotency-Key."""

    lookup_field = "number"
    pagination_class = NewestFirst

    def get_object(self):
        number = int(self.kwargs["number"].rpartition("-")[2])
        return get_object_or_404(self.get_queryset(), number=number)

    def shown(self, record, code=status.HTTP_200_OK):
        """A record as it is after a verb, read anew."""
        found = self.get_queryset().get(pk=record.pk)
        return Response(self.serializer_class(found, context=self.get_serializer_context()).data, status=code)

    def perform(self, verb, serializer_class):
        """Do a verb once for its Idempotency-Key."""
        record, details, by = self.get_object(), self.validated(serializer_class), self.request.user
        key = request_key(self.request)
        return self.shown(once(by, key, f"{verb.__name__} {record.shown_number}", lambda: verb(record, by=by, **details)))


class FindingViewSet(NumberedDoor):
    """Findings: raised, answered, graded anew, settled; never edited."""

    serializer_class = FindingSerializer
    lookup_value_regex = r"FND-\d{6,18}"
    queryset = Finding.objects.none()
    filterset_class = FindingFilter

    def get_queryset(self):
        rows = Finding.objects.visible_to(self.request.user).select_related("auditee", "raised_by", "grade_by", "audit")
        return rows.prefetch_related("seen", "actions")

    @extend_schema(request=RaiseFindingSerializer, responses={201: FindingSerializer}, parameters=[KEY])
    def create(self, request):
        """Raise a finding. A nonconformity gets its first corrective action at once."""
        said = self.validated(RaiseFindingSerializer)
        counted = Counted(*(said.pop(name) for name in ("population", "failed", "whole_stratum")))
        seen = finding_records.named(" ".join(said.pop("records")), request.user)

        def perform():
            return services.raise_finding(by=request.user, counted=counted, records=seen, **said)

        return self.shown(once(request.user, request_key(request), "raise finding", perform), status.HTTP_201_CREATED)

    @extend_schema(request=ActionReasonSerializer, responses=FindingSerializer, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def answer(self, request, number):
        """What who answers for it has to say; the finding stays as it is."""
        return self.perform(services.answer, ActionReasonSerializer)

    @extend_schema(request=RegradeSerializer, responses=FindingSerializer, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def regrade(self, request, number):
        """Give it another grade, with a reason."""
        return self.perform(services.regrade, RegradeSerializer)

    @extend_schema(request=ActionReasonSerializer, responses=FindingSerializer, parameters=[KEY])
    @action(detail=True, methods=["post"], url_path="keep-grade")
    def keep_grade(self, request, number):
        """Refuse the suggested grade, with a reason."""
        return self.perform(services.keep_grade, ActionReasonSerializer)

    @extend_schema(request=TakeUpFindingSerializer, responses=FindingSerializer, parameters=[KEY])
    @action(detail=True, methods=["post"], url_path="take-up")
    def take_up(self, request, number):
        """Let an observation or an opportunity get a corrective action."""
        return self.perform(services.take_up, TakeUpFindingSerializer)

    @extend_schema(request=ActionReasonSerializer, responses=FindingSerializer, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def settle(self, request, number):
        """Say what becomes of an observation or an opportunity."""
        return self.perform(services.settle, ActionReasonSerializer)

    @extend_schema(request=ActionReasonSerializer, responses=FindingSerializer, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def withdraw(self, request, number):
        """Take back a finding that was raised in error."""
        return self.perform(services.withdraw, ActionReasonSerializer)

    @extend_schema(responses=FindingEntrySerializer(many=True), filters=False)
    @action(detail=True, pagination_class=None)
    def timeline(self, request, number):
        """Everything that happened, oldest first."""
        finding = self.get_object()
        return Response(FindingEntrySerializer(timeline(finding, list(finding.actions.all())), many=True).data)


class ActionViewSet(NumberedDoor):
    """Corrective actions, from the correction to the verdict."""

    serializer_class = ActionSerializer
    lookup_value_regex = r"ACT-\d{6,18}"
    queryset = CorrectiveAction.objects.none()
    filterset_class = ActionFilter

    def get_queryset(self):
        rows = CorrectiveAction.objects.visible_to(self.request.user).listed()
        return rows.prefetch_related("moves__by", "approvals__by")

    @extend_schema(request=CorrectSerializer, responses=ActionSerializer, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def correct(self, request, number):
        """Note what was done about the case itself."""
        return self.perform(services.correct, CorrectSerializer)

    @extend_schema(request=ExplainCauseSerializer, responses=ActionSerializer, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def explain(self, request, number):
        """Name the cause, by three to five whys or in own words."""
        return self.perform(services.explain, ExplainCauseSerializer)

    @extend_schema(request=ExtentSerializer, responses=ActionSerializer, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def extent(self, request, number):
        """Say where else the same happens."""
        return self.perform(services.look_around, ExtentSerializer)

    @extend_schema(request=PlanSerializer, responses=ActionSerializer, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def propose(self, request, number):
        """Propose the plan, with the criterion by which its effect will be judged."""
        return self.perform(services.propose, PlanSerializer)

    @extend_schema(request=ApproveSerializer, responses=ActionSerializer, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def approve(self, request, number):
        """Take one's seat in favour of the plan."""
        return self.perform(services.approve, ApproveSerializer)

    @extend_schema(request=ActionReasonSerializer, responses=ActionSerializer, parameters=[KEY])
    @action(detail=True, methods=["post"], url_path="send-back")
    def send_back(self, request, number):
        """Let the plan be written anew."""
        return self.perform(services.send_back, ActionReasonSerializer)

    @extend_schema(request=ImplementSerializer, responses=ActionSerializer, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def implement(self, request, number):
        """Report the action done; from this instant on records count for its effect."""
        return self.perform(services.implement, ImplementSerializer)

    @extend_schema(request=None, responses=ActionSerializer, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def draw(self, request, number):
        """Draw the sample, once, from records after the fix."""
        record, by = self.get_object(), request.user
        return self.shown(once(by, request_key(request), f"draw {number}", lambda: services.draw_sample(record, by=by)))

    @extend_schema(responses=SampleSerializer, filters=False)
    @action(detail=True, pagination_class=None)
    def sample(self, request, number):
        """The sample with its whole population, so that anybody can draw it again; 404 until it is drawn."""
        found = getattr(self.get_object(), "sample", None)
        if found is None:
            raise NotFound
        return Response(SampleSerializer(found, context=self.get_serializer_context()).data)

    @extend_schema(request=JudgeSerializer, responses=ActionSerializer, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def judge(self, request, number):
        """Judge every record of the sample; the finding is closed, or another round begins."""
        return self.perform(services.judge, JudgeSerializer)

    @extend_schema(request=MoveSerializer, responses=ActionSerializer, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def move(self, request, number):
        """Move the date that counts now, with a reason."""
        return self.perform(services.move_due, MoveSerializer)

    @extend_schema(request=HandOverSerializer, responses=ActionSerializer, parameters=[KEY])
    @action(detail=True, methods=["post"], url_path="hand-over")
    def hand_over(self, request, number):
        """Give it to another owner, with a reason."""
        return self.perform(services.hand_over, HandOverSerializer)

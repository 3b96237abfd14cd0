"""The verbs that judge a clock, in the API: the same services and refusals as the pages."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.response import Response

from itsm.core.answers import once
from itsm.core.api import InstantField, ValidatedMixin
from itsm.core.errors import Refused
from sla import services
from sla.models import PAUSE_REASONS, Correction, CorrectionKind, CorrectionState
from sla.services.judging import EXCUSES, NONE_WAITS


class ExcuseSerializer(serializers.Serializer):
    reason_code = serializers.ChoiceField(EXCUSES)
    words = serializers.CharField(max_length=2000)


class ProposeSerializer(serializers.Serializer):
    """`contact_later` takes `to`; `moved` takes `line` and `to`; `waited` takes `since`, `until`, `waited_for`; `voided` takes `line`."""

    kind = serializers.ChoiceField(CorrectionKind.choices)
    reason = serializers.CharField(max_length=2000)
    line = serializers.IntegerField(required=False, min_value=1, max_value=2**31 - 1)
    to = InstantField(required=False)
    since = InstantField(required=False)
    until = InstantField(required=False)
    waited_for = serializers.ChoiceField(PAUSE_REASONS, required=False, allow_blank=True)


class DecideSerializer(serializers.Serializer):
    accepted = serializers.BooleanField()
    remark = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")


class CorrectionSerializer(serializers.ModelSerializer):
    """A correction: what was wrong, how it really was, who proposed and who decided."""

    proposed_by = serializers.CharField(source="proposed_by.username")
    decided_by = serializers.CharField(source="decided_by.username", default=None)

    class Meta:
        model = Correction
        fields = ["id", "clock", "kind", "amend", "reason", "state", "proposed_by", "proposed_at", "decided_by", "decided_at", "remark"]


class JudgingMixin(ValidatedMixin):
    """Excuse a broken promise; propose and decide a correction of a log."""

    def _once(self, request, act, perform):
        return once(request.user, request.headers.get("Idempotency-Key", "")[:80], act, perform)

    @extend_schema(request=ExcuseSerializer)
    @action(detail=True, methods=["post"])
    def excuse(self, request, pk):
        """Count a broken promise apart; the breach stays recorded."""
        details, clock = self.validated(ExcuseSerializer), self.get_object()
        done = self._once(request, f"excuse {pk}", lambda: services.excuse(clock, by=request.user, **details))
        return Response(self.get_serializer(self.get_queryset().get(pk=done.pk)).data)

    @extend_schema(request=ProposeSerializer, responses=CorrectionSerializer)
    @action(detail=True, methods=["post"], url_path="propose-correction")
    def propose_correction(self, request, pk):
        """Say what is wrong in its log; somebody else has to apply it."""
        details, clock = self.validated(ProposeSerializer), self.get_object()
        made = self._once(request, f"correct {pk}", lambda: services.propose_correction(clock, by=request.user, **details))
        return Response(CorrectionSerializer(made).data)

    @extend_schema(request=DecideSerializer, responses=CorrectionSerializer)
    @action(detail=True, methods=["post"], url_path="decide-correction")
    def decide_correction(self, request, pk):
        """Apply or refuse the correction that waits."""
        details, clock = self.validated(DecideSerializer), self.get_object()

        def decided():
            waiting = clock.corrections.filter(state=CorrectionState.PENDING).first()
            if waiting is None:
                raise Refused(NONE_WAITS, code="none_waits")
            return services.decide_correction(waiting, by=request.user, **details)

        return Response(CorrectionSerializer(self._once(request, f"decide {pk}", decided)).data)

    @extend_schema(responses=CorrectionSerializer(many=True), filters=False)
    @action(detail=True, pagination_class=None)
    def corrections(self, request, pk):
        """Every correction of its log, newest first."""
        found = self.get_object().corrections.select_related("proposed_by", "decided_by")
        return Response(CorrectionSerializer(found, many=True).data)

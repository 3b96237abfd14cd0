"""Carrying changes out through the API: the same verbs and refusals as the page."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.response import Response

from catalog.models import ConfigurationItem, ItemStatus, Relation, RelationKind
from changes import services
from changes.api.shown import ChangeSerializer
from changes.models import Result, RunResult, StepRun, Verdict
from itsm.core.api import InstantField

KEY = OpenApiParameter(
    "Idempotency-Key", OpenApiTypes.STR, OpenApiParameter.HEADER, description="A repeated request with the same key gets the first answer."
)
MOST = 5000


class NothingSerializer(serializers.Serializer):
    """No details are needed."""


class WhySerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=MOST)


class StepRunSerializer(serializers.ModelSerializer):
    """When a step of the plan was really done."""

    by = serializers.CharField(source="by.username")
    ended_by = serializers.CharField(source="ended_by.username", default=None)

    class Meta:
        model = StepRun
        fields = ["no", "words", "started_at", "finished_at", "by", "ended_by", "result", "remark"]
        read_only_fields = fields


class StepNoSerializer(serializers.Serializer):
    no = serializers.IntegerField(min_value=1, max_value=1000)


class StepEndSerializer(StepNoSerializer):
    """How a step went; `failed` and `skipped` need a remark."""

    result = serializers.ChoiceField(RunResult.choices)
    remark = serializers.CharField(max_length=MOST, required=False, allow_blank=True, default="")


class StepNoteSerializer(StepEndSerializer):
    """A step of an emergency, written down afterwards."""

    started_at = InstantField()
    finished_at = InstantField()


class ConfirmItemsSerializer(serializers.Serializer):
    """The items that stay as they are; the others were updated under the change."""

    unchanged = serializers.SlugRelatedField("code", many=True, queryset=ConfigurationItem.objects.all(), required=False)


class RelationGivenSerializer(serializers.Serializer):
    """What an item hangs on."""

    kind = serializers.ChoiceField(RelationKind.choices)
    parent = serializers.SlugRelatedField("code", queryset=ConfigurationItem.objects.living())


class UpdateUnderChangeSerializer(serializers.Serializer):
    """One item of the change, brought up to date; what is left out stays. `let_go`: codes of what it hangs on no longer."""

    item = serializers.SlugRelatedField("code", queryset=ConfigurationItem.objects.all())
    status = serializers.ChoiceField(ItemStatus.choices, required=False)
    description = serializers.CharField(max_length=10_000, required=False, allow_blank=True)
    details = serializers.DictField(required=False)
    let_go = serializers.SlugRelatedField("code", many=True, queryset=ConfigurationItem.objects.all(), required=False)
    hang = RelationGivenSerializer(required=False)

    def update_of(self, given):
        """What `services.update_item` takes."""
        item = given["item"]
        relations = Relation.objects.standing().filter(child=item, parent__in=given.get("let_go", ()))
        hang = given.get("hang")
        facts = {name: given[name] for name in ("status", "description", "details") if name in given}
        return {"item": item, "facts": facts, "let_go": list(relations), "hang": (hang["kind"], hang["parent"]) if hang else None}

    def validate(self, attrs):
        return self.update_of(attrs)


class ReviewGivenSerializer(serializers.Serializer):
    """The post-implementation review; `words` is what we learn from it."""

    result = serializers.ChoiceField(Result.choices)
    words = serializers.CharField(max_length=MOST)
    went_well = serializers.CharField(max_length=MOST, required=False, allow_blank=True)
    went_badly = serializers.CharField(max_length=MOST, required=False, allow_blank=True)
    follow_ups = serializers.CharField(max_length=MOST, required=False, allow_blank=True)


class ResultSerializer(serializers.Serializer):
    result = serializers.ChoiceField(Result.choices)


class SettleSerializer(WhySerializer):
    verdict = serializers.ChoiceField(Verdict.choices)


class DoingMixin:
    """The verbs from the start to the close; for a viewset with `perform`, `performed`, `validated` and `get_object`."""

    @extend_schema(request=NothingSerializer, responses=ChangeSerializer, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def start(self, request, number):
        """Begin it: approved on exactly what it says now, in its window, with nothing new in the way."""
        return self.perform(services.start, NothingSerializer)

    @extend_schema(request=WhySerializer, responses=ChangeSerializer, parameters=[KEY])
    @action(detail=True, methods=["post"], url_path="start-unapproved")
    def start_unapproved(self, request, number):
        """Begin an emergency while nobody of the panel can be reached; the decision is owed within one working day."""
        return self.perform(services.start_unapproved, WhySerializer)

    @extend_schema(responses=StepRunSerializer(many=True), filters=False)
    @action(detail=True, pagination_class=None)
    def steps(self, request, number):
        """The steps of the plan that were begun, with their real times."""
        runs = self.get_object().runs.select_related("by", "ended_by")
        return Response(StepRunSerializer(runs, many=True).data)

    @extend_schema(request=StepNoSerializer, responses={201: StepRunSerializer}, parameters=[KEY])
    @action(detail=True, methods=["post"], url_path="begin-step")
    def begin_step(self, request, number):
        """Note that a step of the plan is begun."""
        return self._run(services.begin_step, StepNoSerializer)

    @extend_schema(request=StepEndSerializer, responses={201: StepRunSerializer}, parameters=[KEY])
    @action(detail=True, methods=["post"], url_path="end-step")
    def end_step(self, request, number):
        """Note how a step went: done, failed or skipped."""
        return self._run(services.end_step, StepEndSerializer)

    @extend_schema(request=StepNoteSerializer, responses={201: StepRunSerializer}, parameters=[KEY])
    @action(detail=True, methods=["post"], url_path="note-step")
    def note_step(self, request, number):
        """Write down afterwards when a step of an emergency was done."""
        return self._run(services.note_step, StepNoteSerializer)

    @extend_schema(request=NothingSerializer, responses=ChangeSerializer, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def implement(self, request, number):
        """The work is done, every step has an end."""
        return self.perform(services.implement, NothingSerializer)

    @extend_schema(request=WhySerializer, responses=ChangeSerializer, parameters=[KEY])
    @action(detail=True, methods=["post"], url_path="back-out")
    def back_out(self, request, number):
        """It was taken back; it will be looked back on."""
        return self.perform(services.back_out, WhySerializer)

    @extend_schema(request=UpdateUnderChangeSerializer, responses=ChangeSerializer, parameters=[KEY])
    @action(detail=True, methods=["post"], url_path="update-item")
    def update_item(self, request, number):
        """Bring a configuration item up to date under this change."""
        return self.perform(services.update_item, UpdateUnderChangeSerializer)

    @extend_schema(request=ConfirmItemsSerializer, responses=ChangeSerializer, parameters=[KEY])
    @action(detail=True, methods=["post"], url_path="confirm-items")
    def confirm_items(self, request, number):
        """Confirm that its configuration items are up to date."""
        return self.perform(services.confirm_items, ConfirmItemsSerializer)

    @extend_schema(request=ReviewGivenSerializer, responses=ChangeSerializer, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def review(self, request, number):
        """Look back on it, as somebody who did not carry it out."""
        return self.perform(services.look_back, ReviewGivenSerializer)

    @extend_schema(request=ResultSerializer, responses=ChangeSerializer, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def close(self, request, number):
        """Close it with what it came to."""
        return self.perform(services.close, ResultSerializer)

    @extend_schema(request=SettleSerializer, responses=ChangeSerializer, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def verdict(self, request, number):
        """Say what becomes of an emergency that was rejected after the fact."""
        return self.perform(services.settle, SettleSerializer)

    def _run(self, verb, serializer_class):
        """A step's verb; the answer is its run."""
        run = self.performed(verb, self.validated(serializer_class))
        return Response(StepRunSerializer(run).data, status=status.HTTP_201_CREATED)

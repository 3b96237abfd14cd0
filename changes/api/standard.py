"""Models of standard changes in the API: the same verbs, permissions and refusals as the pages."""

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from changes import rules, services
from changes.models import Category, StandardModel
from changes.services import sense
from itsm.core.api import OldestFirst, ValidatedMixin

MOST = 20_000


class ModelStepSerializer(serializers.Serializer):
    """One step of a model's plan."""

    words = serializers.CharField(max_length=sense.LONGEST_WORDS)
    minutes = serializers.IntegerField(min_value=1, max_value=sense.LONGEST_STEP)


class StandardModelSerializer(serializers.ModelSerializer):
    """A model as it stands; `steps_taken` is what an edit gives back as `onto`."""

    plan = ModelStepSerializer(many=True, read_only=True)
    author = serializers.SlugRelatedField("username", read_only=True)
    approved_by = serializers.SlugRelatedField("username", read_only=True)

    class Meta:
        model = StandardModel
        fields = [
            "code", "name", "status", "category", "reason", "impact", "interrupts", "plan", "back_out_plan", "test_evidence", "author",
            "approved_by", "approved_at", "review_due_on", "suspended_why", "steps_taken",
        ]  # fmt: skip
        read_only_fields = fields


class ModelContentSerializer(serializers.Serializer):
    """What a model says; of an edit only what changes, with `onto`."""

    name = serializers.CharField(max_length=120, required=False)
    category = serializers.ChoiceField(Category.choices, required=False)
    reason = serializers.CharField(max_length=MOST, required=False)
    impact = serializers.CharField(max_length=MOST, required=False, allow_blank=True)
    interrupts = serializers.BooleanField(required=False)
    plan = ModelStepSerializer(many=True, required=False)
    back_out_plan = serializers.CharField(max_length=MOST, required=False, allow_blank=True)
    test_evidence = serializers.CharField(max_length=MOST, required=False, allow_blank=True)

    def validate_plan(self, plan):
        """Plain dicts, as the column keeps them."""
        return [dict(step) for step in plan]


class ModelEditSerializer(ModelContentSerializer):
    """An edit: an approved model is a draft again."""

    onto = serializers.IntegerField(required=False, min_value=0)


class ModelWriteSerializer(ModelContentSerializer):
    """A new model."""

    code = serializers.RegexField(r"^[-a-zA-Z0-9_]+$", max_length=40)
    name = serializers.CharField(max_length=120)
    category = serializers.ChoiceField(Category.choices)
    reason = serializers.CharField(max_length=MOST)


class ModelReviewSerializer(serializers.Serializer):
    """Until when somebody looks at it again."""

    review_due_on = serializers.DateField()


class ModelReasonSerializer(serializers.Serializer):
    """Why."""

    reason = serializers.CharField(max_length=2000)


class ModelNothingSerializer(serializers.Serializer):
    """Nothing has to be said."""


def _act(serializer_class):
    """A verb of a model as an action of the door."""

    def decorate(method):
        return action(detail=True, methods=["post"])(extend_schema(request=serializer_class, responses=StandardModelSerializer)(method))

    return decorate


class StandardModelViewSet(ValidatedMixin, mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Models of standard changes, and their verbs."""

    serializer_class = StandardModelSerializer
    lookup_field = "code"
    lookup_value_regex = "[-a-zA-Z0-9_]+"
    filterset_fields = ["status", "category"]
    pagination_class = OldestFirst
    queryset = StandardModel.objects.none()

    def get_queryset(self):
        rows = StandardModel.objects.select_related("author", "approved_by").order_by("id")
        return rows if rules.may_read(self.request.user) else rows.none()

    def _done(self, verb, serializer_class):
        found = get_object_or_404(self.get_queryset(), code=self.kwargs["code"])
        verb(found, by=self.request.user, **self.validated(serializer_class))
        return Response(StandardModelSerializer(self.get_queryset().get(pk=found.pk)).data)

    @extend_schema(request=ModelWriteSerializer, responses={201: StandardModelSerializer})
    def create(self, request):
        """Write a model: a draft, until somebody else approves it."""
        made = services.write_model(by=request.user, **self.validated(ModelWriteSerializer))
        return Response(StandardModelSerializer(self.get_queryset().get(pk=made.pk)).data, status=status.HTTP_201_CREATED)

    @_act(ModelEditSerializer)
    def edit(self, request, code):
        """Change what a model says; an approved one is a draft again."""
        return self._done(services.edit_model, ModelEditSerializer)

    @_act(ModelReviewSerializer)
    def approve(self, request, code):
        """Let it be used until its review; never one's own."""
        return self._done(services.approve_model, ModelReviewSerializer)

    @_act(ModelReviewSerializer)
    def review(self, request, code):
        """Keep an approved model after its review."""
        return self._done(services.review_model, ModelReviewSerializer)

    @_act(ModelNothingSerializer)
    def rework(self, request, code):
        """Take it back to draft."""
        return self._done(services.rework_model, ModelNothingSerializer)

    @_act(ModelReasonSerializer)
    def suspend(self, request, code):
        """Keep it from being used, with a reason."""
        return self._done(services.suspend_model, ModelReasonSerializer)

    @_act(ModelNothingSerializer)
    def retire(self, request, code):
        """Take it out of use for good."""
        return self._done(services.retire_model, ModelNothingSerializer)

"""The approval policy and the risk questions in the API: versions are read, and published as on the pages."""

from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.response import Response

from catalog.models import Criticality
from changes import policy_checks, question_checks, rules, services
from changes.models import Category, PolicyVersion, Questionnaire, Risk, Rule
from itsm.core.api import NewestFirst, ValidatedMixin


class PolicyStageSerializer(serializers.Serializer):
    """One stage: who, how many of them, and within how many working minutes."""

    rule = serializers.ChoiceField(Rule.choices)
    k = serializers.IntegerField(allow_null=True, default=None, min_value=1, max_value=99)
    minutes = serializers.IntegerField(min_value=1, max_value=policy_checks.LONGEST)
    roles = serializers.ListField(child=serializers.ChoiceField([(r.value, r.label) for r in policy_checks.APPROVERS]), allow_empty=False)


class PolicyRowSerializer(serializers.Serializer):
    """What a row is for (an empty list: any), and the stages it asks."""

    name = serializers.CharField(max_length=120)
    name_en = serializers.CharField(max_length=120, allow_blank=True, default="")
    kinds = serializers.ListField(child=serializers.ChoiceField([(k.value, k.label) for k in policy_checks.KINDS]), default=list)
    categories = serializers.ListField(child=serializers.ChoiceField(Category.choices), default=list)
    risks = serializers.ListField(child=serializers.ChoiceField(Risk.choices), default=list)
    criticalities = serializers.ListField(child=serializers.ChoiceField(Criticality.choices), default=list)
    services = serializers.ListField(child=serializers.IntegerField(min_value=1, max_value=2**31), default=list)
    customers = serializers.ListField(child=serializers.IntegerField(min_value=1, max_value=2**31), default=list)
    stages = PolicyStageSerializer(many=True, allow_empty=False)


class VersionedSerializer(serializers.ModelSerializer):
    """Who published a version, and when."""

    published_by = serializers.SlugRelatedField("username", read_only=True)


class PolicyVersionSerializer(VersionedSerializer):
    """One version of the approval policy."""

    rows = PolicyRowSerializer(many=True, read_only=True)

    class Meta:
        model = PolicyVersion
        fields = ["no", "rows", "note", "published_by", "published_at"]
        read_only_fields = fields


class PublishPolicySerializer(serializers.Serializer):
    """The next version. `onto`: the version it was written on; `confirmed`: the warnings of the page were read."""

    rows = PolicyRowSerializer(many=True)
    onto = serializers.IntegerField(min_value=1)
    note = serializers.CharField(max_length=200, allow_blank=True, default="")
    confirmed = serializers.BooleanField(default=False)

    def validate_rows(self, rows):
        """Plain values, as the version keeps them."""
        return [{**row, "stages": [dict(stage) for stage in row["stages"]]} for row in map(dict, rows)]


class RiskTriggerSerializer(serializers.Serializer):
    """Something that makes a change high in any case."""

    code = serializers.RegexField(r"^[-a-zA-Z0-9_]+$", max_length=40)
    text = serializers.CharField(max_length=200)
    text_en = serializers.CharField(max_length=200, allow_blank=True, default="")


class RiskQuestionSerializer(RiskTriggerSerializer):
    """One question; each of its options is `[points, text, English text]`."""

    weight = serializers.IntegerField(min_value=1, max_value=question_checks.MOST_WEIGHT, default=1)
    options = serializers.ListField(child=serializers.ListField(child=serializers.JSONField(), min_length=3, max_length=3))

    def validate_options(self, options):
        """Whole points and two texts."""
        if any(type(points) is not int or not all(isinstance(text, str) for text in texts) for points, *texts in options):
            raise serializers.ValidationError("[points, text, English text]")
        return options


class QuestionnaireSerializer(VersionedSerializer):
    """One version of the risk questions."""

    questions = RiskQuestionSerializer(many=True, read_only=True)
    triggers = RiskTriggerSerializer(many=True, read_only=True)

    class Meta:
        model = Questionnaire
        fields = ["no", "questions", "triggers", "medium_from", "high_from", "note", "published_by", "published_at"]
        read_only_fields = fields


class PublishQuestionsSerializer(serializers.Serializer):
    """The next version. `onto`: the version it was written on."""

    questions = RiskQuestionSerializer(many=True)
    triggers = RiskTriggerSerializer(many=True)
    medium_from = serializers.IntegerField(min_value=1, max_value=3000)
    high_from = serializers.IntegerField(min_value=1, max_value=3000)
    onto = serializers.IntegerField(min_value=1)
    note = serializers.CharField(max_length=200, allow_blank=True, default="")

    def validate(self, attrs):
        """Plain values, as the version keeps them."""
        return attrs | {name: [dict(row) for row in attrs[name]] for name in ("questions", "triggers")}


class VersionViewSet(ValidatedMixin, mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Versions by their number."""

    lookup_field = "no"
    lookup_value_regex = r"\d{1,9}"
    pagination_class = NewestFirst

    def get_queryset(self):
        rows = type(self).queryset.model.objects.select_related("published_by")
        return rows if rules.may_read(self.request.user) else rows.none()

    def _published(self, publish, serializer_class):
        version = publish(by=self.request.user, **self.validated(serializer_class))
        return Response(self.get_serializer(version).data, status=status.HTTP_201_CREATED)


class PolicyViewSet(VersionViewSet):
    """Versions of the approval policy, the one in force first."""

    queryset = PolicyVersion.objects.none()
    serializer_class = PolicyVersionSerializer

    @extend_schema(request=PublishPolicySerializer, responses={201: PolicyVersionSerializer})
    def create(self, request):
        """Publish the next version."""
        return self._published(services.publish_policy, PublishPolicySerializer)


class QuestionnaireViewSet(VersionViewSet):
    """Versions of the risk questions, the one in force first."""

    queryset = Questionnaire.objects.none()
    serializer_class = QuestionnaireSerializer

    @extend_schema(request=PublishQuestionsSerializer, responses={201: QuestionnaireSerializer})
    def create(self, request):
        """Publish the next version."""
        return self._published(services.publish_questions, PublishQuestionsSerializer)

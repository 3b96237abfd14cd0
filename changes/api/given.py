"""What the API is given about changes."""

from django.utils.translation import gettext as _
from rest_framework import serializers

from catalog.models import ConfigurationItem, Service
from changes.api.shown import PlanStepSerializer
from changes.models import Category, Choice, Decision, Kind, StandardModel
from changes.services import questions_in_force
from itsm.core.api import InstantField
from itsm.documents.api import FilesSerializer
from itsm.people.models import Organisation, Person

MOST = 20_000


class ContentSerializer(serializers.Serializer):
    """What a change says."""

    category = serializers.ChoiceField(Category.choices)
    title = serializers.CharField(max_length=200)
    reason = serializers.CharField(max_length=MOST)
    benefit = serializers.CharField(max_length=MOST, required=False, allow_blank=True)
    impact = serializers.CharField(max_length=MOST, required=False, allow_blank=True, help_text="What customers notice.")
    interrupts = serializers.BooleanField(required=False)
    plan = PlanStepSerializer(many=True, required=False)
    back_out_plan = serializers.CharField(max_length=MOST, required=False, allow_blank=True)
    test_evidence = serializers.CharField(max_length=MOST, required=False, allow_blank=True)
    starts_at = InstantField(required=False, allow_null=True)
    ends_at = InstantField(required=False, allow_null=True)
    services = serializers.SlugRelatedField("code", many=True, queryset=Service.objects.live(), required=False)
    items = serializers.SlugRelatedField("code", many=True, queryset=ConfigurationItem.objects.living(), required=False)
    customers = serializers.SlugRelatedField("code", many=True, queryset=Organisation.objects.customers().living(), required=False)
    implementer = serializers.SlugRelatedField("username", queryset=Person.objects.internal().active(), required=False, allow_null=True)

    def validate_plan(self, plan):
        """Plain dicts, as the column keeps them."""
        return [dict(step) for step in plan]


class RaiseSerializer(ContentSerializer):
    """A new change. A standard one names its `model` and takes category, plan, back-out plan and tests from it."""

    kind = serializers.ChoiceField(Kind.choices, default=Kind.NORMAL)
    model = serializers.SlugRelatedField("code", queryset=StandardModel.objects.all(), required=False, allow_null=True)


class ChangeEditSerializer(ContentSerializer):
    """Corrections; what is left out stays. `onto`: the `steps_taken` you read; when somebody did something since, it is refused."""

    kind = serializers.ChoiceField(Kind.choices, required=False)
    onto = serializers.IntegerField(required=False, min_value=0)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("category", "title", "reason"):
            self.fields[name].required = False


class AssessSerializer(serializers.Serializer):
    """Answers to the risk questions in force: {code: score}; triggers: codes of what makes it high in any case."""

    answers = serializers.DictField(child=serializers.IntegerField(min_value=0, max_value=100))
    triggers = serializers.ListField(child=serializers.CharField(max_length=60), required=False, default=list)
    remark = serializers.CharField(max_length=MOST, required=False, allow_blank=True, default="")

    def validate(self, attrs):
        questions = questions_in_force()
        unknown = set(attrs["answers"]) - {q["code"] for q in questions.questions}
        unknown |= set(attrs["triggers"]) - {t["code"] for t in questions.triggers}
        if unknown:
            raise serializers.ValidationError(_("Not asked in this version: %(codes)s") % {"codes": ", ".join(sorted(unknown))})
        return attrs


class ChangeReasonSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=2000)


class RemarkGivenSerializer(FilesSerializer):
    """A remark; `answers` is the id of the decision that asked."""

    words = serializers.CharField(max_length=MOST)
    answers = serializers.PrimaryKeyRelatedField(queryset=Decision.objects.filter(choice=Choice.ASK), required=False, allow_null=True)


class NumberSerializer(serializers.Serializer):
    """The number of a record that the change answers, for example INC-000123."""

    number = serializers.CharField(max_length=40)


class EmptySerializer(serializers.Serializer):
    """No details are needed."""

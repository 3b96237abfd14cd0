"""How changes look in the API."""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from changes import answering
from changes.models import ApprovalRound, Change, Decision, Remark, RiskAssessment, Seat, Stage
from changes.timeline import Entry


class PlanStepSerializer(serializers.Serializer):
    """One step of the plan."""

    words = serializers.CharField(max_length=500)
    minutes = serializers.IntegerField(min_value=1, max_value=10_080)


class ChangeSerializer(serializers.ModelSerializer):
    """A change as it is now. `number` is its name in every address; `steps_taken` goes into `onto` of an edit."""

    number = serializers.CharField(source="shown_number", read_only=True)
    requester = serializers.CharField(source="requester.username")
    implementer = serializers.CharField(source="implementer.username", default=None)
    model = serializers.CharField(source="model.code", default=None)
    services = serializers.SlugRelatedField("code", many=True, read_only=True)
    items = serializers.SlugRelatedField("code", many=True, read_only=True)
    customers = serializers.SlugRelatedField("code", many=True, read_only=True)
    plan = PlanStepSerializer(many=True, read_only=True)

    class Meta:
        model = Change
        fields = [
            "number", "status", "kind", "category", "risk", "title", "reason", "benefit", "impact", "interrupts", "plan", "back_out_plan",
            "test_evidence", "starts_at", "ends_at", "services", "items", "customers", "requester", "implementer", "model", "raised_at",
            "submitted_at", "approved_at", "started_at", "finished_at", "unreachable_reason", "retrospect", "verdict", "result",
            "review_due", "review", "closed_at", "steps_taken",
        ]  # fmt: skip
        read_only_fields = fields


class AssessmentSerializer(serializers.ModelSerializer):
    """The risk answers that count, and which version of the questions they answer."""

    questionnaire = serializers.IntegerField(source="questionnaire.no")
    answers = serializers.DictField(child=serializers.IntegerField())
    triggers = serializers.ListField(child=serializers.CharField())

    class Meta:
        model = RiskAssessment
        fields = ["questionnaire", "answers", "triggers", "score", "risk", "remark"]
        read_only_fields = fields


class ChangeDecisionSerializer(serializers.ModelSerializer):
    """What one person said about one seat, on exactly the content of the fingerprint."""

    person = serializers.CharField(source="person.username")
    on_behalf_of = serializers.CharField(source="on_behalf_of.username", default=None)

    class Meta:
        model = Decision
        fields = ["id", "person", "on_behalf_of", "choice", "words", "fingerprint", "at"]
        read_only_fields = fields


class SeatSerializer(serializers.ModelSerializer):
    """One role that is asked; of a customer's representative, whose."""

    organisation = serializers.CharField(source="organisation.code", default=None)
    decisions = ChangeDecisionSerializer(many=True, read_only=True)

    class Meta:
        model = Seat
        fields = ["id", "role", "organisation", "decisions"]
        read_only_fields = fields


class StageSerializer(serializers.ModelSerializer):
    """One stage: its seats, and how many of them have to approve (`rule`, `k`)."""

    seats = SeatSerializer(many=True, read_only=True)

    class Meta:
        model = Stage
        fields = ["no", "rule", "k", "opened_at", "deadline_at", "escalated_at", "outcome", "decided_at", "seats"]
        read_only_fields = fields


class RoundSerializer(serializers.ModelSerializer):
    """One time that the change was put before its deciders."""

    stages = StageSerializer(many=True, read_only=True)

    class Meta:
        model = ApprovalRound
        fields = ["no", "kind", "fingerprint", "opened_at", "outcome", "closed_at", "stages"]
        read_only_fields = fields


class AnsweredSerializer(serializers.Serializer):
    """A record that the change answers."""

    number = serializers.CharField()
    title = serializers.CharField()
    state = serializers.CharField()


class WholeChangeSerializer(ChangeSerializer):
    """A change with its risk answers, what it answers, and all that was decided; `document` is what a decision is bound to."""

    assessment = AssessmentSerializer(read_only=True)
    fingerprint = serializers.CharField(read_only=True)
    document = serializers.DictField(read_only=True)
    rounds = RoundSerializer(many=True, read_only=True)
    answers = serializers.SerializerMethodField()

    class Meta(ChangeSerializer.Meta):
        fields = [*ChangeSerializer.Meta.fields, "assessment", "fingerprint", "document", "rounds", "answers"]
        read_only_fields = fields

    @extend_schema_field(AnsweredSerializer(many=True))
    def get_answers(self, change):
        looks = [look for _row, _label, look in answering.shown(list(change.answered.standing()))]
        return AnsweredSerializer(looks, many=True).data


class RemarkSerializer(serializers.ModelSerializer):
    """What somebody said about a change; `answers` is the decision that asked."""

    person = serializers.CharField(source="person.username")

    class Meta:
        model = Remark
        fields = ["id", "person", "words", "answers", "at"]
        read_only_fields = fields


class ChangeEntrySerializer(serializers.Serializer):
    """One line of the timeline."""

    kind = serializers.ChoiceField(Entry.KINDS)
    at = serializers.DateTimeField()
    person = serializers.CharField(source="person.username", default=None)
    text = serializers.CharField()
    remark = serializers.CharField()

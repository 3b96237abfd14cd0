"""What the API is given and shows about findings and corrective actions."""

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from audits import clauses, populations
from audits.models import (
    Audit,
    CauseMethod,
    CorrectiveAction,
    DueMove,
    Finding,
    Grade,
    PlanApproval,
    SeenRecord,
    Source,
    VerificationSample,
)
from audits.timeline import Entry
from itsm.people.models import Person

MOST = 10_000


def person(**details):
    """One of our own people, by user name."""
    return serializers.SlugRelatedField("username", queryset=Person.objects.internal().active(), **details)


class SeenRecordSerializer(serializers.ModelSerializer):
    """A record as it was when it was seen."""

    class Meta:
        model = SeenRecord
        fields = ["label", "sha256", "picture", "seen_at"]
        read_only_fields = fields


class FindingSerializer(serializers.ModelSerializer):
    """A finding as it is now. `number` is its name in every address; `actions` are the numbers of its rounds, the first first."""

    number = serializers.CharField(source="shown_number", read_only=True)
    auditee = serializers.CharField(source="auditee.username")
    raised_by = serializers.CharField(source="raised_by.username", default=None)
    grade_by = serializers.CharField(source="grade_by.username", default=None)
    audit = serializers.CharField(source="audit.shown_number", default=None, help_text="The audit it comes from.")
    actions = serializers.SerializerMethodField()
    seen = SeenRecordSerializer(many=True, read_only=True)

    class Meta:
        model = Finding
        fields = [
            "number", "status", "grade", "grade_why", "grade_by", "suggested_grade", "suggested_because", "suggestion_open", "requirement",
            "evidence", "gap", "clause", "process", "source", "source_words", "population", "failed", "whole_stratum", "auditee",
            "raised_by", "raised_at", "audit", "outcome", "closed_at", "actions", "seen", "steps_taken",
        ]  # fmt: skip
        read_only_fields = fields

    def get_actions(self, finding) -> list[str]:
        return [action.shown_number for action in sorted(finding.actions.all(), key=lambda action: action.cycle)]


class DueMoveSerializer(serializers.ModelSerializer):
    """A date that moved."""

    by = serializers.CharField(source="by.username", default=None)

    class Meta:
        model = DueMove
        fields = ["no", "which", "was", "becomes", "reason", "by", "at"]
        read_only_fields = fields


class PlanApprovalSerializer(serializers.ModelSerializer):
    """One approval of one proposal."""

    by = serializers.CharField(source="by.username")

    class Meta:
        model = PlanApproval
        fields = ["proposal", "seat", "by", "words", "at"]
        read_only_fields = fields


class ActionSerializer(serializers.ModelSerializer):
    """A corrective action as it is now; `next_due_on` is the date that counts now."""

    number = serializers.CharField(source="shown_number", read_only=True)
    finding = serializers.CharField(source="finding.shown_number")
    owner = serializers.CharField(source="owner.username")
    implementer = serializers.CharField(source="implementer.username", default=None)
    verifier = serializers.CharField(source="verifier.username", default=None)
    whys = serializers.ListField(child=serializers.CharField(), read_only=True)
    moves = DueMoveSerializer(many=True, read_only=True)
    approvals = PlanApprovalSerializer(many=True, read_only=True)

    class Meta:
        model = CorrectiveAction
        fields = [
            "number", "finding", "cycle", "status", "owner", "answer_by", "due_on", "verify_by", "next_due_on", "moves", "correction",
            "cause_method", "whys", "cause", "extent", "plan", "criterion", "sampled_from", "after_days", "after_records",
            "needed_percent", "proposal", "approvals", "implementation", "implementer", "implemented_at", "verifier", "opened_at",
            "ended_at", "steps_taken",
        ]  # fmt: skip
        read_only_fields = fields


class SampleSerializer(serializers.ModelSerializer):
    """A sample: seed, population and records; `holds` says whether drawing again gives the same."""

    rows = serializers.SerializerMethodField(help_text="[id, hash, process, post, priority, month] of every record.")
    records = serializers.ListField(child=serializers.DictField())
    drawn_by = serializers.CharField(source="drawn_by.username")
    holds = serializers.BooleanField(read_only=True)

    class Meta:
        model = VerificationSample
        fields = ["kind", "since", "until", "seed", "population", "digest", "rows", "records", "drawn_by", "drawn_at", "holds"]
        read_only_fields = fields

    @extend_schema_field(serializers.ListField(child=serializers.ListField()))
    def get_rows(self, sample):
        return [list(row[:6]) for row in sample.frozen]


class FindingEntrySerializer(serializers.Serializer):
    """One line of the timeline; `round` is the action's, 0 for the finding itself."""

    kind = serializers.ChoiceField(Entry.KINDS)
    at = serializers.DateTimeField()
    person = serializers.CharField(source="person.username", default=None)
    text = serializers.CharField()
    remark = serializers.CharField()
    round = serializers.IntegerField()


class RaiseFindingSerializer(serializers.Serializer):
    """A new finding; `records` are numbers of what was seen, kept as it is now."""

    requirement = serializers.CharField(max_length=MOST)
    evidence = serializers.CharField(max_length=MOST)
    gap = serializers.CharField(max_length=MOST)
    clause = serializers.ChoiceField(clauses.choices())
    process = serializers.SlugField(max_length=40, required=False, allow_blank=True, default="")
    source = serializers.ChoiceField(Source.choices)
    source_words = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    grade = serializers.ChoiceField(Grade.choices)
    grade_why = serializers.CharField(max_length=2000)
    records = serializers.ListField(child=serializers.CharField(max_length=40), required=False, default=list, max_length=50)
    population = serializers.IntegerField(min_value=0, max_value=10_000_000, required=False, default=0)
    failed = serializers.IntegerField(min_value=0, max_value=10_000_000, required=False, default=0)
    whole_stratum = serializers.BooleanField(required=False, default=False)
    auditee = person()
    owner = person(required=False, allow_null=True)
    answer_by = serializers.DateField(required=False, allow_null=True)
    audit = serializers.RegexField(r"^AUD-\d{6,18}$", required=False, allow_null=True, help_text="The audit in progress it comes from.")

    def validate_audit(self, number):
        """The audit of this number."""
        found = Audit.objects.filter(number=int(number.rpartition("-")[2])).first() if number else None
        if number and found is None:
            raise serializers.ValidationError(_("There is no such audit."))
        return found


class ActionReasonSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=MOST)


class RegradeSerializer(ActionReasonSerializer):
    grade = serializers.ChoiceField(Grade.choices)


class TakeUpFindingSerializer(serializers.Serializer):
    owner = person()
    answer_by = serializers.DateField(required=False, allow_null=True)


class CorrectSerializer(serializers.Serializer):
    correction = serializers.CharField(max_length=MOST)


class ExplainCauseSerializer(serializers.Serializer):
    """`whys` for the method "whys": three to five, the last is the cause; `cause` for "free"."""

    method = serializers.ChoiceField(CauseMethod.choices)
    whys = serializers.ListField(child=serializers.CharField(max_length=1000), required=False, default=list, max_length=5)
    cause = serializers.CharField(max_length=MOST, required=False, allow_blank=True, default="")


class ExtentSerializer(serializers.Serializer):
    extent = serializers.CharField(max_length=MOST)


class PlanSerializer(serializers.Serializer):
    """The plan; the effect is judged `after_days` days after the fix, or at `after_records` new records."""

    plan = serializers.CharField(max_length=MOST)
    owner = person()
    due_on = serializers.DateField()
    due_reason = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")
    criterion = serializers.CharField(max_length=MOST)
    sampled_from = serializers.ChoiceField(populations.choices())
    needed_percent = serializers.IntegerField(min_value=1, max_value=100, default=100)
    after_days = serializers.IntegerField(min_value=1, max_value=365, default=30)
    after_records = serializers.IntegerField(min_value=1, max_value=1_000_000, required=False, allow_null=True, default=None)


class ApproveSerializer(serializers.Serializer):
    words = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")


class ImplementSerializer(serializers.Serializer):
    implementation = serializers.CharField(max_length=MOST)
    implementer = person()


class JudgedRecordSerializer(serializers.Serializer):
    """One record of the sample, by its key."""

    key = serializers.IntegerField()
    passed = serializers.BooleanField()
    words = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")


class JudgeSerializer(serializers.Serializer):
    results = JudgedRecordSerializer(many=True)
    words = serializers.CharField(max_length=MOST)

    def validate_results(self, rows):
        """`{key: (passed, words)}`, as the verb takes it."""
        return {row["key"]: (row["passed"], row["words"]) for row in rows}


class MoveSerializer(ActionReasonSerializer):
    becomes = serializers.DateField()


class HandOverSerializer(ActionReasonSerializer):
    owner = person()

"""What the API shows about management reviews and what they decided."""

from rest_framework import serializers

from audits.models import Attendee, ManagementReview, Minutes, ReviewAction, ReviewDueMove, ReviewInput, ReviewVerdict


class ReviewInputSerializer(serializers.ModelSerializer):
    """One input: its lines as they were compiled, and the answer in words."""

    lines = serializers.ListField(
        child=serializers.DictField(),
        help_text="key, label by language, value, before, unit (count, percent, seconds, stars, state), better, url"
    )  # fmt: skip
    words_by = serializers.CharField(source="words_by.username", default=None)

    class Meta:
        model = ReviewInput
        fields = ["key", "asks", "lines", "compiled_at", "words", "words_by", "words_at", "is_given"]
        read_only_fields = fields


class ReviewVerdictSerializer(serializers.ModelSerializer):
    """One of the three verdicts."""

    by = serializers.CharField(source="by.username")

    class Meta:
        model = ReviewVerdict
        fields = ["question", "answer", "reasons", "by", "at"]
        read_only_fields = fields


class AttendeeSerializer(serializers.ModelSerializer):
    """Somebody invited, and whether they were there."""

    person = serializers.CharField(source="person.username")

    class Meta:
        model = Attendee
        fields = ["person", "capacity", "is_present"]
        read_only_fields = fields


class MinutesSerializer(serializers.ModelSerializer):
    """The signed minutes in one language: where they are, and the hash of their bytes."""

    url = serializers.CharField(source="file.get_absolute_url")

    class Meta:
        model = Minutes
        fields = ["language", "sha256", "url"]
        read_only_fields = fields


class ReviewSerializer(serializers.ModelSerializer):
    """A management review. `holds` says whether what is kept still has the hashes that were written down; null before it was held."""

    number = serializers.CharField(source="shown_number", read_only=True)
    chair = serializers.CharField(source="chair.username")
    verdicts = ReviewVerdictSerializer(many=True, read_only=True)
    actions = serializers.SerializerMethodField()

    class Meta:
        model = ManagementReview
        fields = [
            "number", "status", "period_from", "period_until", "planned_on", "held_on", "chair", "compiled_at", "inputs_sha256", "verdicts",
            "nothing_decided", "actions", "signed_sha256", "closed_at", "outcome", "steps_taken",
        ]  # fmt: skip
        read_only_fields = fields

    def get_actions(self, review) -> list[str]:
        return [action.shown_number for action in review.actions.all() if action.begun_at]


class WholeReviewSerializer(ReviewSerializer):
    """One review with everything: enough to compute both hashes elsewhere (SHA-256 of the JSON, keys in order, no spaces)."""

    inputs = ReviewInputSerializer(many=True, read_only=True)
    attendees = AttendeeSerializer(many=True, read_only=True)
    minutes = MinutesSerializer(many=True, read_only=True)
    holds = serializers.BooleanField(read_only=True, allow_null=True)
    picture = serializers.JSONField(read_only=True, help_text="The inputs as they were frozen; their hash is inputs_sha256.")
    signed = serializers.JSONField(read_only=True, help_text="What the chair signed; its hash is signed_sha256.")

    class Meta(ReviewSerializer.Meta):
        fields = [*ReviewSerializer.Meta.fields, "inputs", "attendees", "minutes", "holds", "picture", "signed"]
        read_only_fields = fields


class ReviewMoveSerializer(serializers.ModelSerializer):
    """A date that moved."""

    by = serializers.CharField(source="by.username", default=None)

    class Meta:
        model = ReviewDueMove
        fields = ["no", "was", "becomes", "reason", "by", "at"]
        read_only_fields = fields


class ReviewActionSerializer(serializers.ModelSerializer):
    """What a review decided, as it is now."""

    number = serializers.CharField(source="shown_number", read_only=True)
    review = serializers.CharField(source="review.shown_number")
    owner = serializers.CharField(source="owner.username")
    done_by = serializers.CharField(source="done_by.username", default=None)
    accepted_by = serializers.CharField(source="accepted_by.username", default=None)
    moves = ReviewMoveSerializer(many=True, read_only=True)

    class Meta:
        model = ReviewAction
        fields = [
            "number", "review", "status", "sort", "title", "why", "owner", "due_on", "moves", "begun_at", "shown", "done_at", "done_by",
            "accepted_by", "outcome", "ended_at", "steps_taken",
        ]  # fmt: skip
        read_only_fields = fields

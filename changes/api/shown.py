"""What the API shows of changes."""

from rest_framework import serializers

from changes.models import Change


class ChangeSerializer(serializers.ModelSerializer):
    """A change as it is now. `number` is the record's name in every address."""

    number = serializers.CharField(source="shown_number")

    class Meta:
        model = Change
        fields = ["number", "status", "kind", "title", "started_at", "finished_at", "result", "review_due", "retrospect", "verdict"]
        read_only_fields = fields

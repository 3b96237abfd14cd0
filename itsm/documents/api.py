"""Files in the API."""

from rest_framework import serializers

from itsm.documents import services


class FilesSerializer(serializers.Serializer):
    """Files that come with a verb, in a request of type multipart/form-data."""

    uploads = serializers.ListField(child=serializers.FileField(), required=False, help_text="At most 10 files of 25 MB each.")

    def validate_uploads(self, uploads):
        if sentence := services.refusal(uploads):
            raise serializers.ValidationError(sentence)
        return uploads

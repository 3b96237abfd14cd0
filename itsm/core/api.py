"""How every API door answers refusals and malformed input."""

from rest_framework.response import Response
from rest_framework.views import exception_handler, set_rollback

from itsm.core.errors import Refused


def handle(exception, context):
    """DRF exception handler: Refused → 409 and NotAllowed → 403 with `detail` and `code`."""
    if isinstance(exception, Refused):
        set_rollback()
        return Response({"detail": str(exception.sentence), "code": exception.code}, status=exception.status)
    return exception_handler(exception, context)


class ValidatedMixin:
    """`validated(Serializer)` for verbs: the cleaned details of a POST, or a 400."""

    def validated(self, serializer_class):
        serializer = serializer_class(data=self.request.data, context=self.get_serializer_context())
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data

"""How every API door reads what it is sent, pages what it shows, and answers refusals and malformed input."""

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import NotFound, ParseError
from rest_framework.pagination import CursorPagination
from rest_framework.parsers import JSONParser
from rest_framework.response import Response
from rest_framework.views import exception_handler, set_rollback

from itsm.core.errors import Refused

LARGEST_ID = 2**63 - 1
LONGEST_KEY = 80


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


def request_key(request):
    """The Idempotency-Key of a request, "" when it has none. One that is too long to be kept whole is a 400."""
    key = request.headers.get("Idempotency-Key", "")
    if len(key) > LONGEST_KEY:
        raise ParseError(_("The Idempotency-Key is too long: at most %(most)s characters.") % {"most": LONGEST_KEY})
    return key


class StorableJSONParser(JSONParser):
    """JSON of sane depth, all of whose texts a database can keep; anything else is a 400."""

    def parse(self, stream, media_type=None, parser_context=None):
        try:
            found = super().parse(stream, media_type, parser_context)
            if not _is_storable(found):
                raise ParseError(_("The text contains characters that cannot be kept."))
        except RecursionError as error:
            raise ParseError(_("This is nested too deeply.")) from error
        return found


def _is_storable(value):
    """Whether no text in a parsed JSON value contains NUL or half a surrogate pair."""
    if isinstance(value, str):
        return "\0" not in value and not any("\ud800" <= letter <= "\udfff" for letter in value)
    if isinstance(value, dict):
        return all(_is_storable(key) and _is_storable(inner) for key, inner in value.items())
    return all(map(_is_storable, value)) if isinstance(value, list) else True


class InstantField(serializers.DateTimeField):
    """A point in time; one that no calendar can hold is malformed."""

    def to_internal_value(self, value):
        try:
            return super().to_internal_value(value)
        except OverflowError:
            self.fail("overflow")


class OldestFirst(CursorPagination):
    """Keyset paging by id, 50 rows a page or as many as `page_size` says, at most 200; a cursor somebody made up is a 404."""

    ordering = "id"
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200

    def decode_cursor(self, request):
        cursor = super().decode_cursor(request)
        place = cursor.position if cursor else None
        if place is not None and not (place.isascii() and place.isdigit() and len(place) < 20 and int(place) <= LARGEST_ID):
            raise NotFound(self.invalid_cursor_message)
        return cursor


class NewestFirst(OldestFirst):
    """The same, the newest row first."""

    ordering = "-id"

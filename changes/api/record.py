"""Changes in the API: the same verbs, permissions and refusals as the pages."""

from django.shortcuts import get_object_or_404
from rest_framework import mixins, viewsets
from rest_framework.response import Response

from changes.api.doing import DoingMixin
from changes.api.shown import ChangeSerializer
from changes.models import Change
from itsm.core.answers import once
from itsm.core.api import NewestFirst, ValidatedMixin, request_key


class ChangeViewSet(DoingMixin, ValidatedMixin, mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """The changes that the caller may see, by their number."""

    serializer_class = ChangeSerializer
    pagination_class = NewestFirst
    lookup_field = "number"
    lookup_value_regex = r"CHG-\d{6,18}"
    queryset = Change.objects.none()

    def get_queryset(self):
        return Change.objects.visible_to(self.request.user)

    def get_object(self):
        return get_object_or_404(self.get_queryset(), number=int(self.kwargs["number"].removeprefix("CHG-")))

    def perform(self, verb, serializer_class):
        """Do a verb once for its Idempotency-Key."""
        self.performed(verb, self.validated(serializer_class))
        return Response(ChangeSerializer(self.get_object()).data)

    def performed(self, verb, details):
        """What a verb, or its first arrival under the same key, gave back."""
        change, by = self.get_object(), self.request.user
        return once(by, request_key(self.request), f"{verb.__name__} {change.number}", lambda: verb(change, by=by, **details))

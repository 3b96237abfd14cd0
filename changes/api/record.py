"""Changes in the API: the same verbs, permissions and refusals as the pages."""

from django.db.models import Prefetch
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, status, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from changes import services
from changes.api.doing import DoingMixin
from changes.api.given import (
    AssessSerializer,
    ChangeEditSerializer,
    ChangeReasonSerializer,
    EmptySerializer,
    NumberSerializer,
    RaiseSerializer,
    RemarkGivenSerializer,
)  # fmt: skip
from changes.api.shown import ChangeEntrySerializer, ChangeSerializer, RemarkSerializer, WholeChangeSerializer
from changes.filters import ChangeFilter
from changes.models import ApprovalRound, Change, Decision, Seat
from changes.timeline import timeline
from itsm.core.answers import once
from itsm.core.api import NewestFirst, ValidatedMixin, request_key

KEY = OpenApiParameter(
    "Idempotency-Key", OpenApiTypes.STR, OpenApiParameter.HEADER, description="A repeated request with the same key gets the first answer."
)


class ChangeDoor(ValidatedMixin, viewsets.GenericViewSet):
    """The changes that the caller may see, by their number; `perform` does a verb once for its Idempotency-Key."""

    serializer_class = ChangeSerializer
    lookup_field = "number"
    lookup_value_regex = r"CHG-\d{6,18}"
    queryset = Change.objects.none()

    def get_queryset(self):
        rows = Change.objects.visible_to(self.request.user).select_related("requester", "implementer", "model")
        return rows.prefetch_related("services", "items", "customers")

    def get_object(self):
        number = int(self.kwargs["number"].removeprefix("CHG-"))
        return get_object_or_404(self.get_queryset(), number=number)

    def shown(self, change, code=status.HTTP_200_OK):
        """A change as it is after a verb, read anew."""
        found = self.get_queryset().get(pk=change.pk)
        return Response(ChangeSerializer(found, context=self.get_serializer_context()).data, status=code)

    def perform(self, verb, serializer_class):
        """Do a verb once for its Idempotency-Key."""
        return self.shown(self.performed(verb, self.validated(serializer_class)))

    def performed(self, verb, details):
        """What a verb, or its first arrival under the same key, gave back."""
        change, by = self.get_object(), self.request.user
        return once(by, request_key(self.request), f"{verb.__name__} {change.number}", lambda: verb(change, by=by, **details))


class ChangeViewSet(DoingMixin, mixins.ListModelMixin, mixins.RetrieveModelMixin, ChangeDoor):
    """Changes that the caller may see, and the verbs of their writing and their doing."""

    filterset_class = ChangeFilter
    pagination_class = NewestFirst

    def get_serializer_class(self):
        return WholeChangeSerializer if self.action == "retrieve" else ChangeSerializer

    def get_queryset(self):
        rows = super().get_queryset()
        return rows.select_related("assessment__questionnaire").prefetch_related(_rounds()) if self.action == "retrieve" else rows

    @extend_schema(request=RaiseSerializer, responses={201: ChangeSerializer}, parameters=[KEY])
    def create(self, request):
        """Ask for a change: a draft, to be assessed and submitted."""
        details = self.validated(RaiseSerializer)
        change = once(request.user, request_key(request), "raise change", lambda: services.raise_change(by=request.user, **details))
        return self.shown(change, status.HTTP_201_CREATED)

    @extend_schema(request=ChangeEditSerializer, responses=ChangeSerializer, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def edit(self, request, number):
        """Change what it says. An edit in substance voids what was decided."""
        return self.perform(services.edit, ChangeEditSerializer)

    @extend_schema(request=AssessSerializer, responses=ChangeSerializer, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def assess(self, request, number):
        """Answer the risk questions."""
        return self.perform(services.assess, AssessSerializer)

    @extend_schema(request=EmptySerializer, responses=ChangeSerializer, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def submit(self, request, number):
        """Put it before those who have to decide."""
        return self.perform(services.submit, EmptySerializer)

    @extend_schema(request=EmptySerializer, responses=ChangeSerializer, parameters=[KEY])
    @action(detail=True, methods=["post"], url_path="take-up")
    def take_up(self, request, number):
        """Let a standard change go ahead as its approved model says."""
        return self.perform(services.take_up, EmptySerializer)

    @extend_schema(request=ChangeReasonSerializer, responses=ChangeSerializer, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def withdraw(self, request, number):
        """Take a submitted change back."""
        return self.perform(services.withdraw, ChangeReasonSerializer)

    @extend_schema(request=ChangeReasonSerializer, responses=ChangeSerializer, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def cancel(self, request, number):
        """Give it up before it begins."""
        return self.perform(services.cancel, ChangeReasonSerializer)

    @extend_schema(request=NumberSerializer, responses=ChangeSerializer, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def answer(self, request, number):
        """Name a record that it answers, an incident for example."""
        return self.perform(services.answer, NumberSerializer)

    @extend_schema(request=RemarkGivenSerializer, responses={201: RemarkSerializer}, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def remark(self, request, number):
        """Say something about it, in answer to a decider's question perhaps."""
        said = self.performed(services.remark, self.validated(RemarkGivenSerializer))
        return Response(RemarkSerializer(said, context=self.get_serializer_context()).data, status=status.HTTP_201_CREATED)

    @extend_schema(responses=ChangeEntrySerializer(many=True), filters=False)
    @action(detail=True, pagination_class=None)
    def timeline(self, request, number):
        """Everything that happened, oldest first."""
        return Response(ChangeEntrySerializer(timeline(self.get_object()), many=True).data)


def _rounds():
    """Rounds with their stages, seats and decisions; four queries however many there are."""
    said = Decision.objects.select_related("person", "on_behalf_of").order_by("id")
    seats = Seat.objects.select_related("organisation").prefetch_related(Prefetch("decisions", said))
    return Prefetch("rounds", ApprovalRound.objects.prefetch_related(Prefetch("stages__seats", seats)))

"""Decisions and delegations in the API: the same verbs, permissions and refusals as the pages."""

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from changes import content, services
from changes.forms.deciding import NEED_WORDS
from changes.models import Category, Change, Choice, Decision, Delegation, Risk, Seat
from itsm.core import clock
from itsm.core.answers import once
from itsm.core.api import NewestFirst, ValidatedMixin, request_key
from itsm.people.models import Person, Role


class WaitingSerializer(serializers.Serializer):
    """One decision that waits for the caller. `read` is the fingerprint of what the change says: send it back with the decision."""

    id = serializers.IntegerField(source="seat.pk")
    change = serializers.CharField(source="change.shown_number")
    title = serializers.CharField(source="change.title")
    risk = serializers.CharField(source="change.risk")
    role = serializers.CharField(source="seat.role")
    organisation = serializers.CharField(source="seat.organisation.code", default=None)
    on_behalf_of = serializers.CharField(source="decider.on_behalf_of.username", default=None)
    next_level = serializers.BooleanField(source="decider.next_level")
    asked_at = serializers.DateTimeField(source="seat.stage.opened_at")
    deadline_at = serializers.DateTimeField(source="seat.stage.deadline_at")
    read = serializers.CharField(source="seat.stage.round.fingerprint")


class WaitingTextSerializer(WaitingSerializer):
    """The same with exactly what is decided, worded in the caller's language."""

    text = serializers.SerializerMethodField()

    def get_text(self, found) -> str:
        return content.text(found.change)


class DecisionSerializer(serializers.ModelSerializer):
    """What one person said about one seat."""

    change = serializers.CharField(source="stage.round.change.shown_number")
    role = serializers.CharField(source="seat.role")
    person = serializers.CharField(source="person.username")
    on_behalf_of = serializers.CharField(source="on_behalf_of.username", default=None)

    class Meta:
        model = Decision
        fields = ["id", "change", "role", "person", "on_behalf_of", "choice", "words", "fingerprint", "at"]
        read_only_fields = fields


class WordSerializer(serializers.Serializer):
    """A word about one seat; rejecting and asking need words."""

    choice = serializers.ChoiceField(Choice.choices)
    words = serializers.CharField(max_length=5000, required=False, allow_blank=True, default="")
    read = serializers.CharField(max_length=64)

    def validate(self, attrs):
        if not attrs["words"].strip() and (sentence := NEED_WORDS.get(attrs["choice"])):
            raise serializers.ValidationError({"words": sentence})
        return attrs


class ApprovalViewSet(ValidatedMixin, viewsets.GenericViewSet):
    """What waits for the caller's decision, and deciding it."""

    serializer_class = WaitingSerializer
    queryset = Seat.objects.none()
    pagination_class = None
    filter_backends = []
    lookup_value_regex = r"\d{1,18}"

    @extend_schema(responses=WaitingSerializer(many=True))
    def list(self, request):
        """Everything that waits for the caller, the most urgent deadline first."""
        return Response(WaitingSerializer(services.waiting_for(request.user, clock.now()), many=True).data)

    @extend_schema(responses=WaitingTextSerializer)
    def retrieve(self, request, pk):
        """One of them with exactly what is decided; 404 where it does not wait for the caller."""
        found = services.waiting_on(self._seat(pk).stage.round.change, request.user, clock.now())
        own = next((waiting for waiting in found if waiting.seat.pk == int(pk)), None)
        return Response(WaitingTextSerializer(own).data) if own else Response(status=status.HTTP_404_NOT_FOUND)

    @extend_schema(request=WordSerializer, responses={201: DecisionSerializer})
    @action(detail=True, methods=["post"])
    def decide(self, request, pk):
        """Approve, reject, ask or abstain."""
        details, seat = self.validated(WordSerializer), self._seat(pk)
        key = request_key(request)
        decision = once(request.user, key, f"decide {seat.pk}", lambda: services.decide(seat, by=request.user, **details))
        return Response(DecisionSerializer(decision).data, status=status.HTTP_201_CREATED)

    def _seat(self, pk):
        ours = Change.objects.visible_to(self.request.user)
        return get_object_or_404(Seat.objects.select_related("stage__round__change").filter(stage__round__change__in=ours), pk=pk)


class DelegationSerializer(serializers.ModelSerializer):
    """One delegation; both days are included."""

    giver = serializers.CharField(source="giver.username")
    receiver = serializers.CharField(source="receiver.username")
    first_on = serializers.DateField(source="valid.lower")
    last_on = serializers.DateField()

    class Meta:
        model = Delegation
        fields = [
            "id",
            "giver",
            "receiver",
            "role",
            "category",
            "highest_risk",
            "first_on",
            "last_on",
            "reason",
            "given_at",
            "withdrawn_at",
        ]
        read_only_fields = fields


class DelegateSerializer(serializers.Serializer):
    """To whom, which role, which changes, and how long."""

    receiver = serializers.SlugRelatedField("username", queryset=Person.objects.internal().active().select_related("organisation"))
    role = serializers.ChoiceField(Role.choices)
    category = serializers.ChoiceField(Category.choices, required=False, allow_blank=True, default="")
    highest_risk = serializers.ChoiceField(Risk.choices, default=Risk.HIGH)
    first_on = serializers.DateField()
    last_on = serializers.DateField()
    reason = serializers.CharField(max_length=200)


class DelegationViewSet(ValidatedMixin, mixins.ListModelMixin, viewsets.GenericViewSet):
    """Delegations that the caller gave or holds; who answers for changes sees all."""

    serializer_class = DelegationSerializer
    queryset = Delegation.objects.none()
    pagination_class = NewestFirst
    lookup_value_regex = r"\d{1,18}"

    def get_queryset(self):
        return Delegation.objects.visible_to(self.request.user).select_related("giver", "receiver")

    @extend_schema(request=DelegateSerializer, responses={201: DelegationSerializer})
    def create(self, request):
        """Let somebody decide in the caller's place."""
        details = self.validated(DelegateSerializer)
        given = once(request.user, request_key(request), "delegate", lambda: services.delegate(by=request.user, **details))
        return Response(DelegationSerializer(given).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses=DelegationSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request, pk):
        """Take a delegation back, from now on."""
        return Response(DelegationSerializer(services.withdraw_delegation(self.get_object(), by=request.user)).data)

"""Incidents in the API: the same verbs, permissions and refusals as the pages."""

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from catalog.models import ConfigurationItem, Service
from incidents import forms, services
from incidents.api_tracing import KEY, TracingMixin
from incidents.filters import IncidentFilter
from incidents.models import Channel, Incident, ResolutionCode
from incidents.models.incident import Level, Priority
from incidents.timeline import timeline
from itsm.core.answers import once
from itsm.core.api import InstantField, NewestFirst, ValidatedMixin, request_key
from itsm.documents.api import FilesSerializer
from itsm.people.models import Organisation, Person, Team
from sla import services as clocks
from sla.api import JOINED, ClockSerializer
from sla.models import PAUSE_REASONS, Clock
from sla.services import WHYS


class IncidentSerializer(serializers.ModelSerializer):
    """An incident as it is now. `number` is the record's name in every address."""

    number = serializers.CharField(source="shown_number")
    customer = serializers.CharField(source="customer.code")
    contact = serializers.CharField(source="contact.username", default=None)
    service = serializers.CharField(source="service.code")
    team = serializers.CharField(source="team.name")
    assignee = serializers.CharField(source="assignee.username", default=None)
    logged_in_time = serializers.BooleanField()
    supplier = serializers.CharField(source="supplier.code", default=None)
    configuration_item = serializers.CharField(source="configuration_item.code", default=None)
    caused_by = serializers.CharField(source="caused_by.shown_number", default=None)

    class Meta:
        model = Incident
        fields = [
            "number", "status", "title", "description", "customer", "contact", "service", "team", "assignee", "impact", "urgency",
            "priority", "priority_reason", "channel", "contacted_at", "logged_at", "logged_in_time", "entitled", "responded_at",
            "next_due_at", "waiting_reason", "resolution", "resolution_code", "resolved_at", "reopen_count", "reassign_count",
            "closing_kind", "closed_at", "rating", "phone_pending", "supplier", "supplier_since", "configuration_item",
            "caused_by",
        ]  # fmt: skip
        read_only_fields = fields


class LogSerializer(FilesSerializer):
    """What is needed to log an incident."""

    customer = serializers.SlugRelatedField("code", queryset=Organisation.objects.customers().living())
    contact = serializers.SlugRelatedField(
        "username", queryset=Person.objects.contacts().active().select_related("organisation"), allow_null=True, default=None
    )
    service = serializers.SlugRelatedField("code", queryset=Service.objects.live().select_related("team"))
    title = serializers.CharField(max_length=200)
    description = serializers.CharField(max_length=20_000)
    impact = serializers.ChoiceField(Level.choices)
    urgency = serializers.ChoiceField(Level.choices)
    priority = serializers.ChoiceField(Priority.choices, required=False, allow_null=True)
    priority_reason = serializers.CharField(max_length=500, required=False, allow_blank=True)
    channel = serializers.ChoiceField([c for c in Channel.choices if c[0] != Channel.PORTAL], default=Channel.PHONE)
    configuration_item = serializers.SlugRelatedField("code", queryset=ConfigurationItem.objects.living(), allow_null=True, required=False)
    contacted_at = InstantField(required=False)
    contacted_reason = serializers.CharField(max_length=200, required=False, allow_blank=True)

    def validate(self, attrs):
        contact = attrs.get("contact")
        if contact and contact.organisation_id != attrs["customer"].pk:
            raise serializers.ValidationError({"contact": forms.LogForm.base_fields["contact"].error_messages["invalid_choice"]})
        return attrs


class EditSerializer(serializers.Serializer):
    """Corrections; what is left out stays."""

    title = serializers.CharField(max_length=200, required=False)
    description = serializers.CharField(max_length=20_000, required=False)
    contact = serializers.SlugRelatedField("username", queryset=Person.objects.contacts().active(), required=False)
    configuration_item = serializers.SlugRelatedField("code", queryset=ConfigurationItem.objects.living(), allow_null=True, required=False)


class WordsSerializer(FilesSerializer):
    body = serializers.CharField(max_length=20_000)


class WaitSerializer(WordsSerializer):
    reason = serializers.ChoiceField(PAUSE_REASONS)


class ReasonSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=2000)


class ReassignSerializer(ReasonSerializer):
    assignee = serializers.SlugRelatedField("username", queryset=Person.objects.internal().active())


class ResolveSerializer(serializers.Serializer):
    resolution = serializers.CharField(max_length=20_000)
    resolution_code = serializers.ChoiceField([c for c in ResolutionCode.choices if c[0] != ResolutionCode.UNKNOWN])


class ReprioritiseSerializer(ReasonSerializer):
    impact = serializers.ChoiceField(Level.choices)
    urgency = serializers.ChoiceField(Level.choices)
    priority = serializers.ChoiceField(Priority.choices, required=False, allow_null=True)
    why = serializers.ChoiceField(WHYS, required=False, allow_blank=True, default="")
    breach_accepted = serializers.BooleanField(default=False)


class ReclassifySerializer(ReasonSerializer):
    service = serializers.SlugRelatedField("code", queryset=Service.objects.live().select_related("team"))
    breach_accepted = serializers.BooleanField(default=False)


class TransferSerializer(ReasonSerializer):
    team = serializers.SlugRelatedField("name", queryset=Team.objects.living())


class AskSupplierSerializer(serializers.Serializer):
    supplier = serializers.SlugRelatedField("code", queryset=Organisation.objects.filter(kind=Organisation.Kind.SUPPLIER, retired_at=None))
    words = serializers.CharField(max_length=20_000)


class SupplierAnsweredSerializer(serializers.Serializer):
    words = serializers.CharField(max_length=20_000, required=False, allow_blank=True, default="")


class CallSerializer(serializers.Serializer):
    note = serializers.CharField(max_length=2000)


class CheckCallSerializer(serializers.Serializer):
    accepted = serializers.BooleanField()
    remark = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")


class EmptySerializer(serializers.Serializer):
    """No details are needed."""


class EntrySerializer(serializers.Serializer):
    """One line of the timeline."""

    kind = serializers.ChoiceField(["message", "note", "answer", "step", "call", "escalation", "mail"])
    at = serializers.DateTimeField()
    person = serializers.CharField(source="person.username", default=None)
    text = serializers.CharField()
    remark = serializers.CharField()


class IncidentViewSet(TracingMixin, ValidatedMixin, mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Incidents that the caller may see, and the verbs that move them."""

    serializer_class = IncidentSerializer
    filterset_class = IncidentFilter
    pagination_class = NewestFirst
    lookup_field = "number"
    lookup_value_regex = r"INC-\d{6,18}"
    queryset = Incident.objects.none()

    def get_queryset(self):
        rows = Incident.objects.visible_to(self.request.user)
        return rows.select_related("customer", "contact", "service", "team", "assignee", "supplier", "configuration_item", "caused_by")

    def get_object(self):
        number = int(self.kwargs["number"].removeprefix("INC-"))
        return get_object_or_404(self.get_queryset(), number=number)

    def shown(self, incident, code=status.HTTP_200_OK):
        return Response(IncidentSerializer(incident, context=self.get_serializer_context()).data, status=code)

    def perform(self, verb, serializer_class):
        """Do a verb once for its Idempotency-Key."""
        details = self.validated(serializer_class)
        incident, by = self.get_object(), self.request.user
        return self.shown(
            once(by, request_key(self.request), f"{verb.__name__} {incident.number}", lambda: verb(incident, by=by, **details))
        )

    @extend_schema(request=LogSerializer, responses={201: IncidentSerializer}, parameters=[KEY])
    def create(self, request):
        """Log an incident; it is prioritised, promised and dispatched at once."""
        details = self.validated(LogSerializer)
        incident = once(request.user, request_key(request), "log incident", lambda: services.log(by=request.user, **details))
        return self.shown(incident, status.HTTP_201_CREATED)

    @extend_schema(request=EditSerializer, responses=IncidentSerializer, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def edit(self, request, number):
        """Correct title, description or contact."""
        return self.perform(services.edit, EditSerializer)

    @extend_schema(request=EmptySerializer, responses=IncidentSerializer, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def accept(self, request, number):
        """Start work on it."""
        return self.perform(services.accept, EmptySerializer)

    @extend_schema(request=WordsSerializer, responses=IncidentSerializer, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def reply(self, request, number):
        """Write to the customer."""
        return self.perform(services.reply, WordsSerializer)

    @extend_schema(request=WordsSerializer, responses=IncidentSerializer, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def note(self, request, number):
        """Write an internal note."""
        return self.perform(services.note, WordsSerializer)

    @extend_schema(request=WaitSerializer, responses=IncidentSerializer, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def wait(self, request, number):
        """Ask the customer and stop the resolution clock."""
        return self.perform(services.wait, WaitSerializer)

    @extend_schema(request=EmptySerializer, responses=IncidentSerializer, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def resume(self, request, number):
        """Go on; the clock runs again."""
        return self.perform(services.resume, EmptySerializer)

    @extend_schema(request=ReassignSerializer, responses=IncidentSerializer, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def reassign(self, request, number):
        """Hand it to somebody else."""
        return self.perform(services.reassign, ReassignSerializer)

    @extend_schema(request=ResolveSerializer, responses=IncidentSerializer, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def resolve(self, request, number):
        """Propose a solution; the customer is asked."""
        return self.perform(services.resolve, ResolveSerializer)

    @extend_schema(request=ReasonSerializer, responses=IncidentSerializer, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def reopen(self, request, number):
        """It is not solved after all."""
        return self.perform(services.reopen, ReasonSerializer)

    @extend_schema(request=ReprioritiseSerializer, responses=IncidentSerializer, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def reprioritise(self, request, number):
        """Another impact or urgency; `why` chooses how the new target counts."""
        return self.perform(services.reprioritise, ReprioritiseSerializer)

    @extend_schema(request=ReclassifySerializer, responses=IncidentSerializer, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def reclassify(self, request, number):
        """It is about another service."""
        return self.perform(services.reclassify, ReclassifySerializer)

    @extend_schema(request=TransferSerializer, responses=IncidentSerializer, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def transfer(self, request, number):
        """Hand it to another team."""
        return self.perform(services.transfer, TransferSerializer)

    @extend_schema(request=AskSupplierSerializer, responses=IncidentSerializer, parameters=[KEY])
    @action(detail=True, methods=["post"], url_path="ask-supplier")
    def ask_supplier(self, request, number):
        """A supplier was asked; our clocks run on."""
        return self.perform(services.ask_supplier, AskSupplierSerializer)

    @extend_schema(request=SupplierAnsweredSerializer, responses=IncidentSerializer, parameters=[KEY])
    @action(detail=True, methods=["post"], url_path="supplier-answered")
    def supplier_answered(self, request, number):
        """The supplier answered."""
        return self.perform(services.supplier_answered, SupplierAnsweredSerializer)

    @extend_schema(request=CallSerializer, responses=IncidentSerializer, parameters=[KEY])
    @action(detail=True, methods=["post"], url_path="confirm-by-phone")
    def confirm_by_phone(self, request, number):
        """The customer confirmed by phone; a second person has to check it."""
        return self.perform(services.confirm_by_phone, CallSerializer)

    @extend_schema(request=CheckCallSerializer, responses=IncidentSerializer, parameters=[KEY])
    @action(detail=True, methods=["post"], url_path="check-call")
    def check_call(self, request, number):
        """The second person's verdict on a confirmation by phone."""
        return self.perform(services.check_call, CheckCallSerializer)

    @extend_schema(request=EmptySerializer, responses=IncidentSerializer, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def acknowledge(self, request, number):
        """Say that the escalation was seen; a P1's next step then comes at its own time."""
        return self.perform(clocks.acknowledge, EmptySerializer)

    @extend_schema(responses=ClockSerializer(many=True), filters=False)
    @action(detail=True, pagination_class=None)
    def clocks(self, request, number):
        """Its promises as they stand; the log of each is at the clock's own address."""
        found = Clock.objects.visible_to(request.user).about(self.get_object()).select_related(*JOINED)
        shown = ClockSerializer(found.prefetch_related("record").order_by("id"), many=True, context=self.get_serializer_context())
        return Response(shown.data)

    @extend_schema(responses=EntrySerializer(many=True), filters=False)
    @action(detail=True, pagination_class=None)
    def timeline(self, request, number):
        """Everything that happened, oldest first."""
        entries = timeline(self.get_object(), request.user)
        return Response(EntrySerializer(entries, many=True).data)

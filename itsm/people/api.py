"""People through the API: myself, and the customers we serve. Reading only."""

from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response

from itsm.people.models import Organisation, Person, Team


class PersonSerializer(serializers.ModelSerializer):
    """One of us, for those who work together."""

    class Meta:
        model = Person
        fields = ["id", "username", "name", "email", "phone", "language", "time_zone", "organisation", "availability", "capacity"]
        read_only_fields = fields


class MeSerializer(PersonSerializer):
    """Myself, with what I am appointed to today."""

    roles = serializers.SerializerMethodField()
    teams = serializers.SerializerMethodField()

    class Meta(PersonSerializer.Meta):
        fields = [*PersonSerializer.Meta.fields, "roles", "teams"]
        read_only_fields = fields

    def get_roles(self, person) -> list[str]:
        return sorted(person.roles)

    def get_teams(self, person) -> list[int]:
        return sorted(person.team_ids)


class CustomerSerializer(serializers.ModelSerializer):
    """An organisation we serve."""

    class Meta:
        model = Organisation
        fields = ["id", "code", "name", "time_zone", "account_owner", "retired_at"]
        read_only_fields = fields


class TeamSerializer(serializers.ModelSerializer):
    """A team and its lead."""

    class Meta:
        model = Team
        fields = ["id", "name", "name_en", "lead", "retired_at"]
        read_only_fields = fields


class PersonViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """The people of our company and of customers, as far as one may know them; `me/` is whoever asks."""

    serializer_class = PersonSerializer
    queryset = Person.objects.none()
    filterset_fields = ["organisation", "is_active"]

    def get_queryset(self):
        return Person.objects.visible_to(self.request.user).order_by("id")

    @extend_schema(responses=MeSerializer)
    @action(detail=False, pagination_class=None, filterset_fields=None, permission_classes=[IsAuthenticated])
    def me(self, request):
        """Whoever asks."""
        return Response(MeSerializer(request.user).data)


class CustomerViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """The organisations we serve."""

    serializer_class = CustomerSerializer
    queryset = Organisation.objects.none()
    filterset_fields = ["code"]

    def get_queryset(self):
        return Organisation.objects.visible_to(self.request.user).customers().order_by("id")


class TeamViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Our teams."""

    serializer_class = TeamSerializer
    queryset = Team.objects.none()

    def get_queryset(self):
        return Team.objects.visible_to(self.request.user).order_by("id")

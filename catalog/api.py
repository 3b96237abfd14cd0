"""The catalogue in the API."""

from rest_framework import serializers, viewsets

from catalog.models import Service


class ServiceSerializer(serializers.ModelSerializer):
    """A service with its four facets in both languages."""

    owner = serializers.CharField(source="owner.username")
    team = serializers.CharField(source="team.name")

    class Meta:
        model = Service
        fields = [
            "code", "name", "name_en", "criticality", "kind", "owner", "team", "content", "content_en", "target", "target_en",
            "audience", "audience_en", "cost", "cost_en", "retired_at",
        ]  # fmt: skip


class ServiceViewSet(viewsets.ReadOnlyModelViewSet):
    """Services that the caller may see: staff all, a contact what their organisation bought."""

    serializer_class = ServiceSerializer
    lookup_field = "code"
    queryset = Service.objects.none()

    def get_queryset(self):
        return Service.objects.visible_to(self.request.user).select_related("owner", "team").order_by("code")

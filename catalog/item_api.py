"""Configuration items in the API: the same verbs and refusals as on the pages. Lists are imported on the page alone."""

from django.shortcuts import get_object_or_404
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from catalog import authority, services
from catalog.filters import ItemFilter
from catalog.models import ConfigurationItem, ItemStatus, ItemType, ItemUpdate, Relation, RelationKind
from catalog.models.configuration import CODE
from itsm.core.answers import once
from itsm.core.api import NewestFirst, OldestFirst, ValidatedMixin, request_key
from itsm.people.models import Person, Team

KEY = OpenApiParameter(
    "Idempotency-Key", OpenApiTypes.STR, OpenApiParameter.HEADER, description="A repeated request with the same key gets the first answer."
)
ITEM_CODE = CODE.strip("^").removesuffix(r"\Z")


class RelationSerializer(serializers.ModelSerializer):
    """One way in which an item hangs on another; ended ones stay on record."""

    child = serializers.CharField(source="child.code")
    parent = serializers.CharField(source="parent.code")

    class Meta:
        model = Relation
        fields = ["id", "child", "kind", "parent", "ended_at"]


class ItemSerializer(serializers.ModelSerializer):
    """A configuration item with what is known of it."""

    type = serializers.CharField(source="type.code")
    owner = serializers.CharField(source="owner.username")
    team = serializers.IntegerField(source="team_id", allow_null=True)
    service = serializers.CharField(source="service.code", default=None)

    class Meta:
        model = ConfigurationItem
        fields = ["id", "code", "name", "type", "status", "owner", "team", "service", "description", "details"]
        read_only_fields = fields


class ItemUpdateSerializer(serializers.ModelSerializer):
    """One update: what stood before and after, by whom, and what allowed it; `allowed_by` null where nothing did."""

    item = serializers.CharField(source="item.code")
    by = serializers.CharField(source="by.username", default=None)
    allowed_by = serializers.SerializerMethodField()
    explanation = serializers.CharField(source="explained.words", default=None)

    class Meta:
        model = ItemUpdate
        fields = ["id", "item", "record", "what", "before", "after", "by", "at", "allowed_by", "explanation"]

    def get_allowed_by(self, update) -> str | None:
        return str(update.authority) if update.object_id is not None else None


class _UnderSerializer(serializers.Serializer):
    change = serializers.CharField(
        max_length=40, required=False, allow_blank=True, default="", help_text="Number of the change that allows it, such as CHG-000123."
    )

    def validate_change(self, number):
        return authority.find(number, self.context["request"].user)


class HangingSerializer(serializers.Serializer):
    """On what an item hangs, and how."""

    kind = serializers.ChoiceField(RelationKind.choices)
    parent = serializers.SlugRelatedField("code", queryset=ConfigurationItem.objects.all())


class FactsSerializer(_UnderSerializer):
    name = serializers.CharField(max_length=120, required=False)
    type = serializers.SlugRelatedField("code", queryset=ItemType.objects.all(), required=False)
    status = serializers.ChoiceField(ItemStatus.choices, required=False)
    owner = serializers.SlugRelatedField("username", queryset=Person.objects.internal().active(), required=False)
    team = serializers.PrimaryKeyRelatedField(queryset=Team.objects.living(), required=False, allow_null=True)
    description = serializers.CharField(max_length=10_000, required=False, allow_blank=True)
    details = serializers.DictField(required=False)


class UpdateSerializer(FactsSerializer):
    """What changes; `relations`, where given, is everything it hangs on from then on."""

    relations = HangingSerializer(many=True, required=False, default=None, allow_null=True)


class RegisterSerializer(FactsSerializer):
    """A new item with what it hangs on."""

    code = serializers.RegexField(CODE, max_length=60)
    name = serializers.CharField(max_length=120)
    type = serializers.SlugRelatedField("code", queryset=ItemType.objects.all())
    owner = serializers.SlugRelatedField("username", queryset=Person.objects.internal().active())
    relations = HangingSerializer(many=True, required=False, default=[])


class RelateSerializer(HangingSerializer, _UnderSerializer):
    pass


class EndSerializer(_UnderSerializer):
    relation = serializers.IntegerField(min_value=1, max_value=2**63 - 1)


class ExplainSerializer(_UnderSerializer):
    words = serializers.CharField(max_length=2000)


class ItemViewSet(ValidatedMixin, viewsets.ReadOnlyModelViewSet):
    """Configuration items: read by everybody who works for us, kept by those who keep them or carry a change of theirs out."""

    serializer_class = ItemSerializer
    queryset = ConfigurationItem.objects.none()
    lookup_field = "code"
    lookup_value_regex = ITEM_CODE
    filter_backends = [filters.DjangoFilterBackend]
    filterset_class = ItemFilter
    pagination_class = OldestFirst

    def get_queryset(self):
        return ConfigurationItem.objects.visible_to(self.request.user).listed()

    def answered(self, verb, perform, status=200):
        """Do it once for its Idempotency-Key, and show the item as it is then."""
        item = once(self.request.user, request_key(self.request), verb, perform)
        return Response(ItemSerializer(self.get_queryset().get(pk=item.pk)).data, status=status)

    @extend_schema(request=RegisterSerializer, responses={201: ItemSerializer}, parameters=[KEY])
    def create(self, request):
        """Register an item with what it hangs on."""
        details = self.validated(RegisterSerializer)
        told = {"by": request.user, "change": details.pop("change"), "relations": _pairs(details.pop("relations"))}
        return self.answered("register item", lambda: services.register_item(ConfigurationItem(**details), **told), status=201)

    @extend_schema(request=UpdateSerializer, responses=ItemSerializer, parameters=[KEY])
    @action(detail=True, methods=["post"], url_path="update", url_name="update")
    def update_facts(self, request, code):
        """Change what is known of an item, under a change; without one it is listed as unauthorised."""
        found, details = self.get_object(), self.validated(UpdateSerializer)
        relations = details.pop("relations")
        told = {"by": request.user, "change": details.pop("change"), "relations": None if relations is None else _pairs(relations)}
        return self.answered(f"update item {found.pk}", lambda: services.update_item(found, facts=details, **told))

    @extend_schema(request=RelateSerializer, responses=ItemSerializer, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def relate(self, request, code):
        """Let the item hang on another one."""
        found, told = self.get_object(), self.validated(RelateSerializer)

        def perform():
            return services.relate(found, told["kind"], told["parent"], by=request.user, change=told["change"]).child

        return self.answered(f"relate item {found.pk}", perform)

    @extend_schema(request=EndSerializer, responses=ItemSerializer, parameters=[KEY])
    @action(detail=True, methods=["post"], url_path="end-relation")
    def end_relation(self, request, code):
        """Let the item hang on another one no more."""
        found, told = self.get_object(), self.validated(EndSerializer)
        relation = get_object_or_404(Relation, pk=told["relation"], child=found)

        def perform():
            return services.end_relation(relation, by=request.user, change=told["change"]).child

        return self.answered(f"end relation {relation.pk}", perform)

    @extend_schema(responses=RelationSerializer(many=True))
    @action(detail=True, filterset_class=None, pagination_class=OldestFirst)
    def relations(self, request, code):
        """What the item hangs on and what hangs on it, one step each way, ended ones too."""
        found = self.get_object()
        rows = Relation.objects.filter(child=found) | Relation.objects.filter(parent=found)
        return self._paged(rows.select_related("child", "parent"), RelationSerializer)

    @extend_schema(responses=ItemUpdateSerializer(many=True))
    @action(detail=True, filterset_class=None, pagination_class=NewestFirst)
    def updates(self, request, code):
        """Every update of the item with what allowed it, the newest first."""
        return self._paged(self.get_object().updates.listed(), ItemUpdateSerializer)

    def _paged(self, rows, serializer_class):
        return self.get_paginated_response(serializer_class(self.paginate_queryset(rows), many=True).data)


def _pairs(relations):
    return {(told["kind"], told["parent"]) for told in relations}


class ItemUpdateFilter(filters.FilterSet):
    """`unauthorised`: that nothing allowed; `explained`: whether somebody explained them."""

    unauthorised = filters.BooleanFilter(method="by_authority", label="unauthorised")
    explained = filters.BooleanFilter(field_name="explained", lookup_expr="isnull", exclude=True, label="explained")
    item = filters.CharFilter(field_name="item__code", label="item")

    class Meta:
        model = ItemUpdate
        fields = []

    def by_authority(self, rows, _name, wanted):
        return rows.unauthorised() if wanted else rows.exclude(pk__in=ItemUpdate.objects.unauthorised().values("pk"))


class ItemUpdateViewSet(ValidatedMixin, mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Updates of all items, the newest first."""

    serializer_class = ItemUpdateSerializer
    queryset = ItemUpdate.objects.none()
    filter_backends = [filters.DjangoFilterBackend]
    filterset_class = ItemUpdateFilter
    pagination_class = NewestFirst

    def get_queryset(self):
        return ItemUpdate.objects.visible_to(self.request.user).listed()

    @extend_schema(request=ExplainSerializer, responses=ItemUpdateSerializer)
    @action(detail=True, methods=["post"])
    def explain(self, request, pk):
        """Say whose change an unauthorised update belonged to, or why it stays."""
        services.explain_updates([self.get_object()], by=request.user, **self.validated(ExplainSerializer))
        return Response(ItemUpdateSerializer(self.get_object()).data)

"""Rules in the API: what is asked, what runs came to, which records failed, and letting one run."""

from django.http import Http404
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from audits import access, known, records, trend
from audits.models import Failure, Run
from audits.services import running
from itsm.core.api import NewestFirst, OldestFirst


class RuleRunSerializer(serializers.ModelSerializer):
    """One run: population, passed and failed; nothing to test is a population of nought, never a hundred percent."""

    by = serializers.SlugRelatedField("username", read_only=True)

    class Meta:
        model = Run
        fields = [
            "id", "rule", "version", "outcome", "population", "passed", "failed", "since", "until", "query_hash", "by", "night", "error",
            "started_at", "ended_at",
        ]  # fmt: skip
        read_only_fields = fields


class RuleCheckSerializer(serializers.Serializer):
    """One way to fail."""

    code = serializers.CharField()
    words = serializers.CharField()


class RuleSerializer(serializers.Serializer):
    """A rule as it is declared, with its last run."""

    id = serializers.CharField()
    version = serializers.IntegerField()
    written = serializers.BooleanField(help_text="Put together by a service manager, not shipped.")
    clause = serializers.CharField()
    process = serializers.CharField()
    question = serializers.CharField()
    population = serializers.CharField(source="looked_at")
    evidence = serializers.CharField()
    checks = RuleCheckSerializer(many=True)
    last_run = serializers.SerializerMethodField()

    @extend_schema_field(RuleRunSerializer(allow_null=True))
    def get_last_run(self, rule):
        runs = self.context["runs"].get(rule.id)
        return RuleRunSerializer(runs[-1]).data if runs else None


class RuleReasonSerializer(serializers.Serializer):
    """One reason: its code, what is wrong, and what was measured."""

    code = serializers.CharField()
    words = serializers.CharField()
    measured = serializers.CharField()


class RuleExceptionSerializer(serializers.Serializer):
    """A record that failed a run, with every reason."""

    id = serializers.IntegerField()
    number = serializers.CharField()
    title = serializers.CharField()
    url = serializers.CharField()
    reasons = RuleReasonSerializer(many=True)
    details = serializers.JSONField()


class RuleViewSet(viewsets.GenericViewSet):
    """Rules and their runs."""

    lookup_value_regex = "[^/]+"
    serializer_class = RuleSerializer
    pagination_class = NewestFirst
    queryset = Run.objects.none()
    filter_backends = ()

    def _rule(self, pk):
        rule = known.rule(pk) if access.may_read(self.request.user) else None
        if rule is None:
            raise Http404
        return rule

    def _told(self, found, many):
        rules = found if many else [found]
        context = {**self.get_serializer_context(), "runs": trend.lately([rule.id for rule in rules], 1)}
        return Response(RuleSerializer(found, many=many, context=context).data)

    @extend_schema(responses=RuleSerializer(many=True), operation_id="rules_list", filters=False)
    def list(self, request):
        """Every rule that runs, in the order of the clauses; all of them at once."""
        if not access.may_read(request.user):
            raise Http404
        return self._told(list(known.rules().values()), many=True)

    @extend_schema(responses=RuleSerializer)
    def retrieve(self, request, pk):
        """One rule."""
        return self._told(self._rule(pk), many=False)

    @extend_schema(responses=RuleRunSerializer(many=True))
    @action(detail=True, methods=["get"])
    def runs(self, request, pk):
        """The runs of a rule, the newest first."""
        page = self.paginate_queryset(Run.objects.filter(rule=self._rule(pk).id).select_related("by"))
        return self.get_paginated_response(RuleRunSerializer(page, many=True).data)

    @extend_schema(responses=RuleExceptionSerializer(many=True))
    @action(detail=True, methods=["get"], pagination_class=OldestFirst)
    def exceptions(self, request, pk):
        """The records that failed the last run."""
        rule = self._rule(pk)
        last = Run.objects.of(rule.id).done().first()
        page = self.paginate_queryset(Failure.objects.filter(run=last) if last else Failure.objects.none())
        return self.get_paginated_response(
            RuleExceptionSerializer([_told_of(rule, *pair) for pair in records.placed(page)], many=True).data
        )

    @extend_schema(request=None, responses={201: RuleRunSerializer})
    @action(detail=True, methods=["post"])
    def run(self, request, pk):
        """Let a rule run now over its whole population."""
        made = running.attempt(self._rule(pk), by=request.user)
        return Response(RuleRunSerializer(made).data, status=status.HTTP_201_CREATED)


def _told_of(rule, failure, place):
    said = zip(failure.reasons, rule.said(failure.reasons, failure.details), strict=True)
    return {
        "id": failure.pk, "number": place.number if place else "", "title": str(place.title) if place else "",
        "url": place.url if place else "", "details": failure.details,
        "reasons": [{"code": code, "words": str(words), "measured": measured} for code, (words, measured) in said],
    }  # fmt: skip

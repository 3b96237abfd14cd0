"""The figures of changes in the API: the same counts as the page."""

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from catalog.models import Service
from changes import measures, period
from changes.measures.scope import must_read
from changes.models import Category, Status
from itsm.core import clock
from itsm.people.models import Person, Role
from sla.attainment import month_named


class MonthField(serializers.CharField):
    """A month, written 2026-11."""

    default_error_messages = {"month": _("Write a month as 2026-11.")}

    def __init__(self, **kwargs):
        super().__init__(max_length=7, required=False, default="", **kwargs)

    def to_internal_value(self, data):
        text = super().to_internal_value(data)
        if month_named(text) is None:
            self.fail("month")
        return text


class AskedSerializer(serializers.Serializer):
    """Which changes: whole months of the company, by default the last three; at most 36."""

    to = MonthField()
    tier = serializers.ChoiceField(measures.TIERS, required=False, default="")
    category = serializers.ChoiceField(Category.choices, required=False, default="")
    service = serializers.SlugRelatedField("code", queryset=Service.objects.all(), required=False, default=None)
    by = serializers.ChoiceField(measures.BY, required=False, default="tier")

    def get_fields(self):
        return {"from": MonthField(), **super().get_fields()}

    def scope(self, at):
        """The Scope asked for."""
        said = dict(self.validated_data)
        return measures.Scope(period.named(said.pop("from"), said.pop("to"), at), **said)


class OutcomesSerializer(serializers.Serializer):
    """Changes whose work ended. Rates in percent, null when there is nothing to share."""

    implemented = serializers.IntegerField()
    successful = serializers.IntegerField()
    provisional = serializers.IntegerField(help_text="Of the successful ones: over for less than seven days.")
    emergency = serializers.IntegerField()
    standard = serializers.IntegerField()
    backed_out = serializers.IntegerField()
    failed = serializers.IntegerField()
    outside_window = serializers.IntegerField()
    caused_incidents = serializers.IntegerField(source="caused", help_text="Changes that caused incidents.")
    incidents = serializers.IntegerField()
    success_rate = serializers.FloatField(allow_null=True)
    emergency_rate = serializers.FloatField(allow_null=True)
    backed_out_rate = serializers.FloatField(allow_null=True)


class LeadsSerializer(serializers.Serializer):
    """Approvals decided, from submission to the last decision; lengths in seconds."""

    number = serializers.IntegerField()
    worked_p50 = serializers.FloatField(allow_null=True)
    worked_p90 = serializers.FloatField(allow_null=True)
    elapsed_p50 = serializers.FloatField(allow_null=True)
    elapsed_p90 = serializers.FloatField(allow_null=True)
    worked_in_target = serializers.IntegerField()
    elapsed_in_target = serializers.IntegerField()


class WaitsSerializer(LeadsSerializer):
    """Decisions, from the opening of their stage, by role, by person (username) or by reminder."""

    key = serializers.CharField()
    last = serializers.IntegerField(help_text="How often the stage waited for this decision alone.")
    worked_total = serializers.FloatField()


class GroupSerializer(serializers.Serializer):
    """A tier, a category, a service (its code) or a month with its figures; an empty key: not assessed."""

    key = serializers.CharField(allow_blank=True)
    outcomes = OutcomesSerializer()
    approvals = LeadsSerializer()


class AllWaitsSerializer(serializers.Serializer):
    role = WaitsSerializer(many=True)
    person = WaitsSerializer(many=True)
    nudge = WaitsSerializer(many=True)


class UnauthorisedSerializer(serializers.Serializer):
    updates = serializers.IntegerField()
    unexplained = serializers.IntegerField()
    items = serializers.IntegerField()


class OverridesSerializer(serializers.Serializer):
    overrides = serializers.IntegerField()
    changes = serializers.IntegerField()


class BacklogLineSerializer(serializers.Serializer):
    status = serializers.ChoiceField(Status.choices)
    number = serializers.IntegerField()
    oldest = serializers.DateTimeField()


class SeatWaitSerializer(serializers.Serializer):
    role = serializers.ChoiceField(Role.choices)
    number = serializers.IntegerField()
    since = serializers.DateTimeField()
    late = serializers.IntegerField()


class ChangeFiguresSerializer(serializers.Serializer):
    """What changes came to, how long approval took, where and for whom it waited, and what stands beside."""

    to = serializers.CharField()
    target_s = serializers.FloatField()
    outcomes = OutcomesSerializer()
    approvals = LeadsSerializer()
    groups = GroupSerializer(many=True)
    months = GroupSerializer(many=True)
    waits = AllWaitsSerializer()
    waiting_now = SeatWaitSerializer(many=True)
    unauthorised = UnauthorisedSerializer()
    freeze_overrides = OverridesSerializer()
    backlog = BacklogLineSerializer(many=True)

    def get_fields(self):
        return {"from": serializers.CharField(), **super().get_fields()}


class FiguresView(APIView):
    """What changes come to."""

    @extend_schema(parameters=[AskedSerializer], responses=ChangeFiguresSerializer, operation_id="changes_figures")
    def get(self, request):
        """The figures of some months, told apart by tier, category or service."""
        must_read(request.user)
        asked = AskedSerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        at = clock.now()
        return Response(ChangeFiguresSerializer(told(asked.scope(at), at)).data)


def told(scope, at):
    """The figures as the serializer reads them; a fixed number of queries."""
    done, done_months, done_by = measures.carried_out(scope, at)
    leads, lead_months, lead_by, waits = measures.approvals(scope)
    names = _codes(scope, {*done_by, *lead_by})
    return {
        **scope.period.query, "target_s": measures.TARGET.total_seconds(), "outcomes": done, "approvals": leads,
        "groups": [_group(names.get(key, key), done_by.get(key), lead_by.get(key)) for key in sorted({*done_by, *lead_by}, key=str)],
        "months": [_group(f"{month:%Y-%m}", done_months[month], lead_months[month]) for month in done_months],
        "waits": _told_waits(waits), "unauthorised": measures.unauthorised(scope),
        "waiting_now": [dict(zip(("role", "number", "since", "late"), line, strict=True)) for line in measures.waiting_now(scope)],
        "freeze_overrides": measures.freeze_overrides(scope),
        "backlog": [dict(zip(("status", "number", "oldest"), line, strict=True)) for line in measures.backlog(scope, at)[1]],
    }  # fmt: skip


def _codes(scope, keys):
    """`{key: what the group is called}`: services by their code."""
    if scope.by != "service":
        return {}
    return {str(pk): code for pk, code in Service.objects.filter(pk__in=keys).values_list("pk", "code")}


def _group(key, done, leads):
    return {"key": key, "outcomes": done or measures.Outcomes(), "approvals": leads or measures.Leads()}


def _told_waits(waits):
    people = dict(Person.objects.filter(pk__in=waits["person"]).values_list("pk", "username"))
    named = {"person": lambda key: people[int(key)]}
    found = {}
    for sort, lines in waits.items():
        name = named.get(sort, str)
        found[sort] = [{**vars(waited), "key": name(key)} for key, waited in sorted(lines.items())]
    return found

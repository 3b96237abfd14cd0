"""Measures in the API: what they mean, what they come to, the rows behind them, and the months in which nothing changes any more."""

from urllib.parse import urlencode

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.response import Response
from rest_framework.views import APIView

from catalog.models import Service
from changes import period
from changes.api.figures import MonthField
from changes.measures import TIERS
from changes.models import Category
from incidents.measures import LOGGED
from itsm.core import clock, measures, paging
from itsm.core.answers import once
from itsm.core.api import request_key
from itsm.core.errors import NotAllowed
from itsm.people.models import Organisation, Team
from reports import exporting, figures, listing, monthly, restated, rules, services
from reports.narrow import SLOTS, Narrow, monday_of, outcomes_of, within
from reports.rows import shown
from reports.scope import Scope
from reports.wording import lengths_of
from sla.attainment import month_named

KEY = OpenApiParameter(
    "Idempotency-Key", str, OpenApiParameter.HEADER, description="A repeated request with the same key gets the first answer."
)
GROUPS = sorted({*figures.TICKET_GROUPS, *figures.CHANGE_GROUPS} - {""})
YEAR, MOST = 12, 200


class AskedSerializer(serializers.Serializer):
    """Which facts: whole months of the company, by default the last three, at most 36.

    Tier and category narrow what is said of changes, customer, team and priority what is said of tickets.
    """

    to = MonthField()
    customer = serializers.PrimaryKeyRelatedField(queryset=Organisation.objects.all(), required=False, default=None)
    service = serializers.PrimaryKeyRelatedField(queryset=Service.objects.all(), required=False, default=None)
    team = serializers.PrimaryKeyRelatedField(queryset=Team.objects.all(), required=False, default=None)
    priority = serializers.IntegerField(min_value=1, max_value=4, required=False, default=None)
    tier = serializers.ChoiceField(TIERS, required=False, default="")
    category = serializers.ChoiceField(Category.choices, required=False, default="")

    def get_fields(self):
        return {"from": MonthField(), **super().get_fields()}

    def scope(self, at):
        """The Scope asked for."""
        said = {name: self.validated_data[name] for name in ("customer", "service", "team", "priority", "tier", "category")}
        return Scope(period.named(self.validated_data["from"], self.validated_data["to"], at), **said)


class SplitAskedSerializer(AskedSerializer):
    """The same, told apart."""

    by = serializers.ChoiceField(GROUPS, required=False, default="")


class RowsAskedSerializer(AskedSerializer):
    """The same, narrowed to some of a figure's rows."""

    part = serializers.ChoiceField(figures.PARTS, required=False, default="all")
    outcome = serializers.CharField(max_length=20, required=False, default="")
    slot = serializers.IntegerField(
        min_value=0, max_value=SLOTS - 1, required=False, default=None, help_text="Hour of the week of an arrival, 0 for Monday 0:00."
    )
    month = MonthField()
    day = serializers.DateField(required=False, default=None)
    week = serializers.DateField(required=False, default=None, help_text="Any day of the week that is looked at.")
    after = serializers.CharField(max_length=200, required=False, default="")
    page_size = serializers.IntegerField(min_value=1, max_value=MOST, required=False, default=paging.SIZE)

    def listing(self, measure, at):
        """The Listing asked for."""
        said, scope = self.validated_data, self.scope(at)
        if said["outcome"] and said["outcome"] not in outcomes_of(measure):
            raise ValidationError({"outcome": _("No fact of this measure ends so.")})
        if paging.is_made_up(said["after"]):
            raise NotFound
        month = month_named(said["month"] or "")
        if (month and within(scope, month) is None) or (said["day"] and within(scope, said["day"]) is None):
            raise ValidationError({"day" if said["day"] else "month": _("This is not in the period.")})
        picked = Narrow(
            said["outcome"], said["slot"] if measure.kind == LOGGED else None, month, said["day"], monday_of(scope, said["week"])
        )
        return listing.of(scope, measure, said["part"] if measure.is_share else "all", picked)


class FigureSerializer(serializers.Serializer):
    """What a measure comes to: percent, or a mean in seconds or stars; null of nothing. Medians are at most one percent off."""

    value = serializers.FloatField(allow_null=True)
    numerator = serializers.SerializerMethodField(help_text="What the share counts, or the sum that the mean is of.")
    denominator = serializers.SerializerMethodField(help_text="What it is a share or a mean of.")
    number = serializers.IntegerField(help_text="How many facts: as many as there are rows.")
    p50 = serializers.FloatField(allow_null=True, help_text="Median, seconds.")
    p90 = serializers.FloatField(allow_null=True, help_text="90th percentile, seconds.")
    is_kept = serializers.BooleanField(allow_null=True, help_text="Whether the goal is reached.")

    def get_numerator(self, figure) -> int:
        return exporting.parts(figure)[0]

    def get_denominator(self, figure) -> int:
        return exporting.parts(figure)[1]


class MeasureSerializer(serializers.Serializer):
    """A measure in words, what it comes to, and what closed months would come to now where that is something else."""

    key = serializers.CharField()
    name = serializers.CharField()
    question = serializers.CharField()
    definition = serializers.CharField()
    population = serializers.CharField()
    unit = serializers.CharField(help_text="percent, length (seconds) or stars")
    clause = serializers.CharField()
    group = serializers.CharField()
    goal = serializers.FloatField(allow_null=True)
    better = serializers.ChoiceField([("up", "up"), ("down", "down")])
    figure = FigureSerializer()
    restated = FigureSerializer(allow_null=True)


class MeasuresSerializer(serializers.Serializer):
    """Every measure in a scope."""

    to = serializers.CharField()
    at = serializers.DateTimeField()
    results = MeasureSerializer(many=True)

    def get_fields(self):
        return {"from": serializers.CharField(), **super().get_fields()}


class MeasureGroupSerializer(serializers.Serializer):
    """One group: an id, a month or day, a priority, a tier; -1 stands for none."""

    group = serializers.CharField()
    label = serializers.CharField()
    figure = FigureSerializer()
    restated = FigureSerializer(allow_null=True)


class SplitSerializer(MeasureSerializer):
    """A measure with its groups."""

    by = serializers.CharField(allow_blank=True)
    groups = MeasureGroupSerializer(many=True)


class DifferenceSerializer(serializers.Serializer):
    """Something that was so and is otherwise, in words."""

    label = serializers.CharField()
    was = serializers.CharField()
    now = serializers.CharField()


class RestatedSerializer(serializers.Serializer):
    """Why a closed month would count it otherwise now."""

    differences = DifferenceSerializer(many=True)
    cause = serializers.CharField()
    words = serializers.CharField()
    by = serializers.CharField(source="by.username", default=None, allow_null=True)
    at = serializers.DateTimeField()


class FactSerializer(serializers.Serializer):
    """A fact as things stood when it was decided, with its live record; lengths in seconds by name."""

    number = serializers.CharField(source="record.shown_number")
    title = serializers.CharField(source="record.title")
    url = serializers.CharField(source="record.get_absolute_url")
    at = serializers.DateTimeField(source="fact.at")
    day = serializers.DateField(source="fact.day", default=None, allow_null=True)
    outcome = serializers.CharField(source="fact.outcome", allow_blank=True)
    words = serializers.CharField(source="outcome", help_text="The outcome in words.")
    told = serializers.DictField(child=serializers.CharField(), help_text="Customer, service, team and so on, by name.")
    lengths = serializers.SerializerMethodField()
    since = DifferenceSerializer(many=True, help_text="What the record says otherwise now, of closed months.")
    restated = RestatedSerializer(allow_null=True)

    def get_lengths(self, row) -> dict[str, float]:
        return {str(length.label): length.seconds(row.fact.lengths) for length in self.context["lengths"]}


class RowsSerializer(serializers.Serializer):
    """Some of the rows behind a figure; `count` is how many there are in all."""

    count = serializers.IntegerField()
    next = serializers.CharField(allow_null=True)
    figure = FigureSerializer()
    results = FactSerializer(many=True)


class MonthSerializer(serializers.Serializer):
    """A month: closed and sealed (SHA-256 over its facts), or open until it closes by itself."""

    month = serializers.CharField(source="key")
    closed_at = serializers.DateTimeField(source="closed.closed_at", default=None, allow_null=True)
    closed_by = serializers.CharField(source="closed.closed_by.username", default=None, allow_null=True)
    sha256 = serializers.CharField(source="closed.sha256", default=None, allow_null=True)
    closes_at = serializers.DateTimeField(allow_null=True)
    facts = serializers.IntegerField()
    restatements = serializers.IntegerField()


class MonthsAskedSerializer(serializers.Serializer):
    """Twelve months until one of them."""

    to = MonthField()


class MonthsSerializer(serializers.Serializer):
    """Months, the newest first."""

    results = MonthSerializer(many=True)


class NothingAskedSerializer(serializers.Serializer):
    """No details are needed."""


def _must_read(person):
    if not rules.may_read(person):
        raise NotAllowed(_("You may not do this."))


def _asked(request, serializer_class):
    """What was asked for, from somebody who may read figures; a 400 of what makes no sense."""
    _must_read(request.user)
    asked = serializer_class(data=request.query_params)
    asked.is_valid(raise_exception=True)
    return asked, clock.now()


def _named(key):
    measure = measures.named(key)
    if measure is None:
        raise Http404
    return measure


def _told(measure, figure, again):
    words = {name: str(getattr(measure, name)) for name in ("key", "name", "question", "definition", "population", "clause", "group")}
    plain = {"unit": measure.unit.name.lower(), "better": measure.better.value, "goal": measure.goal}
    return {**words, **plain, "figure": figure, "restated": again}


class MeasuresView(APIView):
    """What we measure."""

    @extend_schema(parameters=[AskedSerializer], responses=MeasuresSerializer, operation_id="measures_list")
    def get(self, request):
        """Every measure with its definition and what it comes to in the scope."""
        asked, at = _asked(request, AskedSerializer)
        scope, known = asked.scope(at), measures.every()
        found = figures.read(scope, list(known.values()))
        again = restated.read(scope, found).get("", {})
        told = [_told(measure, found[""][key], again.get(key)) for key, measure in known.items()]
        return Response(MeasuresSerializer({**scope.period.query, "at": at, "results": told}).data)


class MeasureView(APIView):
    """One measure."""

    @extend_schema(parameters=[SplitAskedSerializer], responses=SplitSerializer, operation_id="measures_retrieve")
    def get(self, request, key):
        """What a measure comes to in the scope, and told apart where `by` says how."""
        asked, at = _asked(request, SplitAskedSerializer)
        measure, by, scope = _named(key), asked.validated_data["by"], asked.scope(at)
        whole = figures.read(scope, [measure])
        again = restated.read(scope, whole).get("", {})
        told = _told(measure, whole[""][key], again.get(key))
        return Response(SplitSerializer({**told, "by": by, "groups": _groups(scope, measure, by) if by else []}).data)


def _groups(scope, measure, by):
    if by not in figures.groups_of(measure):
        raise ValidationError({"by": _("This measure is not told apart so.")})
    found = figures.read(scope, [measure], by)
    again = restated.read(scope, found, by) if by not in ("day", "week") else {}
    labels = exporting.group_labels(by, {*found, *again})
    return [
        {
            "group": f"{group:%Y-%m}" if by == "month" else str(group), "label": str(labels.get(group, group)),
            "figure": found.get(group, {}).get(measure.key, figures.Figure(measure)), "restated": again.get(group, {}).get(measure.key),
        }
        for group in sorted({*found, *again}, key=str)
    ]  # fmt: skip


class RowsView(APIView):
    """The rows behind a figure."""

    @extend_schema(parameters=[RowsAskedSerializer], responses=RowsSerializer, operation_id="measures_rows")
    def get(self, request, key):
        """Exactly the facts that a figure counts, the newest first, paged by cursor (`next`)."""
        asked, at = _asked(request, RowsAskedSerializer)
        if _named(key).is_live:
            raise NotFound(_("This is asked of the incidents as they are now: read them at /api/v1/incidents/?state=open."))
        looked, said = asked.listing(_named(key), at), asked.validated_data
        figure, page = looked.figure(), looked.page(said["after"], said["page_size"])
        address = f"{request.build_absolute_uri(reverse('measure-rows', args=[key]))}?"
        following = urlencode({**looked.query, "page_size": said["page_size"], "after": page.next_cursor})
        told = {
            "count": listing.parts(looked, figure)[looked.part], "next": address + following if page.next_cursor else None,
            "figure": figure, "results": shown(looked, page.rows),
        }  # fmt: skip
        return Response(RowsSerializer(told, context={"lengths": lengths_of(looked.measure)}).data)


class MonthsView(APIView):
    """Months, open and closed."""

    @extend_schema(parameters=[MonthsAskedSerializer], responses=MonthsSerializer, operation_id="months_list")
    def get(self, request):
        """Twelve months, the newest first."""
        asked, at = _asked(request, MonthsAskedSerializer)
        last = period.named(asked.validated_data["to"], asked.validated_data["to"], at).last
        found = monthly.listed(period.Period(period.Period(last, last).moved(1 - YEAR).first, last), at, ())
        return Response(MonthsSerializer({"results": found}).data)


class MonthCloseView(APIView):
    """The end of a month."""

    @extend_schema(request=NothingAskedSerializer, responses=MonthSerializer, parameters=[KEY], operation_id="months_close")
    def post(self, request, month):
        """Close a month before it closes by itself. 409 `not_over`, `closed` or `earlier_open` while that is not possible."""
        _must_read(request.user)
        first = month_named(month)
        if first is None:
            raise Http404
        once(request.user, request_key(request), f"close_month {month}", lambda: services.close_month(first, by=request.user))
        (told,) = monthly.listed(period.Period(first, first), clock.now(), ())
        return Response(MonthSerializer(told).data)

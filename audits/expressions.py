"""Pieces of queries that rules are put together from."""

from datetime import timedelta

from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, BooleanField, Case, Count, Func, IntegerField, OuterRef, Q, Subquery, TextField, Value, When
from django.db.models.functions import Coalesce

from itsm.calendars import services as calendars
from itsm.core.models import StepTaken
from itsm.people.zones import company_day, company_zone

LOOKED_BACK = timedelta(days=40)
"""How long before a window working days are still counted."""


def kind(model):
    """The id of a record class's content type."""
    return ContentType.objects.get_for_model(model).pk


def about(model, record_class, **where):
    """Rows of a generic model that point at the record in question, for Exists."""
    return model.objects.filter(content_type=kind(record_class), object_id=OuterRef("pk"), **where).order_by()


def steps(record_class, **where):
    """The steps taken by the record in question."""
    return about(StepTaken, record_class, **where)


def counted(rows, by):
    """How many of these rows there are, nought where there are none; `by` is the field that all of them share."""
    number = rows.order_by().values(by).annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(number, output_field=IntegerField()), 0)


def blank(name):
    """Q of the records whose text is empty, or nothing but blanks."""
    return Q(**{f"{name}__regex": r"^\s*$"})


def reasons(checks):
    """The codes of all checks that a record fails, as an array; checks: `[(code, condition that fails)]`."""
    return Reasons(*[Case(When(Q(condition), then=Value(code)), default=None, output_field=TextField()) for code, condition in checks])


class Reasons(Func):
    """The texts that are not NULL, as an array."""

    template = "array_remove(ARRAY[%(expressions)s]::text[], NULL)"
    output_field = ArrayField(TextField())


class SecondsBetween(Func):
    """Whole seconds from one instant to another."""

    template = "floor(extract(epoch FROM (%(expressions)s)))::bigint"
    arg_joiner = " - "
    output_field = BigIntegerField()

    def __init__(self, since, until, **extra):
        super().__init__(until, since, **extra)


class IsOneOf(Func):
    """Whether a value is among those of an array."""

    template = "(%(expressions)s))"
    arg_joiner = " = ANY("
    output_field = BooleanField()


class WorkingDays(Func):
    """How many of the given days lie after the day of one instant, up to the day of another."""

    output_field = IntegerField()

    def __init__(self, since, until, *, days, zone, **extra):
        super().__init__(since, until, **extra)
        self.days, self.zone = days, zone

    def as_sql(self, compiler, connection, **_extra):
        (since, since_params), (until, until_params) = map(compiler.compile, self.get_source_expressions())
        sql = (
            f"(SELECT count(*) FROM unnest(%s::date[]) AS d WHERE d > ({since} AT TIME ZONE %s)::date "
            f"AND d <= ({until} AT TIME ZONE %s)::date)"
        )
        return sql, [self.days, *since_params, self.zone, *until_params, self.zone]


def working_days(since, until, window):
    """Working days of the office between two instants of a record, the first day not counted: 1 is "by the end of the next"."""
    return WorkingDays(since, until, days=_days_of(window), zone=company_zone())


def _days_of(window):
    """The office's working days from some weeks before a window until its end."""
    office = calendars.office_hours()
    first, last = company_day(window.first - LOOKED_BACK), company_day(window.until)
    every = (first + timedelta(days=no) for no in range((last - first).days + 1))
    return [day for day in every if office.is_working_day(day)]

"""Tables for downloading: the rows behind a figure, and all figures of a dashboard, as rows of cells in the reader's language."""

import functools

from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from catalog.models import Criticality, Service
from changes.forms.figures import month_words
from changes.measures import TIERS
from changes.models import Category, Change
from changes.models.change import PREFIX as CHG
from incidents.models import Incident
from incidents.models.incident import PREFIX as INC
from itsm.calendars.forms import WEEKDAYS
from itsm.core.numbering import shown
from itsm.people.models import Organisation, Person, Team
from reports.narrow import HOURS
from reports.wording import PARTS, ending_words, lengths_of, outcome_words, stars, value_words

CHUNK = 2000


def scope_lines(scope, at):
    """`[(what, value)]`: of which months, customers and so on figures tell, and as of when."""
    first, last = month_words(scope.first), month_words(scope.last)
    yield _("Period"), first if scope.first == scope.last else f"{first} – {last}"
    for label, thing in ((_("Customer"), scope.customer), (_("Service"), scope.service), (_("Team"), scope.team)):
        if thing is not None:
            yield label, thing.label() if hasattr(thing, "label") else str(thing)
    if scope.priority:
        yield _("Priority"), f"P{scope.priority}"
    if scope.tier:
        yield _("Tier"), str(dict(TIERS).get(scope.tier, scope.tier))
    if scope.category:
        yield _("Category"), str(dict(Category.choices).get(scope.category, scope.category))
    yield _("As of"), at


def narrow_lines(listing):
    """`[(key of the address, what, value)]` of what was picked out."""
    narrow = listing.narrow
    if narrow.outcome:
        yield "outcome", _("Outcome"), ending_words(listing.measure.kind, narrow.outcome)
    if narrow.month:
        yield "month", _("Month"), month_words(narrow.month)
    if narrow.day:
        yield "day", _("Day"), narrow.day.isoformat()
    if narrow.week:
        yield "week", _("Week from"), narrow.week.isoformat()
    if narrow.slot is not None:
        weekday, hour = divmod(narrow.slot, HOURS)
        yield "slot", _("Hour of the week"), f"{WEEKDAYS[weekday]} {hour:02d}:00–{hour + 1:02d}:00"


def measure_lines(measure):
    """`[(what, words)]` of a measure."""
    return [
        (_("Measure"), str(measure.name)), (_("Question"), str(measure.question)), (_("Definition"), str(measure.definition)),
        (_("Population"), str(measure.population)), (_("Unit"), str(measure.unit.value)), (_("Clause"), measure.clause),
    ]  # fmt: skip


def rows_head(listing, figure, at):
    """The lines above the rows of a figure: what it is, of what, and what it comes to."""
    lines = [*measure_lines(listing.measure), *scope_lines(listing.scope, at)]
    lines += [(label, value) for _key, label, value in narrow_lines(listing)]
    lines.append((_("Figure"), value_words(figure)))
    if listing.measure.is_share:
        lines.append((_("Rows"), str(PARTS[listing.part])))
    return [*map(list, lines), []]


def columns(listing):
    """The names of the columns of a figure's rows."""
    if listing.is_of_records:
        lengths = [_("%(length)s, seconds") % {"length": length.label} for length in lengths_of(listing.measure)]
        return [_("Number"), _("Title"), _("Outcome"), *lengths, _("Decided"), _("Address")]
    placed = [_("Tier"), _("Category"), _("Services")]
    if not listing.is_of_changes:
        placed = [_("Customer"), _("Service"), _("Team"), _("Handler"), _("Tier"), _("Priority")]
    lengths = [_("%(length)s, seconds") % {"length": length.label} for length in lengths_of(listing.measure)]
    counted = [_("Counted")] if listing.measure.is_share else []
    return [_("Number"), _("Title"), *placed, _("Outcome"), *counted, *lengths, _("Decided"), _("Day"), _("Address")]


def rows_of(listing, base):
    """Every row of a figure as cells, read through a cursor of the database; nothing grows with their number. base: of addresses."""
    if listing.is_of_records:
        return _records(listing, base)
    return _changes(listing, base) if listing.is_of_changes else _tickets(listing, base)


def _records(listing, base):
    lengths = lengths_of(listing.measure)
    for one in listing.rows():
        told = [length.seconds(one.lengths) for length in lengths]
        yield [one.record.shown_number, one.record.title, str(one.words), *told, one.at, f"{base}{one.record.get_absolute_url()}"]


class _Worded:
    """Outcomes and counts in words of the language that was spoken when somebody asked: a download is written later."""

    def __init__(self, measure):
        self.measure, language = measure, get_language()
        self.lengths = lengths_of(measure)

        @functools.lru_cache(maxsize=1000)
        def words(*ended):
            with override(language):
                return outcome_words(measure.kind, *ended)

        self._words = words

    def cells(self, outcome, marks, lengths):
        """Outcome, whether the share counts it, and the lengths that matter, in seconds."""
        counted = self.measure.counted
        said = [self._words(outcome, marks, stars(self.measure.kind, lengths))]
        said += [int(counted.holds(outcome, marks))] if counted is not None else []
        return said + [length.seconds(lengths) for length in self.lengths]


def _tickets(listing, base):
    record = Incident.objects.filter(pk=OuterRef("record_id"))
    rows = listing.rows().annotate(number=Subquery(record.values("number")), title=Subquery(record.values("title")))
    customers = dict(Organisation.objects.values_list("pk", "name"))
    services, teams = ({thing.pk: thing.label() for thing in model.objects.all()} for model in (Service, Team))
    people = {person.pk: person.display for person in Person.objects.internal().only("name")}
    tiers, worded = {key: str(label) for key, label in Criticality.choices}, _Worded(listing.measure)
    fields = ("number", "title", "customer_id", "service_id", "team_id", "handler_id", "tier", "priority", "outcome", "marks", "lengths")
    found = rows.values_list(*fields, "at", "day").iterator(chunk_size=CHUNK)
    for number, title, customer, service, team, handler, tier, priority, outcome, marks, lengths, at, day in found:
        yield [
            shown(INC, number), title, customers.get(customer), services.get(service), teams.get(team), people.get(handler, ""),
            tiers.get(tier, tier), priority, *worded.cells(outcome, marks, lengths), at, day,
            f"{base}{reverse('incidents:detail', args=[number])}",
        ]  # fmt: skip


def _changes(listing, base):
    record = Change.objects.filter(pk=OuterRef("change_id"))
    rows = listing.rows().annotate(number=Subquery(record.values("number")), title=Subquery(record.values("title")))
    services = {service.pk: service.label() for service in Service.objects.all()}
    tiers, categories = ({key: str(label) for key, label in choices} for choices in (TIERS, Category.choices))
    worded = _Worded(listing.measure)
    fields = ("number", "title", "tier", "category", "services", "outcome", "marks", "lengths", "at", "day")
    for number, title, tier, category, about, outcome, marks, lengths, at, day in rows.values_list(*fields).iterator(chunk_size=CHUNK):
        yield [
            shown(CHG, number), title, tiers.get(tier, tier), categories.get(category, category),
            "; ".join(services.get(pk, str(pk)) for pk in about), *worded.cells(outcome, marks, lengths), at, day,
            f"{base}{reverse('changes:detail', args=[number])}",
        ]  # fmt: skip

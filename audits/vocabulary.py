"""The fixed vocabulary of rules that people put together: sorts of records, their fields, and what may be asked of a field.

A condition is {"part": "only" or "must", "field", "operator", "value"}. `only` narrows the population, `must` is what a record has to
hold. Nothing outside of this file reaches a query.
"""

import dataclasses
from datetime import timedelta

from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from audits.declaring import Check, Rule
from audits.expressions import blank
from catalog.models import ConfigurationItem, Criticality, ItemStatus, Service
from changes.models import Category, Change, Release, ReleaseKind, ReleaseStatus, Risk
from changes.models import Kind as ChangeKind
from changes.models import Result as ChangeResult
from changes.models import Status as ChangeStatus
from incidents.models import Channel, ClosingKind, Incident, ResolutionCode, Status
from incidents.models.incident import Level, Priority

ONLY, MUST = "only", "must"
PARTS = ((MUST, gettext_lazy("must hold")), (ONLY, gettext_lazy("only where")))
MOST = 5
LONGEST_VALUE, MOST_DAYS = 200, 366
UNITS = {"minutes": gettext_lazy("minutes"), "hours": gettext_lazy("hours"), "days": gettext_lazy("days")}
FILLED, EMPTY, ONE_OF, NONE_OF, AT_MOST, AT_LEAST, YES, NO, WITHIN = (
    "filled", "empty", "one_of", "none_of", "at_most", "at_least", "yes", "no", "within",
)  # fmt: skip
OPERATORS = {
    FILLED: gettext_lazy("is filled in"), EMPTY: gettext_lazy("is empty"), ONE_OF: gettext_lazy("is one of"),
    NONE_OF: gettext_lazy("is none of"), AT_MOST: gettext_lazy("is at most"), AT_LEAST: gettext_lazy("is at least"),
    YES: gettext_lazy("is so"), NO: gettext_lazy("is not so"), WITHIN: gettext_lazy("comes in time after"),
}  # fmt: skip
TEXT, CHOICE, CODE, NUMBER, INSTANT, LINK, YES_NO = "text", "choice", "code", "number", "instant", "link", "yes_no"
FITTING = {
    TEXT: (FILLED, EMPTY), CHOICE: (FILLED, EMPTY, ONE_OF, NONE_OF), CODE: (ONE_OF, NONE_OF), NUMBER: (AT_MOST, AT_LEAST, ONE_OF, NONE_OF),
    INSTANT: (FILLED, EMPTY, WITHIN), LINK: (FILLED, EMPTY), YES_NO: (YES, NO),
}  # fmt: skip


class Unfit(ValueError):
    """A condition that the vocabulary does not know; the sentence says what is wrong."""


@dataclasses.dataclass(frozen=True)
class Field:
    """A field that may be asked about: its sort decides what may be asked."""

    name: str
    label: object
    sort: str
    choices: tuple = ()


@dataclasses.dataclass(frozen=True)
class Sort:
    """A sort of record; `moment` is the instant by which a window takes its records ("" where none has one)."""

    key: str
    label: object
    model: type
    moment: str
    fields: dict


def _sort(key, label, model, moment, *fields):
    return Sort(key, label, model, moment, {field.name: field for field in fields})


def _choice(name, label, choices):
    return Field(name, label, CHOICE, tuple(choices.choices))


SORTS = {
    sort.key: sort
    for sort in (
        _sort(
            "incident", gettext_lazy("Incidents"), Incident, "contacted_at",
            _choice("status", gettext_lazy("State"), Status), _choice("impact", gettext_lazy("Impact"), Level),
            _choice("urgency", gettext_lazy("Urgency"), Level), _choice("priority", gettext_lazy("Priority"), Priority),
            _choice("channel", gettext_lazy("Channel"), Channel), _choice("closing_kind", gettext_lazy("How it was closed"), ClosingKind),
            _choice("resolution_code", gettext_lazy("Resolution code"), ResolutionCode),
            Field("service__code", gettext_lazy("Service (code)"), CODE), Field("customer__code", gettext_lazy("Customer (code)"), CODE),
            Field("description", gettext_lazy("Description"), TEXT), Field("resolution", gettext_lazy("Solution"), TEXT),
            Field("priority_reason", gettext_lazy("Reason for another priority"), TEXT),
            Field("contacted_reason", gettext_lazy("Why it is logged so late"), TEXT),
            Field("contact", gettext_lazy("Contact"), LINK), Field("assignee", gettext_lazy("Owner"), LINK),
            Field("configuration_item", gettext_lazy("Configuration item"), LINK),
            Field("entitled", gettext_lazy("The service is bought"), YES_NO),
            Field("reassign_count", gettext_lazy("Times reassigned"), NUMBER),
            Field("reopen_count", gettext_lazy("Times reopened"), NUMBER),
            Field("rating", gettext_lazy("Rating"), NUMBER), Field("contacted_at", gettext_lazy("Contacted"), INSTANT),
            Field("logged_at", gettext_lazy("Recorded"), INSTANT), Field("responded_at", gettext_lazy("First response"), INSTANT),
            Field("resolved_at", gettext_lazy("Solved"), INSTANT), Field("closed_at", gettext_lazy("Closed"), INSTANT),
        ),
        _sort(
            "change", gettext_lazy("Changes"), Change, "raised_at",
            _choice("status", gettext_lazy("State"), ChangeStatus), _choice("kind", gettext_lazy("Type"), ChangeKind),
            _choice("category", gettext_lazy("Category"), Category), _choice("risk", gettext_lazy("Risk"), Risk),
            _choice("result", gettext_lazy("Result"), ChangeResult), Field("reason", gettext_lazy("Reason"), TEXT),
            Field("benefit", gettext_lazy("Benefit"), TEXT), Field("impact", gettext_lazy("What customers notice"), TEXT),
            Field("back_out_plan", gettext_lazy("Back-out plan"), TEXT), Field("test_evidence", gettext_lazy("How it was tested"), TEXT),
            Field("review", gettext_lazy("Review"), TEXT), Field("implementer", gettext_lazy("Carried out by"), LINK),
            Field("interrupts", gettext_lazy("The service is interrupted"), YES_NO),
            Field("raised_at", gettext_lazy("Asked for"), INSTANT), Field("submitted_at", gettext_lazy("Submitted"), INSTANT),
            Field("approved_at", gettext_lazy("Approved"), INSTANT), Field("starts_at", gettext_lazy("Window from"), INSTANT),
            Field("started_at", gettext_lazy("Started"), INSTANT), Field("finished_at", gettext_lazy("Finished"), INSTANT),
            Field("items_confirmed_at", gettext_lazy("Items confirmed"), INSTANT), Field("closed_at", gettext_lazy("Closed"), INSTANT),
        ),
        _sort(
            "release", gettext_lazy("Releases"), Release, "deployed_at",
            _choice("status", gettext_lazy("State"), ReleaseStatus), _choice("kind", gettext_lazy("Type"), ReleaseKind),
            _choice("result", gettext_lazy("Result"), ChangeResult), Field("packages", gettext_lazy("What is deployed"), TEXT),
            Field("notes", gettext_lazy("Note for others"), TEXT), Field("analysis", gettext_lazy("What was learnt"), TEXT),
            Field("ready_at", gettext_lazy("Ready"), INSTANT), Field("deployed_at", gettext_lazy("Deployed"), INSTANT),
            Field("closed_at", gettext_lazy("Closed"), INSTANT),
        ),
        _sort(
            "service", gettext_lazy("Services"), Service, "",
            _choice("criticality", gettext_lazy("Criticality"), Criticality), Field("code", gettext_lazy("Code"), CODE),
            Field("name_en", gettext_lazy("Name in English"), TEXT), Field("content_en", gettext_lazy("Content in English"), TEXT),
            Field("owner__is_active", gettext_lazy("The owner still works here"), YES_NO),
            Field("retired_at", gettext_lazy("Retired"), INSTANT),
        ),
        _sort(
            "item", gettext_lazy("Configuration items"), ConfigurationItem, "",
            _choice("status", gettext_lazy("State"), ItemStatus), Field("type__code", gettext_lazy("Type (code)"), CODE),
            Field("description", gettext_lazy("Description"), TEXT), Field("team", gettext_lazy("Responsible team"), LINK),
            Field("service", gettext_lazy("Service"), LINK), Field("owner__is_active", gettext_lazy("The owner still works here"), YES_NO),
        ),
    )
}  # fmt: skip


def cleaned(record, conditions):
    """Conditions in the one form in which they are kept. Raises Unfit with a sentence."""
    sort = SORTS.get(record)
    if sort is None:
        raise Unfit(_("Choose a sort of records."))
    if not 1 <= len(conditions) <= MOST:
        raise Unfit(_("Write one to five conditions."))
    found = [_clean(sort, condition) for condition in conditions]
    if not any(condition["part"] == MUST for condition in found):
        raise Unfit(_("Say at least one thing that must hold."))
    return found


def _clean(sort, condition):
    field, operator, part = sort.fields.get(condition.get("field")), condition.get("operator"), condition.get("part")
    if field is None:
        raise Unfit(_("These records have no such field."))
    if operator not in FITTING[field.sort] or part not in (ONLY, MUST):
        raise Unfit(_("“%(field)s” can't be asked that.") % {"field": field.label})
    value = _value(sort, field, operator, condition.get("value"))
    return {"part": part, "field": field.name, "operator": operator, "value": value}


def _value(sort, field, operator, value):
    if operator in (ONE_OF, NONE_OF):
        return _values(field, value)
    if operator in (AT_MOST, AT_LEAST):
        return _number(field, value)
    return _length(sort, field, value) if operator == WITHIN else None


def _values(field, value):
    given = [str(one).strip() for one in (value if isinstance(value, list) else str(value or "").replace("，", ",").split(","))]
    given = [one for one in given if one and "\0" not in one][:50]
    if field.sort == NUMBER:
        return [_number(field, one) for one in given] or _wrong(field)
    known = {str(key): key for key, _label in field.choices} | {str(label).lower(): key for key, label in field.choices}
    if field.choices:
        given = [known.get(one, known.get(one.lower())) for one in given]
    if not given or None in given or any(len(str(one)) > LONGEST_VALUE for one in given):
        if field.choices:
            _wrong(field, ", ".join(f"{key}" for key, _label in field.choices))
        _wrong(field)
    return list(given)


def _number(field, value):
    text = str(value or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else _wrong(field)


def _length(sort, field, value):
    value = value if isinstance(value, dict) else {}
    number, unit, of = value.get("n"), value.get("unit"), sort.fields.get(value.get("of"))
    if unit not in UNITS or of is None or of.sort != INSTANT or of.name == field.name:
        raise Unfit(_("Say for “%(field)s” in how much time, and after what.") % {"field": field.label})
    return {"n": _number(field, number), "unit": unit, "of": of.name}


def _wrong(field, known=""):
    if known:
        raise Unfit(_("“%(field)s” can be: %(known)s.") % {"field": field.label, "known": known})
    raise Unfit(_("What is asked of “%(field)s” is missing, or makes no sense.") % {"field": field.label})


def holds(sort, condition, window):
    """Q of the records that hold a cleaned condition; what is still in time holds."""
    name, value = condition["field"], condition["value"]
    asked = {
        FILLED: lambda: ~_empty(sort.fields[name]), EMPTY: lambda: _empty(sort.fields[name]),
        ONE_OF: lambda: Q(**{f"{name}__in": value}), NONE_OF: lambda: ~Q(**{f"{name}__in": value}),
        AT_MOST: lambda: Q(**{f"{name}__lte": value}), AT_LEAST: lambda: Q(**{f"{name}__gte": value}),
        YES: lambda: Q(**{name: True}), NO: lambda: Q(**{name: False}), WITHIN: lambda: _in_time(name, value, window),
    }  # fmt: skip
    return asked[condition["operator"]]()


def _empty(field):
    """Texts are never NULL, and choices of whole numbers never empty."""
    if field.sort == TEXT or (field.sort == CHOICE and isinstance(field.choices[0][0], str)):
        return blank(field.name)
    return Q(**{f"{field.name}__isnull": True})


def _in_time(name, value, window):
    length = timedelta(**{value["unit"]: value["n"]})
    still = Q(**{f"{name}__isnull": True, f"{value['of']}__gt": window.until - length})
    return Q(**{f"{name}__lte": F(value["of"]) + length}) | still | Q(**{f"{value['of']}__isnull": True})


def worded(sort, condition):
    """A cleaned condition in the reader's language, as a part of a sentence: “Solution” is filled in."""
    field, operator = sort.fields[condition["field"]], condition["operator"]
    return _("“%(field)s” %(asked)s") % {"field": field.label, "asked": f"{OPERATORS[operator]}{_worded_value(sort, condition)}"}


def _worded_value(sort, condition):
    field, value = sort.fields[condition["field"]], condition["value"]
    if condition["operator"] == WITHIN:
        units = {
            "minutes": ngettext("%(n)s minute", "%(n)s minutes", value["n"]), "hours": ngettext("%(n)s hour", "%(n)s hours", value["n"]),
            "days": ngettext("%(n)s day", "%(n)s days", value["n"]),
        }  # fmt: skip
        length = units[value["unit"]] % {"n": value["n"]}
        return _(" “%(of)s”: %(length)s at most") % {"of": sort.fields[value["of"]].label, "length": length}
    if isinstance(value, list):
        labels = dict(field.choices)
        return " " + ", ".join(str(labels.get(one, one)) for one in value)
    return "" if value is None else f" {value}"


def compiled(version):
    """The Rule that a written version says."""
    sort = SORTS[version.record]
    narrowing = [condition for condition in version.conditions if condition["part"] == ONLY]
    return Rule(
        version.rule.shown_id if version.rule_id else "R-0", version.clause, version.process, version.label(),
        _looked_at(sort, narrowing, version.days), _("the fields named in the conditions"), sort.model,
        tuple(
            _check(sort, no, condition) for no, condition in enumerate(version.conditions, 1) if condition["part"] == MUST
        ),
        moment=sort.moment if version.days else "", days=version.days or 0, where=lambda window: _all(sort, narrowing, window),
        version=version.no, written=True,
    )  # fmt: skip


def _check(sort, no, condition):
    words = _("It does not hold that %(condition)s.") % {"condition": worded(sort, condition)}
    return Check(f"c{no}", words, lambda window: ~holds(sort, condition, window))


def _all(sort, conditions, window):
    found = Q()
    for condition in conditions:
        found &= holds(sort, condition, window)
    return found


def _looked_at(sort, narrowing, days):
    parts = [str(sort.label)]
    if days:
        parts.append(ngettext("of the last %(n)s day", "of the last %(n)s days", days) % {"n": days})
    if narrowing:
        parts.append(_("only where %(conditions)s") % {"conditions": _(" and ").join(worded(sort, one) for one in narrowing)})
    return ", ".join(parts)

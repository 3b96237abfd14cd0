"""The approval policy in words: every row as one sentence, every stage as who and until when."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from catalog.models import Criticality, Service
from changes.models import Category, Kind, Risk
from changes.policy import CUSTOMER
from changes.wording import either, working_time
from itsm.people.models import Organisation, Role

SORTS = (("kinds", Kind), ("categories", Category), ("risks", Risk), ("criticalities", Criticality))


class Names:
    """Names of the services and customers that rows are for; two queries, however many rows."""

    def __init__(self, rows):
        self.services = {s.pk: s.label() for s in Service.objects.filter(pk__in=_ids(rows, "services"))}
        self.customers = {o.pk: o.name for o in Organisation.objects.filter(pk__in=_ids(rows, "customers"))}


def _ids(rows, name):
    return {pk for row in rows for pk in row.get(name, ())}


def name(row):
    """The row's name in the reader's language."""
    return either(row["name"], row.get("name_en", ""))


def condition(row, names):
    """What a row is for: "Normal change, high risk, Payments"."""
    parts = [_or([str(sort(value).label) for value in row[key]]) for key, sort in SORTS if row.get(key)]
    parts += [_or([getattr(names, key).get(pk, "?") for pk in row[key]]) for key in ("services", "customers") if row.get(key)]
    return pgettext("between parts of a sentence", ", ").join(parts) or _("Every change")


def _or(words):
    return _join(words, _(" or "))


def either_of(words):
    """ "low risk or medium risk"; "" for nothing."""
    return _or(list(filter(None, words))) if any(words) else ""


def _join(words, last):
    """ "a, b or c"."""
    *first, end = words
    return f"{pgettext('between parts of a sentence', ', ').join(first)}{last}{end}" if first else end


def seat(role, organisation=None):
    """One asked: the role, and of a customer's representative whose."""
    label = str(Role(role).label)
    return _("%(role)s of %(customer)s") % {"role": label, "customer": organisation} if organisation else label


def who(rule, k, seats):
    """The people of a stage: "operations lead and tester, all of them"; seats are words."""
    if len(seats) == 1 and rule != "quorum":
        return seats[0]
    if rule == "all":
        return _("%(people)s, all of them") % {"people": _join(seats, _(" and "))}
    if rule == "any":
        return _("%(people)s, any one of them") % {"people": _join(seats, _(" or "))}
    return _("%(k)s of these: %(people)s") % {"k": k, "people": _join(seats, _(" and "))}


def stage(row):
    """One stage of a row: who, and within what time."""
    seats = [seat(role) if role != CUSTOMER else _("customer representative of every customer concerned") for role in row["roles"]]
    return _("%(who)s, within %(time)s") % {"who": who(row["rule"], row.get("k"), seats), "time": working_time(row["minutes"])}


def sentence(row, names):
    """A row of the policy as a sentence."""
    said = pgettext("between stages", "; then ").join(stage(each) for each in row["stages"])
    return _("%(condition)s: %(stages)s") % {"condition": condition(row, names), "stages": said}

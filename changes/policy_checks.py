"""Whether rows make an approval policy: what keeps it from being published, and what to know before publishing. Pure but for words."""

import itertools
from typing import NamedTuple

from django.utils.translation import gettext as _

from catalog.models import Criticality
from changes import policy
from changes.models import Category, Kind, Risk, Rule
from itsm.people.models import Role

KINDS = (Kind.NORMAL, Kind.EMERGENCY)
"""A standard change asks nobody: its model was approved."""
APPROVERS = (
    Role.OPS_LEAD, Role.TECH_LEAD, Role.PRODUCT_MANAGER, Role.TESTER, Role.ENGINEER, Role.SUPERVISOR, Role.SERVICE_MANAGER,
    Role.CHANGE_MANAGER, Role.CUSTOMER_REPRESENTATIVE, Role.TOP_MANAGEMENT,
)  # fmt: skip
MOST_ROWS, MOST_STAGES, LONGEST = 40, 6, 60 * policy.DAY
KNOWN = {"kinds": KINDS, "categories": Category.values, "risks": Risk.values, "criticalities": Criticality.values}
IDS = ("services", "customers")


class Warning_(NamedTuple):
    """Something to know before publishing; one that `asks` has to be confirmed."""

    sentence: str
    asks: bool


def refusals(rows):
    """What is wrong, as sentences, most basic first; none means that the rows may be published."""
    if not rows:
        return [_("Write at least one row.")]
    if len(rows) > MOST_ROWS:
        return [_("A policy has at most %(most)s rows.") % {"most": MOST_ROWS}]
    found = [sentence for no, row in enumerate(rows, start=1) for sentence in _row_refusals(no, row)]
    return found or _gap_refusals(rows)


def _row_refusals(no, row):
    if not isinstance(row.get("name"), str) or not row["name"].strip() or len(row["name"]) > 120:
        yield _("Row %(no)s: give it a name of at most 120 characters.") % {"no": no}
    for name, known in KNOWN.items():
        if not set(row.get(name, [])) <= set(known):
            yield _("Row %(no)s is for something that does not exist.") % {"no": no}
    if any(type(pk) is not int for name in IDS for pk in row.get(name, [])):
        yield _("Row %(no)s is for something that does not exist.") % {"no": no}
    stages = row.get("stages", [])
    if not 1 <= len(stages) <= MOST_STAGES:
        yield _("Row %(no)s: it needs one to %(most)s stages.") % {"no": no, "most": MOST_STAGES}
    for place, stage in enumerate(stages, start=1):
        yield from _stage_refusals({"no": no, "stage": place}, stage)


def _stage_refusals(said, stage):
    roles = stage.get("roles", [])
    if not roles:
        yield _("Row %(no)s, stage %(stage)s: say whose approval it needs.") % said
    if not set(roles) <= set(APPROVERS) or len(set(roles)) != len(roles):
        yield _("Row %(no)s, stage %(stage)s: one of these roles does not approve changes, or stands there twice.") % said
    if stage.get("rule") not in Rule.values:
        yield _("Row %(no)s, stage %(stage)s: say whether all, any or so many of them have to approve.") % said
    if stage.get("rule") == Rule.QUORUM and not (type(stage.get("k")) is int and 1 <= stage["k"] <= len(roles)):
        yield _("Row %(no)s, stage %(stage)s: so many of them have to approve: from 1 to %(n)s.") % {**said, "n": len(roles)}
    if not (type(stage.get("minutes")) is int and 1 <= stage["minutes"] <= LONGEST):
        yield _("Row %(no)s, stage %(stage)s: give it a deadline, at most 60 working days.") % said


def _gap_refusals(rows):
    found = policy.gaps(rows, KINDS, Category.values, Risk.values)
    return [
        _("Nobody would decide about this: %(kind)s, %(category)s, %(risk)s. Add a row for it, or widen one.")
        % {"kind": Kind(kind).label, "category": Category(category).label, "risk": Risk(risk).label}
        for kind, category, risk in found
    ]


def warnings(rows):
    """What whoever publishes these rows should know first; only for rows without refusals."""
    return [*_unreached(rows), *_without_customer(rows)]


def _unreached(rows):
    for no, row in enumerate(rows):
        combinations = itertools.product(*(row.get(name) or KNOWN[name] for name in ("kinds", "categories", "risks")))
        if all(any(_hides(former, row, combination) for former in rows[:no]) for combination in combinations):
            yield Warning_(_("Row %(no)s “%(name)s” is never reached: the rows above it decide first. Move it up.")
                           % {"no": no + 1, "name": row["name"]}, False)  # fmt: skip


def _hides(former, row, combination):
    """Whether `former` fits everything of this combination that `row` is for."""
    of_sort = zip(("kinds", "categories", "risks"), combination, strict=True)
    if not all(not former.get(name) or value in former[name] for name, value in of_sort):
        return False
    narrow = ((former.get(name), row.get(name)) for name in ("criticalities", *IDS))
    return all(not wide or (own and set(own) <= set(wide)) for wide, own in narrow)


def _without_customer(rows):
    """A high risk that no customer hears of (requirement 62) is possible, but never by accident."""
    for category in Category:
        stages = policy.stages(rows, policy.Facts(Kind.NORMAL, category, Risk.HIGH))
        if not any(role == policy.CUSTOMER for stage in stages for role, _organisation in stage.seats):
            yield Warning_(_("%(category)s, high risk: the customer is not asked.") % {"category": category.label}, True)

"""What an import would do, line by line: new, changed, unchanged or refused. Nothing is written here."""

import dataclasses
import hashlib
import json
import re

from django.utils.translation import gettext_lazy as _

from catalog.imports import structure
from catalog.imports.reading import RELATIONS
from catalog.imports.standing import Standing
from catalog.models import ConfigurationItem, ItemStatus, RelationKind
from catalog.models.configuration import CODE, SERVICE_CODE
from catalog.shipped import SERVICE_TYPE

NEW, CHANGED, UNCHANGED, REFUSED = "new", "changed", "unchanged", "refused"
LONGEST = {"code": 60, "name": 120, "description": 10_000}
SEPARATORS = re.compile(r"[;；]")


@dataclasses.dataclass
class Planned:
    """One line: the item it is about, what it says, what would change, and why it is refused.

    `facts`: `{field: value}` of the columns there are. `parents`: `{upper code: kind}` it hangs on then, None where no column says.
    """

    no: int
    code: str
    item: ConfigurationItem | None = None
    facts: dict = dataclasses.field(default_factory=dict)
    parents: dict | None = None
    before: dict = dataclasses.field(default_factory=dict)
    refusals: list = dataclasses.field(default_factory=list)

    @property
    def key(self):
        return self.code.upper()

    def changes(self):
        """`{field: value}` of what is known already and would change."""
        return {name: value for name, value in self.facts.items() if self.item and getattr(self.item, name) != value}

    def moves(self):
        """Whether it would hang on something else than before."""
        return self.parents is not None and self.parents != self.before

    def differences(self):
        """`[(what, before, after)]` of what would change, in words."""
        fields = {field.name: str(field.verbose_name).capitalize() for field in ConfigurationItem._meta.concrete_fields}
        told = [(fields[name], _word(self.item, name, getattr(self.item, name)), _word(self.item, name, value))
                for name, value in self.changes().items()]  # fmt: skip
        for kind in RelationKind if self.moves() else ():
            before, after = (", ".join(sorted(code for code, how in side.items() if how == kind)) for side in (self.before, self.parents))
            if before != after:
                told.append((str(kind.label).capitalize(), before or "–", after or "–"))
        return told

    @property
    def outcome(self):
        if self.refusals:
            return REFUSED
        if self.item is None:
            return NEW
        return CHANGED if self.changes() or self.moves() else UNCHANGED


@dataclasses.dataclass
class Plan:
    """What a whole list would do; it is done as a whole or not at all."""

    lines: list
    notes: list
    standing: Standing

    def of(self, outcome):
        return [line for line in self.lines if line.outcome == outcome]

    def counts(self):
        return {outcome: len(self.of(outcome)) for outcome in (NEW, CHANGED, UNCHANGED, REFUSED)}

    def fingerprint(self):
        """What would be written, in short: equal only when nothing relevant changed since."""
        said = [[line.key, line.outcome, _plain(line.facts if line.item is None else line.changes()), line.before, line.parents]
                for line in self.lines if line.outcome != UNCHANGED]  # fmt: skip
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def plan(sheet):
    """The Plan of a Sheet, compared with what stands now."""
    standing = Standing()
    lines = [_planned(line, standing) for line in sheet.lines]
    _refuse_twice(lines)
    structure.check(lines, standing)
    return Plan(lines, sheet.notes, standing)


def _planned(line, standing):
    told = Planned(line.no, line.cells["code"])
    told.item = standing.items.get(told.key)
    told.before = dict(standing.parents.get(told.key, {}))
    for name, find in FINDERS.items():
        if name in line.cells:
            told.facts[name] = find(line.cells[name], told, standing)
    _check_texts(told)
    _check_service(told)
    if any(kind in line.cells for kind in RELATIONS):
        told.parents = _parents(told, line)
    if told.facts.get("status") == ItemStatus.RETIRED:
        if told.parents:
            told.refusals.append(_("A retired item hangs on nothing."))
        told.parents = {}
    return told


def _check_texts(told):
    if not told.code:
        told.refusals.append(_("The code is missing."))
    elif not re.match(CODE, told.code):
        told.refusals.append(_("The code may have letters, digits, . _ and - only."))
    for name, most in LONGEST.items():
        if len(told.code if name == "code" else told.facts.get(name, "")) > most:
            told.refusals.append(_("%(column)s is longer than %(most)d letters.") % {"column": name, "most": most})


def _check_service(told):
    """Services are items by themselves: a list may say what they hang on, nothing else."""
    if told.item is None and (told.key.startswith(SERVICE_CODE) or getattr(told.facts["type"], "code", "") == SERVICE_TYPE):
        told.refusals.append(_("Services become items by themselves when they are written into the catalogue."))
    elif told.item is not None and told.item.service_id and told.changes():
        told.refusals.append(_("What is known of a service follows the catalogue. Change it there."))
    elif told.item is not None and not told.item.service_id and getattr(told.facts["type"], "code", "") == SERVICE_TYPE:
        told.refusals.append(_("Services become items by themselves when they are written into the catalogue."))


def _parents(told, line):
    """`{upper code: kind}`: kinds without a column stay as they are."""
    found = {code: kind for code, kind in told.before.items() if kind not in line.cells}
    for kind in RELATIONS:
        for code in filter(None, (part.strip().upper() for part in SEPARATORS.split(line.cells.get(kind, "")))):
            if found.get(code, kind) != kind:
                told.refusals.append(_("It can hang on %(code)s in one way only.") % {"code": code})
            found[code] = kind
    return found


def _refuse_twice(lines):
    first = {}
    for line in lines:
        if line.code and (before := first.setdefault(line.key, line)) is not line:
            line.refusals.append(_("Line %(no)d is about %(code)s already.") % {"no": before.no, "code": before.code})


def _name(text, told, _standing):
    if not text:
        told.refusals.append(_("The name is missing."))
    return text


def _one(text, found, told, none, several):
    """The only record that a word means; otherwise a refusal."""
    if len(found) != 1:
        told.refusals.append((several if found else none) % {"text": text[:60]})
        return None
    return found[0]


def _type(text, told, standing):
    if not text:
        told.refusals.append(_("The type is missing."))
        return None
    none, several = _("There is no type “%(text)s”."), _("More than one type is named “%(text)s”. Write its code.")
    return _one(text, standing.types.get(text.lower(), []), told, none, several)


def _owner(text, told, standing):
    if not text:
        told.refusals.append(_("The owner is missing."))
        return None
    if (person := standing.usernames.get(text.lower())) is not None:
        return person
    none = _("Nobody who works for us is named “%(text)s”.")
    several = _("More than one person is named “%(text)s”. Write the user name.")
    return _one(text, standing.people.get(text.lower(), []), told, none, several)


def _team(text, told, standing):
    if not text:
        return None
    none, several = _("There is no team “%(text)s”."), _("More than one team is named “%(text)s”.")
    return _one(text, standing.teams.get(text.lower(), []), told, none, several)


def _status(text, told, standing):
    if not text:
        return told.item.status if told.item else ItemStatus.LIVE
    if text.lower() not in standing.states:
        told.refusals.append(_("There is no state “%(text)s”: write planned, live or retired.") % {"text": text[:60]})
        return None
    return standing.states[text.lower()]


FINDERS = {"name": _name, "type": _type, "owner": _owner, "team": _team, "status": _status, "description": lambda text, _t, _s: text}
"""For each column of facts what its text means; what can't be found is refused on the line."""


def _word(item, name, value):
    """A value as people read it."""
    if name == "status":
        return str(ItemStatus(value).label)
    return "–" if value in (None, "") else str(value)


def _plain(facts):
    return {name: getattr(value, "pk", value) for name, value in facts.items()}

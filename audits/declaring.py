"""What a rule is: a question, the records it is asked of, and the ways in which one of them may fail. Declared, not coded."""

import dataclasses
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db.models import Q
from django.db.models.functions import JSONObject
from django.utils.translation import gettext as _

from audits.expressions import reasons
from itsm.core import wording

LONG_AGO = timedelta(days=90)
REASONS, DETAILS = "audit_reasons", "audit_details"


@dataclasses.dataclass(frozen=True)
class Window:
    """The time that a run looks at: [since, until); without a beginning, what stands at `until`."""

    since: datetime | None
    until: datetime

    @property
    def first(self):
        """The beginning, or that of the usual window where there is none."""
        return self.since or self.until - LONG_AGO


@dataclasses.dataclass(frozen=True)
class Check:
    """One way to fail. `fails(window)` is the condition of the records that do; `words` say what is wrong with them, without figures.

    `told` words what was measured, with places for the rule's facts; those that end in `_s` are lengths in seconds.
    """

    code: str
    words: object
    fails: Callable
    told: object = ""

    def measured(self, details):
        """What was measured of one record in the reader's language, or ""."""
        if not self.told or any(value is None for value in details.values()):
            return ""
        return str(self.told) % {name: wording.duration(value) if name.endswith("_s") else value for name, value in details.items()}


@dataclasses.dataclass(frozen=True)
class Rule:
    """A live test. Everything that takes a window gives conditions or expressions of a query; none of them looks at rows itself.

    `looked_at` says in words which records are asked, `evidence` what is read. `moment` is the instant of a record that has to lie in
    the window of the last `days` ("" for what stands now; `span`: the conditions themselves look at the window). `where` narrows the
    population, `watched` says which records are judged on their own page meanwhile, early enough to be mended (None: those of `where`).
    `aliases` are pieces the checks share, `facts` what is measured and kept with every record that fails. A rule that is not `live` takes
    too long for a page, or finds what can't be mended any more: a record's page shows what its last run said.
    """

    id: str
    clause: str
    process: str
    question: object
    looked_at: object
    evidence: object
    model: type
    checks: tuple
    moment: str = ""
    span: bool = False
    days: int = 90
    where: Callable = lambda _window: Q()
    watched: Callable | None = None
    aliases: Callable = lambda _window: {}
    facts: Callable = lambda _window: {}
    live: bool = True
    version: int = 1
    written: bool = False

    def window(self, at):
        """The Window of a run at an instant."""
        return Window(at - timedelta(days=self.days) if self.moment or self.span else None, at)

    def population(self, window):
        """The records that are asked, as a queryset."""
        rows = self._rows(window).filter(self.where(window))
        return rows.filter(**{f"{self.moment}__gte": window.since, f"{self.moment}__lt": window.until}) if self.moment else rows

    def asked(self, ids, window):
        """Those of the records that the rule asks, however long ago their moment was."""
        rows = self._rows(window).filter(self.where(window), pk__in=ids)
        return rows.filter(**{f"{self.moment}__lt": window.until}) if self.moment else rows

    def watching(self, window):
        """The records that are judged on their own pages, of whatever age."""
        return self._rows(window).filter((self.watched or self.where)(window))

    def judged(self, rows, window):
        """`(id, reasons, details)` of these records, as a queryset; reasons are empty where one passes."""
        found = {REASONS: reasons([(check.code, check.fails(window)) for check in self.checks]), DETAILS: JSONObject(**self.facts(window))}
        return rows.annotate(**found).order_by().values_list("pk", REASONS, DETAILS)

    def _rows(self, window):
        return self.model._default_manager.order_by().alias(**self.aliases(window))

    def said(self, codes, details):
        """`[(what is wrong, what was measured)]` of a record that failed, in the reader's language."""
        known = {check.code: check for check in self.checks}
        return [(known[code].words, known[code].measured(details)) if code in known else (_gone(code), "") for code in codes]


def _gone(code):
    """A reason of a former version of a rule."""
    return _("A reason that this rule no longer gives (%(code)s)") % {"code": code}

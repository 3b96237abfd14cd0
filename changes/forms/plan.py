"""The plan as a list of rows: words and minutes, typed in any number of rows; empty rows count for nothing."""

from django import forms
from django.utils.translation import gettext as _

from changes.services import sense

EMPTY_ROWS = 3
MOVES = ("plan-up", "plan-down", "plan-remove")


class PlanField:
    """The rows of a plan in a form's data, as `plan-0-words`, `plan-0-minutes`, …; not a field of its own, because rows move."""

    def __init__(self, data=None, plan=()):
        self.rows = _typed(data) if data is not None else [{"words": r["words"], "minutes": str(r["minutes"])} for r in plan]

    def shown(self):
        """The rows to draw; without a script three empty ones follow, so that there is always room."""
        return [*self.rows, *({"words": "", "minutes": ""} for _ in range(EMPTY_ROWS))][: sense.MOST_STEPS + EMPTY_ROWS]

    def moved(self, act):
        """Do what a button of a row says: `plan-up-2`, `plan-down-0`, `plan-remove-1`; anything else only keeps what was typed."""
        name, _dash, place = act.rpartition("-")
        if name not in MOVES or not place.isascii() or not place.isdigit() or not 0 <= (no := int(place[:6])) < len(self.rows):
            return self
        row = self.rows.pop(no)
        if name != "plan-remove":
            self.rows.insert(max(no - 1, 0) if name == "plan-up" else no + 1, row)
        return self

    def cleaned(self):
        """The plan. Raises ValidationError with every sentence that says what is wrong."""
        if len(self.rows) > sense.MOST_STEPS:
            raise forms.ValidationError(sense.plan_refusals([None] * len(self.rows)))
        plan = [{"words": row["words"].strip(), "minutes": _number(row["minutes"])} for row in self.rows]
        if found := sense.plan_refusals(plan):
            raise forms.ValidationError(found[:5] + ([_("and more")] if len(found) > 5 else []))
        return plan


def _typed(data):
    """Rows that hold anything, in their order."""
    total = data.get("plan-rows", "")
    count = int(total) if total.isascii() and total.isdigit() and len(total) < 5 else 0
    found = ({name: data.get(f"plan-{no}-{name}", "") for name in ("words", "minutes")} for no in range(min(count, 1000)))
    return [row for row in found if row["words"].strip() or row["minutes"].strip()]


def _number(text):
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else None

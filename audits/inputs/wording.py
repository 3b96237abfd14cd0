"""Lines of a review's inputs in words: figures in their unit, and what is different from the period before."""

from django.utils.translation import gettext as _
from django.utils.translation import override

from audits.inputs.lines import COUNT, LENGTH, PERCENT, STARS, STATE
from itsm.core import wording

DASH = "–"


def told(value, unit, language):
    """A value in its unit, in the active language; words of a state in the language that is named."""
    if value is None:
        return DASH
    if unit == STATE:
        return value.get(language) or next(iter(value.values()), DASH)
    return WORDED[unit](value)


def _number(value):
    return f"{value:g}" if isinstance(value, float) else f"{value}"


WORDED = {
    COUNT: _number,
    PERCENT: lambda value: f"{value:.1f} %",
    LENGTH: wording.duration,
    STARS: lambda value: _("%(stars)s of 5") % {"stars": f"{value:.1f}"},
}


def label(line, language):
    return line["label"].get(language) or next(iter(line["label"].values()), "")


def cells(line, language):
    """`(label, now, before)` of a line."""
    with override(language):
        return label(line, language), told(line["value"], line["unit"], language), told(line["before"], line["unit"], language)


def turn(line):
    """Whether a line went the right way ("good"), the wrong one ("bad"), or neither ("")."""
    now, before, better = line["value"], line["before"], line["better"]
    if line["unit"] == STATE or None in (now, before) or now == before or not better:
        return ""
    return "good" if (now > before) == (better == "up") else "bad"

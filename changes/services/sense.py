"""What no change or model may say, whatever door it comes through: plans that are none, windows that are none."""

from datetime import timedelta

from django.utils.translation import gettext as _

from itsm.core.errors import Refused

MOST_STEPS, LONGEST_WORDS, LONGEST_STEP = 200, 1000, 14 * 24 * 60
LONGEST_WINDOW = timedelta(days=31)


def must_make_sense(fields):
    """Raise Refused with the first thing that is wrong with a plan or a window among these fields."""
    found = plan_refusals(fields["plan"]) if "plan" in fields else []
    if fields.get("starts_at") and fields.get("ends_at"):
        found = [*found, *window_refusals(fields["starts_at"], fields["ends_at"])]
    if found:
        raise Refused(found[0], code="nonsense")


def plan_refusals(plan):
    """What is wrong with a plan, as sentences."""
    if len(plan) > MOST_STEPS:
        return [_("A plan has at most %(most)s steps. Put several into one, or split the change.") % {"most": MOST_STEPS}]
    return [sentence for no, row in enumerate(plan, start=1) for sentence in _step_refusals(no, row)]


def _step_refusals(no, row):
    words, minutes = row.get("words"), row.get("minutes")
    if not isinstance(words, str) or not words.strip():
        yield _("Step %(no)s: say what is done.") % {"no": no}
    elif len(words) > LONGEST_WORDS:
        yield _("Step %(no)s: say it in at most %(most)s characters.") % {"no": no, "most": LONGEST_WORDS}
    if type(minutes) is not int or not 1 <= minutes <= LONGEST_STEP:
        yield _("Step %(no)s: say how many minutes it takes, from 1 to %(most)s.") % {"no": no, "most": LONGEST_STEP}


def window_refusals(starts_at, ends_at):
    """What is wrong with a window in itself, as sentences."""
    if ends_at <= starts_at:
        return [_("The window ends before it begins.")]
    if ends_at - starts_at > LONGEST_WINDOW:
        return [_("A window is at most 31 days long. Split the change.")]
    return []

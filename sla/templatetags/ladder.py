"""How the steps of a ladder are named."""

from django import template
from django.utils.translation import gettext, ngettext

from sla import ladder
from sla.models import Metric

register = template.Library()


@register.filter
def mark_words(mark):
    """The name of a step's mark: "75 %", "breach", "150 %"."""
    return gettext("breach") if mark == ladder.BREACH else f"{mark} %"


@register.filter
def who_words(rung):
    """Whom a rung tells, in words."""
    return " · ".join(str(ladder.WORDS[role]) for role in rung.who)


@register.filter
def limit_words(rung):
    """For which priorities and clocks a rung is, and its minutes after the breach; empty when it is for all of them."""
    found = [" ".join(f"P{priority}" for priority in rung.priorities)] if set(rung.priorities) != set(ladder.ALL) else []
    found += [str(Metric(metric).label) for metric in rung.metrics]
    for priority, minutes in sorted(rung.minutes.items()):
        words = {"priority": f"P{priority}", "n": minutes}
        found.append(ngettext("%(priority)s: %(n)s min after the breach", "%(priority)s: %(n)s min after the breach", minutes) % words)
    return ", ".join(found)

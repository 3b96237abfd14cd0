"""How the facts of clocks are drawn."""

from django import template
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from itsm.core.wording import exact
from sla import clockwork
from sla.log import amendment_of
from sla.models import PAUSE_REASONS, CorrectionKind
from sla.services.applying import REASON as APPLIED
from sla.services.judging import EXCUSES
from sla.services.retargeting import RECLASSIFIED, WHYS

register = template.Library()

KINDS = {
    clockwork.START: _("Started"),
    clockwork.PAUSE: _("Paused"),
    clockwork.RESUME: _("Resumed"),
    clockwork.STOP: _("Stopped"),
    clockwork.REOPEN: _("Reopened"),
    clockwork.RETARGET: _("Other target"),
    clockwork.BREACH: _("Promise broken"),
    clockwork.CLOSE: _("Final"),
    clockwork.CANCEL: _("Cancelled"),
    clockwork.REBIND: _("Another version of the calendar"),
    clockwork.EXCUSE: _("Excused"),
    clockwork.CORRECT: _("Corrected"),
    clockwork.ACKNOWLEDGE: _("Escalation acknowledged"),
}
REASONS = {
    **dict(PAUSE_REASONS), **dict(WHYS), **dict(EXCUSES), **dict(CorrectionKind.choices),
    RECLASSIFIED: _("Another service"), APPLIED: _("Another version of the agreement"),
}  # fmt: skip


@register.filter
def line_kind(line):
    """What a line of a log tells, in a word or two."""
    return KINDS.get(line.kind, line.kind)


@register.filter
def line_reason(line):
    """Why, in words; a code that no list knows stands for itself."""
    return REASONS.get(line.reason_code, line.reason_code)


@register.filter
def of_clock(by_clock, clock):
    """What a mapping by clock holds for one of them."""
    return (by_clock or {}).get(clock.pk)


@register.filter
def amendment_words(correction):
    """What an amendment says, a sentence for each part."""
    amend = amendment_of({"amend": correction.amend})
    said = [gettext("Line %(line)s happened %(at)s.") % {"line": line, "at": exact(at)} for line, at in amend.moved]
    said += [gettext("It waited from %(since)s to %(until)s.") % {"since": exact(a), "until": exact(b)} for a, b in amend.waited]
    return said + [gettext("Line %(line)s does not count.") % {"line": line} for line in amend.voided]

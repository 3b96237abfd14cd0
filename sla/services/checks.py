"""What speaks against offering or publishing a draft: refusals that have to be mended, and a note or words that are missing (D2, D10)."""

from datetime import timedelta

from django.utils.translation import gettext as _

from itsm.calendars.worktime import NoWorkingTime, covers
from itsm.people.zones import company_day
from sla import ladder, rules
from sla.models import AgreementKind, Metric
from sla.services.promises import STARTED, newest_calendars
from sla.services.risks import risks

COVER_CHECKED = timedelta(days=366)


def draft_refusals(version, at):
    """Every sentence about what has to be mended in a draft before it is promised, most basic first."""
    return _targets_refusals(version) + _ladder_refusals(version) + day_refusals(version, at)


def offer_refusals(version, at):
    """Every sentence that speaks against offering a draft at that instant: what has to be mended, else warnings without a word on them."""
    found = draft_refusals(version, at)
    if not found and not version.risks_accepted.strip() and risks(version, at):
        found.append(_("Say why it is promised in spite of the warnings, or mend what they name."))
    return found


def publish_refusals(version, at):
    """The same for publishing what was agreed outside of the product, which needs a note."""
    found = offer_refusals(version, at)
    if not version.approved_note.strip():
        if version.agreement.kind == AgreementKind.CUSTOMER:
            found.append(_("Say how the customer agreed: who, when, in which letter or meeting."))
        else:
            found.append(_("Say how it was agreed: who, when, in which contract or meeting."))
    return found


def day_refusals(version, at):
    """What is wrong with the day from which it shall be in force."""
    others = version.agreement.versions.filter(published_at__isnull=False)
    first, today = company_day(version.effective_from), company_day(at)
    if others.filter(effective_from__gte=version.effective_from).exists():
        return [_("A version is in force from that day or later already. Choose a later day.")]
    if first < today or (first == today and others.exists()):
        return [_("The day lies in the past. Choose a day from tomorrow on, so that nobody's promise changes after the fact.")]
    return []


def _targets_refusals(version):
    """What is wrong with the targets themselves and with their calendars."""
    targets = {(t.tier, t.priority, t.metric): t for t in version.targets.select_related("calendar")}
    if not targets:
        return [_("Enter at least one target.")]
    found = []
    if version.agreement.kind == AgreementKind.CUSTOMER and rules.missing_targets(targets, STARTED):
        found.append(_("Enter response and resolution for all four priorities of a criticality, or for none."))
    if slow := rules.too_slow(targets):
        _tier, priority, _metric = slow[0]
        words = {"high": priority, "low": priority + 1}
        found.append(_("P%(high)s is promised more slowly than P%(low)s. Shorten its target or lengthen the other.") % words)
    if gaps := rules.skipped(targets, Metric.NEXT_UPDATE):
        words = {"high": gaps[0][1], "low": gaps[0][1] + 1}
        found.append(_("P%(low)s is promised updates and P%(high)s is not. Enter how often P%(high)s is told.") % words)
    return found + _hours_refusals(targets, version.effective_from)


def _ladder_refusals(version):
    """What is wrong with the ladder, now that the targets are as they are."""
    held = version.targets.order_by().values_list("priority", "metric", "seconds")
    return [str(sentence) for sentence in ladder.refusals(version.rungs, list(held))] if version.ladder else []


def _hours_refusals(targets, since):
    """What is wrong with the calendars that the targets are measured on."""
    hours = {pk: held.hours() for pk, held in newest_calendars({t.calendar_id for t in targets.values()}).items()}
    for (_tier, priority, _metric), target in sorted(targets.items()):
        if target.calendar_id not in hours or _never_ends(hours[target.calendar_id], since, target.seconds):
            words = {"calendar": target.calendar, "p": priority}
            return [_("The calendar “%(calendar)s” is never open long enough for P%(p)s. Choose another.") % words]
    if narrow := _narrow(targets, hours, since):
        words = {"high": narrow, "low": narrow + 1}
        return [_("The calendar of P%(high)s is shut at times when that of P%(low)s is open. Choose a wider one.") % words]
    return []


def _never_ends(hours, since, seconds):
    try:
        hours.add(since, timedelta(seconds=seconds))
    except NoWorkingTime:
        return True
    return False


def _narrow(targets, hours, since):
    """The first priority whose hours don't contain those of the next lower one, or None."""
    for (tier, priority, metric), target in sorted(targets.items()):
        lower = targets.get((tier, priority + 1, metric))
        if lower is None or lower.calendar_id == target.calendar_id:
            continue
        if not covers(hours[target.calendar_id], hours[lower.calendar_id], since, since + COVER_CHECKED):
            return priority
    return None

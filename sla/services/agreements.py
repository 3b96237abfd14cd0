"""Verbs of agreements: make, draft, publish, end; and the default targets every customer may start from (design §4)."""

from datetime import timedelta

from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from itsm.calendars import services as calendars
from itsm.calendars.worktime import covers
from itsm.core import clock
from itsm.core.errors import NotAllowed, Refused
from itsm.core.verbs import verb
from itsm.people.zones import company_day
from sla import rules
from sla.models import Agreement, AgreementVersion, Metric, Target
from sla.services.promises import STARTED, newest_calendars

MINUTE, HOUR = 60, 3600
DEFAULTS = {
    ("core", 1): (2 * MINUTE, 30 * MINUTE, calendars.ALWAYS),
    ("core", 2): (10 * MINUTE, 2 * HOUR, calendars.ALWAYS),
    ("core", 3): (30 * MINUTE, 8 * HOUR, calendars.OFFICE),
    ("core", 4): (2 * HOUR, 24 * HOUR, calendars.OFFICE),
    ("non_core", 1): (15 * MINUTE, 2 * HOUR, calendars.OFFICE),
    ("non_core", 2): (30 * MINUTE, 4 * HOUR, calendars.OFFICE),
    ("non_core", 3): (2 * HOUR, 16 * HOUR, calendars.OFFICE),
    ("non_core", 4): (4 * HOUR, 40 * HOUR, calendars.OFFICE),
}
NEXT_UPDATES = {
    ("core", 1): 15 * MINUTE,
    ("core", 2): HOUR,
    ("core", 3): 8 * HOUR,
    ("non_core", 1): 30 * MINUTE,
    ("non_core", 2): 2 * HOUR,
    ("non_core", 3): 16 * HOUR,
}
"""A working day counts as 8 h; P4 is owed no updates."""
COVER_CHECKED = timedelta(days=366)
TERMS = (
    "effective_from", "approved_note", "pause_reasons", "reopen_rule", "thresholds", "ladder", "service_calendar_id",
    "maintenance_calendar_id", "availability", "monthly_tickets", "workload_limits", "exceptions", "risks_accepted",
)  # fmt: skip


def default_agreement(customer, *, effective_from=None, imported=False, by=None, at=None):
    """The customer's agreement about everything with the default targets, published; made when there is none. Returns its newest version.

    `imported` marks terms that nobody agreed to. Call within a transaction.
    """
    at = at or clock.now()
    agreement, made = Agreement.objects.get_or_create(
        customer=customer, service=None, ended_at=None, defaults={"name": f"SLA-{customer.code}"}
    )
    if not made:
        return agreement.versions.filter(published_at__isnull=False).order_by("-effective_from").first()
    version = AgreementVersion.objects.create(agreement=agreement, no=1, effective_from=effective_from or at, imported=imported)
    Target.objects.bulk_create(default_targets(version))
    version.publish(by=by, at=at)
    version.save()
    return version


def default_targets(version):
    """Unsaved targets of the default table for a version."""
    held = {calendar.code: calendar for calendar in calendars.ensure_defaults()}
    return [
        Target(version=version, tier=tier, priority=priority, metric=metric, seconds=seconds, calendar=held[code])
        for (tier, priority), (response, resolution, code) in DEFAULTS.items()
        for metric, seconds in (
            (Metric.RESPONSE, response), (Metric.RESOLUTION, resolution), (Metric.NEXT_UPDATE, NEXT_UPDATES.get((tier, priority))),
        )
        if seconds
    ]  # fmt: skip


@verb
def make_agreement(*, by, customer, service=None, name, at=None):
    """A new agreement with a first draft of the default targets. Raises NotAllowed, Refused."""
    _must_keep(by)
    if Agreement.objects.living().filter(customer=customer, service=service).exists():
        raise Refused(_("There is an agreement for this customer and service already. Write a new version of it."), code="exists")
    agreement = Agreement.objects.create(customer=customer, service=service, name=name)
    version = AgreementVersion.objects.create(agreement=agreement, no=1, effective_from=at or clock.now())
    tier = service.criticality if service else None
    Target.objects.bulk_create([target for target in default_targets(version) if tier in (None, target.tier)])
    return agreement


@verb
def draft_version(agreement, *, by, at=None):
    """A draft that begins as the newest version stands; an open draft is returned as it is. Raises NotAllowed, Refused."""
    _must_keep(by)
    agreement = _living(agreement)
    newest = agreement.versions.order_by("-no").first()
    if newest and newest.is_draft:
        return newest
    no = (agreement.versions.aggregate(Max("no"))["no__max"] or 0) + 1
    draft = AgreementVersion(agreement=agreement, no=no)
    for name in TERMS if newest else ():
        setattr(draft, name, getattr(newest, name))
    draft.effective_from, draft.approved_note = (at or clock.now()) + timedelta(days=1), ""
    draft.save(force_insert=True)
    held = newest.targets.all() if newest else []
    Target.objects.bulk_create(
        Target(version=draft, tier=t.tier, priority=t.priority, metric=t.metric, seconds=t.seconds, calendar_id=t.calendar_id) for t in held
    )
    return draft


@verb
def save_draft(version, *, by, targets, **terms):
    """Replace a draft's terms and targets; `targets` is {(tier, priority, metric): (seconds, Calendar)}. Raises NotAllowed, Refused."""
    _must_keep(by)
    version = _draft(version)
    for name in TERMS:
        if name in terms:
            setattr(version, name, terms[name])
    version.save()
    version.targets.all().delete()
    Target.objects.bulk_create(
        Target(version=version, tier=tier, priority=priority, metric=metric, seconds=seconds, calendar=calendar)
        for (tier, priority, metric), (seconds, calendar) in targets.items()
    )
    return version


@verb
def publish_version(version, *, by, at=None):
    """Put a draft in force from its day on; from then it never changes. Raises NotAllowed, Refused with the first thing that is wrong."""
    _must_keep(by)
    version = _draft(version)
    at = at or clock.now()
    if found := publish_refusals(version, at):
        raise Refused(found[0], code="not_publishable")
    version.publish(by=by, at=at)
    version.save()
    return version


@verb
def end_agreement(agreement, *, by, at=None):
    """No contact from now on is promised anything by it; running clocks keep what they were promised. Raises NotAllowed, Refused."""
    _must_keep(by)
    agreement = _living(agreement)
    agreement.ended_at = at or clock.now()
    agreement.save(update_fields=["ended_at"])
    return agreement


def publish_refusals(version, at):
    """Every sentence that speaks against publishing a draft at that instant, most basic first."""
    targets = {(t.tier, t.priority, t.metric): t for t in version.targets.all()}
    found = [] if targets else [_("Enter at least one target.")]
    if rules.missing_targets(targets, STARTED):
        found.append(_("Enter response and resolution for all four priorities of a criticality, or for none."))
    if slow := rules.too_slow(targets):
        _tier, priority, _metric = slow[0]
        words = {"high": priority, "low": priority + 1}
        found.append(_("P%(high)s is promised more slowly than P%(low)s. Shorten its target or lengthen the other.") % words)
    if narrow := _narrow(targets, version.effective_from):
        words = {"high": narrow, "low": narrow + 1}
        found.append(_("The calendar of P%(high)s is shut at times when that of P%(low)s is open. Choose a wider one.") % words)
    return found + _day_refusals(version, at)


def _day_refusals(version, at):
    """What is wrong with the day it shall be in force from, and with the customer's consent."""
    found = []
    others = version.agreement.versions.filter(published_at__isnull=False)
    first, today = company_day(version.effective_from), company_day(at)
    if others.filter(effective_from__gte=version.effective_from).exists():
        found.append(_("A version is in force from that day or later already. Choose a later day."))
    elif first < today or (first == today and others.exists()):
        found.append(_("The day lies in the past. Choose a day from tomorrow on, so that nobody's promise changes after the fact."))
    if not version.approved_note.strip():
        found.append(_("Say how the customer agreed: who, when, in which letter or meeting."))
    return found


def _narrow(targets, since):
    """The first priority whose hours don't contain those of the next lower one, or None."""
    hours = {pk: version.hours() for pk, version in newest_calendars({t.calendar_id for t in targets.values()}).items()}
    for (tier, priority, metric), target in sorted(targets.items()):
        lower = targets.get((tier, priority + 1, metric))
        if lower is None or lower.calendar_id == target.calendar_id:
            continue
        if not covers(hours[target.calendar_id], hours[lower.calendar_id], since, since + COVER_CHECKED):
            return priority
    return None


def _must_keep(by):
    if by is not None and not rules.may_keep_agreements(by):
        raise NotAllowed(rules.may_keep_agreements.sentence)


def _living(agreement):
    """The agreement, locked. Raises Refused when it has ended."""
    agreement = Agreement.objects.select_for_update(of=("self",)).get(pk=agreement.pk)
    if agreement.ended_at:
        raise Refused(_("This agreement has ended. Make a new one."), code="ended")
    return agreement


def _draft(version):
    """The version, locked, with its agreement. Raises Refused when it is published or the agreement has ended."""
    _living(version.agreement)
    version = AgreementVersion.objects.select_for_update(of=("self",)).select_related("agreement").get(pk=version.pk)
    if not version.is_draft:
        raise Refused(_("This version is published and never changes. Write a new one."), code="published")
    return version

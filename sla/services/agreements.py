"""Verbs of agreements: make, draft, end; and the default targets every customer may start from (design §4).

How a draft is offered, accepted and published is in `sla.services.offering`.
"""

from datetime import timedelta

from django.db.models import Max
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from itsm.calendars import services as calendars
from itsm.core import clock
from itsm.core.errors import NotAllowed, Refused
from itsm.core.verbs import verb
from itsm.links import services as links
from sla import rules
from sla.kinds import ACCEPT_LINK
from sla.models import Agreement, AgreementKind, AgreementVersion, Metric, Target, VersionStatus

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
LONGEST_AHEAD = timedelta(days=5 * 366)
TERMS = (
    "effective_from", "approved_note", "pause_reasons", "reopen_rule", "thresholds", "ladder", "service_calendar_id",
    "maintenance_calendar_id", "availability", "monthly_tickets", "workload_limits", "exceptions", "risks_accepted",
)  # fmt: skip
UNDER_WAY = (VersionStatus.OFFERED, VersionStatus.NEGOTIATED)
PARTIES = ("agreement__customer", "agreement__team", "agreement__supplier", "agreement__service")
EXISTS = {
    AgreementKind.CUSTOMER: _("There is an agreement for this customer and service already. Write a new version of it."),
    AgreementKind.INTERNAL: _("There is an agreement with this team about this service already. Write a new version of it."),
    AgreementKind.SUPPLIER: _("There is a contract with this supplier about this service already. Write a new version of it."),
}


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
    note = "" if imported else gettext("Default targets")
    version = AgreementVersion.objects.create(
        agreement=agreement, no=1, effective_from=effective_from or at, imported=imported, approved_note=note
    )
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


def support_targets(version):
    """Unsaved targets of a first draft of a team's or a supplier's promise: half of the default resolution, so that ours can be kept."""
    held = {calendar.code: calendar for calendar in calendars.ensure_defaults()}
    return [
        Target(version=version, tier=tier, priority=priority, metric=Metric.SUPPORT, seconds=resolution // 2, calendar=held[code])
        for (tier, priority), (_response, resolution, code) in DEFAULTS.items()
    ]


@verb
def make_agreement(*, by, name, customer=None, team=None, supplier=None, service=None, at=None):
    """A new agreement with one customer, team or supplier, and a first draft. Raises NotAllowed, Refused."""
    must_keep(by)
    kind = _kind_with(customer, team, supplier)
    if Agreement.objects.living().filter(customer=customer, team=team, supplier=supplier, service=service).exists():
        raise Refused(EXISTS[kind], code="exists")
    agreement = Agreement.objects.create(kind=kind, customer=customer, team=team, supplier=supplier, service=service, name=name)
    version = AgreementVersion.objects.create(agreement=agreement, no=1, effective_from=at or clock.now())
    tier = service.criticality if service else None
    first = default_targets(version) if kind == AgreementKind.CUSTOMER else support_targets(version)
    Target.objects.bulk_create([target for target in first if tier in (None, target.tier)])
    return agreement


def _kind_with(customer, team, supplier):
    """The kind of an agreement with that party. Raises Refused unless there is exactly one."""
    parties = {AgreementKind.CUSTOMER: customer, AgreementKind.INTERNAL: team, AgreementKind.SUPPLIER: supplier}
    named = [kind for kind, party in parties.items() if party is not None]
    if len(named) != 1:
        raise Refused(_("An agreement is with one customer, one team or one supplier. Choose one of them."), code="party")
    return named[0]


@verb
def draft_version(agreement, *, by, at=None):
    """A draft that begins as the newest version stands; an open draft is returned as it is. Raises NotAllowed, Refused."""
    must_keep(by)
    agreement = living(agreement)
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
    must_keep(by)
    version = open_version(version)
    if version.status != VersionStatus.DRAFT:
        raise Refused(_("This version is offered. Take the offer back before you change it."), code="offered")
    if abs(terms.get("effective_from", version.effective_from) - clock.now()) > LONGEST_AHEAD:
        raise Refused(_("Choose a day within the next five years."), code="too_far")
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
def end_agreement(agreement, *, by, at=None):
    """No contact from now on is promised anything by it; running clocks keep what they were promised. Raises NotAllowed, Refused.

    What is still offered is taken back.
    """
    must_keep(by)
    agreement = living(agreement)
    at = at or clock.now()
    for version in agreement.versions.select_for_update(of=("self",)).filter(status__in=UNDER_WAY):
        take_back(version, by=by, at=at)
    agreement.ended_at = at
    agreement.save(update_fields=["ended_at"])
    return agreement


def take_back(version, *, by, at):
    """Make a locked version a draft again; the links that were mailed open nothing any more."""
    version.withdraw(by=by, at=at)
    version.save()
    links.revoke(version, ACCEPT_LINK, at=at)


def must_keep(by):
    """Raise NotAllowed unless somebody (None: the system) may keep agreements."""
    if by is not None and not rules.may_keep_agreements(by):
        raise NotAllowed(rules.may_keep_agreements.sentence)


def living(agreement):
    """The agreement, locked. Raises Refused when it has ended."""
    agreement = Agreement.objects.select_for_update(of=("self",)).get(pk=agreement.pk)
    if agreement.ended_at:
        raise Refused(_("This agreement has ended. Make a new one."), code="ended")
    return agreement


def open_version(version):
    """The version, locked after its agreement. Raises Refused when it is published or the agreement has ended."""
    living(version.agreement)
    version = AgreementVersion.objects.select_for_update(of=("self",)).select_related(*PARTIES).get(pk=version.pk)
    if not version.is_draft:
        raise Refused(_("This version is published and never changes. Write a new one."), code="published")
    return version

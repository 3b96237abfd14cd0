"""Which agreement covers a contact, and what it promises. Reads only."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property, lru_cache
from typing import NamedTuple

from django.db.models import Q
from django.utils.translation import gettext as _

from itsm.calendars.models import Calendar, CalendarVersion
from sla import log
from sla.models import AgreementKind, AgreementVersion, Metric, Target

STARTED = (Metric.RESPONSE, Metric.RESOLUTION)


def metrics_of(agreement):
    """The metrics that an agreement of its kind may promise."""
    return (*STARTED, Metric.NEXT_UPDATE) if agreement.kind == AgreementKind.CUSTOMER else (Metric.SUPPORT,)


class Promised(NamedTuple):
    """One metric's target in seconds of service time, when it would be due, and the calendar version that counts."""

    seconds: int
    due_at: datetime
    calendar_version: CalendarVersion


@dataclass
class Promise:
    """What a contact is promised; without an agreement there is no version and no target."""

    agreement_version: AgreementVersion | None = None
    targets: dict = field(default_factory=dict)

    def __bool__(self):
        return bool(self.targets)

    @property
    def first_due_at(self):
        """The earliest due time promised, or None."""
        return min((target.due_at for target in self.targets.values()), default=None)

    @cached_property
    def explanation(self):
        """One sentence in the active language: which agreement, which version, which hours. One query."""
        if self.agreement_version is None:
            return _("No agreement with this customer covers this. The clocks run without a promise.")
        return _explained(self.agreement_version, self.targets)


def promise(customer, service, priority, contacted_at):
    """The Promise for a contact of that customer about that service; nothing is written. At most three queries."""
    version = version_in_force(customer.pk, service.pk if service else None, contacted_at)
    if version is None:
        return Promise()
    targets = {
        metric: Promised(seconds, calendar.hours().add(contacted_at, timedelta(seconds=seconds)), calendar)
        for metric, (seconds, calendar) in targets_of(version, tier_of(service), priority).items()
    }
    return Promise(version, targets)


def tier_of(service):
    """The tier that selects the targets: the service's criticality."""
    return service.criticality if service else "non_core"


def version_in_force(customer_id, service_id, at):
    """The agreement version in force for a contact at that instant, or None; the service's own agreement comes first."""
    return _own_first(_in_force(service_id, at).filter(agreement__customer=customer_id))


def support_promise(*, team=None, supplier=None, service, tier, priority, at):
    """What a team or a supplier promises us for a hand-over at that instant: (version, seconds, calendar version), or None.

    Their agreement about the service comes before their agreement about everything.
    """
    if team is None and supplier is None:
        return None
    party = {"agreement__team": team} if team is not None else {"agreement__supplier": supplier}
    version = _own_first(_in_force(service.pk if service else None, at).filter(**party))
    held = _one_target(version, tier, priority, Metric.SUPPORT) if version else None
    return (version, *held) if held else None


def next_update_of(version, tier, priority):
    """How often the customer is owed an update: (seconds, newest calendar version), or None when nothing is promised."""
    return _one_target(version, tier, priority, Metric.NEXT_UPDATE)


def _in_force(service_id, at):
    """Versions in force at that instant of agreements about that service, or about every service."""
    return AgreementVersion.objects.filter(
        Q(agreement__service=service_id) | Q(agreement__service=None) if service_id else Q(agreement__service=None),
        Q(agreement__ended_at=None) | Q(agreement__ended_at__gt=at),
        published_at__isnull=False, effective_from__lte=at,
    )  # fmt: skip


def _own_first(candidates):
    """Of versions of one party, the newest of the service's own agreement, else of the one about everything; or None."""
    found = candidates.select_related("agreement").order_by("-effective_from", "-no")
    return min(found, key=lambda version: version.agreement.service_id is None, default=None)


def _one_target(version, tier, priority, metric):
    """One metric's (seconds, newest calendar version), or None."""
    held = _targets(version.pk).get((tier, priority, metric))
    if held is None:
        return None
    seconds, calendar_id = held
    return seconds, newest_calendars({calendar_id})[calendar_id]


def targets_of(version, tier, priority):
    """`{metric: (seconds, newest calendar version)}` of the clocks that a record starts with."""
    held = every_target_of(version, tier, priority)
    return {metric: found for metric, found in held.items() if metric in STARTED}


def every_target_of(version, tier, priority):
    """`{metric: (seconds, newest calendar version)}` of all that a version promises for a criticality and priority."""
    chosen = {m: held for (t, p, m), held in _targets(version.pk).items() if (t, p) == (tier, priority)}
    calendars = newest_calendars({calendar_id for _seconds, calendar_id in chosen.values()})
    return {metric: (seconds, calendars[calendar_id]) for metric, (seconds, calendar_id) in sorted(chosen.items(), reverse=True)}


def newest_calendars(ids):
    """`{calendar id: newest version}`; shared objects."""
    if not ids:
        return {}
    newest = CalendarVersion.objects.filter(calendar__in=ids).order_by("calendar_id", "-no").distinct("calendar_id")
    newest = dict(newest.values_list("calendar_id", "pk"))
    versions = log.calendar_versions(set(newest.values()))
    return {calendar_id: versions[pk] for calendar_id, pk in newest.items()}


@lru_cache(maxsize=1024)
def _targets(version_id):
    """A published version's targets; kept a process long, because they never change."""
    return {(t.tier, t.priority, t.metric): (t.seconds, t.calendar_id) for t in Target.objects.filter(version=version_id)}


def _explained(version, targets):
    """One sentence: which agreement, which version, which hours."""
    if not targets:
        return _("%(agreement)s, version %(no)s, promises nothing for this priority.") % {"agreement": version.agreement, "no": version.no}
    calendars = Calendar.objects.in_bulk({promised.calendar_version.calendar_id for promised in targets.values()})
    hours = ", ".join(str(calendar) for calendar in calendars.values())
    said = _("%(agreement)s, version %(no)s · %(hours)s") % {"agreement": version.agreement, "no": version.no, "hours": hours}
    if version.imported:
        said += " · " + _("imported, not agreed")
    if any(promised.calendar_version.is_provisional(promised.due_at) for promised in targets.values()):
        said += " · " + _("provisional: the holidays of that time are not official yet")
    return said

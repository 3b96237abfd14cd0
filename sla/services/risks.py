"""Warnings before something is promised: round the clock without a rota, and promises to us that are slower than ours (8.3.4)."""

from datetime import timedelta

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.models import Criticality, Service
from itsm.calendars.models import CalendarVersion
from itsm.calendars.services import CHINA, OFFICE
from itsm.calendars.worktime import covers
from itsm.core.wording import duration
from itsm.people.models import Appointment, Shift, Team
from sla.models import AgreementKind, AgreementVersion, Metric
from sla.services.promises import newest_calendars

ROTA_CHECKED = timedelta(days=14)
COVER_CHECKED = timedelta(days=366)
SLOW = (
    gettext_lazy("%(agreement)s with %(party)s is slower than this promise: %(rows)s. Agree on less time with them, or promise more time."),
    gettext_lazy("%(agreement)s with %(party)s promises a faster repair: %(rows)s. Agree on less time here, or promise them more."),
)
SHUT = (
    gettext_lazy("%(agreement)s with %(party)s is shut at times when this promise counts: %(rows)s. Agree on wider hours with them."),
    gettext_lazy("%(agreement)s with %(party)s counts at times when this one is shut: %(rows)s. Agree on wider hours here."),
)
"""Said of a promise to us, and of a promise of ours to a customer."""


def risks(version, at):
    """Every warning about a draft at that instant, as sentences: the thing, and what to do about it."""
    targets = list(version.targets.select_related("calendar"))
    hours = {pk: held.hours() for pk, held in newest_calendars({t.calendar_id for t in targets}).items()}
    if version.agreement.kind == AgreementKind.CUSTOMER:
        return _without_rota(version, targets, hours, at) + _slower_than_ours(version, at)
    return _slower_than_promised(version, at)


def _without_rota(version, targets, hours, at):
    """A team whose services are promised round the clock, and of which nobody has a shift outside the office's hours."""
    always = [t for t in targets if t.calendar_id in hours and hours[t.calendar_id].always]
    teams = _responsible(version.agreement.service, {t.tier for t in always}) if always else []
    covered = _on_call(teams, at)
    words = {"rows": _rows({(t.tier, t.priority) for t in always})}
    return [
        _(
            "%(rows)s: promised round the clock, but nobody of %(team)s has a shift outside office hours in the next 14 days. "
            "Plan their duty, or choose a calendar that they work by."
        )
        % (words | {"team": team.label()})
        for team in teams
        if team.pk not in covered
    ]


def _responsible(service, tiers):
    """The teams that answer for a service, or for every live service of those tiers."""
    if service:
        return [service.team] if service.team else []
    live = Service.objects.live().filter(criticality__in=tiers, team__isnull=False)
    return list(Team.objects.filter(pk__in=live.values("team")).order_by("name"))


def _on_call(teams, at):
    """Ids of the teams of which somebody has a shift reaching outside the office's hours in the coming days."""
    office = CalendarVersion.objects.filter(calendar__code=OFFICE).order_by("-no").first()
    office = office.hours() if office else CHINA
    until = at + ROTA_CHECKED
    shifts = Shift.objects.filter(starts_at__lt=until, ends_at__gt=at, person__is_active=True)
    own = shifts.filter(team__in=teams).values_list("team_id", "starts_at", "ends_at")
    held = shifts.filter(team=None, person__appointments__in=Appointment.objects.current(at).filter(team__in=teams))
    spans = [*own, *held.values_list("person__appointments__team_id", "starts_at", "ends_at")] if teams else []
    cut = [(team, max(starts, at), min(ends, until)) for team, starts, ends in spans]
    return {team for team, starts, ends in cut if office.between(starts, ends) < ends - starts}


def _slower_than_ours(version, at):
    """Teams and suppliers in force that promise us less than this version promises the customer."""
    service = version.agreement.service_id
    about = Q(agreement__service=service) | Q(agreement__service=None) if service else Q()
    theirs = _in_force(at).exclude(agreement__kind=AgreementKind.CUSTOMER).filter(about)
    return [sentence for their in theirs for sentence in _compared(version, their, their.agreement, at)]


def _slower_than_promised(version, at):
    """Customers in force to whom we promise more than this version promises us."""
    service = version.agreement.service_id
    about = Q(agreement__service=service) | Q(agreement__service=None) if service else Q()
    ours = _in_force(at).filter(about, agreement__kind=AgreementKind.CUSTOMER)
    return [sentence for our in ours for sentence in _compared(our, version, our.agreement, at)]


def _in_force(at):
    """The version of each living agreement that is in force at an instant, with its targets."""
    versions = AgreementVersion.objects.filter(agreement__ended_at=None, published_at__isnull=False, effective_from__lte=at)
    newest = versions.order_by("agreement_id", "-effective_from", "-no").distinct("agreement_id")
    shown = AgreementVersion.objects.filter(pk__in=newest.values("pk")).order_by("agreement__name", "pk")
    parties = ("agreement__customer", "agreement__team", "agreement__supplier", "agreement__service")
    return shown.select_related(*parties).prefetch_related("targets")


def _compared(our, their, named, at):
    """Where a promise to us is slower than our promise of a repair, or its hours don't contain ours; at most two sentences."""
    ours, theirs = _repairs(our, Metric.RESOLUTION), _repairs(their, Metric.SUPPORT)
    common = sorted(key for key in theirs if key in ours and _meet(our.agreement.service, their.agreement.service, key[0]))
    slow = [key for key in common if theirs[key].seconds > ours[key].seconds]
    hours = {pk: held.hours() for pk, held in newest_calendars({t.calendar_id for side in (ours, theirs) for t in side.values()}).items()}
    until = at + COVER_CHECKED
    shut = [key for key in common if not covers(hours[theirs[key].calendar_id], hours[ours[key].calendar_id], at, until)]
    who = {"agreement": named.name, "party": named.party}
    found = []
    if slow:
        rows = ", ".join(_longer(key, theirs[key].seconds, ours[key].seconds) for key in slow)
        found.append(SLOW[named.kind == AgreementKind.CUSTOMER] % (who | {"rows": rows}))
    if shut:
        found.append(SHUT[named.kind == AgreementKind.CUSTOMER] % (who | {"rows": _rows(shut)}))
    return found


def _meet(ours, theirs, tier):
    """Whether a promise to us about `theirs` bears on one of ours about `ours` (None: every service) at a tier."""
    if ours is None and theirs is not None:
        return theirs.criticality == tier
    return theirs is None or ours == theirs


def _repairs(version, metric):
    return {(t.tier, t.priority): t for t in version.targets.all() if t.metric == metric}


def _longer(key, theirs, ours):
    """One row of a comparison: "Core P1 4 h instead of 2 h"."""
    words = {"row": _rows([key]), "theirs": duration(theirs), "ours": duration(ours)}
    return _("%(row)s %(theirs)s instead of %(ours)s") % words


def _rows(keys):
    return ", ".join(f"{Criticality(tier).label} P{priority}" for tier, priority in sorted(keys))

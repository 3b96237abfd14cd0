"""How services, changes, suppliers and people did, in figures that `reports` keeps and in what stands in the records."""

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from audits.inputs.lines import Line, days, of_figure
from audits.models import Process, ProcessOwner, Run
from catalog.models import Entitlement, Service
from changes.models import Change, Transition
from changes.models.transition import TransitionStatus
from incidents.models import Incident
from itsm.core import measures
from itsm.people.models import Appointment, Organisation, Person, Role
from itsm.people.zones import company_day
from reports import figures
from reports.models import NOBODY
from sla.models import Agreement, AgreementVersion

MEASURED = ("logged_in_time", "mtta", "mttr", "reopen_rate", "first_contact", "pause_share", "escalation_punctuality", "backlog_overdue")
PROMISES = ("attainment_response", "attainment_resolution", "attainment_update")
CHANGED = ("change_success", "emergency_rate", "backed_out_rate", "approval_in_target", "approval_lead_time")
AHEAD = 90
"""Days that are looked ahead."""


def _figures(asked, keys):
    """`[Line]` of these measures over the period and the one before; a fixed number of statements."""
    wanted = [measure for key in keys if (measure := measures.named(key))]
    now = figures.read(asked.scope, wanted, percentiles=False)[""]
    former = figures.read(asked.former, [measure for measure in wanted if not measure.is_live], percentiles=False)[""]
    return [of_figure(measure, now[measure.key], former.get(measure.key), asked.scope) for measure in wanted]


def measurements(asked):
    """The main measures of the desk."""
    return _figures(asked, MEASURED)


def feedback(asked):
    """What customers gave in stars, how many did, and how many confirmed the solution."""
    rating = measures.named("rating")
    now, former = (figures.one(scope, rating) for scope in (asked.scope, asked.former))
    told = Line("ratings", _("Customers who gave stars"), now.number, former.number, better="up", url=_figures(asked, ["rating"])[0].url)
    return [of_figure(rating, now, former, asked.scope), told, *_figures(asked, ["closed_confirmed", "closed_lapsed"])]


def service_performance(asked):
    """Promises kept, in all and by service."""
    kept = measures.named("attainment_resolution")
    now, former = (figures.read(scope, [kept], "service", percentiles=False) for scope in (asked.scope, asked.former))
    names = Service.objects.in_bulk([key for key in now if key not in ("", NOBODY)])
    by_service = [
        of_figure(kept, now[key][kept.key], former.get(key, {}).get(kept.key), asked.scope, label=_of_service(names[key]), service=key)
        for key in sorted(names, key=lambda key: names[key].code)
    ]
    return [*_figures(asked, PROMISES), *by_service]


def _of_service(service):
    return lambda: _("Resolutions kept: %(service)s") % {"service": service}


def changes(asked):
    """How changes went, and which are coming within 90 days."""
    soon = Q(starts_at__gt=asked.at, starts_at__lte=asked.at + days(AHEAD))
    coming = Change.objects.open().filter(soon).aggregate(all=Count("id"), emergency=Count("id", filter=Q(kind="emergency")))
    handed = Transition.objects.exclude(status__in=(TransitionStatus.HANDED_OVER, TransitionStatus.CANCELLED)).count()
    return [
        *_figures(asked, CHANGED),
        Line("coming", _("Changes planned for the next 90 days"), coming["all"], url=reverse("changes:calendar")),
        Line("transitions", _("Services being introduced, handed over or retired"), handed, url=reverse("changes:transitions")),
    ]


def suppliers(asked):
    """Suppliers, what they promised and kept, and whether that carries what we promise; the last runs of two rules say so."""
    now, then = _runs(asked.end), _runs(asked.period.since)
    count = Organisation.objects.filter(kind=Organisation.Kind.SUPPLIER, retired_at=None).count()
    lines = [Line("suppliers", _("Suppliers"), count, url=reverse("sla:agreements"))]
    for rule, label in (("T-8.3.4a", _("Of them without a contract in force")), ("T-8.3.4b", _("Contracts that don’t carry our promises"))):
        lines.append(Line(rule, label, now.get(rule), then.get(rule), better="down", url=reverse("audits:rule", args=[rule])))
    return [*lines, *_figures(asked, ["attainment_support"])]


def _runs(at):
    runs = Run.objects.done().filter(rule__in=("T-8.3.4a", "T-8.3.4b"), until__lte=at).order_by("rule", "-id").distinct("rule")
    return {run.rule: run.failed for run in runs}


def resources(asked):
    """Who is here, what they carry, and who is missing; four queries."""
    today, former = company_day(asked.end), company_day(asked.period.since)
    rows = Person.objects.internal()
    here = rows.aggregate(now=Count("id", filter=_here(today)), before=Count("id", filter=_here(former)),
                          joined=Count("id", filter=Q(joined_on__gt=former, joined_on__lte=today)),
                          left=Count("id", filter=Q(left_on__gt=former, left_on__lte=today)))  # fmt: skip
    posts = Appointment.objects.standing().filter(role__in=(Role.ENGINEER, Role.SERVICE_DESK))
    posts = posts.aggregate(now=Count("person", distinct=True, filter=Q(valid__contains=today)),
                            before=Count("person", distinct=True, filter=Q(valid__contains=former)))  # fmt: skip
    told = [Incident.objects.filter(contacted_at__gte=p.since, contacted_at__lt=p.until).count() for p in (asked.period, asked.before)]
    return [
        Line("people", _("Our people"), here["now"], here["before"], url=reverse("people:people")),
        Line("joined", _("Joined in the period"), here["joined"]), Line("left", _("Left in the period"), here["left"], better="down"),
        Line("workers", _("People who work on tickets"), posts["now"], posts["before"]),
        Line("load", _("Incidents reported for each of them"), _each(told[0], posts["now"]), _each(told[1], posts["before"]),
             better="down"),
        _unowned(asked.at),
    ]  # fmt: skip


def _here(day):
    return (Q(joined_on=None) | Q(joined_on__lte=day)) & (Q(left_on=None) | Q(left_on__gt=day))


def _each(number, people):
    return round(number / people, 1) if people else None


def _unowned(at):
    held = ProcessOwner.objects.current(at).filter(owner__is_active=True)
    lacking = Process.objects.exclude(pk__in=held.values("process")).count()
    return Line("unowned", _("Processes without an owner"), lacking, better="down", url=reverse("audits:processes"))


def services(asked):
    """What is in the catalogue, who has it, and which agreements are in force; four queries."""
    today, former = company_day(asked.end), company_day(asked.period.since)
    gone = Q(retired_at__gte=asked.period.since, retired_at__lt=asked.end)
    live = Service.objects.aggregate(now=Count("id", filter=Q(retired_at=None)),
                                     retired=Count("id", filter=gone))  # fmt: skip
    held = Entitlement.objects.aggregate(now=Count("customer", distinct=True, filter=Q(valid__contains=today)),
                                         before=Count("customer", distinct=True, filter=Q(valid__contains=former)))  # fmt: skip
    versions = AgreementVersion.objects.filter(published_at__gte=asked.period.since, published_at__lt=asked.end).count()
    agreed = Agreement.objects.filter(ended_at=None, versions__published_at__isnull=False).distinct().count()
    return [
        Line("live", _("Services in the catalogue"), live["now"], url=reverse("catalog:services")),
        Line("retired", _("Services retired in the period"), live["retired"]),
        Line("customers", _("Customers who have a service"), held["now"], held["before"], url=reverse("people:organisations")),
        Line("agreements", _("Agreements in force"), agreed, url=reverse("sla:agreements")),
        Line("versions", _("Versions agreed in the period"), versions),
        *_figures(asked, ["promised"]),
    ]

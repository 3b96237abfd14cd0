"""What clocks tell people (a warning, a breach, what follows it, that they are wrong themselves), and what agreements tell them."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from itsm.core import wording
from itsm.notices.kinds import Kind, register
from sla.models import Clock, ClockState, Metric

WARNING = "sla.warning"
BREACH = "sla.breach"
ESCALATION = "sla.escalation"
DRIFT = "sla.drift"
STEPS = (WARNING, BREACH, ESCALATION)
SHOWN = 20
OFFERED = "sla.offered"
ACCEPTED = "sla.accepted"
ASKED = "sla.asked"
ACCEPT_LINK = "accept"

SUBJECTS = {
    (WARNING, Metric.RESPONSE): _("%(percent)s %% of the response time is used: %(about)s"),
    (WARNING, Metric.RESOLUTION): _("%(percent)s %% of the resolution time is used: %(about)s"),
    (WARNING, Metric.NEXT_UPDATE): _("%(percent)s %% of the time to the next update is used: %(about)s"),
    (WARNING, Metric.SUPPORT): _("%(percent)s %% of the time of an internal or supplier promise is used: %(about)s"),
    (BREACH, Metric.RESPONSE): _("Response time breached: %(about)s"),
    (BREACH, Metric.RESOLUTION): _("Resolution time breached: %(about)s"),
    (BREACH, Metric.NEXT_UPDATE): _("Next update overdue: %(about)s"),
    (BREACH, Metric.SUPPORT): _("Internal or supplier promise breached: %(about)s"),
    (ESCALATION, Metric.RESPONSE): _("%(over)s over the response target: %(about)s"),
    (ESCALATION, Metric.RESOLUTION): _("%(over)s over the resolution target: %(about)s"),
    (ESCALATION, Metric.NEXT_UPDATE): _("Next update overdue by %(over)s: %(about)s"),
    (ESCALATION, Metric.SUPPORT): _("%(over)s over an internal or supplier promise: %(about)s"),
}


def register_all():
    """Make the kinds known to the notices."""
    told = {"context": _context, "acts": acknowledging}
    register(Kind(WARNING, _subject, "emails/sla/warning", label=_("A promise is running out"), **told))
    register(Kind(BREACH, _subject, "emails/sla/breach", obligatory=True, **told))
    register(Kind(ESCALATION, _subject, "emails/sla/escalation", obligatory=True, **told))
    register(Kind(DRIFT, _drifts, "emails/sla/drift", context=_drifting, obligatory=True, url=_heartbeat))
    offer = {"channels": ("mail",), "link_purpose": ACCEPT_LINK, "obligatory": True}
    register(Kind(OFFERED, _("Please read and decide: %(about)s"), "emails/sla/offered", **offer))
    register(Kind(ACCEPTED, _("Accepted by the customer: %(about)s"), "emails/sla/accepted", obligatory=True))
    register(Kind(ASKED, _("The customer asks for something else: %(about)s"), "emails/sla/asked", obligatory=True, context=_asking))


def acknowledging(notices):
    """`{notice id: (label, address to post to)}` of those whose escalation still waits for somebody to say they saw it. One query."""
    clocks = {notice.params.get("clock") for notice in notices} - {None}
    waiting = Clock.objects.filter(pk__in=clocks, state=ClockState.RUNNING, ack_due_at__isnull=False) if clocks else ()
    asked = {clock.pk: reverse("sla:acknowledge", args=[clock.pk]) for clock in waiting}
    return {notice.pk: (gettext("I have seen it"), asked[key]) for notice in notices if (key := notice.params.get("clock")) in asked}


def _subject(notice):
    params = notice.params
    places = {"percent": params.get("percent"), "over": wording.duration(params.get("over_s") or 0), "about": _about(notice)}
    said = SUBJECTS[notice.kind, params["metric"]] % places
    return gettext("Nobody has seen the last step yet. %(said)s") % {"said": said} if params.get("early") else said


def _about(notice):
    subject = notice.record.sla_subject()
    return f"P{notice.params['priority']} {subject.number} {subject.title}"


def _heartbeat(_notice):
    return reverse("heartbeat")


def _drifts(notice):
    found = notice.params["count"]
    return ngettext("%(count)s clock differs from its log", "%(count)s clocks differ from their log", found) % {"count": found}


def _context(notice):
    """What the mail says beside its subject."""
    due_at = notice.params.get("due_at")
    return {"subject_of": notice.record.sla_subject(), "due": datetime.fromisoformat(due_at) if due_at else None}


def _drifting(notice):
    """Which clocks differ, and in what, a line each."""
    return {"shown": [f"{drift['record']} {drift['metric']}: {', '.join(drift['what'])}" for drift in notice.record.drifts[:SHOWN]]}


def _asking(notice):
    """Who asked for something else."""
    line = notice.record.negotiations.select_related("said_by").order_by("seq").last()
    return {"who": line.said_by if line else None}

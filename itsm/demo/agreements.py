"""Agreements of the demo that are under way: one offered, one in negotiation, and what a team of ours promises the others."""

from datetime import datetime, time, timedelta

from django.utils import translation

from itsm.demo.company import HOME, Company
from itsm.links.models import SignedLink
from itsm.links.services import Facts
from itsm.people.zones import company_day
from sla import services as sla
from sla.kinds import ACCEPT_LINK
from sla.models import Agreement, WayOut
from sla.purposes import shown_to_accept

MANAGER = "shen.ruoning"
A_DAY = timedelta(days=1)
FASTER = {("core", 1, "response"): 60, ("core", 2, "response"): 5 * 60}
WANTED = "We run a night shift now: please promise P1 and P2 of every service round the clock, also the non-core ones."
ABLE = "Round the clock for non-core P1, with the colleagues on call. P2 stays within office hours."
INVEST = "One more colleague on call from January; the price follows with the next offer."
EXCEPTIONS = {"SG": "双十一封网期内的计划变更不受理。", "HL": "Planned maintenance announced five working days before."}


def negotiate(company: Company, now):
    """Write them down as of the last days; nothing here changes what is in force today."""
    promised = sla.make_agreement(by=None, team=company.teams["platform"], name="OLA-云平台组", at=company.founded_at)
    note = "部门例会纪要，云平台组与服务台负责人在场。"
    sla.publish_version(promised.versions.get(), by=None, approved_note=note, at=company.founded_at)
    _offer(company, "SG", now, now - timedelta(minutes=25))
    talked = _offer(company, "HL", now, now - 5 * A_DAY)
    _ask(company, talked, now - 3 * A_DAY)
    sla.negotiate_version(
        talked, by=company.people[MANAGER], about="Hours", wanted=WANTED, able=ABLE, way_out=WayOut.INVEST, words=INVEST, at=now - 2 * A_DAY
    )


def _offer(company, key, now, at):
    """A second version for a customer with faster answers, offered at that instant."""
    manager = company.people[MANAGER]
    agreement = Agreement.objects.get(customer=company.customers[key])
    draft = sla.draft_version(agreement, by=manager, at=at)
    held = {(t.tier, t.priority, t.metric): (FASTER.get((t.tier, t.priority, t.metric), t.seconds), t.calendar) for t in _targets(draft)}
    begins = datetime.combine(company_day(now) + 20 * A_DAY, time(), HOME)
    terms = {"effective_from": begins, "availability": "99.9", "monthly_tickets": 120, "exceptions": EXCEPTIONS[key]}
    draft = sla.save_draft(draft, by=manager, targets=held, service_calendar_id=company.office.pk, **terms)
    return sla.offer_version(draft, by=manager, at=at)


def _targets(version):
    return version.targets.select_related("calendar")


def _ask(company, version, at):
    """The representative follows the link of the mail and asks for something else."""
    link = SignedLink.objects.about(version).get(purpose=ACCEPT_LINK)
    with translation.override(link.person.language):
        facts = Facts(ip="203.0.113.9", language=link.person.language, shown_text=shown_to_accept(link))
        sla.ask_otherwise(version, by=link.person, link=link, facts=facts, wanted=WANTED, at=at)

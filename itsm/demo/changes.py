"""Changes at the demo company: three months of them from request to review, and today's in every state."""

from datetime import datetime, time, timedelta

from django.db.models import F
from django.utils import translation

from catalog import services as catalog
from changes import risk, services
from changes.kinds import APPROVE_LINK
from changes.models import Change, Seat
from changes.purposes import shown_to_approve
from changes.services.deciders import Deciders
from incidents.models import Incident
from itsm.demo import estate, releases
from itsm.demo.changes_told import MODEL, PAST, TODAY, Told
from itsm.demo.company import HOME, Company
from itsm.links import services as links
from itsm.links.services import Facts
from itsm.notices.models import Delivery, Notice
from itsm.people.zones import company_day

A_DAY, AN_HOUR, A_MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
MANAGER, OPS, TOP = "shen.ruoning", "fang.yuan", "gu.ming"
POINTS = {"low": 0, "medium": 1, "high": 2}


class Stage:
    """Plays changes as told: each act at its instant, by whom it belongs to."""

    def __init__(self, company: Company, now, items):
        self.company, self.now, self.items = company, now, items
        self.closed = []
        """(begin, end) of the freezes of everything."""

    def person(self, username):
        return self.company.people[username]

    def raised(self, told: Told, at):
        """A draft with its risk answered."""
        starts_at = self.begin(told, at)
        change = services.raise_change(
            by=self.person(told.asker), at=at, kind=told.kind, category=told.category, title=told.title, reason=told.reason,
            benefit=told.benefit, impact=told.impact, interrupts=told.interrupts, back_out_plan=told.back_out, test_evidence=told.tests,
            plan=[{"words": words, "minutes": minutes} for words, minutes in told.plan], implementer=self.person(told.doer),
            starts_at=starts_at, ends_at=starts_at + told.length,
            services=[self.company.services[code] for code in told.services], items=[self.items[code] for code in told.items],
            customers=[self.company.customers[key] for key in told.customers], model=self.model if told.model else None,
        )  # fmt: skip
        if told.kind == "standard" or told.unassessed:
            return change
        if told.kind == "emergency":
            self.answer(change, at)
        answers = {question["code"]: POINTS[told.risk] for question in risk.SHIPPED_QUESTIONS}
        return services.assess(change, by=self.person(told.asker), at=at, answers=answers)

    def begin(self, told, at):
        """When its window begins; what was carried out kept clear of the freezes."""
        starts_at = told.starts_at(at)
        for begins, ends in self.closed if told.ends else ():
            while starts_at < ends and starts_at + told.length > begins:
                starts_at += A_DAY
        return starts_at

    def answer(self, change, at):
        """Name an incident of these days that the emergency answers."""
        incident = Incident.objects.filter(contacted_at__lte=at).order_by("-contacted_at")[0]
        services.answer(change, by=change.requester, number=incident.shown_number, at=at)

    def decided(self, change, at, told, choice="approve", words=""):
        """Everybody who is asked decides, one after the other; returns the change."""
        for no, seat in enumerate(Seat.objects.filter(stage__round__change=change, stage__outcome="pending").order_by("id")):
            if told.only and seat.role not in told.only:
                continue
            self.decide(seat, at + (no + 1) * told.wait, choice, words)
            if change.kind == "emergency" or choice == "reject":
                break
        return Change.objects.get(pk=change.pk)

    def decide(self, seat, at, choice, words=""):
        person = Deciders(seat.stage.round.change, [seat], at).of(seat)[0].person
        if seat.role != "customer_representative":
            return services.decide(seat, by=person, choice=choice, words=words, at=at)
        link = links.issue(APPROVE_LINK, seat.stage.round.change, person, at=at - A_MINUTE)
        with translation.override(person.language):
            facts = Facts(ip="203.0.113.7", language=person.language, shown_text=shown_to_approve(link))
            return services.decide(seat, by=person, choice=choice, words=words, link=link, facts=facts, at=at)

    def submitted(self, told, at):
        """Raised, and submitted or taken up."""
        change = self.raised(told, at)
        submit = services.take_up if told.kind == "standard" else services.submit
        return submit(change, by=self.person(told.asker), at=at + 20 * A_MINUTE)

    def live(self, told: Told):
        """A change of the past, from its request to its end."""
        at = self.now - told.ago
        change = self.submitted(told, at)
        if told.kind != "standard":
            change = self.decided(change, at + 20 * A_MINUTE, told, *(("reject", told.ending) if told.ends == "rejected" else ()))
        if told.release:
            releases.send_out(self, told.release, change)
        if told.ends != "rejected":
            self.carry_out(change, told)
        if told.release:
            releases.look_back(change, told.release, change.ends_at + 2 * A_DAY)

    def carry_out(self, change, told):
        """From the start in its window to the closed record."""
        doer, at = change.implementer, change.starts_at + 2 * A_MINUTE
        change = services.start(change, by=doer, at=at)
        for no, (_words, minutes) in enumerate(told.plan or [(s["words"], s["minutes"]) for s in change.plan], start=1):
            services.begin_step(change, by=doer, no=no, at=at)
            at += minutes * A_MINUTE
            if told.ends == "backed_out" and no == 2:
                return self.end(services.back_out(change, by=doer, at=at, reason=told.ending), told, at)
            services.end_step(change, by=doer, no=no, result="done", at=at)
        return self.end(services.implement(change, by=doer, at=at + A_MINUTE), told, at)

    def end(self, change, told, at):
        """Items up to date, answered for, looked back on, closed."""
        self.update_items(change, told, at + 10 * A_MINUTE)
        if told.kind == "emergency":
            change = self.decided_after(change, at + 2 * AN_HOUR)
        if change.review_due:
            judge = self.person(MANAGER if change.implementer.username != MANAGER else OPS)
            result = {"successful": "successful", "with_issues": "with_issues"}.get(told.ends, "backed_out")
            services.look_back(change, by=judge, at=at + A_DAY, words=told.ending or "按计划完成，没有意外。", result=result)
        result = "backed_out" if told.ends == "backed_out" else told.ends
        services.close(Change.objects.get(pk=change.pk), by=change.requester, result=result, at=at + A_DAY + AN_HOUR)

    def decided_after(self, change, at):
        for no, seat in enumerate(Seat.objects.filter(stage__round__change=change, stage__outcome="pending").order_by("id")):
            self.decide(seat, at + no * 20 * A_MINUTE, "approve")
        return Change.objects.get(pk=change.pk)

    def update_items(self, change, told, at):
        """What the change made of its items is written down under it; the others are confirmed as they are."""
        for code, details in told.leaves.items():
            facts = {"details": {**self.items[code].details, **details}}
            catalog.update_item(self.items[code], by=change.implementer, facts=facts, change=change, at=at)
        unchanged = [item for item in change.items.all() if item.code not in told.leaves]
        services.confirm_items(change, by=change.implementer, unchanged=unchanged, at=at)

    def approve_model(self):
        """The model of a routine change, written by an engineer and approved by the service manager."""
        at = self.company.founded_at + A_DAY
        model = services.write_model(by=self.person("chen.ke"), at=at, **MODEL)
        due = company_day(self.now) + 200 * A_DAY
        self.model = services.approve_model(model, by=self.person(MANAGER), review_due_on=due, at=at + AN_HOUR)

    def freeze(self):
        """双十一, the next one and the last, and the days around the end of the year."""
        today = company_day(self.now)
        for year in (today.year, today.year + 1):
            self._freeze("双十一封网", "Double 11 freeze", "大促期间不做任何变更。", f"{year}-11-09", f"{year}-11-13")
        first = today + 9 * A_DAY
        self._freeze(
            "结算周封网",
            "Settlement freeze",
            "客户月末结算，交易和数据库不变更。",
            str(first),
            str(first + 3 * A_DAY),
            ("trade", "database"),
        )

    def _freeze(self, name, name_en, reason, first, last, codes=()):
        begins, ends = (datetime.combine(datetime.fromisoformat(day).date(), time(), HOME) for day in (first, last))
        if ends <= self.company.founded_at:
            return
        if not codes:
            self.closed.append((begins, ends))
        services.set_freeze(
            by=self.person(MANAGER), name=name, name_en=name_en, reason=reason, starts_at=begins, ends_at=ends,
            services=[self.company.services[code] for code in codes], at=self.company.founded_at,
        )  # fmt: skip


def happen(company: Company, now):
    """Play every change up to now; returns how many there are."""
    stage = Stage(company, now, estate.build(company))
    stage.approve_model()
    stage.freeze()
    for told in sorted(PAST, key=lambda told: -told.ago):
        stage.live(told)
    changes = {name: TODAYS[name](stage, told, now - told.ago) for name, told in TODAY.items()}
    releases.prepare(stage, changes)
    services.delegate(
        by=stage.person(OPS), receiver=stage.person("xu.an"), role="ops_lead", first_on=company_day(now) + 2 * A_DAY,
        last_on=company_day(now) + 6 * A_DAY, reason="外出培训", highest_risk="medium", at=now - AN_HOUR,
    )  # fmt: skip
    _long_read(now)
    firewall = stage.items["FW-01"]
    catalog.update_item(firewall, by=stage.person(OPS), facts={"details": {**firewall.details, "固件": "7.4.5"}}, at=now - 3 * AN_HOUR)
    return Change.objects.count()


def _long_read(now):
    """What people were told of changes in these months has long arrived and been read."""
    told = Notice.objects.filter(kind__startswith="changes.", told_at__lt=now - A_DAY)
    told.update(read_at=F("told_at") + AN_HOUR)
    arrived = Delivery.objects.filter(notice__in=list(told.values_list("pk", flat=True)), accepted_at=None)
    arrived.update(accepted_at=F("owed_at") + A_MINUTE, tries=1)


def _asked(stage, told, at):
    return stage.submitted(told, at)


def _half_decided(stage, told, at):
    return stage.decided(stage.submitted(told, at), at + 20 * A_MINUTE, told)


def _running(stage, told, at):
    change = stage.decided(stage.submitted(told, at), at + 20 * A_MINUTE, told)
    change = services.start(change, by=change.implementer, at=change.starts_at + A_MINUTE)
    services.begin_step(change, by=change.implementer, no=1, at=change.starts_at + 2 * A_MINUTE)
    services.end_step(change, by=change.implementer, no=1, result="done", at=change.starts_at + 12 * A_MINUTE)
    services.begin_step(change, by=change.implementer, no=2, at=change.starts_at + 13 * A_MINUTE)
    return change


def _owing(stage, told, at):
    change = stage.decided(stage.submitted(told, at), at + 20 * A_MINUTE, told)
    return services.start(change, by=change.implementer, at=change.starts_at + A_MINUTE)


TODAYS = {
    "draft": lambda stage, told, at: stage.raised(told, at),
    "asked_ui": _asked,
    "asked_low": _asked,
    "asked_high": _half_decided,
    "scheduled": _half_decided,
    "frozen": _half_decided,
    "running": _running,
    "owing": _owing,
    "standard": _asked,
}
"""How each of today's changes came to where it stands; each returns its change."""

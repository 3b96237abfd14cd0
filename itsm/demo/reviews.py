"""Management reviews at the demo company, told in reviews.toml: one that is signed, with what became of it, and the next one prepared.

The company is young: in its first months it looks back on each, so that every figure has one to be compared with.
"""

import tomllib
from datetime import timedelta
from pathlib import Path

from audits import minutes, services
from audits.models import ManagementReview, ReviewAction
from audits.months import later
from itsm.people.zones import company_day

TOLD = Path(__file__).parent / "reviews.toml"
CHAIR, KEEPER = "gu.ming", "shen.ruoning"
INVITED = (("he.ye", "内审员，汇报审核结果"), ("xu.an", "事件管理流程负责人"), ("fang.yuan", "变更与发布"))
AN_HOUR, A_DAY = timedelta(hours=1), timedelta(days=1)


def happen(company, now):
    """Let both reviews come as far as they are told; what is overdue has climbed by now."""
    for told in tomllib.loads(TOLD.read_text(encoding="utf-8")).values():
        _Story(company, told, now).play()
    services.sweep_decisions(now)


class _Story:
    """One review: each act at its instant, by whom it belongs to."""

    def __init__(self, company, told, now):
        self.company, self.told, self.now = company, told, now
        self.chair, self.keeper = company.people[CHAIR], company.people[KEEPER]

    def ago(self, days):
        return self.now - days * A_DAY

    def play(self):
        """From the plan to where it stands today."""
        told, planned = self.told, self.ago(self.told["planned"])
        on = company_day(self.ago(told["held"]) if "held" in told else self.now + told["ahead"] * A_DAY)
        month = later(company_day(self.now).replace(day=1), -told["back"])
        self.review = services.plan_review(
            by=self.keeper, chair=self.chair, planned_on=on, first=month, last=month, at=planned
        )  # fmt: skip
        for name, capacity in INVITED:
            person = self.company.people[name]
            services.invite_to_review(self.review, by=self.keeper, person=person, capacity=capacity, at=planned + AN_HOUR)
        self.prepare()
        if "held" in told:
            self.conclude()

    def prepare(self):
        """Compiled, and answered in words."""
        at = self.ago(self.told["compiled"])
        services.compile_inputs(self.review, by=self.keeper, at=at)
        for key, words in self.told["answers"].items():
            services.answer_input(self.review, by=self.keeper, key=key, words=words, at=at + AN_HOUR)

    def conclude(self):
        """Held, judged, decided and signed on one day; then what became of the decisions."""
        at = self.ago(self.told["held"])
        there = [self.chair, self.keeper, *(self.company.people[name] for name, _capacity in INVITED)]
        services.hold_review(self.review, by=self.keeper, held_on=company_day(at), present=there, at=at)
        services.judge_review(self.review, by=self.chair, verdicts={q: tuple(said) for q, said in self.told["verdicts"].items()}, at=at)
        actions = [(self.decided(told, at), told) for told in self.told["decisions"]]
        held = ManagementReview.objects.select_related("chair").get(pk=self.review.pk)
        services.sign_review(held, by=self.chair, sha256=minutes.digest(held), at=at + AN_HOUR)
        for action, told in actions:
            self.go_on(ReviewAction.objects.get(pk=action.pk), told)

    def decided(self, told, at):
        said = {name: told[name] for name in ("title", "why", "sort")}
        due_on = company_day(at) + told["due"] * A_DAY
        return services.decide(self.review, by=self.keeper, owner=self.company.people[told["owner"]], due_on=due_on, at=at, **said)

    def go_on(self, action, told):
        owner = self.company.people[told["owner"]]
        if "moved" in told:
            becomes = company_day(self.ago(self.told["held"])) + told["moved"]["to"] * A_DAY
            services.move_decision(action, by=owner, becomes=becomes, reason=told["moved"]["why"], at=self.ago(told["moved"]["at"]))
        if "done" in told:
            services.report_decision(action, by=owner, shown=told["shown"], at=self.ago(told["done"]))
            services.accept_decision(action, by=self.chair, at=self.ago(told["accepted"]))

"""Findings at the demo company, told in findings.toml: two worked examples, and one in every state that a visitor may go on with."""

import tomllib
from datetime import timedelta
from pathlib import Path

from audits import services
from audits.grading import Counted
from audits.models import CorrectiveAction
from incidents.models import Incident
from itsm.people.zones import company_day

TOLD = Path(__file__).parent / "findings.toml"
AUDITOR = "he.ye"
AN_HOUR, A_DAY = timedelta(hours=1), timedelta(days=1)
SAID = ("requirement", "evidence", "gap", "clause", "process", "source", "source_words", "grade", "grade_why")
PLANNED = ("plan", "criterion", "sampled_from", "after_days", "after_records", "needed_percent")


def happen(company, now, audits):
    """Let every finding come as far as it is told; what is overdue has climbed by now. `audits`: those it may come from, by name."""
    for told in tomllib.loads(TOLD.read_text(encoding="utf-8")).values():
        _Story(company, told, now, audits.get(told.get("audit"))).play()
    services.sweep_overdue(now)


class _Story:
    """One finding: each act at its instant, by whom it belongs to."""

    def __init__(self, company, told, now, audit):
        self.company, self.told, self.at = company, told, now - told["raised"] * A_DAY
        self.now, self.audit = now, audit

    def person(self, name):
        return self.company.people[self.told[name]]

    def play(self):
        """From raising to where it stands today."""
        told, counted = self.told, Counted(self.told.get("population", 0), self.told.get("failed", 0))
        finding = services.raise_finding(
            by=self.company.people[AUDITOR], at=self.at, auditee=self.person("auditee"), counted=counted, records=self._seen(),
            owner=self.person("owner") if "owner" in told else None, audit=self.audit, **{name: told.get(name, "") for name in SAID},
        )  # fmt: skip
        if "correction" not in told:
            return
        self.action = CorrectiveAction.objects.get(finding=finding)
        self.correct()
        if told.get("proposed"):
            return
        self.approve()
        if "done" in told:
            self.fix()
        if "judged" in told:
            self.judge()

    def _seen(self):
        """The newest incidents that were closed by then and are of the sort that is told; two at most."""
        if "seen" not in self.told:
            return []
        return list(Incident.objects.filter(closed_at__lte=self.at, **self.told["seen"]).order_by("-closed_at", "-id")[:2])

    def correct(self):
        """Correction, cause, extent, plan, one after the other within two days."""
        by, told = self.person("owner"), self.told
        services.correct(self.action, by=by, correction=told["correction"], at=self.at + 3 * AN_HOUR)
        services.explain(self.action, by=by, method="whys", whys=told["whys"], at=self.at + A_DAY)
        services.look_around(self.action, by=by, extent=told["extent"], at=self.at + 26 * AN_HOUR)
        due_on = company_day(self.at) + told["days"] * A_DAY
        fields = {name: told.get(name) for name in PLANNED}
        services.propose(self.action, by=by, at=self.at + 28 * AN_HOUR, owner=by, due_on=due_on, **fields)

    def approve(self):
        """Everybody who has to."""
        people = ["shen.ruoning", "gu.ming"] if self.told["grade"] == "major" else [self.told["auditee"]]
        for no, name in enumerate(people, start=2):
            services.approve(self.action, by=self.company.people[name], at=self.at + no * A_DAY)

    def fix(self):
        """Reported done."""
        at = self.now - self.told["done"] * A_DAY
        services.implement(
            self.action, by=self.person("owner"), implementer=self.person("implementer"), implementation=self.told["implementation"], at=at
        )

    def judge(self):
        """Drawn and judged by the auditor: every record passes."""
        auditor, at = self.company.people[AUDITOR], self.now - self.told["judged"] * A_DAY
        drawn = services.draw_sample(self.action, by=auditor, at=at)
        results = {record["key"]: (True, "") for record in drawn.sample.records}
        services.judge(self.action, by=auditor, results=results, words=self.told["verdict"], at=at + 2 * AN_HOUR)

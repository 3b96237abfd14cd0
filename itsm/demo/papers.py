"""The working papers of the audit that is under way at the demo company: drawn, half read, one record swapped, one finding raised."""

from datetime import timedelta

from django.utils import translation

from audits import paper_desk, services
from audits.models import Finding, ItemResult, Outcome
from audits.services.drawing import blocking
from itsm.core.errors import Refused

KINDS = {"incident": "closed_incidents", "change": "begun_changes"}
"""What is drawn for which process."""
A_WHILE = timedelta(minutes=4)
WHY, OVERRIDDEN = "抽样中零散出现，客户没有受损。", "已向值班长核实：当时口头同意，事后在群里补记。"
SEEN, TIED = "当面翻看了值班记录，与冻结副本一致。", "审核员参与过这条记录的处理。"


def happen(audit, now):
    """Draw a sample for each area of an audit in progress that has records, and read half of it; nothing happens after `now`."""
    audit.refresh_from_db()
    at = audit.started_at + timedelta(hours=1)
    for area in audit.areas.standing().filter(process__code__in=KINDS).select_related("process", "auditor"):
        auditor = area.auditor or audit.lead
        sample = services.draw_paper(audit, by=auditor, kind=KINDS[area.process.code], area=area, at=min(at, now))
        at = _read(sample, auditor, at + A_WHILE, now)


def _read(sample, auditor, at, now):
    """The first half of a sample, record by record; the instant at which the auditor stopped."""
    items = list(sample.items.standing().order_by("place"))
    for item in items[: (len(items) + 1) // 2]:
        item.sample = sample
        at += A_WHILE
        if blocking(item, auditor):
            _swap(item, auditor, min(at, now))
        else:
            _judge(item, auditor, min(at, now))
    return at


def _swap(item, auditor, at):
    """Another one instead, where there is one."""
    if item.why != "mandatory":
        try:
            services.swap_item(item, by=auditor, reason=TIED, at=at)
        except Refused:
            return


def _judge(item, auditor, at):
    """Confirm what passes; of what fails the first becomes a finding, the second is overridden, all others stay open."""
    failing = [test for test in item.machine if test["result"] == Outcome.FAIL]
    if any(test["result"] == Outcome.PASS for test in item.machine) or not failing:
        services.confirm_passes(item, by=auditor, at=at)
    if not failing:
        return
    raised = Finding.objects.filter(audit=item.sample.audit, source_words__contains=f"· {item.sample.no} ")
    if not raised.exists():
        _raise(item, failing[0]["rule"], auditor, at)
        for test in failing[1:]:
            services.judge_test(item, by=auditor, rule=test["rule"], result=Outcome.FAIL, at=at)
    elif not item.sample.items.filter(result=ItemResult.PASS, judgements__reason=OVERRIDDEN).exists():
        for test in failing:
            services.judge_test(item, by=auditor, rule=test["rule"], result=Outcome.PASS, reason=OVERRIDDEN, at=at)


def _raise(item, rule, auditor, at):
    """As the page suggests it, with what was seen on site."""
    services.keep_evidence(item, by=auditor, kind="observation", words=SEEN, at=at)
    with translation.override("zh-hans"):
        draft = paper_desk.draft(paper_desk.Paper(item, auditor, paper_desk.listed(item.sample, item.place)), rule, at)
    said = {name: draft.initial[name] for name in ("requirement", "evidence", "gap", "clause", "process", "rule")}
    person = type(auditor).objects.filter(pk=draft.initial["auditee"]).first()
    if person is not None:
        grade = draft.suggestion.grade or "minor"
        services.raise_from_paper(
            item, by=auditor, auditee=person, grade=grade, grade_why=WHY, counted=draft.counted, at=at, **{**said, "gap": str(said["gap"])}
        )  # fmt: skip

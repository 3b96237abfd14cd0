"""Audits at the demo company: one that is closed, one that is running with a guest from outside, one that is planned."""

from datetime import timedelta

from audits import services
from audits.models import Process
from itsm.demo import papers
from itsm.people.zones import company_day

LEAD, MANAGER, TOP = "he.ye", "shen.ruoning", "gu.ming"
AN_HOUR, A_DAY = timedelta(hours=1), timedelta(days=1)
SCOPE = "整个服务管理体系，全部服务和客户；数据中心的机房设施由供应商负责，不在范围内。"
CRITERIA = "ISO/IEC 20000-1，本公司的程序文件，与客户签订的服务级别协议。"
OBJECTIVES = "查明服务管理是否符合 ISO/IEC 20000-1 和本公司的程序、是否有效、哪里可以改进。"
RISKS = "独立的内审员只有一名；新建过程的记录还少；月末结算期间受审核方抽不出时间。"
FIRST, SECOND, THIRD = "first", "second", "third"
REST = ("service-management", "supplier", "relationship", "continuity", "availability", "security", "reporting", "budgeting", "capacity",
        "transition", "planning", "other-parties", "assets")  # fmt: skip
AUDITS = {
    FIRST: (-77, "第一次内部审核：解决与变更", ("incident", "change", "problem", "service-level", "request", "catalogue")),
    SECOND: (-6, "第二次内部审核：关键流程复查", ("incident", "change", "problem", "service-level", "configuration", "release")),
    THIRD: (24, "体系与供方专项审核", REST),
}
"""On which day from now each begins, what it is called and covers."""
CONCLUSION = """体系总体符合要求并得到保持，事件和变更的记录齐全。
事件关闭时的客户确认没有被程序保证，开具一项轻微不符合；整改由受审核方负责，效果在整改后的新记录上验证。"""
SEEN = "查阅程序文件和记录，与过程负责人面谈；规则对全部记录的检查结果见所列规则。"
TO_COME = ("8.6.1", "8.3.3")
"""Clauses whose rules fail: what the second audit says to them is for a visitor to find."""
TRAINED = {"course": "ISO/IEC 20000-1 内审员培训", "provider": "华信认证"}
GUEST = {"name": "韩青", "email": "han.qing@huaxin-cert.example", "organisation": "华信认证"}


def begin(company, now):
    """Programmes, plans, and the audits that have begun by now: `{name: Audit}`."""
    people = company.people
    services.record_training(
        by=people[MANAGER], person=people[LEAD], at=now - 86 * A_DAY, **TRAINED, completed_on=company_day(now - 87 * A_DAY)
    )
    programmes = _programmes(people, now)
    found = {}
    for name, (days, title, codes) in AUDITS.items():
        at = now + min(days, 0) * A_DAY
        day = company_day(now + days * A_DAY)
        audit = services.plan_audit(
            by=people[LEAD], lead=people[LEAD], at=at - 10 * A_DAY, title=title, scope=SCOPE, criteria=CRITERIA,
            processes=_processes(codes), programme=programmes[day.year], methods=["documents", "on_site"], starts_on=day,
            ends_on=min(day + A_DAY, programmes[day.year].ends_on), period_from=day - 90 * A_DAY, period_until=day - A_DAY,
        )  # fmt: skip
        found[name] = audit
        if name != THIRD:
            _open(audit, people[LEAD], at)
    services.invite(found[SECOND], by=people[LEAD], valid_until=company_day(now) + 30 * A_DAY, at=now - 5 * A_DAY, **GUEST)
    for programme in programmes.values():
        services.approve_programme(programme, by=people[TOP], at=now + AUDITS[FIRST][0] * A_DAY - 8 * A_DAY)
    return found


def _programmes(people, now):
    """One for each year that has an audit, written before the first of them."""
    years = sorted({company_day(now + days * A_DAY).year for days, _title, _codes in AUDITS.values()})
    at = now + AUDITS[FIRST][0] * A_DAY - 12 * A_DAY
    details = {"objectives": OBJECTIVES, "risks": RISKS, "owner": people[MANAGER], "at": at}
    return {year: services.write_programme(by=people[MANAGER], year=year, **details) for year in years}


def _processes(codes):
    return list(Process.objects.complete().filter(code__in=codes))


def _open(audit, lead, at):
    """Everything that comes before the opening meeting, and the opening."""
    for area in audit.areas.standing():
        services.assign(area, by=lead, auditor=lead, at=at - 9 * A_DAY)
    services.draft_agenda(audit, by=lead, at=at - 8 * A_DAY)
    services.draft_checklist(audit, by=lead, at=at - 8 * A_DAY)
    services.prepare(audit, by=lead, at=at - 2 * A_DAY)
    services.start(audit, by=lead, at=at)


def finish(company, audits, now):
    """What the audits came to once their findings are raised: the first is reported and closed, the second half answered."""
    lead = company.people[LEAD]
    first, second = audits[FIRST], audits[SECOND]
    begun = now + AUDITS[FIRST][0] * A_DAY
    bad = {finding.clause: finding.shown_number for finding in first.findings.all()}
    for no, item in enumerate(first.checklist.all()):
        said = {"result": "not_conforming", "note": bad[item.clause]} if item.clause in bad else {"result": "conforming", "note": SEEN}
        services.answer_question(item, by=lead, method=("documents", "on_site")[no % 2], at=begun + (2 + no) * AN_HOUR, **said)
    services.issue_report(first, by=lead, conclusion=CONCLUSION, at=begun + 2 * A_DAY)
    services.follow_up(first, by=lead, at=begun + 3 * A_DAY)
    if not first.findings.nonconformities().exclude(status="closed").exists():
        services.close_audit(first, by=lead, at=now - 27 * A_DAY)
    for item in second.checklist.exclude(clause__in=TO_COME)[:3]:
        services.answer_question(item, by=lead, result="conforming", note=SEEN, method="documents", at=now - 4 * A_DAY)
    papers.happen(second, now)

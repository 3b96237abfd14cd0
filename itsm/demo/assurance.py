"""Who owns the demo company's processes, and what its rules have found since some weeks."""

from datetime import timedelta

from audits import services
from audits.models import Process
from itsm.demo.company import Company
from itsm.people.zones import company_day

OWNERS = {
    "service-management": ("shen.ruoning", "gu.ming"), "service-level": ("shen.ruoning", "lin.zhixia"), "incident": ("xu.an", "lin.zhixia"),
    "problem": ("xu.an", ""), "change": ("shen.ruoning", "fang.yuan"), "configuration": ("fang.yuan", "chen.ke"),
    "release": ("fang.yuan", "chen.ke"), "relationship": ("shen.ruoning", "lin.zhixia"), "catalogue": ("tang.wan", "shen.ruoning"),
    "request": ("lin.zhixia", "xu.an"),
}  # fmt: skip
"""Owner and deputy; one deputy, and the owners of all other processes, are still to be named: the gaps the demo shows."""
NIGHTS = (35, 28, 21, 14, 7, 3, 2, 1, 0)
"""Days ago on which the rules are said to have run."""


def happen(company: Company, now):
    """Name the owners at the founding, and let every rule run for some nights; how many runs there are."""
    processes = {process.code: process for process in Process.objects.complete()}
    for code, (owner, deputy) in OWNERS.items():
        services.name_owner(
            processes[code], by=None, owner=company.people[owner], deputy=company.people.get(deputy),
            first_on=company_day(company.founded_at), at=company.founded_at,
        )  # fmt: skip
    nights = [now - timedelta(days=ago) for ago in NIGHTS]
    return sum(len(services.run_all(night=company_day(at), at=at)) for at in nights)

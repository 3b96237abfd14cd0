"""Which change needs whose approval, from the policy's rows. Pure: no database, no clock (requirements 60 to 64, domain.md section 5).

A row is a dict: `name`, `name_en`; what it is for: `kinds`, `categories`, `risks`, `criticalities` (lists, empty = any), `services`,
`customers` (lists of ids, empty = any); and `stages`: [{"rule": "all" | "any" | "quorum", "k": number or None, "minutes": working
minutes until the deadline, "roles": [role]}]. For each service and customer concerned the first row that fits decides; what several of
them ask is put together, nobody is asked twice.
"""

import dataclasses
import itertools

CUSTOMER = "customer_representative"
HOUR = 60
DAY = 8 * HOUR


@dataclasses.dataclass(frozen=True)
class Facts:
    """What the policy may look at. services: ((id, criticality), …); customers: (id, …)."""

    kind: str
    category: str
    risk: str
    services: tuple = ()
    customers: tuple = ()


@dataclasses.dataclass(frozen=True)
class Asked:
    """One stage to come. seats: ((role, organisation id or None), …); minutes: working time."""

    rule: str
    k: int | None
    minutes: int
    seats: tuple


class NoRow(ValueError):
    """No row of the policy fits; a published policy has no such gap."""


def deciding_rows(rows, facts):
    """The rows that decide about these facts, in the policy's order, each once. Raises NoRow."""
    pairs = itertools.product(facts.services or ((None, None),), facts.customers or (None,))
    found = {_first(rows, facts, service, customer) for service, customer in pairs}
    return [row for no, row in enumerate(rows) if no in found]


def deciding_row(rows, facts, service, customer):
    """The row that decides for one service `(id, criticality)` and one customer of these facts. Raises NoRow."""
    return rows[_first(rows, facts, service, customer)]


def _first(rows, facts, service, customer):
    for no, row in enumerate(rows):
        if _fits(row, facts, service, customer):
            return no
    raise NoRow(f"no row for {facts.kind}, {facts.category}, {facts.risk}")


def _fits(row, facts, service, customer):
    service_id, criticality = service
    wanted = (
        ("kinds", facts.kind), ("categories", facts.category), ("risks", facts.risk), ("criticalities", criticality),
        ("services", service_id), ("customers", customer),
    )  # fmt: skip
    return all(not row.get(name) or value in row[name] for name, value in wanted)


def stages(rows, facts):
    """The stages that these facts call for, in order. Raises NoRow.

    A customer's representative is asked once for each customer concerned; with none concerned, the seat stays without an organisation,
    and whoever submits has to name one.
    """
    asked, taken = [], set()
    for row in deciding_rows(rows, facts):
        for stage in row["stages"]:
            seats = [seat for seat in _seats(stage["roles"], facts.customers) if stage["rule"] != "all" or seat not in taken]
            if not seats or (stage["rule"] == "any" and taken.intersection(seats)):
                continue
            asked.append(Asked(stage["rule"], stage.get("k"), stage["minutes"], tuple(seats)))
            taken.update(seats if stage["rule"] == "all" else ())
    return asked


def _seats(roles, customers):
    for role in dict.fromkeys(roles):
        yield from ((role, customer) for customer in customers or (None,)) if role == CUSTOMER else ((role, None),)


def tally(rule, k, seats):
    """What a stage has come to: "approved", "rejected" or "pending". seats: for each of them True, False or None.

    One reject ends `all`; `any` only ends when everybody rejected; a quorum when it can't be reached any more.
    """
    yes, no = seats.count(True), seats.count(False)
    needed = {"all": len(seats), "any": 1}.get(rule, k)
    if yes >= needed:
        return "approved"
    return "rejected" if len(seats) - no < needed else "pending"


def gaps(rows, kinds, categories, risks):
    """`(kind, category, risk)` that no row is sure to decide: a published policy has none."""
    found = []
    for kind, category, risk in itertools.product(kinds, categories, risks):
        facts = Facts(kind, category, risk)
        if not any(_fits(row, facts, (None, None), None) for row in rows if not _narrow(row)):
            found.append((kind, category, risk))
    return found


def asked_roles(rows):
    """The roles that some row of a policy asks."""
    return {role for row in rows for stage in row["stages"] for role in stage["roles"]}


def _narrow(row):
    return row.get("services") or row.get("customers") or row.get("criticalities")


def _row(name, name_en, roles, *, kinds=("normal",), categories=(), risks=(), rule="all", minutes=DAY):
    return {
        "name": name, "name_en": name_en, "kinds": list(kinds), "categories": list(categories), "risks": list(risks), "criticalities": [],
        "services": [], "customers": [], "stages": [{"rule": rule, "k": None, "minutes": minutes, "roles": list(roles)}],
    }  # fmt: skip


EMERGENCY_PANEL = ("ops_lead", "tech_lead", "service_manager", "change_manager", "top_management")
SHIPPED = [
    _row("紧急：应急小组任一人", "Emergency: one of the panel", EMERGENCY_PANEL, kinds=["emergency"], rule="any", minutes=DAY),
    _row(
        "高风险：IT 服务经理、技术主管、客户代表共同审批", "High risk: service manager, technical lead and customer together",
        ["service_manager", "tech_lead", CUSTOMER], risks=["high"], minutes=2 * DAY,
    ),
    _row("界面样式：产品经理", "Interface style: product manager", ["product_manager"], categories=["interface"], minutes=4 * HOUR),
    _row("核心功能：测试和运维双确认", "Core function: test and operations both", ["tester", "ops_lead"], categories=["core_function"]),
    _row("低风险：运维负责人", "Low risk: operations lead", ["ops_lead"], risks=["low"], minutes=4 * HOUR),
    _row("中风险：运维负责人和技术主管", "Medium risk: operations lead and technical lead", ["ops_lead", "tech_lead"]),
]  # fmt: skip
"""The tiers every installation begins with (requirements 60 to 64)."""

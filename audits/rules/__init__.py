"""The rules that are shipped: one file a family of processes. Each names the clause whose live test it is."""

import functools

from audits.framework import clause_place
from audits.rules import (
    agreements,
    approval,
    assurance,
    catalogue,
    changes,
    configuration,
    customers,
    escalation,
    incidents,
    leadership,
    releases,
    suppliers,
    waiting,
)

FAMILIES = (
    leadership, catalogue, configuration, customers, agreements, suppliers, approval, changes, releases, incidents, escalation, waiting,
    assurance,
)  # fmt: skip


@functools.cache
def shipped():
    """`{id: Rule}` in the order of the clauses. Raises ValueError when an id is given twice."""
    found = {}
    for rule in (rule for family in FAMILIES for rule in family.RULES):
        if found.setdefault(rule.id, rule) is not rule:
            raise ValueError(f"two rules are called {rule.id}")
    return dict(sorted(found.items(), key=lambda pair: (clause_place(pair[1].clause), pair[0])))

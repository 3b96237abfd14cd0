"""Fixtures of tests of figures about changes: changes on their way, as their own tests have them."""

from tests.changes.conftest import (
    asker,
    assessed,
    company,
    doer,
    draft,
    now,
    office,
    ops_lead,
    product_manager,
    tech_lead,
    tester,
)

__all__ = ["asker", "assessed", "company", "doer", "draft", "now", "office", "ops_lead", "product_manager", "tech_lead", "tester"]

"""What the documents say of the code is read off the code."""

from itsm.core.management.commands.print_steps import tables
from tests.architecture.source import ROOT


def test_the_documented_step_tables_are_those_of_the_code():
    assert tables() in (ROOT / "docs" / "states.md").read_text()

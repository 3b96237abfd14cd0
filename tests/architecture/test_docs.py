"""What the documents say of the code is read off the code."""

from itsm.core.management.commands.print_steps import tables
from reports.management.commands import print_measures
from tests.architecture.source import ROOT


def test_the_documented_step_tables_are_those_of_the_code():
    assert tables() in (ROOT / "docs" / "states.md").read_text()


def test_the_documented_measures_are_those_of_the_code():
    assert print_measures.tables() in (ROOT / "docs" / "measures.md").read_text()

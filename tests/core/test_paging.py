"""Keyset paging."""

import pytest

from itsm.core import paging


@pytest.mark.parametrize("cursor", ["", "x", "!!!", "W10", "WzEsMl0", "eyJhIjogMX0", "WyIyMDI2LTAxLTAxVDAwOjAwOjAwIiwgMV0", "WyJ4IiwgMV0"])
def test_a_made_up_cursor_shows_the_first_page(cursor):
    assert paging._unpacked(cursor) is None


def test_a_cursor_survives_the_address():
    packed = paging._packed(["2026-10-12T02:00:00+00:00", 7])
    assert paging._unpacked(packed) == ("2026-10-12T02:00:00+00:00", 7)

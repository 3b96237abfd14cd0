"""Keyset paging."""

import pytest

from itsm.core import paging


@pytest.mark.parametrize("cursor", ["", "x", "!!!", "W10", "WzEsMl0", "eyJhIjogMX0", "WyIyMDI2LTAxLTAxVDAwOjAwOjAwIiwgMV0", "WyJ4IiwgMV0"])
def test_a_made_up_cursor_shows_the_first_page(cursor):
    assert paging._unpacked(cursor) is None


@pytest.mark.parametrize("place", [["0001-01-01T00:00:00+23:59", 1], ["9999-12-31T23:59:59-23:59", 1]])
def test_an_instant_that_utc_does_not_know_is_made_up(place):
    assert paging._unpacked(paging._packed(place)) is None


def test_a_cursor_survives_the_address():
    packed = paging._packed(["2026-10-12T02:00:00+00:00", 7])
    assert paging._unpacked(packed) == ("2026-10-12T02:00:00+00:00", 7)

"""Every number of a dashboard is as many rows as the page behind it lists."""

import re
from datetime import timedelta
from html import unescape

import pytest

from itsm.core import clock
from tests.reports.test_dashboards import CHANGES, SLA, browser, lived, shown

pytest.importorskip("reports.views.rows")
pytestmark = pytest.mark.django_db
__all__ = ["browser", "lived"]
OCTOBER = {"from": "2026-10", "to": "2026-10"}


@pytest.fixture(autouse=True)
def later(at):
    with clock.at(at + timedelta(days=2)):
        yield


@pytest.mark.parametrize("by", ["service", "customer", "team"])
def test_every_number_is_as_many_rows_as_the_page_behind_it_lists(browser, lived, by):
    told = shown(browser.get(SLA, {"by": by, **OCTOBER})) + shown(browser.get(CHANGES))
    numbers = set(re.findall(r'<a [^>]*href="(/reports/rows/[^"]*)"[^>]*>(\d+)(?:</a>| breach| of them)', told))
    assert len(numbers) > 40
    assert [(url, number) for url, number in numbers if browser.get(unescape(url)).context["number"] != int(number)] == []


def test_the_weeks_of_the_trend_add_up(browser, lived):
    told = shown(browser.get(SLA, OCTOBER))
    weeks = {unescape(url) for url in re.findall(r'href="(/reports/rows/attainment_resolution/[^"]*week=[^"]*)"', told)}
    assert sum(browser.get(url).context["number"] for url in weeks) == 3

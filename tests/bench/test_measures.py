"""What script/bench measures loads and says: facts in bulk are those that the product derives, and a missed goal is called so."""

import pytest
from django.db import connection

from bench import company, report
from bench.load import load
from bench.measures import costs, figures
from incidents.models import Incident
from reports.models import Tally, TicketFact

FOUND = {
    "held": {"incidents": 1000, "facts": 6000, "tallies": 900, "months": 12},
    "tiles": {
        "promises": {"median_ms": 12.0, "p90_ms": 14.0, "statements": 2},
        "slow": {"median_ms": 51.0, "p90_ms": 60.0, "statements": 2},
    },
    "pages": {"bare page": [0.01] * 4, "SLA dashboard, twelve months": [0.16] * 4},
    "day": {"incidents": 500, "facts": 3000, "anew_s": 2.0, "again_s": 1.0, "is_same": True},
    "exports": [
        {"kind": "csv", "rows": 20_000, "seconds": 1.0, "memory_mb": 100.0},
        {"kind": "csv", "rows": 200_000, "seconds": 9.0, "memory_mb": 190.0},
    ],
}


def test_the_figures_say_which_goals_are_met():
    text = figures.text(FOUND, "18.6")
    assert "| promises | 12.0 | 14.0 | 2 | ≤ 50 met |" in text
    assert "| slow | 51.0 | 60.0 | 2 | ≤ 50 **missed** |" in text
    assert "| SLA dashboard, twelve months | 160.0 | 160.0 | 16.0 | ≤ 150 **missed** |" in text
    assert "the same facts and sums" in text
    assert "| csv | 200,000 | 9.0 | 190 | flat **missed** |" in text
    assert "**other facts or sums**" in figures.text(FOUND | {"day": FOUND["day"] | {"is_same": False}}, "18.6")
    assert report.MEASURES_BEGIN in report.PAGE.read_text()


@pytest.mark.deep
@pytest.mark.timeout(300)
def test_facts_in_bulk_are_those_that_the_product_derives(transactional_db):
    company.found()
    load(2_000, 60, lambda sentence: None)
    costs.facts(lambda sentence: None)
    connection.close()
    assert TicketFact.objects.count() > 5 * Incident.objects.filter(status="closed").count() > 0
    assert Tally.objects.exists()
    assert costs.day(500)["is_same"]
    for tile in costs.tiles(2).values():
        assert tile["statements"] <= 25

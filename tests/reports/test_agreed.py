"""What a new version of an agreement changed: the same number of whole months before and since, side by side (requirement 8)."""

from datetime import date, timedelta

import pytest
from django.template.loader import render_to_string
from django.urls import reverse

from changes.period import Period
from itsm.core import clock
from reports import services
from reports.agreed import before_and_after, periods
from sla.models import AgreementVersion

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("first", "today", "before", "since"),
    [
        (date(2026, 7, 1), date(2026, 7, 31), None, None),
        (date(2026, 7, 1), date(2026, 8, 1), (date(2026, 6, 1), date(2026, 6, 1)), (date(2026, 7, 1), date(2026, 7, 1))),
        (date(2026, 7, 2), date(2026, 8, 31), None, None),
        (date(2026, 7, 2), date(2026, 9, 1), (date(2026, 6, 1), date(2026, 6, 1)), (date(2026, 8, 1), date(2026, 8, 1))),
        (date(2026, 1, 1), date(2026, 9, 1), (date(2025, 10, 1), date(2025, 12, 1)), (date(2026, 1, 1), date(2026, 3, 1))),
    ],
)
def test_as_many_whole_months_before_as_since(first, today, before, since):
    assert periods(first, today) == (None if before is None else (Period(*before), Period(*since)))


def test_a_version_shows_load_promises_and_rating_before_and_since(resolved, customer, service_manager, engineer, client, at):
    services.sweep_touched()
    version = AgreementVersion.objects.get(agreement__customer=customer)
    version.effective_from = at + timedelta(days=20)
    with clock.at(at + timedelta(days=60)):
        told = before_and_after(version, service_manager)
        assert before_and_after(version, engineer) is None
    assert told["before"] == "October 2026"
    lines = {line["name"]: [(figure.number, figure.value) for figure, _url in line["cells"]] for line in told["lines"]}
    assert lines["Incidents reported"][0][0] == 1
    assert lines["Resolutions kept"] == [(1, 100.0), (0, None)]


def test_the_page_of_an_agreement_draws_it(resolved, customer, service_manager, client, at):
    services.sweep_touched()
    client.force_login(service_manager, backend="itsm.people.backends.SignInBackend")
    version = AgreementVersion.objects.get(agreement__customer=customer)
    assert b"What did this version change?" not in client.get(reverse("sla:agreement", args=[version.agreement_id])).content
    version.effective_from = at + timedelta(days=20)
    with clock.at(at + timedelta(days=60)):
        page = render_to_string("reports/_version.html", before_and_after(version, service_manager))
    assert "What did this version change?" in page
    assert "20 min" in page
    assert "/reports/rows/attainment_resolution/?from=2026-10" in page

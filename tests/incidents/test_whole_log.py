"""The whole real log, where SERVICENOW_LOG names it: every clock is the fold of its events."""

import os
from pathlib import Path

import pytest
from django.core.management import call_command

from incidents.models import Incident
from sla.models import Clock
from sla.services import sweep, verify_clocks

LOG = os.environ.get("SERVICENOW_LOG", "")
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.deep,
    pytest.mark.timeout(3600),
    pytest.mark.skipif(not LOG, reason="SERVICENOW_LOG names no log"),
]


def test_every_clock_of_the_whole_log_is_the_fold_of_its_events(service_manager):
    assert Path(LOG).is_file(), f"SERVICENOW_LOG={LOG} is no file"
    call_command("import_servicenow", LOG, timezone="Europe/Lisbon", customer="Acme Ltd")
    assert Clock.objects.count() >= 2 * Incident.objects.count() > 0
    assert verify_clocks() == []
    assert sweep() == 0

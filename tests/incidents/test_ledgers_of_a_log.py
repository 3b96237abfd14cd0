"""The ledgers of a real log: every clock's adds up to its own time, and every clock is what its log gives."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import translation

from itsm.calendars.worktime import MICROSECOND
from itsm.core import clock as time
from sla import log
from sla import services as sla
from sla.models import Clock
from tests.incidents.test_import_servicenow import LOG, ZONE

pytestmark = pytest.mark.django_db


@pytest.mark.usefixtures("service_manager")
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_ledger_of_the_excerpt_adds_up_and_every_clock_is_the_fold_of_its_log(language):
    call_command("import_servicenow", str(LOG), timezone=ZONE, customer="Acme Ltd")
    at = time.now()
    named = Clock.objects.select_related("agreement_version__agreement", "calendar_version__calendar")
    clocks = list(named.filter(target_s__isnull=False))
    told = sla.accounts(clocks, at)
    assert len(told) == len(clocks) == Clock.objects.count() > 100
    for clock in clocks:
        account = told[clock.pk]
        rows, life = account.rows, account.story.life
        assert rows[-1].total // MICROSECOND == log.state_of(clock).elapsed_at(at) == clock.elapsed_us
        assert sum((row.ends_at - row.starts_at for row in rows), timedelta(0)) == clock.final_at - clock.contacted_at
        assert (life.began_at, life.until) == (clock.contacted_at, clock.final_at)
        with translation.override(language):
            assert account.why_due
            assert bool(account.why_breached) == (clock.outcome == "breached")
    assert sla.verify_clocks() == []

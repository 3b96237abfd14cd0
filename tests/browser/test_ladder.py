"""The ladder's page and the heartbeat in a real browser: no barrier, and the ladder grows, shrinks and is tried without a reload."""

import pytest
from django.urls import reverse

from itsm import heartbeat
from sla import services as sla
from tests.browser.conftest import DESK, PHONE, barriers
from tests.sla.conftest import agreement, service

pytestmark = pytest.mark.django_db(transaction=True)
__all__ = ["agreement", "service"]


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_the_ladder_grows_shrinks_and_is_saved_without_a_reload(open_page, agreement, service, service_manager, size):
    page = open_page(service_manager, size=size)
    page.goto(reverse("sla:ladder_edit", args=[agreement.agreement_id]))
    assert barriers(page) == []
    assert page.locator(".c-rung").count() == 7
    page.get_by_role("button", name="Add a step").click()
    page.locator(".c-rung").nth(7).wait_for()
    page.get_by_role("button", name="Take step 1 out").click()
    page.locator(".c-rung").nth(7).wait_for(state="detached")
    page.locator(".c-rung").nth(6).get_by_label("At percent").fill("60")
    page.get_by_role("button", name="Save the ladder").click()
    page.get_by_text("Say who is told.").wait_for()
    page.evaluate("scrollTo(0, 0)")  # a box half under the top bar is no barrier
    assert barriers(page) == []
    page.locator(".c-rung").nth(6).get_by_label("Owner").check()
    page.get_by_role("button", name="Save the ladder").click()
    page.wait_for_url(f"**/settings/agreements/{agreement.agreement_id}/")
    assert "60 % of the time used: whoever works on it" in page.content()


def test_the_heartbeat_has_no_barrier(open_page, agreement, service_manager):
    for queue in heartbeat.QUEUES:
        heartbeat.beat(queue)
    sla.run_verification()
    page = open_page(service_manager)
    page.goto(reverse("heartbeat"))
    assert barriers(page) == []

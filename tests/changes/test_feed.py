"""The iCalendar feed: opened by its token alone, as long as it stands, and kept out of the log."""

from datetime import timedelta

import icalendar
import pytest

from changes import services
from changes.models import CalendarFeed
from itsm.core.secrecy import mask_tokens
from tests.changes.conftest import NOW
from tests.changes.test_conflicts import ENDS, STARTS

pytestmark = pytest.mark.django_db
BACKEND = "itsm.people.backends.SignInBackend"


def address(token):
    return f"/changes/calendar/feed/{token}/changes.ics"


def events(response):
    found = icalendar.Calendar.from_ical(response.content).walk("VEVENT")
    return {str(event["uid"]).partition("@")[0]: event for event in found}


@pytest.fixture
def token(asker):
    return services.make_feed(by=asker, at=NOW)


def test_scheduled_changes_and_freezes_are_in_it(client, token, approved, submitted, change_manager, tree, now):
    waiting = submitted("low", items=[tree["two"]])
    change = approved("one", title="Patch; all, of\nthem " + "很长的标题" * 20)
    freeze = services.set_freeze(by=change_manager, name="双十一", reason="R", starts_at=ENDS, ends_at=ENDS + timedelta(days=2), at=NOW)
    response = client.get(address(token))
    assert response["Content-Type"].startswith("text/calendar")
    found = events(response)
    assert set(found) == {f"change-{change.number}", f"freeze-{freeze.pk}"}
    assert f"change-{waiting.number}" not in found
    event = found[f"change-{change.number}"]
    assert (event.decoded("dtstart"), event.decoded("dtend")) == (STARTS, ENDS)
    assert "Patch; all, of" in str(event["summary"])
    assert str(event["url"]).endswith(change.get_absolute_url())
    assert max(len(line) for line in response.content.split(b"\r\n")) <= 75


def test_it_is_filtered(client, token, approved, engineer, other_hands, tree, now):
    mine = approved("one")
    other = approved("two", by=engineer, implementer=other_hands, at=NOW)
    assert len(events(client.get(address(token)))) == 2
    assert set(events(client.get(address(token), {"mine": "on"}))) == {f"change-{mine.number}"}
    assert set(events(client.get(address(token), {"service": tree["service"].code}))) == {f"change-{mine.number}"}
    assert other.number != mine.number


def test_a_wrong_token_opens_nothing(client, token):
    assert client.get(address("x" * 43)).status_code == 404
    assert client.get(address(token)).status_code == 200
    assert client.post(address(token)).status_code == 405


def test_a_new_address_ends_the_old_one_and_it_can_be_taken_back(client, token, asker):
    newer = services.make_feed(by=asker, at=NOW)
    assert [client.get(address(t)).status_code for t in (token, newer)] == [404, 200]
    services.revoke_feed(by=asker, at=NOW)
    assert client.get(address(newer)).status_code == 404


def test_who_left_reads_nothing(client, token, asker):
    asker.is_active = False
    asker.save(update_fields=["is_active"])
    assert client.get(address(token)).status_code == 404


def test_only_its_fingerprint_is_kept_and_the_log_does_not_tell(client, token):
    assert token not in str(CalendarFeed.objects.values())
    line = mask_tokens(None, "info", {"event": f"GET {address(token)}?mine=on", "request": address(token)})
    assert token not in str(line)
    assert "/changes/calendar/feed/" in line["request"]


def test_the_address_is_shown_once(client, asker, now):
    client.force_login(asker, backend=BACKEND)
    assert "no address yet" in client.get("/changes/calendar/feed/").content.decode()
    page = client.post("/changes/calendar/feed/").content.decode()
    assert "changes.ics" in page
    assert "changes.ics" not in client.get("/changes/calendar/feed/").content.decode()
    client.post("/changes/calendar/feed/", {"revoke": "1"})
    assert not CalendarFeed.objects.standing().exists()

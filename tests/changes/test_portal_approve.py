"""The customer's representative: by a signed link, without an account, on exactly what is decided."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.core import mail
from django.utils import timezone

from changes import content, kinds, services
from changes.models import Decision, Status
from itsm.core import clock
from itsm.links import services as links
from itsm.links.models import Receipt
from itsm.notices import deliveries, wording
from itsm.notices import services as notices
from tests import cast
from tests.changes.conftest import NOW
from tests.changes.plans import seat
from tests.threads import at_once

pytestmark = pytest.mark.django_db
LINK = re.compile(r"https?://[^/\s]+(/l/[\w-]{43}/)")
IMPACT = "Transfers stop for 20 minutes."


@pytest.fixture(autouse=True)
def _in_earnest(settings, now):
    settings.MAIL_CONFIGURED = True


@pytest.fixture
def mails():
    """`mails(person)`: what the mail server takes for somebody now."""

    def taken(person, at=NOW):
        before = len(mail.outbox)
        with clock.at(at):
            deliveries.deliver_due()
        return [message for message in mail.outbox[before:] if message.to == [person.email]]

    return taken


@pytest.fixture
def change(submitted):
    return submitted("high", impact=IMPACT, interrupts=True)


@pytest.fixture
def path(change, representative, mails):
    """The address in the mail that asks the representative."""
    return LINK.search(mails(representative)[-1].body)[1]


def page(response):
    return unescape(response.content.decode())


def hidden(shown):
    form = shown.content.decode().split('class="c-approve"')[1]
    return dict(re.findall(r'<input type="hidden" name="(shown|request_key)" value="([^"]*)"', form))


def send(client, path, choice, words="", **more):
    return client.post(path, {**hidden(client.get(path)), "choice": choice, "words": words, **more})


def approve_ours(change, service_manager, tech_lead):
    for role, person in (("service_manager", service_manager), ("tech_lead", tech_lead)):
        services.decide(seat(change, role), by=person, choice="approve", at=NOW)


def test_the_page_shows_exactly_what_is_decided(client, path, change, representative):
    said = page(client.get(path))
    for words in (
        IMPACT,
        change.title,
        change.reason,
        change.back_out_plan,
        change.test_evidence,
        "Patch node 1",
        "High risk",
        "2026-03-11 10:00",
    ):
        assert words in said
    assert "沈若宁" in said
    assert "IT service manager" in said


def test_approving_keeps_the_text_and_moves_the_change_on(client, path, change, representative, service_manager, tech_lead):
    approve_ours(change, service_manager, tech_lead)
    thanked = client.get(send(client, path, "approve", HTTP_USER_AGENT="Phone").url)
    assert "approval is recorded" in page(thanked)
    receipt, decision = Receipt.objects.get(), Decision.objects.get(person=representative)
    assert (decision.receipt, decision.choice, receipt.choice, receipt.purpose) == (receipt, "approve", "approve", "approve")
    with timezone.override(representative.time_zone):
        assert receipt.shown_text == content.text(change, reader=representative)
    assert (receipt.person, receipt.language, receipt.ip) == (representative, "en", "127.0.0.1")
    change.refresh_from_db()
    assert change.status in (Status.APPROVED, Status.SCHEDULED)
    assert links.first_broken(change) is None


def test_the_text_is_kept_in_the_language_it_was_read_in(client, path, change, representative):
    send(client, path + "?language=zh-hans", "approve")
    assert Receipt.objects.get().language == "zh-hans"


@pytest.mark.parametrize("choice", ["reject", "ask"])
def test_rejecting_and_asking_need_words_and_keep_what_was_typed(client, path, choice):
    refused = send(client, path, choice, "  ")
    assert refused.status_code == 422
    assert not Receipt.objects.exists()
    assert send(client, path, choice, "Not on a Sunday").status_code == 302
    assert (Receipt.objects.get().words, Decision.objects.get().words) == ("Not on a Sunday", "Not on a Sunday")


def test_nobody_abstains_by_link(client, path):
    assert send(client, path, "abstain").status_code == 422
    assert not Decision.objects.exists()


def test_a_question_leaves_the_link_open_and_the_answer_comes_with_it(client, path, change, representative, asker, mails):
    assert "question has reached us" in page(client.get(send(client, path, "ask", "How long exactly?").url))
    asked = Decision.objects.get()
    assert asker.notices.filter(kind=kinds.DECIDED).count() == 1
    services.remark(change, by=asker, words="20 minutes at most.", answers=asked, at=NOW)
    (answer,) = mails(representative)
    assert "20 minutes at most." in answer.body
    assert LINK.search(answer.body)[1] == path
    assert send(client, path, "approve").status_code == 302
    assert sorted(Decision.objects.values_list("choice", flat=True)) == ["approve", "ask"]


def test_a_second_click_and_a_second_tab_decide_once(client, path, change):
    first, second = client.get(path), client.get(path)
    assert client.post(path, {**hidden(first), "choice": "approve"}).status_code == 302
    assert client.post(path, {**hidden(first), "choice": "approve"}).status_code in (302, 410)
    other = client.post(path, {**hidden(second), "choice": "reject", "words": "No"})
    assert other.status_code == 410
    assert change.title not in page(other)
    assert (Decision.objects.count(), Receipt.objects.count()) == (1, 1)


def test_what_was_edited_says_so_politely_and_a_new_link_comes(client, path, change, asker, representative, mails):
    seen = hidden(client.get(path))
    services.edit(change, by=asker, at=NOW, back_out_plan="Another way back.")
    for response in (client.get(path), client.post(path, {**seen, "choice": "approve"})):
        assert response.status_code == 410
        assert "was edited since" in page(response)
        assert change.title not in page(response)
    later = NOW + timedelta(minutes=5)
    services.submit(change, by=asker, at=later)
    new = LINK.search(mails(representative, later)[-1].body)[1]
    assert new != path
    with clock.at(later):
        assert "Another way back." in page(client.get(new))
        assert client.get(path).status_code == 410
        assert send(client, new, "approve").status_code == 302
    assert Decision.objects.get().fingerprint == change.fingerprint()


def test_who_had_approved_is_told_that_it_counts_no_more(client, path, change, asker, representative, mails):
    send(client, path, "approve")
    services.edit(change, by=asker, at=NOW, back_out_plan="Another way back.")
    (told,) = mails(representative)
    assert "counts no more" in told.subject
    assert not LINK.search(told.body)


def test_a_new_title_has_to_be_read_again_but_asks_nobody_anew(client, path, change, asker):
    seen = hidden(client.get(path))
    services.edit(change, by=asker, at=NOW, title="Another title")
    stale = client.post(path, {**seen, "choice": "approve"})
    assert (stale.status_code, Decision.objects.count()) == (409, 0)
    assert "Another title" in page(stale)
    assert send(client, path, "approve").status_code == 302


def test_an_expired_link_decides_nothing(client, path):
    seen = hidden(client.get(path))
    with clock.at(NOW + timedelta(days=31)):
        assert client.get(path).status_code == 410
        assert client.post(path, {**seen, "choice": "approve"}).status_code == 410
    assert not Decision.objects.exists()


def test_when_the_round_is_over_the_links_are_withdrawn(client, path, change, tech_lead):
    services.decide(seat(change, "tech_lead"), by=tech_lead, choice="reject", words="No", at=NOW)
    assert client.get(path).status_code == 410


def test_another_customers_representative_reaches_only_their_own_seat(client, submitted, customer, other_customer, representative, mails):
    other = cast.person("other", name="Other", organisation=other_customer)
    other = cast.appointed(other, "customer_representative", organisation=other_customer)
    change = submitted("high", customers=[customer, other_customer])
    found = _paths(mails, representative, other)
    said = page(client.get(found[representative]))
    assert other_customer.name not in said
    assert "Other" not in said
    send(client, found[other], "approve")
    decision = Decision.objects.get()
    assert (decision.person, decision.seat.organisation) == (other, other_customer)
    assert seat(change, "customer_representative", organisation=customer).decisions.count() == 0
    assert send(client, found[representative], "approve").status_code == 302


def _paths(mails, *people):
    """Everybody's address, from one delivery."""
    mails(people[0])
    return {p: LINK.search(next(m for m in reversed(mail.outbox) if m.to == [p.email]).body)[1] for p in people}


def test_who_represents_nobody_any_more_decides_nothing(client, path, representative):
    seen = hidden(client.get(path))
    representative.appointments.update(withdrawn_at=NOW)
    assert "c-approve" not in page(client.get(path))
    assert client.post(path, {**seen, "choice": "approve"}).status_code == 403
    assert not Decision.objects.exists()
    assert not Receipt.objects.exists()


def test_two_representatives_of_one_customer_decide_once(client, change, path, customer, mails):
    colleague = cast.appointed(cast.person("colleague", organisation=customer), "customer_representative", organisation=customer)
    link = links.issue("approve", change, colleague, at=NOW)
    send(client, path, "approve")
    said = page(client.get(f"/l/{link.token}/"))
    assert "郑岚 has decided about this already" in said
    assert "c-approve" not in said


def test_mails_to_us_name_what_is_asked_and_lead_to_the_inbox(change, service_manager, mails):
    (asked,) = [m for m in mails(service_manager) if "decision" in m.subject.lower()]
    for words in (
        "High risk",
        "2026-03-11 10:00",
        "苏航",
        "IT service manager",
        f"/changes/inbox/{seat(change, 'service_manager').pk}/",
        "silence never approves",
    ):
        assert words in asked.body
        assert words in asked.alternatives[0][0]


def test_mails_are_in_the_readers_language(change, service_manager, settings):
    service_manager.language = "zh-hans"
    service_manager.save()
    deliveries.deliver_due()
    (asked,) = [m for m in mail.outbox if m.to == [service_manager.email]]
    assert asked.extra_headers["Content-Language"] == "zh-hans"


@pytest.mark.parametrize("kind", [kinds.REMIND, kinds.LATE, kinds.NOBODY, kinds.DECIDED, kinds.VOIDED, kinds.REJECTED_AFTER])
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_kind_is_worded(change, service_manager, tech_lead, kind, language):
    decision = services.decide(seat(change, "tech_lead"), by=tech_lead, choice="reject", words="Because", at=NOW)
    service_manager.language = language
    params = {"decision": decision.pk, "round": decision.stage.round_id, "seat": decision.seat_id}
    notice = notices.tell(service_manager, kind, about=change, at=NOW, **params)
    message = wording.mail(notice)
    assert change.title in message.body
    assert "http" in message.body


@pytest.mark.django_db(transaction=True)
def test_two_tabs_at_the_same_instant_decide_once(submitted, representative, client):
    change = submitted("high")
    link = links.issue("approve", change, representative, at=NOW)

    def press(choice):
        with clock.at(NOW):
            asked = seat(change, "customer_representative")
            return services.decide(asked, by=representative, choice=choice, words="x", link=link, at=NOW)

    at_once(lambda: press("approve"), lambda: press("reject"), lambda: press("approve"))
    assert (Decision.objects.count(), Receipt.objects.count()) == (1, 1)


def test_what_is_in_the_way_is_for_our_own_people(client, path, change, service_manager):
    seats = f"/changes/inbox/{seat(change, 'service_manager').pk}/"
    client.force_login(service_manager)
    assert "c-conflicts" in page(client.get(seats))
    client.logout()
    assert "c-conflicts" not in page(client.get(path))

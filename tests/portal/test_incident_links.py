"""What a customer does with an incident through the links of their mails, from the mail to the record."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from incidents import services
from incidents.models import Incident
from itsm.core import clock
from itsm.core.models import StepTaken
from itsm.documents.models import Attachment
from itsm.links import services as links
from itsm.links.models import Receipt
from itsm.notices import deliveries
from itsm.notices.models import Notice
from sla.models import Clock
from tests.portal.mailed import LINK, page, send, state

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_earnest")]


@pytest.mark.parametrize("purpose", ["confirm", "answer"])
def test_looking_changes_nothing(client, request, now, purpose):
    path = request.getfixturevalue(f"{purpose}_path")
    incident = Incident.objects.get()
    before = state(incident)
    with now(minutes=30):
        for look in (client.get, client.head):
            for _ in range(2):
                assert look(path).status_code == 200
                assert look(f"{path}?language=en&solved=yes&body=x").status_code == 200
        for method in (client.put, client.patch, client.delete, client.options):
            assert method(path).status_code == 405
        assert client.get(f"{path}thanks/").status_code == 404
        assert client.post(path, {"solved": "yes", "body": "x"}).status_code == 409
    assert state(incident) == before


def test_solved_closes_it_and_the_receipt_says_all(client, now, resolved, requester, confirm_path, at):
    with now(minutes=40):
        response = send(client, confirm_path, solved="yes", rating="5", words="谢谢")
        assert response.status_code == 302
        assert "谢谢您" in page(client.get(response.url)) or "Thank" in page(client.get(response.url))
    resolved.refresh_from_db()
    assert (resolved.status, resolved.closing_kind, resolved.rating, resolved.closed_at) == (
        "closed",
        "confirmed",
        5,
        at + timedelta(minutes=40),
    )
    receipt = Receipt.objects.get()
    assert (receipt.choice, receipt.words, receipt.rating, receipt.person, receipt.ip) == ("solved", "谢谢", 5, requester, "127.0.0.1")
    assert (receipt.language, receipt.at) == ("zh-hans", at + timedelta(minutes=40))
    for text in (resolved.shown_number, resolved.title, resolved.description, resolved.resolution):
        assert text in receipt.shown_text
    assert links.first_broken(resolved) is None


def test_not_solved_needs_words_and_then_reopens(client, now, resolved, confirm_path, at):
    with now(minutes=50):
        assert send(client, confirm_path, solved="no").status_code == 422
        assert send(client, confirm_path).status_code == 422
        unsure = send(client, confirm_path, words="half of it", solved="maybe")
        assert unsure.status_code == 422
        assert "half of it" in page(unsure)
        assert not Receipt.objects.exists()
        assert send(client, confirm_path, solved="no", missing="还是不行").status_code == 302
    resolved.refresh_from_db()
    assert (resolved.status, resolved.reopen_count) == ("in_progress", 1)
    assert StepTaken.objects.about(resolved).last().reason == "还是不行"
    ticking = Clock.objects.about(resolved).get(metric="resolution")
    assert (ticking.state, ticking.elapsed_us) == ("running", 20 * 60 * 1_000_000)


def reveals_nothing(response, incident):
    text = page(response)
    for secret in (incident.title, incident.description, incident.shown_number, incident.customer.name, "已扩容"):
        assert secret not in text, secret


def test_used_twice_is_told_politely(client, now, resolved, confirm_path):
    with now(minutes=40):
        shown = re.search(r'name="shown" value="(\w+)"', client.get(confirm_path).content.decode())[1]
        assert send(client, confirm_path, solved="yes").status_code == 302
        before = state(resolved)
        for response in (client.get(confirm_path), client.post(confirm_path, {"shown": shown, "solved": "no", "missing": "x"})):
            assert response.status_code == 410
            reveals_nothing(response, resolved)
    assert state(resolved) == before


def test_late_is_told_politely(client, now, resolved, confirm_path):
    with now(days=31):
        response = client.get(confirm_path)
        assert response.status_code == 410
        reveals_nothing(response, resolved)
        assert client.post(confirm_path, {"solved": "yes"}).status_code == 410
    with now(days=29):
        assert send(client, confirm_path, solved="yes").status_code == 302


def test_a_reopened_incident_takes_its_link_back_and_the_next_mail_has_a_new_one(
    client, now, resolved, agent, ready, mails, confirm_path, at, do
):
    do(30, services.reopen, resolved, by=agent, reason="came back")
    with now(minutes=35):
        response = client.get(confirm_path)
        assert response.status_code == 410
        reveals_nothing(response, resolved)
        assert client.post(confirm_path, {"solved": "yes"}).status_code == 410
    do(40, services.resolve, resolved, by=ready, resolution="again", resolution_code="fixed")
    newer = LINK.search(mails(at + timedelta(minutes=40))[-1].body)[1]
    assert newer != confirm_path
    with now(minutes=45):
        assert client.get(confirm_path).status_code == 410
        assert send(client, newer, solved="yes").status_code == 302


def test_a_token_that_was_touched_opens_nothing(client, now, resolved, confirm_path):
    token = confirm_path.split("/")[2]
    with now(minutes=30):
        for other in (
            token[:-1],
            f"{token}A",
            token.swapcase(),
            token[:-1] + ("A" if token[-1] != "A" else "B"),
            "x" * 43,
            "%00",
            "%FF",
            "很" * 43,
            "a" * 9000,
        ):
            for method in (client.get, client.post):
                response = method(f"/l/{other}/")
                assert response.status_code == 404, other
                reveals_nothing(response, resolved)
        assert client.get(confirm_path).status_code == 200


def lapse(resolved, at):
    """Two reminders that the mail server takes, and no answer: closed as lapsed."""
    for day in range(1, 15):
        with clock.at(at + timedelta(days=day)):
            services.sweep_confirmations(clock.now())
            deliveries.deliver_due()
    resolved.refresh_from_db()
    assert resolved.closing_kind == "lapsed"


def test_the_link_of_a_lapsed_incident_offers_only_that_it_is_not_solved(client, now, resolved, requester, confirm_path, at):
    lapse(resolved, at)
    with now(days=15):
        text = page(client.get(confirm_path))
        assert 'name="solved" value="no"' in text
        assert 'name="solved" value="yes"' not in text
        assert 'name="rating"' not in text
        assert send(client, confirm_path, solved="yes").status_code in (409, 422)
        assert not Receipt.objects.exists()
        assert send(client, confirm_path, solved="no", missing="仍然超时").status_code == 302
    follow_up = Incident.objects.exclude(pk=resolved.pk).get()
    assert (follow_up.follows, follow_up.contact, follow_up.description, follow_up.channel) == (resolved, requester, "仍然超时", "portal")
    resolved.refresh_from_db()
    assert (resolved.status, resolved.closing_kind) == ("closed", "lapsed")
    with now(days=16):
        assert client.get(confirm_path).status_code == 410


def test_what_changed_since_the_page_was_opened_has_to_be_read_again(client, now, resolved, requester, agent, confirm_path):
    with now(minutes=30):
        shown = re.search(r'name="shown" value="(\w+)"', client.get(confirm_path).content.decode())[1]
        services.edit(resolved, by=agent, title="另一个标题", description=resolved.description, contact=requester)
        assert client.post(confirm_path, {"shown": shown, "solved": "yes"}).status_code == 409
        assert not Receipt.objects.exists()
        assert send(client, confirm_path, solved="yes").status_code == 302
    assert "另一个标题" in Receipt.objects.get().shown_text


def test_an_answer_lets_the_clock_run_from_that_instant(client, now, accepted, requester, ready, answer_path, at):
    with now(minutes=40):
        assert send(client, answer_path, body="").status_code == 422
        assert send(client, answer_path, body="Chrome 130").status_code == 302
    accepted.refresh_from_db()
    ticking = Clock.objects.about(accepted).get(metric="resolution")
    assert (accepted.status, accepted.waiting_reason) == ("in_progress", "")
    assert (ticking.state, ticking.elapsed_us, ticking.seg_started_at) == ("running", 10 * 60 * 1_000_000, at + timedelta(minutes=40))
    said = accepted.messages.get(from_customer=True)
    assert (said.author, said.body, said.visibility, said.sent_at) == (requester, "Chrome 130", "public", at + timedelta(minutes=40))
    assert Notice.objects.filter(person=ready, kind="incidents.answered").count() == 1
    receipt = Receipt.objects.get()
    assert (receipt.choice, receipt.words, receipt.person) == ("answered", "Chrome 130", requester)
    with now(minutes=50):
        assert send(client, answer_path, body="One more thing").status_code == 302
    assert accepted.messages.filter(from_customer=True).count() == 2


def test_a_double_tap_answers_once(client, now, accepted, answer_path):
    with now(minutes=40):
        shown = client.get(answer_path).content.decode()
        form = dict(re.findall(r'<input type="hidden" name="(shown|request_key)" value="([^"]*)"', shown))
        for _ in range(2):
            assert client.post(answer_path, {**form, "body": "Chrome"}).status_code == 302
    assert accepted.messages.filter(from_customer=True).count() == 1


def test_a_closed_incident_is_not_answered_any_more(client, now, resolved, requester, agent, other_engineer, at, do):
    path = LINK.search(links.issue("answer", resolved, requester, at=at).url())[1]
    with now(minutes=25):
        assert send(client, path, body="thanks").status_code == 302
    do(30, services.confirm_by_phone, resolved, by=agent, note="x")
    do(31, services.check_call, resolved, by=other_engineer, accepted=True)
    with now(minutes=40):
        assert send(client, path, body="and another thing").status_code == 409
        assert "<textarea" not in page(client.get(path))
    assert resolved.messages.filter(from_customer=True).count() == 1


def test_files_of_public_messages_come_with_the_link_and_no_others(
    client, now, accepted, log, ready, agent, requester, answer_path, at, do
):
    def upload(name):
        return [SimpleUploadedFile(name, b"bytes of " + name.encode())]

    do(11, services.reply, accepted, by=ready, body="see file", uploads=upload("public.txt"))
    do(11, services.note, accepted, by=ready, body="see file", uploads=upload("internal.txt"))
    other = log(title="another matter")
    do(11, services.reply, other, by=agent, body="see file", uploads=upload("elsewhere.txt"))
    found = {file.name: file for file in Attachment.objects.all()}
    with now(minutes=20):
        shown = page(client.get(answer_path))
        answers = {name: client.get(f"{answer_path}files/{file.pk}/") for name, file in found.items()}
        assert {name: answer.status_code for name, answer in answers.items()} == {
            "public.txt": 200,
            "internal.txt": 404,
            "elsewhere.txt": 404,
        }
        assert b"".join(answers["public.txt"].streaming_content) == b"bytes of public.txt"
        assert answers["public.txt"]["Content-Disposition"].startswith("attachment")
        assert send(client, answer_path, body="mine", uploads=upload("mine.txt")).status_code == 302
        mine = Attachment.objects.get(name="mine.txt")
        assert (mine.visibility, mine.uploaded_by) == ("public", requester)
        assert client.get(f"{answer_path}files/{mine.pk}/").status_code == 200
        assert client.get(mine.get_absolute_url()).status_code == 302
    assert "public.txt" in shown
    assert "internal.txt" not in shown
    with now(days=40):
        assert client.get(f"{answer_path}files/{mine.pk}/").status_code == 404


def test_the_page_shows_the_conversation_and_nothing_of_ours(client, now, accepted, ready, agent, answer_path, team_lead, log, at, do):
    do(12, services.note, accepted, by=ready, body="Nur für uns: the customer is difficult")
    log(title="another matter of theirs")
    with now(minutes=20):
        text = page(client.get(answer_path))
    assert "Which browser?" in text
    for secret in ("customer is difficult", "another matter", agent.name, team_lead.name, ready.email, "/incidents/", "/settings/", "P3"):
        assert secret not in text, secret


def test_words_of_people_are_never_markup(client, now, log, requester, agent, ready, at):
    sly = log(title="<script>alert(1)</script>", description="<img src=x onerror=alert(1)>")
    services.reply(sly, by=agent, body="<b onclick=alert(1)>", at=at)
    path = LINK.search(links.issue("answer", sly, requester, at=at).url())[1]
    with now(minutes=20):
        raw = client.get(path).content.decode()
    for markup in ("<script>alert", "<img src=x", "<b onclick"):
        assert markup not in raw


def test_our_own_people_decide_nothing_by_being_signed_in(now, resolved, agent, confirm_path, requester):
    colleague = Client()
    colleague.force_login(agent, backend="itsm.people.backends.SignInBackend")
    with now(minutes=30):
        assert colleague.post(f"{resolved.get_absolute_url()}close/", {}).status_code == 404
        assert send(colleague, confirm_path, solved="yes").status_code == 302
    assert Receipt.objects.get().person == requester


def test_nonsense_in_key_and_address_is_no_accident(client, now, accepted, answer_path):
    with now(minutes=40):
        for key in ("\0" * 36, "x" * 36, "很" * 36, "1" * 5000):
            shown = re.search(r'name="shown" value="(\w+)"', client.get(answer_path).content.decode())[1]
            form = {"shown": shown, "request_key": key, "body": "Chrome"}
            assert client.post(answer_path, form, REMOTE_ADDR="203.0.113.9:4711").status_code == 302, key[:2]
    assert Receipt.objects.filter(ip=None).count() == 4

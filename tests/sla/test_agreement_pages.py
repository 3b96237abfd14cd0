"""Pages of agreements: the list, the life of a version, the representative's page behind the link, and the API."""

import hashlib
import re
from datetime import timedelta
from html import unescape

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import translation
from rest_framework.test import APIClient

from itsm.core import clock as time
from itsm.links.models import Receipt
from itsm.notices import deliveries
from itsm.people.models import Organisation
from sla import agreement_page, differences
from sla import services as sla
from sla.models import Agreement, AgreementVersion
from sla.purposes import shown_to_accept
from sla.services.terms import read_terms
from sla.stages import Stage, stages_of
from tests import cast
from tests.sla.conftest import MONDAY
from tests.sla.offers import IN_A_MONTH, accept, draft, held, link_of, offered

__all__ = ["draft", "offered"]
pytestmark = pytest.mark.django_db
LINK = re.compile(r"https?://[^/\s]+(/l/[\w-]{43}/)")


@pytest.fixture(autouse=True)
def monday(settings):
    settings.MAIL_CONFIGURED = True
    with time.at(MONDAY):
        yield


@pytest.fixture
def manager(client, service_manager):
    client.force_login(service_manager)
    return client


def text_of(response):
    return unescape(response.content.decode())


def path(name, version, *args):
    return reverse(f"sla:{name}", args=[version.agreement_id, *args])


def decide(client, address, **told):
    """Fill in the page behind the link and send it."""
    hidden = dict(re.findall(r'<input type="hidden" name="(shown|request_key)" value="([^"]*)"', client.get(address).content.decode()))
    return client.post(address, {**hidden, **told})


# ---- the representative's page


def test_from_the_mail_to_the_acceptance(offered, representative, client):
    deliveries.deliver_due()
    (message,) = [one for one in mail.outbox if one.to == [representative.email]]
    address = LINK.search(message.body)[1]
    assert address in message.alternatives[0][0]
    page = text_of(client.get(address))
    for line in shown_to_accept(link_of(offered, representative)).splitlines():
        assert line in page
    assert decide(client, address).status_code == 422
    assert decide(client, address, decision="otherwise", wanted=" ").status_code == 422
    assert decide(client, address, decision="accept").status_code == 302
    assert "exactly the text that you read" in text_of(client.get(f"{address}thanks/"))
    assert client.get(address).status_code == 410
    assert Receipt.objects.get().choice == "accepted"


@pytest.mark.parametrize(("language", "words"), [("en", "In force from"), ("zh-hans", "SLA-jianglan")])
def test_the_receipt_keeps_the_text_of_the_language_it_was_read_in(offered, representative, client, language, words):
    link = link_of(offered, representative)
    address = f"/l/{link.token}/?language={language}"
    with translation.override(language):
        text = shown_to_accept(link)
    assert words in text
    assert decide(client, address, decision="accept").status_code == 302
    receipt = Receipt.objects.get()
    assert (receipt.language, receipt.shown_sha256) == (language, hashlib.sha256(text.encode()).hexdigest())


def test_a_text_that_changed_meanwhile_has_to_be_read_again(offered, representative, client):
    address = f"/l/{link_of(offered, representative).token}/"
    stale = client.post(address, {"shown": "0" * 64, "decision": "accept"})
    assert stale.status_code == 409
    assert "has changed since you opened the page" in text_of(stale)
    assert decide(client, address, decision="otherwise", wanted="Faster, please.").status_code == 302
    assert AgreementVersion.objects.get(pk=offered.pk).status == "negotiated"


def test_a_second_representative_reads_what_became_of_the_offer(draft, representative, customer, service_manager, client):
    second = cast.appointed(cast.person("second", organisation=customer), "customer_representative", organisation=customer)
    version = sla.offer_version(draft, by=service_manager)
    address = f"/l/{link_of(version, second).token}/"
    accept(version, representative)
    page = text_of(client.get(address))
    assert f"{representative.name} has accepted this already" in page
    assert 'name="decision"' not in page


# ---- our own pages


def test_the_page_leads_from_the_draft_to_the_offer_and_back(draft, representative, manager):
    page = text_of(manager.get(path("agreement", draft)))
    assert representative.email in page
    assert "1 min" in page
    assert manager.post(path("version_offer", draft, 2)).status_code == 302
    assert AgreementVersion.objects.get(pk=draft.pk).status == "offered"
    edit = manager.get(path("version_edit", draft))
    assert "Take it back and change it" in text_of(edit)
    assert manager.post(path("version_edit", draft), {"effective_on": "2026-12-01"}).status_code == 409
    assert manager.post(path("version_negotiate", draft, 2), {"about": "", "wanted": "x"}).status_code == 409
    said = {"about": "Price", "wanted": "Cheaper", "able": "A little", "way_out": "accept_less"}
    assert manager.post(path("version_negotiate", draft, 2), said).status_code == 302
    assert "Accept less" in text_of(manager.get(path("agreement", draft)))
    assert manager.post(path("version_withdraw", draft, 2)).status_code == 302
    assert manager.get(path("version_edit", draft)).context["form"]["core_1_response"].value() == "1 min"


def test_the_page_tells_who_accepted_which_text(offered, representative, manager):
    accept(offered, representative)
    page = text_of(manager.get(path("agreement", offered)))
    receipt = Receipt.objects.get()
    assert receipt.shown_sha256 in page
    assert representative.name in page
    assert "Accepted, waiting for its day" in page
    assert "Core P1: Response" in page
    older = text_of(manager.get(path("agreement", offered) + "?version=1"))
    assert "agreed outside, by note" in older


def test_only_keepers_act_and_a_strangers_account_sees_nothing(offered, client, engineer, stranger, contact):
    client.force_login(engineer)
    assert "Take it back" not in text_of(client.get(path("agreement", offered)))
    for name in ("version_offer", "version_withdraw", "version_negotiate", "version_publish"):
        assert client.post(path(name, offered, 2)).status_code == 403
    for outsider in (stranger, contact):
        client.force_login(outsider)
        assert client.get(path("agreement", offered)).status_code == 404
        assert client.post(path("version_withdraw", offered, 2)).status_code == 404
    assert AgreementVersion.objects.get(pk=offered.pk).status == "offered"


BAD = {"zero": "0 min", "days": "2 d", "nothing a human says": "\u2603", "endless": "99999 h"}


@pytest.mark.parametrize("fault", BAD)
def test_a_target_that_is_none_gets_a_sentence_and_nothing_is_kept(draft, manager, fault):
    form = manager.get(path("version_edit", draft)).context["form"]
    fields = {name: form[name].value() or "" for name in form.fields}
    bad = manager.post(path("version_edit", draft), fields | {"core_1_response": BAD[fault], "exceptions": "Other words."})
    assert bad.status_code == 422
    assert "Write a time such as 30 min" in text_of(bad)
    assert AgreementVersion.objects.get(pk=draft.pk).exceptions == "No work on the old mainframe."
    assert manager.post(path("version_edit", draft), fields | {"exceptions": "Other words."}).status_code == 302
    assert AgreementVersion.objects.get(pk=draft.pk).exceptions == "Other words."


@pytest.mark.parametrize(
    "bad", [{"effective_on": "1900-01-01"}, {"effective_on": "2200-01-01"}, {"availability": "101"}, {"monthly_tickets": "-1"}]
)
def test_terms_that_cannot_be_meant_are_refused_in_the_form(draft, manager, bad):
    form = manager.get(path("version_edit", draft)).context["form"]
    fields = {name: form[name].value() or "" for name in form.fields}
    assert manager.post(path("version_edit", draft), fields | bad).status_code == 422


@pytest.mark.parametrize("kind", ["customer", "internal", "supplier"])
def test_an_agreement_of_each_kind_is_made_and_listed_on_its_tab(manager, own_company, customer, team, kind):
    supplier = Organisation.objects.create(kind="supplier", name="Hoster", code="hoster")
    party = {"customer": customer, "internal": team, "supplier": supplier}[kind]
    field = {"internal": "team"}.get(kind, kind)
    made = manager.post(f"{reverse('sla:agreement_add')}?kind={kind}", {field: party.pk, "name": "Paper"})
    found = Agreement.objects.get()
    assert made.url == reverse("sla:version_edit", args=[found.pk])
    assert manager.get(made.url).status_code == 200
    assert manager.get(reverse("sla:agreement", args=[found.pk])).status_code == 200
    assert "Paper" in text_of(manager.get(f"{reverse('sla:agreements')}?kind={kind}"))
    assert "Paper" in text_of(manager.get(f"{reverse('sla:agreements')}?kind={kind}&stage=draft"))
    assert "Paper" not in text_of(manager.get(f"{reverse('sla:agreements')}?kind={kind}&stage=offered"))


def test_the_list_asks_no_more_questions_for_more_agreements(offered, manager, service_manager, other_customer, django_assert_num_queries):
    address = reverse("sla:agreements")
    manager.get(address)
    with django_assert_num_queries(19):
        manager.get(address)
    sla.make_agreement(by=service_manager, customer=other_customer, name="Another")
    with django_assert_num_queries(19):
        assert "Another" in text_of(manager.get(address))


def test_the_page_asks_a_fixed_number_of_questions(offered, manager, service_manager, django_assert_max_num_queries):
    with django_assert_max_num_queries(40):
        manager.get(path("agreement", offered))
    for _ in range(3):
        sla.negotiate_version(offered, by=service_manager, about="Price", wanted="Cheaper")
    with django_assert_max_num_queries(40):
        manager.get(path("agreement", offered))


# ---- stages and differences


def test_stages_follow_from_the_days(offered, representative, service_manager, agreement):
    def now(at):
        found = Agreement.objects.get(pk=agreement.agreement_id)
        return [stage for _version, stage in sorted(stages_of(found, list(found.versions.all()), at).items(), key=lambda one: one[0].no)]

    assert now(MONDAY) == [Stage.IN_FORCE, Stage.OFFERED]
    accept(offered, representative)
    assert now(MONDAY) == [Stage.IN_FORCE, Stage.WAITING]
    assert now(IN_A_MONTH) == [Stage.SUPERSEDED, Stage.IN_FORCE]
    sla.end_agreement(agreement.agreement, by=service_manager, at=IN_A_MONTH + timedelta(days=1))
    assert now(IN_A_MONTH + timedelta(days=1)) == [Stage.SUPERSEDED, Stage.ENDED]


def test_what_changed_between_two_versions(draft, agreement):
    found = differences.changes(read_terms(agreement), read_terms(draft))
    told = {change.label: (change.before, change.after) for change in found}
    assert told["Core P1: Response"] == ("2 min · Round the clock", "1 min · Round the clock")
    assert told["Exceptions"] == ("", "No work on the old mainframe.")
    assert "Core P2: Response" not in told
    assert differences.changes(read_terms(draft), read_terms(draft)) == []


def test_the_table_says_about_how_many_working_days(draft):
    rows = {(tier, priority): lengths for tier, priority, lengths, _calendars in agreement_page.table(read_terms(draft))}
    assert [str(days) for _seconds, days in rows["Non-core", 3]] == ["", "≈ 2 working days", "≈ 2 working days"]


# ---- the API


@pytest.fixture
def api(service_manager):
    door = APIClient()
    door.force_authenticate(service_manager)
    return door


def test_the_api_offers_withdraws_and_publishes_with_the_pages_refusals(draft, representative, engineer, api):
    one = f"/api/v1/agreements/{draft.agreement_id}/"
    shown = api.get(one).json()
    assert [(v["no"], v["stage"]) for v in shown["versions"]] == [(2, "draft"), (1, "in_force")]
    assert len(shown["versions"][0]["targets"]) == 22
    assert api.post(f"{one}offer/").json()["versions"][0]["stage"] == "offered"
    assert api.post(f"{one}offer/").status_code == 409
    assert api.post(f"{one}withdraw/").json()["versions"][0]["status"] == "draft"
    assert api.post(f"{one}publish/").json()["code"] == "not_publishable"
    api.force_authenticate(engineer)
    assert api.post(f"{one}offer/").status_code == 403
    assert api.get(one).status_code == 200


def test_a_repeated_publication_gets_the_first_answer(draft, api):
    one, key = f"/api/v1/agreements/{draft.agreement_id}/publish/", {"HTTP_IDEMPOTENCY_KEY": "k1"}
    first = api.post(one, {"approved_note": "Letter"}, format="json", **key)
    again = api.post(one, {"approved_note": "Letter"}, format="json", **key)
    assert (first.status_code, again.status_code) == (200, 200)
    assert api.post(one, {"approved_note": "Letter"}, format="json").json()["code"] == "nothing_open"


def test_a_customers_account_reads_its_own_accepted_versions_only(offered, representative, contact, stranger, team, service_manager):
    sla.make_agreement(by=service_manager, team=team, name="OLA")
    door = APIClient()
    door.force_authenticate(contact)
    (found,) = door.get("/api/v1/agreements/").json()["results"]
    assert [v["no"] for v in found["versions"]] == [1]
    one = f"/api/v1/agreements/{offered.agreement_id}/"
    assert door.post(f"{one}withdraw/").status_code == 404
    accept(offered, representative)
    assert [v["no"] for v in door.get(one).json()["versions"]] == [2, 1]
    assert door.get(one).json()["versions"][0]["negotiations"] == []
    door.force_authenticate(stranger)
    assert door.get("/api/v1/agreements/").json()["results"] == []
    assert door.get(one).status_code == 404


def test_the_api_list_takes_the_same_queries_however_many(offered, api, service_manager, other_customer, django_assert_max_num_queries):
    sla.make_agreement(by=service_manager, customer=other_customer, name="Another")
    with django_assert_max_num_queries(9):
        assert len(api.get("/api/v1/agreements/").json()["results"]) == 2


def test_held_targets_are_what_was_offered(offered, draft):
    assert held(offered) == held(draft)

"""Pages of the catalogue: staff read it, keepers keep it, for customers it is not there."""

import pytest

from catalog.models import Entitlement, Service

pytestmark = pytest.mark.django_db
READ = ["/services/", "/services/?retired=1", "/services/banking/"]
KEEP = ["/services/new/", "/services/banking/edit/"]
POSTS = ["/services/banking/retire/", "/services/banking/customers/"]


@pytest.fixture
def enter(client):
    def entered(person):
        client.force_login(person, backend="itsm.people.backends.SignInBackend")
        return client

    return entered


@pytest.fixture
def told(service_manager, team):
    """A whole service as the form sends it."""
    return {
        "code": "mail",
        "name": "邮件",
        "name_en": "Mail",
        "criticality": "core",
        "kind": "base",
        "owner": service_manager.pk,
        "team": team.pk,
        "content": "内容",
        "content_en": "Content",
        "target": "目标",
        "target_en": "",
        "audience": "对象",
        "audience_en": "",
        "cost": "费用",
        "cost_en": "",
    }


def test_staff_read_and_only_keepers_keep(enter, service, agent, auditor, service_manager, top_manager, administrator):
    for reader in (agent, auditor):
        client = enter(reader)
        assert {client.get(path).status_code for path in READ} == {200}
        assert {client.get(path).status_code for path in KEEP} == {403}
        assert {client.post(path, {"act": "retire"}).status_code for path in [*KEEP, *POSTS]} == {403}
    for keeper in (service_manager, top_manager, administrator):
        client = enter(keeper)
        assert {client.get(path).status_code for path in [*READ, *KEEP]} == {200}
    assert Service.objects.live().count() == 1


def test_for_customers_there_is_no_such_page(enter, service, requester, representative, stranger):
    for outsider in (requester, representative, stranger):
        client = enter(outsider)
        assert {client.get(path).status_code for path in [*READ, *KEEP]} == {404}
        assert {client.post(path).status_code for path in POSTS} == {404}


@pytest.mark.parametrize(("language", "shown", "hidden"), [("en", "Online banking", "网银渠道"), ("zh-hans", "网银渠道", "Online banking")])
def test_the_catalogue_speaks_both_languages(enter, service, agent, language, shown, hidden):
    agent.language = language
    agent.save()
    for path in ("/services/", "/services/banking/"):
        page = enter(agent).get(path).content.decode()
        assert shown in page
        assert hidden not in page


def test_a_service_is_written_changed_and_nothing_typed_is_lost(enter, service_manager, told):
    client = enter(service_manager)
    response = client.post("/services/new/", told | {"cost": "", "content": "很长的内容"})
    assert response.status_code == 422
    assert "很长的内容" in response.content.decode()
    assert client.post("/services/new/", told).status_code == 302
    assert client.post("/services/new/", told).status_code == 422
    assert client.post("/services/mail/edit/", told | {"name": "企业邮件"}).status_code == 302
    assert Service.objects.get(code="mail").name == "企业邮件"
    assert client.get("/services/nowhere/").status_code == 404


def test_retiring_twice_does_not_bring_it_back(enter, service, service_manager):
    client = enter(service_manager)
    assert client.post("/services/banking/retire/", {"act": "retire"}).status_code == 302
    assert client.post("/services/banking/retire/", {"act": "retire"}).status_code == 409
    assert client.post("/services/banking/retire/", {}).status_code == 404
    service.refresh_from_db()
    assert service.retired_at
    assert "Online banking" not in client.get("/services/").content.decode()
    assert "Online banking" in client.get("/services/?retired=1").content.decode()
    assert client.post("/services/banking/retire/", {"act": "bring_back"}).status_code == 302
    service.refresh_from_db()
    assert service.retired_at is None


def test_customers_buy_and_end(enter, service, other_customer, service_manager):
    client = enter(service_manager)
    add = "/services/banking/customers/"
    whole = {"customer": other_customer.pk, "first_on": "2026-01-01", "last_on": "2026-12-31"}
    for wrong in ({"customer": "x"}, {"first_on": "soon"}, {"last_on": "2025-12-31"}, {"last_on": "9999-12-31"}, {"first_on": "\0"}):
        assert client.post(add, whole | wrong).status_code == 422, wrong
    assert client.post(add, whole).status_code == 302
    assert client.post(add, whole).status_code == 409
    bought = Entitlement.objects.get(customer=other_customer)
    end = f"{add}{bought.pk}/end/"
    for last_on, status in (("", 302), ("9999-12-31", 302), ("2025-01-01", 409), ("2026-06-30", 302)):
        assert client.post(end, {"last_on": last_on}).status_code == status, last_on
    bought.refresh_from_db()
    assert str(bought.last_on) == "2026-06-30"
    assert client.post(f"/services/nowhere/customers/{bought.pk}/end/", {"last_on": "2026-06-30"}).status_code == 404


@pytest.mark.parametrize(
    "address",
    ["/services/%00/", "/services/x%00y/edit/", "/services/banking/customers/99999999999999999999/end/", "/services/?retired=%00"],
)
def test_nonsense_is_answered(enter, service, service_manager, address):
    client = enter(service_manager)
    assert client.get(address).status_code < 500
    assert client.post(address, {"last_on": "2026-01-01"}).status_code < 500


def test_a_service_does_not_take_the_address_of_the_page_for_new_ones(client, service_manager, team):
    client.force_login(service_manager)
    told = client.post("/services/new/", {"code": "new", "name": "x"})
    assert told.status_code == 422
    assert "page for new services" in told.content.decode()

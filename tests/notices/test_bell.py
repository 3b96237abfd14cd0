import pytest

from itsm.notices import services
from itsm.notices.models import Notice
from tests import cast


@pytest.fixture
def told(kind, agent, customer):
    return [services.tell(agent, kind, about=customer, key=str(n), word=f"word {n}") for n in range(3)]


def test_the_bell_counts_and_lists_what_is_unread(client, agent, told):
    client.force_login(agent)
    page = client.get("/notices/").content.decode()
    assert "3 unread" in page
    assert page.index("word 2") < page.index("word 0")


def test_the_bell_is_drawn_again_by_itself(client, agent, told, django_assert_max_num_queries):
    client.force_login(agent)
    with django_assert_max_num_queries(3):
        part = client.get("/notices/bell/").content.decode()
    assert "3 unread" in part
    assert 'hx-get="/notices/bell/"' in part


def test_opening_a_notice_marks_it_and_goes_to_what_it_is_about(client, agent, told, customer):
    client.force_login(agent)
    response = client.post(f"/notices/{told[0].pk}/read/")
    assert response.status_code == 302
    assert Notice.objects.unread().count() == 2
    client.post("/notices/read/")
    assert not Notice.objects.unread().exists()


def test_nobody_reads_or_marks_anothers_notices(client, engineer, agent, told):
    client.force_login(engineer)
    assert "word 0" not in client.get("/notices/").content.decode()
    client.post(f"/notices/{told[0].pk}/read/")
    client.post("/notices/read/")
    assert Notice.objects.unread().count() == 3


def test_the_list_asks_a_fixed_number_of_queries_and_pages(client, kind, agent, customer, django_assert_max_num_queries):
    client.force_login(agent)
    services.tell_many([services.Told(agent, kind, cast.customer(f"c{n}", f"c{n}"), None, {"word": f"w{n:02}"}) for n in range(35)])
    with django_assert_max_num_queries(15):
        first = client.get("/notices/")
    assert first.content.decode().count("c-row") == 30
    second = client.get("/notices/" + first.context["next_url"])
    assert second.content.decode().count("c-row") == 5


def test_preferences_are_kept(client, kind, agent):
    client.force_login(agent)
    assert "checked" in client.get("/settings/notices/").content.decode()
    client.post("/settings/notices/", {})
    assert "checked" not in client.get("/settings/notices/").content.decode()

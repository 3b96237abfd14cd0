"""Lists of items: previewed without a trace, taken over as a whole or not at all, whatever program wrote them."""

import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from catalog import services
from catalog.imports import planning, reading
from catalog.models import ConfigurationItem, ItemImport, ItemStatus, ItemUpdate, Relation
from itsm.core.errors import NotAllowed, Refused
from itsm.people.models import Person
from tests import cast

pytestmark = pytest.mark.django_db
HEAD = "code,name,type,owner,status,description,runs_on,depends_on,part_of"
LIST = f"""{HEAD}
DB01,核心数据库,database,ops,live,主库,WEB01,,
WEB01,门户服务器,服务器,周明远,在用,,,,
APP01,支付,application,ops,,,,DB01;WEB01,
"""


def planned(text, encoding="utf-8"):
    return planning.plan(reading.read(text.encode(encoding)))


def refusals(text):
    """`{line: first sentence}` of what is refused."""
    return {line.no: str(line.refusals[0]) for line in planned(text).of(planning.REFUSED)}


def hanging():
    return set(Relation.objects.standing().values_list("child__code", "kind", "parent__code"))


@pytest.fixture
def take(types, ops_lead):
    """`take(text)`: taken over by the operations lead."""

    def taken(text, **told):
        return services.import_items(text.encode(), by=ops_lead, file_name="list.csv", **told)

    return taken


def test_a_list_is_planned_without_a_trace_and_then_taken_over(types, ops_lead, take):
    plan = planned(LIST)
    assert plan.counts() == {"new": 3, "changed": 0, "unchanged": 0, "refused": 0}
    assert not ConfigurationItem.objects.exists()
    made = take(LIST, seen=plan.fingerprint())
    assert hanging() == {("DB01", "runs_on", "WEB01"), ("APP01", "depends_on", "DB01"), ("APP01", "depends_on", "WEB01")}
    item = ConfigurationItem.objects.get(code="APP01")
    assert (item.name, item.type, item.owner, item.status) == ("支付", types["application"], ops_lead, ItemStatus.LIVE)
    assert {update.authority for update in ItemUpdate.objects.all()} == {made}
    assert {update.by for update in ItemUpdate.objects.all()} == {ops_lead}
    assert not ItemUpdate.objects.unauthorised().exists()
    assert planned(LIST).counts() == {"new": 0, "changed": 0, "unchanged": 3, "refused": 0}
    with pytest.raises(Refused, match="known already"):
        take(LIST)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "gbk", "utf-16"])
def test_it_is_read_as_excel_writes_it(types, ops_lead, encoding):
    semicolons = LIST.replace(",", ";").replace("DB01;WEB01", '"DB01;WEB01"')
    for text in (LIST, LIST.replace("\n", "\r\n"), LIST.replace(";", "；").replace(",", "\t"), semicolons):
        plan = planned(text, encoding)
        assert plan.counts()["new"] == 3, plan.lines
        assert plan.of(planning.NEW)[0].facts["name"] == "核心数据库"
        assert len(plan.notes) == (1 if encoding.startswith("gb") else 0)


def test_chinese_headings_are_known_and_strange_ones_said(types, ops_lead):
    plan = planned("编码,名称,类型,负责人,运行于,机房\nWEB01,门户,服务器,ops,,三号\n")
    assert plan.counts()["new"] == 1
    assert "机房" in str(plan.notes[0])


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "columns"),
        (b"code,name\nA,B\n", "Missing: type, owner"),
        (b"code,name,type,owner,owner\nA,B,server,ops,ops\n", "more than one column owner"),
        (f"{HEAD}\n".encode(), "no line"),
        (f"{HEAD}\n\n , ,\n".encode(), "no line"),
        (b"PK\x03\x04rest", "workbook"),
        (b"\xd0\xcf\x11\xe0rest", "workbook"),
        (b"code,name\0,type,owner\nA,B,server,ops\n", "no text"),
        (b"code,name,type,owner\nA,\xff\xff\xff,server,ops\n", "letters"),
        (b'code,name,type,owner\nA,"B,server,ops\n', "quotation mark"),
        (b"x" * (reading.LARGEST + 1), "5 MB"),
        (HEAD.encode() + b"\nA,B,server,ops" * (reading.MOST_LINES + 1), "10001 lines"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_list_is_refused_in_a_sentence(data, sentence):
    with pytest.raises(Refused, match=sentence):
        reading.read(data)


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (",B,server,ops", "code is missing"),
        ("A B,B,server,ops", "letters, digits"),
        ("X" * 61 + ",B,server,ops", "longer than 60"),
        ("A,,server,ops", "name is missing"),
        (f"A,{'B' * 121},server,ops", "longer than 120"),
        ("A,B,,ops", "type is missing"),
        ("A,B,toaster,ops", "no type “toaster”"),
        ("A,B,server,", "owner is missing"),
        ("A,B,server,nobody", "named “nobody”"),
        ("A,B,server,gone", "named “gone”"),
        ("A,B,server,qinxi", "named “qinxi”"),
        ("A,B,server,同名", "More than one person"),
        ("A,B,server,ops,broken", "no state “broken”"),
        ("A,B,server,ops,live,,NONE", "Nothing has the code NONE"),
        ("A,B,server,ops,live,,A", "hang on itself"),
        ("A,B,server,ops,live,,OLD", "OLD is retired"),
        ("A,B,server,ops,live,,HOST,HOST", "one way only"),
        ("A,B,server,ops,retired,,HOST", "hangs on nothing"),
        ("HOST,HOST,server,ops,retired", "ON-HOST still hangs"),
        ("SVC-x,B,server,ops", "by themselves"),
        ("A,B,service,ops", "by themselves"),
        ("HOST,B,service,ops", "by themselves"),
        ("SVC-banking,Other,service,manager", "follows the catalogue"),
    ],
)  # fmt: skip
def test_a_line_that_can_not_be_is_refused_and_nothing_of_the_list_is_taken(make, take, contact, service, line, sentence):
    make("ON-HOST", make("HOST"))
    make("OLD", status=ItemStatus.RETIRED)
    cast.staff("gone", is_active=False)
    for username in ("one", "two"):
        cast.staff(username, name="同名")
    text = f"{HEAD}\nGOOD,Good,server,ops\n{line}\n"
    told = refusals(text)
    assert list(told) == [3]
    assert sentence in told[3]
    with pytest.raises(Refused, match="Correct the file"):
        take(text)
    assert not ConfigurationItem.objects.filter(code="GOOD").exists()
    assert not ItemImport.objects.exists()


def test_two_lines_about_one_item_and_circles_over_several_lines(make):
    make("HOST")
    assert refusals(f"{HEAD}\nA,B,server,ops\na,B,server,ops\n") == {3: "Line 2 is about A already."}
    circle = f"{HEAD}\nA,A,server,ops,,,B\nB,B,server,ops,,,C\nC,C,server,ops,,,A\nD,D,server,ops,,,A\nE,E,server,ops,,,HOST\n"
    told = refusals(circle)
    assert list(told) == [2, 3, 4]
    assert set(told.values()) == {"It would hang on itself: A → B → C → A."}


def test_a_circle_with_what_stands_is_seen_and_turning_a_relation_round_is_none(make, take):
    make("APP", make("HOST"))
    text = f"{HEAD}\nHOST,HOST,server,ops,,d,APP\n"
    assert "HOST → APP → HOST" in refusals(text)[2] or "APP → HOST → APP" in refusals(text)[2]
    take(f"{HEAD}\nHOST,HOST,server,ops,,d,APP\nAPP,APP,server,ops,,d,\n")
    assert hanging() == {("HOST", "runs_on", "APP")}


def test_what_is_known_changes_under_a_change_or_is_listed(make, take, under_way):
    host, other = make("HOST"), make("OTHER")
    app = make("APP", host)
    text = f"{HEAD}\nAPP,支付,server,ops,planned,d,,OTHER,\nNEW,N,server,ops,,,APP\n"
    line = planned(text).of(planning.CHANGED)[0]
    assert line.differences() == [
        ("Name", "APP", "支付"),
        ("State", "In use", "Planned"),
        ("Runs on", "HOST", "–"),
        ("Depends on", "–", "OTHER"),
    ]
    with pytest.raises(Refused, match="does not name APP"):
        take(text, change=under_way(other))
    change = under_way(host)
    take(text, change=change)
    app.refresh_from_db()
    assert (app.name, app.status) == ("支付", "planned")
    assert hanging() == {("APP", "depends_on", "OTHER"), ("NEW", "runs_on", "APP")}
    assert [u.authority for u in app.updates.modifications().exclude(pk=app.updates.earliest("id").pk)].count(change) == 4
    assert not ItemUpdate.objects.unauthorised().exists()
    take("code,name,type,owner\nAPP,Payments,server,ops\n")
    assert [u.after["name"] for u in ItemUpdate.objects.unauthorised()] == ["Payments"]
    assert hanging() == {("APP", "depends_on", "OTHER"), ("NEW", "runs_on", "APP")}


def test_items_are_retired_by_a_list_together_with_what_hangs_on_them(make, take):
    make("APP", make("HOST"))
    take(f"{HEAD}\nHOST,HOST,server,ops,retired,d\nAPP,APP,server,ops,retired,d\n")
    assert set(ConfigurationItem.objects.values_list("status", flat=True)) == {"retired"}
    assert not hanging()


def test_services_are_told_what_they_hang_on(make, take, service, service_manager):
    make("HOST")
    take(f"code,name,type,owner,description,team,runs_on\nSVC-banking,网银渠道,service,manager,c,{service.team.name},HOST\n")
    assert hanging() == {("SVC-banking", "runs_on", "HOST")}


def test_only_what_was_looked_at_is_taken_over_and_only_by_keepers(make, take, agent):
    make("WEB01")
    text = f"{HEAD}\nWEB01,Other,server,ops,,d\n"
    seen = planned(text).fingerprint()
    ConfigurationItem.objects.update(name="Changed meanwhile", status="planned")
    with pytest.raises(Refused, match="since this preview"):
        take(f"{HEAD}\nWEB01,Other,server,ops,live,d\n", seen=seen)
    with pytest.raises(NotAllowed):
        services.import_items(text.encode(), by=agent, file_name="x")
    take(text, seen=planned(text).fingerprint())


def test_five_thousand_lines_are_planned_and_taken_over_in_seconds(types, ops_lead, take, django_assert_max_num_queries):
    lines = [f"N{n:05d},Node {n},server,ops,,d,{f'N{n // 2:05d}' if n > 1 else ''}" for n in range(1, 5001)]
    text = "\n".join([HEAD, *lines])
    before = time.monotonic()
    with django_assert_max_num_queries(9):
        plan = planned(text)
    assert time.monotonic() - before < 5
    take(text, seen=plan.fingerprint())
    assert time.monotonic() - before < 30
    assert (ConfigurationItem.objects.count(), Relation.objects.count()) == (5000, 4999)
    changed = text.replace(",Node ", ",Knoten ")
    with django_assert_max_num_queries(60):
        take(changed)
    assert ItemUpdate.objects.unauthorised().count() == 5000


@pytest.fixture
def upload(client):
    """`upload(person, text)`: the preview's answer."""

    def sent(person, data, name="list.csv"):
        client.force_login(person, backend="itsm.people.backends.SignInBackend")
        return client.post("/items/import/", {"file": SimpleUploadedFile(name, data if isinstance(data, bytes) else data.encode())})

    return sent


def confirm(client, answer, **more):
    form = answer.context["form"]
    return client.post("/items/import/confirm/", {name: form[name].value() for name in ("kept", "seen", "request_key")} | more)


def test_the_page_previews_and_takes_over_once(upload, client, types, ops_lead):
    answer = upload(ops_lead, LIST)
    assert answer.status_code == 200
    assert "Take it over" in answer.content.decode()
    assert not ConfigurationItem.objects.exists()
    assert not ItemImport.objects.exists()
    for _ in range(2):
        assert confirm(client, answer).url == "/items/"
    assert ConfigurationItem.objects.count() == 3
    assert ItemImport.objects.get().file_name == "list.csv"


def test_a_page_with_refused_lines_says_them_and_offers_nothing(upload, client, types, ops_lead):
    answer = upload(ops_lead, f"{HEAD}\nA,B,toaster,ops\n")
    page = answer.content.decode()
    assert "There is no type “toaster”" in page
    assert "Take it over" not in page
    confirm(client, answer)
    assert not ConfigurationItem.objects.exists()


def test_the_page_refuses_bad_files_and_lost_previews_in_a_sentence(upload, client, types, ops_lead, agent):
    for data, sentence in ((b"\xff\xff\xff", "letters"), (b"PK\x03\x04", "workbook"), (b"", "empty"), (b"a,b\n1,2\n", "Missing")):
        answer = upload(ops_lead, data)
        assert answer.status_code == 422
        assert sentence in answer.content.decode()
    assert client.post("/items/import/", {}).status_code == 422
    for kept in ("0" * 64, "\0", "x", ""):
        told = client.post("/items/import/confirm/", {"kept": kept, "seen": "0" * 64}, follow=True)
        assert "This preview is gone" in told.content.decode()
    assert upload(agent, LIST).status_code == 403
    assert client.post("/items/import/confirm/", {}).status_code == 403
    assert Person.objects.filter(pk=agent.pk).exists()


def test_the_page_names_a_change_under_way(upload, client, make, ops_lead, under_way):
    item = make("WEB01")
    change = under_way(item)
    answer = upload(ops_lead, f"{HEAD}\nWEB01,Other,server,ops,,d\n")
    assert str(change) in answer.content.decode()
    assert confirm(client, answer, change=str(change)).url == "/items/"
    assert item.updates.order_by("id").last().authority == change

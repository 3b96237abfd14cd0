import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import InternalError, transaction

from itsm.core.errors import Refused
from itsm.documents import services
from itsm.documents.models import Attachment

PNG = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + b"\0" * 40


@pytest.fixture(autouse=True)
def state_dir(settings, tmp_path):
    settings.STATE_DIR = tmp_path


def upload(content=b"hello", name="hello.txt"):
    return SimpleUploadedFile(name, content)


def test_a_file_is_kept_under_its_hash_whatever_it_is_called(customer, agent, tmp_path):
    (kept,) = services.attach(customer, [upload(name="../../etc/passwd")], by=agent)
    assert kept.name == "passwd"
    assert kept.path.read_bytes() == b"hello"
    assert kept.path.is_relative_to(tmp_path / "attachments")
    assert kept.path.name == kept.sha256
    assert [p.name for p in (tmp_path / "attachments").iterdir()] == [kept.sha256[:2]]


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("C:\\fakepath\\a.txt", "a.txt"),
        ("a\r\nX-Evil: 1.txt", "aX-Evil: 1.txt"),
        ("..", "file"),
        ("", "file"),
        ("报告.pdf", "报告.pdf"),
        ("\u202egnp.exe", "gnp.exe"),
        ("x" * 300 + ".pdf", "x" * 196 + ".pdf"),
    ],
)
def test_names_are_cleaned(name, clean):
    assert services.clean_name(name) == clean


def test_the_type_is_judged_by_content_not_by_name(customer, agent):
    kept = services.attach(customer, [upload(PNG, "x.txt"), upload(b"plain", "x.png")], by=agent)
    assert [a.media_type for a in kept] == ["image/png", "text/plain"]


def test_the_same_bytes_are_kept_once(customer, agent):
    first, second = services.attach(customer, [upload(), upload(name="again.txt")], by=agent)
    assert first.path == second.path
    assert Attachment.objects.of(customer).count() == 2


def test_too_large_is_refused_in_a_sentence(customer, agent):
    large = upload()
    large.size = services.LARGEST + 1
    with pytest.raises(Refused, match="25"):
        services.attach(customer, [large], by=agent)
    large.size = 5
    assert services.attach(customer, [large], by=agent)


def test_empty_and_too_many_are_refused(customer, agent):
    with pytest.raises(Refused):
        services.attach(customer, [upload(b"")], by=agent)
    with pytest.raises(Refused):
        services.attach(customer, [upload() for _ in range(11)], by=agent)
    assert not Attachment.objects.exists()


def test_a_kept_file_cannot_be_changed(customer, agent):
    services.attach(customer, [upload()], by=agent)
    with pytest.raises(InternalError, match="append-only"), transaction.atomic():
        Attachment.objects.update(name="other.txt")
    assert Attachment.objects.get().name == "hello.txt"

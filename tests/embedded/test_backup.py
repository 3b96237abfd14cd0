"""A backup is everything in one file, and comes back whole: over other data, and into a newer PostgreSQL."""

import contextlib
import subprocess
import sys

import psycopg2
import pytest

from itsm.embedded.postgres import Postgres
from itsm.environment import ROOT
from itsm.programs import DEBIAN
from tests.embedded.running import environment, reachable

KEY = "the-key-that-links-in-mails-are-made-with"
OLD = sorted(DEBIAN.glob("1[5-7]/bin"))
PERSON = (
    "from itsm.people.models import Person, Organisation; "
    "own = Organisation.objects.create(kind='own', name='自家公司', code='own'); "
    "Person.objects.create_superuser('lin', name='林知夏', organisation=own, joined_on='2026-01-01')"
)

pytestmark = [pytest.mark.xdist_group("backup"), pytest.mark.timeout(400)]


class Place:
    """A database and a folder for attachments, as one installation sees them."""

    def __init__(self, database_url, folder, key=KEY):
        folder.mkdir(exist_ok=True)
        self.folder = folder
        self.database_url = database_url
        self.variables = environment(DATABASE_URL=database_url, STATE_DIR=str(folder), SECRET_KEY=key, REDIS_URL="redis://127.0.0.1:1/0")

    def manage(self, *words):
        command = [sys.executable, "manage.py", *words]
        return subprocess.run(command, cwd=ROOT, env=self.variables, capture_output=True, text=True, check=False)

    def done(self, *words):
        ended = self.manage(*words)
        assert ended.returncode == 0, ended.stderr
        return ended.stdout.strip()

    def fill(self):
        """Migrations, a person and a file."""
        self.done("migrate", "-v0")
        self.done("shell", "-v0", "-c", PERSON)
        (self.folder / "attachments" / "2026").mkdir(parents=True)
        (self.folder / "attachments" / "2026" / "发票.pdf").write_bytes(b"%PDF-1.7 an invoice")
        return self

    def names(self):
        with contextlib.closing(psycopg2.connect(self.database_url)) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT name FROM people_person")
            return [name for (name,) in cursor.fetchall()]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A throwaway server of the version we ship."""
    folder = reachable(tmp_path_factory.mktemp("new"))
    running = Postgres(folder, throwaway=True).start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def archive(server, tmp_path_factory):
    """A backup of an installation with a person and a file."""
    place = Place(server.ensure_database("first"), tmp_path_factory.mktemp("first")).fill()
    file = tmp_path_factory.mktemp("safe") / "itsm.backup"
    place.done("backup", str(file))
    assert file.stat().st_mode & 0o077 == 0
    return file


def copy_of_the_first(server, name):
    """A database that is already full, without the time it takes to fill one."""
    with contextlib.closing(psycopg2.connect(server.url("postgres"))) as connection:
        connection.autocommit = True
        connection.cursor().execute(f"CREATE DATABASE {name} TEMPLATE first")
    return server.url(name)


def test_a_backup_comes_back_over_other_data(server, archive, tmp_path):
    place = Place(copy_of_the_first(server, "second"), tmp_path / "second")
    with psycopg2.connect(place.database_url) as connection, connection.cursor() as cursor:
        cursor.execute("UPDATE people_person SET name = '另一个人'")
    (place.folder / "attachments").mkdir()
    (place.folder / "attachments" / "other").write_text("kept aside")
    place.done("restore", str(archive))
    assert place.names() == ["林知夏"]
    assert (place.folder / "attachments" / "2026" / "发票.pdf").read_bytes() == b"%PDF-1.7 an invoice"
    assert (place.folder / "attachments.before" / "other").read_text() == "kept aside"
    with psycopg2.connect(place.database_url) as connection, connection.cursor() as cursor, pytest.raises(psycopg2.Error):
        cursor.execute("DELETE FROM people_person")  # the rules of the database come back too
    second = place.folder.parent / "again.backup"
    place.done("backup", str(second))
    place.done("restore", str(second))
    assert place.names() == ["林知夏"]


def test_a_restore_that_fails_changes_nothing(server, archive, tmp_path):
    place = Place(copy_of_the_first(server, "third"), tmp_path / "third")
    broken = tmp_path / "broken.backup"
    broken.write_bytes(archive.read_bytes()[: archive.stat().st_size // 2])
    ended = place.manage("restore", str(broken))
    assert ended.returncode != 0
    assert "is not a backup of this product" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert place.names() == ["林知夏"]


def test_another_secret_key_is_named_because_links_depend_on_it(server, archive, tmp_path):
    place = Place(server.ensure_database("fourth"), tmp_path / "fourth", key="another key, long enough to be taken for one")
    ended = place.manage("restore", str(archive))
    assert "another SECRET_KEY" in ended.stderr
    (place.folder / "secret.key").write_text("made here at the first start")
    assert "SECRET_KEY" not in place.manage("restore", str(archive)).stderr
    assert (place.folder / "secret.key").read_text() == KEY


@pytest.mark.skipif(not OLD, reason="NO OLDER POSTGRESQL HERE: apt-get install postgresql to try a restore into a newer major version")
def test_a_backup_of_an_older_postgresql_is_restored_into_ours(server, tmp_path_factory, monkeypatch):
    monkeypatch.setenv("PG_BIN", str(OLD[0]))
    older = Postgres(reachable(tmp_path_factory.mktemp("old")), throwaway=True).start()
    monkeypatch.delenv("PG_BIN")
    try:
        assert older.major < server.major
        file = tmp_path_factory.mktemp("safe") / "older.backup"
        Place(older.ensure_database("itsm"), tmp_path_factory.mktemp("older")).fill().done("backup", str(file))
    finally:
        older.stop()
    place = Place(server.ensure_database("newer"), tmp_path_factory.mktemp("newer"))
    place.done("restore", str(file))
    assert place.names() == ["林知夏"]

"""The environment is read strictly: one clear sentence for every nonsense."""

import pytest

from itsm.environment import Nonsense, complete, read
from tests.embedded.running import run

DATABASE = "postgres://itsm:secret@db.example.com:5432/itsm"
KEY = "k" * 40

NONSENSE = [
    ({"PORT": "eight"}, "PORT must be a whole number from 1 to 65535 (it is 'eight')."),
    ({"PORT": "70000"}, "PORT must be a whole number from 1 to 65535 (it is '70000')."),
    ({"BIND": "everywhere"}, "BIND must be an IP address"),
    ({"BIND": "0.0.0.0"}, "SITE_URL must be set when BIND is 0.0.0.0"),
    ({"SITE_URL": "desk.example.com"}, "SITE_URL must look like https://desk.example.com"),
    ({"SITE_URL": "https://desk.example.com/desk"}, "SITE_URL must look like"),
    ({"SITE_URL": "https://desk.example.com:99999"}, "SITE_URL must look like"),
    ({"DATABASE_URL": DATABASE}, "SECRET_KEY must be set when DATABASE_URL is"),
    ({"DATABASE_URL": "mysql://a:b@c/d", "SECRET_KEY": KEY}, "DATABASE_URL must look like postgres://"),
    ({"REDIS_URL": "http://localhost"}, "REDIS_URL must look like redis://"),
    ({"SECRET_KEY": "short"}, "SECRET_KEY must have at least 32 characters"),
    ({"EMAIL_URL": "pigeon://coop"}, "EMAIL_URL must look like smtp"),
    ({"MAIL_FROM": "the desk"}, "MAIL_FROM must be a mail address"),
    ({"COMPANY_TIME_ZONE": "Mars/Olympus"}, "COMPANY_TIME_ZONE must be a time zone name"),
    ({"LANGUAGE": "klingon"}, "LANGUAGE must be zh-hans or en (it is 'klingon')."),
    ({"DEMO": "perhaps"}, "DEMO must be 1 or 0"),
    ({"DEMO": "1", "BIND": "0.0.0.0", "SITE_URL": "https://desk.example.com"}, "DEMO=1 lets anybody sign in without a password"),
    ({"LOG_LEVEL": "LOUD"}, "LOG_LEVEL must be DEBUG, INFO, WARNING or ERROR"),
    ({"TRUSTED_PROXIES": "-1"}, "TRUSTED_PROXIES must be a whole number"),
]


@pytest.mark.parametrize(("variables", "sentence"), NONSENSE, ids=lambda value: " ".join(value) if isinstance(value, dict) else "")
def test_nonsense_is_refused_in_one_sentence_that_names_the_variable(variables, sentence):
    with pytest.raises(Nonsense) as refused:
        read(variables)
    assert str(refused.value).startswith(sentence)
    assert "\n" not in str(refused.value)


def test_the_same_variables_are_taken_when_they_make_sense():
    sense = read(
        {
            "PORT": "8080",
            "BIND": "0.0.0.0",
            "SITE_URL": "https://desk.example.com/",
            "DATABASE_URL": DATABASE,
            "REDIS_URL": "redis://:secret@broker:6379/0",
            "SECRET_KEY": KEY,
            "EMAIL_URL": "smtp+tls://user:secret@mail.example.com:587",
            "MAIL_FROM": "服务台 <desk@example.com>",
            "COMPANY_TIME_ZONE": "Europe/Berlin",
            "LANGUAGE": "zh-hans",
            "DEMO": "0",
        }
    )
    assert (sense.port, sense.site_url, sense.is_public, sense.demo) == (8080, "https://desk.example.com", True, False)


@pytest.mark.parametrize(
    ("variables", "demo"),
    [
        ({}, True),
        ({"DEMO": "0"}, False),
        ({"DATABASE_URL": DATABASE, "SECRET_KEY": KEY}, False),
        ({"BIND": "0.0.0.0", "SITE_URL": "https://desk.example.com"}, False),
        ({"SITE_URL": "https://desk.example.com"}, False),
    ],
)
def test_the_demo_company_comes_only_to_a_machine_of_ones_own(variables, demo):
    assert read(variables).demo is demo


def test_a_desktops_own_use_of_language_is_understood():
    assert read({"LANGUAGE": "zh_CN:zh:en"}).language == "zh-hans"
    assert read({"LANGUAGE": "de_DE:de"}).language == "en"
    assert read({}).language == "en"


@pytest.mark.parametrize("variables", [{"SECRET_KEY": "short"}, {"DATABASE_URL": "mysql://root:hunter2@db/x", "SECRET_KEY": KEY}])
def test_a_refusal_never_shows_a_secret(variables):
    with pytest.raises(Nonsense, match="not shown"):
        read(variables)


def test_django_starts_only_when_servers_and_secret_are_named():
    with pytest.raises(Nonsense, match="DATABASE_URL is not set"):
        complete(read({}))
    assert complete(read({"DATABASE_URL": DATABASE, "SECRET_KEY": KEY, "REDIS_URL": "redis://localhost:6379/0"}))


def test_the_door_says_the_sentence_and_nothing_else():
    done = run("server", PORT="eight")
    assert (done.returncode, done.stderr) == (1, "itsm: PORT must be a whole number from 1 to 65535 (it is 'eight').\n")

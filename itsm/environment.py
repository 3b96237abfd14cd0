"""What the environment says, read strictly: nonsense is refused in one sentence before anything starts."""

import ipaddress
import os
import re
from dataclasses import dataclass
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import dj_email_url

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ("zh-hans", "en")
SHORTEST_SECRET = 32
SWITCH = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}
HIDDEN = ("SECRET_KEY", "DATABASE_URL", "REDIS_URL", "EMAIL_URL")


class Nonsense(Exception):
    """One sentence that names the variable, what it must be and what it is."""


@dataclass(frozen=True)
class Environment:
    """Every variable of docs/operating.md, checked. None where the caller has to provide it."""

    port: int
    bind: str
    state_dir: Path
    database_url: str | None
    redis_url: str | None
    secret_key: str | None
    site_url: str
    email_url: str | None
    mail_from: str
    company_time_zone: str
    language: str
    demo: bool
    debug: bool
    log_level: str
    trusted_proxies: int
    connection_age: int
    plain_static: bool

    @property
    def site_host(self):
        """Host name of SITE_URL, without port."""
        return urlsplit(self.site_url).hostname

    @property
    def is_public(self):
        """True if the product listens on more than this machine."""
        return not is_loopback(self.bind)


def read(variables=None):
    """The checked environment of this process, or of a mapping. Raises Nonsense."""
    return _Reader(os.environ if variables is None else variables).read()


def complete(environment):
    """The same environment, if it names both servers and the secret, as Django needs them. Raises Nonsense."""
    for name in ("database_url", "redis_url", "secret_key"):
        if not getattr(environment, name):
            raise Nonsense(f"{name.upper()} is not set; script/manage and script/server set it, anything else has to.")
    return environment


def is_loopback(host):
    """True for localhost, 127.0.0.0/8 and ::1."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class _Reader:
    """One pass over the variables; every rule is a function that raises ValueError with the rest of the sentence."""

    def __init__(self, variables):
        self.variables = variables

    def read(self):
        bind = self.text("BIND", "127.0.0.1", _address)
        port = self.number("PORT", 8000, 1, 65535)
        site_url = self.site_url(bind, port)
        database_url = self.text("DATABASE_URL", None, _database)
        secret_key = self.text("SECRET_KEY", None, _secret)
        if database_url and not secret_key:
            raise Nonsense("SECRET_KEY must be set when DATABASE_URL is: every process of the product has to share it.")
        return Environment(
            port=port,
            bind=bind,
            state_dir=Path(self.text("STATE_DIR", str(ROOT / "var"))).absolute(),
            database_url=database_url,
            redis_url=self.text("REDIS_URL", None, _broker),
            secret_key=secret_key,
            site_url=site_url,
            email_url=self.text("EMAIL_URL", None, _mail_server),
            mail_from=self.text("MAIL_FROM", f"ITSM <itsm@{urlsplit(site_url).hostname}>", _mail_address),
            company_time_zone=self.text("COMPANY_TIME_ZONE", "Asia/Shanghai", _time_zone),
            language=language(self.text("LANGUAGE", "en")),
            demo=self.demo(bind, site_url, database_url),
            debug=self.switch("DEBUG", False),
            log_level=self.text("LOG_LEVEL", "WARNING", _log_level),
            trusted_proxies=self.number("TRUSTED_PROXIES", 0, 0, 5),
            connection_age=self.number("CONN_MAX_AGE", 60, 0, 3600),
            plain_static=self.switch("PLAIN_STATIC", False),
        )

    def text(self, name, default, rule=None):
        """The variable's text, the default where it is unset or empty."""
        value = (self.variables.get(name) or "").strip()
        if not value:
            return default
        if rule:
            try:
                rule(value)
            except ValueError as problem:
                raise Nonsense(f"{name} {problem} (it is {_shown(name, value)}).") from None
        return value

    def number(self, name, default, least, most):
        text = self.text(name, str(default))
        if not re.fullmatch(r"\d{1,6}", text) or not least <= int(text) <= most:
            raise Nonsense(f"{name} must be a whole number from {least} to {most} (it is '{text}').")
        return int(text)

    def switch(self, name, default):
        text = self.text(name, "1" if default else "0").lower()
        if text not in SWITCH:
            raise Nonsense(f"{name} must be 1 or 0 (it is '{text}').")
        return SWITCH[text]

    def site_url(self, bind, port):
        given = self.text("SITE_URL", None, _site)
        if given:
            return given.rstrip("/")
        if not is_loopback(bind):
            raise Nonsense(f"SITE_URL must be set when BIND is {bind}: links in mail and the allowed host come from it.")
        return f"http://{f'[{bind}]' if ':' in bind else bind}:{port}"

    def demo(self, bind, site_url, database_url):
        here = is_loopback(bind) and is_loopback(urlsplit(site_url).hostname)
        demo = self.switch("DEMO", here and not database_url)
        if demo and not here:
            raise Nonsense("DEMO=1 lets anybody sign in without a password, so BIND and SITE_URL have to be of this machine only.")
        return demo


def language(text):
    """'zh-hans' or 'en' from our own names or from a desktop's list such as 'zh_CN:en'. Raises Nonsense."""
    names = [re.split(r"[.@]", name)[0].replace("_", "-").lower() for name in text.split(":") if name]
    for name in names:
        if name in ("zh", "zh-cn", "zh-sg", "zh-hans", "zh-hans-cn"):
            return "zh-hans"
        if name == "en" or name.startswith("en-"):
            return "en"
    if len(names) > 1 or text in ("C", "POSIX"):
        return "en"  # GNU's own use of the same variable, on a desktop in a language that we do not have
    raise Nonsense(f"LANGUAGE must be zh-hans or en (it is '{text}').")


def _shown(name, value):
    return "not shown: it holds a secret" if name in HIDDEN else f"'{value}'"


def _address(text):
    if text == "localhost":
        return
    try:
        ipaddress.ip_address(text)
    except ValueError:
        raise ValueError("must be an IP address of this machine or localhost") from None


def _database(text):
    parts = urlsplit(text)
    if parts.scheme not in ("postgres", "postgresql") or not parts.hostname or not parts.path.strip("/"):
        raise ValueError("must look like postgres://user:password@host:5432/database")


def _broker(text):
    parts = urlsplit(text)
    if parts.scheme not in ("redis", "rediss") or not parts.hostname:
        raise ValueError("must look like redis://:password@host:6379/0")


def _secret(text):
    if len(text) < SHORTEST_SECRET:
        raise ValueError(f"must have at least {SHORTEST_SECRET} characters")


def _site(text):
    parts = urlsplit(text)
    with_more = parts.path.strip("/") or parts.query or parts.fragment
    if parts.scheme not in ("http", "https") or not parts.hostname or with_more or not _has_port_number(parts):
        raise ValueError("must look like https://desk.example.com, without a path")


def _has_port_number(parts):
    try:
        return parts.port is None or parts.port > 0
    except ValueError:
        return False


def _mail_server(text):
    parts = urlsplit(text)
    if parts.scheme not in ("smtp", "smtps", "smtp+tls", "smtp+ssl", "submission") or not parts.hostname:
        raise ValueError("must look like smtp+tls://user:password@host:587")
    dj_email_url.parse(text)


def _mail_address(text):
    address = parseaddr(text)[1]
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", address):
        raise ValueError("must be a mail address such as 'Service desk <desk@example.com>'")


def _time_zone(text):
    try:
        ZoneInfo(text)
    except (ValueError, OSError, KeyError):  # ZoneInfoNotFoundError is a KeyError
        raise ValueError("must be a time zone name such as Asia/Shanghai") from None


def _log_level(text):
    if text not in ("DEBUG", "INFO", "WARNING", "ERROR"):
        raise ValueError("must be DEBUG, INFO, WARNING or ERROR")

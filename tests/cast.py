"""The standing cast: plain functions that make people, teams and customers for a test."""

from django.db.backends.postgresql.psycopg_any import DateRange

from itsm.people.models import Appointment, Organisation, Person, Role, Team

PASSWORD = "correct-horse-battery"


def own_company():
    """Our company, made once a test."""
    return Organisation.objects.get_or_create(kind=Organisation.Kind.OWN, defaults={"name": "云枢科技", "code": "own"})[0]


def customer(name="江岚银行", code="jianglan", **details):
    """A customer organisation."""
    return Organisation.objects.get_or_create(code=code, defaults={"name": name, "kind": Organisation.Kind.CUSTOMER} | details)[0]


def team(name="基础架构组", name_en="Infrastructure", lead=None, **details):
    """A team; without a lead unless one is given."""
    return Team.objects.get_or_create(name=name, defaults={"name_en": name_en, "lead": lead, **details})[0]


def person(username, name="", organisation=None, **details):
    """Somebody of our company, or of `organisation`, who signs in with PASSWORD by `client.force_login`."""
    details = {"language": "en", "email": f"{username}@example.com", **details}
    return Person.objects.create_user(username, name=name or username, organisation=organisation or own_company(), **details)


def appointed(who, role, team=None, organisation=None, **details):
    """The same person, appointed without a first or last day."""
    Appointment.objects.create(person=who, role=role, team=team, organisation=organisation, valid=DateRange(None, None), **details)
    return Person.objects.get(pk=who.pk)


def staff(username, *roles, team=None, **details):
    """Somebody of our company with the given roles; engineers and desk agents in `team`."""
    who = person(username, **details)
    for role in roles:
        who = appointed(who, role, team=team if role in (Role.ENGINEER, Role.SERVICE_DESK, Role.SUPERVISOR) else None)
    return who

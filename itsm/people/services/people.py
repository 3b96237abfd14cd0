"""Adding people, changing their entries, and inviting them to sign in."""

import secrets

from allauth.account.models import EmailAddress
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from itsm.core import clock
from itsm.core.errors import NotAllowed, Refused
from itsm.core.verbs import verb
from itsm.people import rules
from itsm.people.models import Organisation, Person
from itsm.people.zones import company_day

OWN_FIELDS = frozenset({"name", "email", "phone", "language", "time_zone"})
CALLERS_FIELDS = frozenset({"phone", "language", "time_zone", "organisation"})
KEPT_FIELDS = OWN_FIELDS | {"username", "organisation", "manager", "capacity", "works_on", "joined_on", "is_staff"}


@verb
def add_person(*, by, name, username="", email=None, at=None, **details):
    """Add somebody who can't sign in yet; return the Person. `by=None` is the system. Raises NotAllowed, Refused.

    `details`: phone, language, time_zone, organisation, manager, capacity, works_on, joined_on, is_staff.
    Whoever answers the phone adds a customer's caller with name, phone and language only.
    """
    if email or username or set(details) - CALLERS_FIELDS or not rules.may_add_callers(by, details.get("organisation")):
        must_manage(by)
    unknown = set(details) - KEPT_FIELDS
    if unknown:
        raise TypeError(f"add_person: unknown {sorted(unknown)}")
    details.setdefault("joined_on", company_day(at or clock.now()))
    person = Person(name=name.strip(), username=username or free_username(name, email), email=email or None, **details)
    person.set_unusable_password()
    complete(person)
    person.save()
    return person


@verb
def edit(person, *, by, **changes):
    """Change somebody's entry; people change their own name, mail, phone, language and zone, keepers everything."""
    person = Person.objects.locked(person.pk)
    allowed = KEPT_FIELDS if by is None or rules.may_manage_people(by) else OWN_FIELDS if by.pk == person.pk else frozenset()
    if set(changes) - allowed:
        raise NotAllowed(_("You may not change this entry. Ask the IT service manager."))
    if person.forgotten_at:
        raise Refused(_("This person's data was blanked and can't be filled in again. Add a new person."))
    for field, value in changes.items():
        setattr(person, field, (value or None) if field == "email" else value)
    complete(person)
    person.save(update_fields=sorted(changes))
    if "email" in changes:
        EmailAddress.objects.filter(user=person).delete()  # the former address opens no door any more
    return person


@verb
def welcome(person, *, by, username, name, password):
    """Let an invited person choose user name and password, once. Raises Refused when a password was chosen before."""
    person = Person.objects.locked(person.pk)
    if person.has_usable_password() or not person.is_active:
        raise Refused(_("This invitation was used before. Sign in, or ask for a new password."))
    person.username, person.name = username, name
    person.set_password(password)
    complete(person)
    person.save(update_fields=["username", "name", "password"])
    return person


def invite_first_administrator(*, at=None):
    """Return the address of the page where the first administrator chooses a password; None once there is one."""
    person = Person.objects.filter(is_superuser=True).order_by("id").first()
    if person and person.has_usable_password():
        return None
    return invitation_url(person or _first_administrator(by=None, at=at))


@verb
def _first_administrator(*, by, at=None):
    own = Organisation.objects.filter(kind=Organisation.Kind.OWN).first()
    own = own or Organisation.objects.create(kind=Organisation.Kind.OWN, name=str(_("Our company")), code="own")
    joined_on = company_day(at or clock.now())
    return Person.objects.create_superuser("admin", name=str(_("Administrator")), organisation=own, joined_on=joined_on)


def invitation_url(person):
    """Return the path of the page where an invited person chooses a password; good for three days and one use."""
    token = default_token_generator.make_token(person)
    return reverse("people:welcome", args=[urlsafe_base64_encode(force_bytes(person.pk)), token])


def must_manage(by):
    """Raise NotAllowed unless `by` may manage people (or is the system)."""
    if by is not None and not rules.may_manage_people(by):
        raise NotAllowed(_("Only the IT service manager, top management or an administrator may do this."))


def complete(record):
    """Raise Refused with the first sentence when the record's own rules are broken."""
    try:
        record.full_clean()
    except ValidationError as error:
        raise Refused("\n".join(error.messages)) from error


def free_username(name, email):
    """Return a user name nobody has: from the mail, else from the name, else by chance."""
    wish = (email or "").partition("@")[0] or slugify(name) or "person"
    if not Person.objects.filter(username=wish).exists():
        return wish
    return f"{wish}-{secrets.token_hex(3)}"

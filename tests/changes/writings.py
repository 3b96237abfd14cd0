"""Things that the tests of writing need: a service, a customer's use of it, a model."""

from django.db.backends.postgresql.psycopg_any import DateRange

from catalog.models import Entitlement, Service

BACKEND = "itsm.people.backends.SignInBackend"
MODEL = {
    "code": "certificate", "name": "Renew a certificate", "category": "infrastructure", "reason": "It runs out.",
    "plan": [{"words": "Install it", "minutes": 15}], "back_out_plan": "Put the old one back.", "test_evidence": "Done monthly.",
}  # fmt: skip


def service(team, owner, code="payments", **details):
    """A core service of the catalogue."""
    texts = dict.fromkeys(("content", "target", "audience", "cost"), "…")
    fields = {"name": "支付", "name_en": "Payments", "criticality": "core", "owner": owner, "team": team, **texts, **details}
    return Service.objects.create(code=code, **fields)


def bought(customer, service):
    """The customer uses the service, without a first or last day."""
    return Entitlement.objects.create(customer=customer, service=service, valid=DateRange(None, None))


def signed_in(client, person):
    """The same client, as this person."""
    client.force_login(person, backend=BACKEND)
    return client

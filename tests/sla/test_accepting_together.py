"""Two representatives accept the same offer at the same instant: one wins, the other reads so politely."""

import pytest

from itsm.core import clock as time
from itsm.core.errors import Refused
from itsm.links import services as links
from itsm.links.models import Receipt
from itsm.people.models import Role
from sla import services as sla
from sla.models import AgreementVersion
from sla.purposes import AcceptForm
from tests import cast
from tests.sla.conftest import MONDAY
from tests.sla.offers import draft, link_of, seen
from tests.threads import at_once

__all__ = ["draft"]
pytestmark = pytest.mark.django_db(transaction=True)


def test_of_two_who_accept_at_once_one_wins(draft, representative, customer, service_manager):
    second = cast.appointed(cast.person("second", organisation=customer), Role.CUSTOMER_REPRESENTATIVE, organisation=customer)
    with time.at(MONDAY):
        version = sla.offer_version(draft, by=service_manager, at=MONDAY)
        told = [(link, seen(link)) for link in (link_of(version, who) for who in (representative, second))]

    def accepting(link, facts):
        def act():
            form = AcceptForm({"decision": "accept"})
            assert form.is_valid()
            with time.at(MONDAY):
                return links.decide(link, form, facts)

        return act

    found = at_once(*[accepting(*one) for one in told])
    lost = [one for one in found if isinstance(one, Exception)]
    assert len(lost) == 1
    assert isinstance(lost[0], Refused)
    assert "has accepted this already" in str(lost[0].sentence)
    assert Receipt.objects.count() == 1
    assert AgreementVersion.objects.get(pk=version.pk).status == "accepted"

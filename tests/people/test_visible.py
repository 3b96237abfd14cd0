from django.contrib.auth.models import AnonymousUser

from itsm.people.models import Appointment, Organisation, Person, Team


def names(queryset):
    return {str(record) for record in queryset}


def test_staff_see_everybody(engineer, contact, stranger):
    assert names(Person.objects.visible_to(engineer)) == {"陈可", "秦溪", "Stranger"}


def test_a_customer_sees_its_own_people_and_organisation_only(engineer, contact, representative, stranger, customer):
    assert names(Person.objects.visible_to(contact)) == {"秦溪", "郑岚"}
    assert list(Organisation.objects.visible_to(contact)) == [customer]
    assert not Team.objects.visible_to(contact).exists()
    assert not Appointment.objects.visible_to(stranger).exists()


def test_nobody_sees_nothing(engineer, contact, customer):
    nobody = AnonymousUser()
    for model in (Person, Organisation, Team, Appointment):
        assert not model.objects.visible_to(nobody).exists()


def test_who_left_sees_no_more_than_a_stranger(engineer, contact, agent):
    engineer.is_active = False
    assert names(Person.objects.visible_to(engineer)) == {"陈可"}

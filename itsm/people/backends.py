"""Signing in with user name or e-mail; the reader's organisation comes with the person in one query."""

from allauth.account.auth_backends import AuthenticationBackend

from itsm.people.models import Person


class SignInBackend(AuthenticationBackend):
    """The only way to become somebody: password by user name or e-mail, and only while active."""

    def get_user(self, user_id):
        person = Person.objects.select_related("organisation").filter(pk=user_id).first()
        return person if person and self.user_can_authenticate(person) else None

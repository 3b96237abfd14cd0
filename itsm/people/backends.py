"""Signing in with user name or e-mail; the reader's organisation comes with the person in one query."""

from allauth.account.auth_backends import AuthenticationBackend

from itsm.people.models import Person


class SignInBackend(AuthenticationBackend):
    """The only way to become somebody: password by user name or e-mail, and only while active."""

    def _authenticate_by_username(self, username, password):
        person = super()._authenticate_by_username(username, password)
        if person or "@" not in username:
            return person
        owners = Person.objects.filter(email__iexact=username)[:2]  # a shared mailbox is nobody's sign-in
        return self._check_password(owners[0], password) if len(owners) == 1 else None

    def get_user(self, user_id):
        person = Person.objects.select_related("organisation").filter(pk=user_id).first()
        return person if person and self.user_can_authenticate(person) else None

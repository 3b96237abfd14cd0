"""A token for a program that uses the API."""

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from rest_framework.authtoken.models import Token


class Command(BaseCommand):
    """Prints the token alone, so that a script can take it."""

    help = "Print the API token of a person; make it if there is none. --renew replaces it."

    def add_arguments(self, parser):
        parser.add_argument("username")
        parser.add_argument("--renew", action="store_true", help="make a new token; the former one stops working")

    def handle(self, *args, username, renew, **options):
        person = get_user_model().objects.filter(username=username).first()
        if person is None:
            raise CommandError(f"Nobody here has the user name '{username}'.")
        if not person.is_active:
            raise CommandError(f"'{username}' has left or was retired; only people who may sign in get a token.")
        if renew:
            Token.objects.filter(user=person).delete()
        token, _made = Token.objects.get_or_create(user=person)
        self.stdout.write(token.key)

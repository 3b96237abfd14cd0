"""Every request knows its reader: who may be here at all, and in which language and zone they read."""

from django.conf import settings
from django.http import Http404
from django.utils import timezone, translation
from django.utils.deprecation import MiddlewareMixin

from itsm.people import rules
from itsm.people.doors import is_open


class StaffOnlyMiddleware(MiddlewareMixin):
    """For somebody who signed in and is not one of us, every page that does not say otherwise does not exist."""

    def process_view(self, request, view, args, kwargs):
        person = request.user
        if person.is_authenticated and not rules.is_internal(person) and not is_open(view):
            raise Http404


class ReaderMiddleware(MiddlewareMixin):
    """Read in the language chosen in this browser, else in the person's own; times in the person's zone."""

    def process_request(self, request):
        person = request.user
        if not person.is_authenticated:
            timezone.activate(settings.COMPANY_TIME_ZONE)
            return
        timezone.activate(person.time_zone)
        if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
            translation.activate(person.language)
            request.LANGUAGE_CODE = person.language

    def process_response(self, request, response):
        timezone.deactivate()
        return response

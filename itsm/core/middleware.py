"""A refusal is an answer, not an accident."""

from django.shortcuts import render
from django.utils.deprecation import MiddlewareMixin

from itsm.core.errors import Refused


class RefusalMiddleware(MiddlewareMixin):
    """Turn Refused and NotAllowed into a page (or an htmx fragment) with the sentence: 409 or 403."""

    def process_exception(self, request, exception):
        if not isinstance(exception, Refused):
            return None
        fragment = getattr(request, "htmx", False)
        template = "ui/_refusal.html" if fragment else "refusal.html"
        return render(request, template, {"sentence": exception.sentence, "back": _back(request)}, status=exception.status)


def _back(request):
    """Where the person came from, if that was a page of ours."""
    referer = request.headers.get("referer", "")
    own = f"{request.scheme}://{request.get_host()}/"
    return referer if referer.startswith(own) else "/"

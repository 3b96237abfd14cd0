"""The caller's address when the product stands behind proxies of the company's own."""

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed


class TrustedProxyMiddleware:
    """Put the address that the outermost of TRUSTED_PROXIES proxies saw into REMOTE_ADDR, where everybody reads it."""

    def __init__(self, get_response):
        if not settings.TRUSTED_PROXIES:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request):
        seen = [part.strip() for part in request.META.pop("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
        if len(seen) >= settings.TRUSTED_PROXIES:
            request.META["REMOTE_ADDR"] = seen[-settings.TRUSTED_PROXIES]
        return self.get_response(request)

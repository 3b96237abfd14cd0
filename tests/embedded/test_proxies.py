"""The caller's address is what the company's own proxies saw, never what the caller claims."""

import pytest
from django.core.exceptions import MiddlewareNotUsed

from itsm.proxies import TrustedProxyMiddleware


def address(rf, settings, proxies, claimed):
    settings.TRUSTED_PROXIES = proxies
    request = rf.get("/", headers={"x-forwarded-for": claimed} if claimed else {})
    TrustedProxyMiddleware(lambda request: None)(request)
    return request.META["REMOTE_ADDR"]


def test_without_proxies_nobody_is_believed(rf, settings):
    settings.TRUSTED_PROXIES = 0
    with pytest.raises(MiddlewareNotUsed):
        TrustedProxyMiddleware(lambda request: None)


@pytest.mark.parametrize(
    ("proxies", "claimed", "seen"),
    [
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "1.2.3.4, 203.0.113.9", "203.0.113.9"),
        (2, "1.2.3.4, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
        (2, "203.0.113.9", "127.0.0.1"),
        (1, "", "127.0.0.1"),
    ],
)
def test_the_address_that_the_outermost_own_proxy_saw_counts(rf, settings, proxies, claimed, seen):
    assert address(rf, settings, proxies, claimed) == seen

"""Every address of the product. /healthz and /readyz are answered earlier, by itsm.health."""

from csp.constants import SELF, UNSAFE_INLINE
from csp.decorators import csp_update
from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from itsm import home, metrics, pulse
from itsm.people.views.own import language_switch

APPS = (
    "itsm.core",
    "itsm.people",
    "itsm.calendars",
    "itsm.documents",
    "itsm.notices",
    "itsm.portal",
    "itsm.demo",
    "catalog",
    "sla",
    "changes",
    "incidents",
    "audits",
)
with_inline_styles = csp_update({"style-src": [SELF, UNSAFE_INLINE]})  # Swagger UI brings its own

urlpatterns = [
    path("", home.home, name="home"),
    path("search/", home.search, name="search"),
    path("sla/heartbeat/", pulse.heartbeat, name="heartbeat"),
    *[path("", include(f"{app}.urls")) for app in APPS],
    path("api/v1/", include("itsm.api")),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/docs/", with_inline_styles(SpectacularSwaggerSplitView.as_view(url_name="schema")), name="api-docs"),
    path("accounts/", include("allauth.urls")),
    path("language/", language_switch, name="set_language"),
    path("metrics", metrics.Metrics.as_view(), name="metrics"),
    path("admin/", admin.site.urls),
]

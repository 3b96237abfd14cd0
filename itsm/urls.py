"""Every address of the product. /healthz and /readyz are answered earlier, by itsm.health."""

from importlib.util import find_spec

from django.contrib import admin
from django.urls import include, path
from django.views.i18n import set_language
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView

from itsm import metrics

APPS = [
    "itsm.core",
    "itsm.people",
    "itsm.calendars",
    "itsm.documents",
    "itsm.notices",
    "itsm.portal",
    "itsm.demo",
    "catalog",
    "sla",
    "incidents",
]

urlpatterns = [
    *[path("", include(f"{app}.urls")) for app in APPS if find_spec(f"{app}.urls")],
    *([path("api/v1/", include("itsm.api"))] if find_spec("itsm.api") else []),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/docs/", SpectacularSwaggerView.as_view(url_name="schema"), name="api-docs"),
    path("accounts/", include("allauth.urls")),
    path("language/", set_language, name="set_language"),
    path("metrics", metrics.Metrics.as_view(), name="metrics"),
    path("admin/", admin.site.urls),
]

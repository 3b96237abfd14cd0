"""Every address of the API, below /api/v1/."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from catalog.api import ServiceViewSet
from changes.api.figures import FiguresView
from incidents.api import IncidentViewSet
from itsm.calendars.api import CalendarViewSet
from itsm.people.api import CustomerViewSet, PersonViewSet, TeamViewSet
from sla.agreement_api import AgreementViewSet
from sla.api import ClockViewSet
from sla.api_check import CheckView

router = SimpleRouter()
router.register("people", PersonViewSet, basename="person")
router.register("customers", CustomerViewSet, basename="customer")
router.register("teams", TeamViewSet, basename="team")
router.register("services", ServiceViewSet, basename="service")
router.register("calendars", CalendarViewSet, basename="calendar")
router.register("incidents", IncidentViewSet, basename="incident")
router.register("agreements", AgreementViewSet, basename="agreement")
router.register("clocks", ClockViewSet, basename="clock")

urlpatterns = [
    path("changes/figures/", FiguresView.as_view(), name="change-figures"),
    *router.urls,
    path("agreements/<int:agreement>/versions/<int:no>/check/", CheckView.as_view(), name="agreement-check"),
]

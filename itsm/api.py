"""Every address of the API, below /api/v1/."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from catalog.api import ServiceViewSet
from changes.api.policies import PolicyViewSet, QuestionnaireViewSet
from changes.api.standard import StandardModelViewSet
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
router.register("change-models", StandardModelViewSet, basename="change-model")
router.register("approval-policies", PolicyViewSet, basename="approval-policy")
router.register("risk-questionnaires", QuestionnaireViewSet, basename="risk-questionnaire")
router.register("clocks", ClockViewSet, basename="clock")

urlpatterns = [
    *router.urls,
    path("agreements/<int:agreement>/versions/<int:no>/check/", CheckView.as_view(), name="agreement-check"),
]

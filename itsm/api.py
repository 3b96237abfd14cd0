"""Every address of the API, below /api/v1/."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from audits.api import RuleViewSet
from audits.audit_api import AuditViewSet, ProgrammeViewSet
from audits.finding_api import ActionViewSet, FindingViewSet
from audits.paper_api import SampleViewSet
from catalog.api import ServiceViewSet
from catalog.item_api import ItemUpdateViewSet, ItemViewSet
from changes.api.deciding import ApprovalViewSet, DelegationViewSet
from changes.api.figures import FiguresView
from changes.api.policies import PolicyViewSet, QuestionnaireViewSet
from changes.api.record import ChangeViewSet
from changes.api.scheduling import CalendarViewSet as ChangeCalendarViewSet
from changes.api.scheduling import FreezeViewSet, ScheduleViewSet
from changes.api.standard import StandardModelViewSet
from incidents.api import IncidentViewSet
from itsm.calendars.api import CalendarViewSet
from itsm.people.api import CustomerViewSet, PersonViewSet, TeamViewSet
from reports.api import MeasuresView, MeasureView, MonthCloseView, MonthsView, RowsView
from sla.agreement_api import AgreementViewSet
from sla.api import ClockViewSet
from sla.api_check import CheckView

router = SimpleRouter()
router.register("people", PersonViewSet, basename="person")
router.register("customers", CustomerViewSet, basename="customer")
router.register("teams", TeamViewSet, basename="team")
router.register("services", ServiceViewSet, basename="service")
router.register("items", ItemViewSet, basename="item")
router.register("item-updates", ItemUpdateViewSet, basename="item-update")
router.register("calendars", CalendarViewSet, basename="calendar")
router.register("incidents", IncidentViewSet, basename="incident")
router.register("changes", ChangeViewSet, basename="change")
router.register("freezes", FreezeViewSet, basename="freeze")
router.register("agreements", AgreementViewSet, basename="agreement")
router.register("change-models", StandardModelViewSet, basename="change-model")
router.register("approval-policies", PolicyViewSet, basename="approval-policy")
router.register("risk-questionnaires", QuestionnaireViewSet, basename="risk-questionnaire")
router.register("clocks", ClockViewSet, basename="clock")
router.register("approvals", ApprovalViewSet, basename="approval")
router.register("rules", RuleViewSet, basename="rule")
router.register("delegations", DelegationViewSet, basename="delegation")
router.register("findings", FindingViewSet, basename="finding")
router.register("actions", ActionViewSet, basename="action")
router.register("audits", AuditViewSet, basename="audit")
router.register("audit-programmes", ProgrammeViewSet, basename="audit-programme")
router.register("samples", SampleViewSet, basename="sample")

urlpatterns = [
    path("changes/figures/", FiguresView.as_view(), name="change-figures"),
    *router.urls,
    path("changes/calendar/", ChangeCalendarViewSet.as_view({"get": "days"}), name="change-calendar"),
    path("changes/<str:number>/conflicts/", ScheduleViewSet.as_view({"get": "conflicts"}), name="change-conflicts"),
    path("changes/<str:number>/schedule/", ScheduleViewSet.as_view({"post": "schedule"}), name="change-schedule"),
    path("changes/<str:number>/override/", ScheduleViewSet.as_view({"post": "override"}), name="change-override"),
    path("measures/", MeasuresView.as_view(), name="measures"),
    path("measures/<slug:key>/", MeasureView.as_view(), name="measure"),
    path("measures/<slug:key>/rows/", RowsView.as_view(), name="measure-rows"),
    path("months/", MonthsView.as_view(), name="months"),
    path("months/<str:month>/close/", MonthCloseView.as_view(), name="month-close"),
    path("agreements/<int:agreement>/versions/<int:no>/check/", CheckView.as_view(), name="agreement-check"),
]

"""Every address of the API, below /api/v1/."""

from rest_framework.routers import SimpleRouter

from catalog.api import ServiceViewSet
from incidents.api import IncidentViewSet

router = SimpleRouter()
router.register("services", ServiceViewSet, basename="service")
router.register("incidents", IncidentViewSet, basename="incident")

urlpatterns = router.urls

"""Figures for Prometheus, for administrators and programs with their token."""

from django.http import HttpResponse
from django_prometheus.exports import ExportToDjangoView
from rest_framework.permissions import IsAdminUser
from rest_framework.views import APIView

from itsm.people.doors import IsInternal


class Metrics(APIView):
    """GET /metrics with `Authorization: Token …` of an administrator."""

    permission_classes = [IsInternal, IsAdminUser]
    schema = None

    def get(self, request):
        found = ExportToDjangoView(request._request)
        return HttpResponse(found.content, content_type=found.headers["Content-Type"])

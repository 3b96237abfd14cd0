"""Addresses of the figures."""

app_name = "reports"
urlpatterns = []

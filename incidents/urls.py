"""Addresses of incidents."""

from django.urls import path

from incidents.views import forecast, listing, logging, record, tracing

app_name = "incidents"
urlpatterns = [
    path("incidents/", listing.incident_list, name="list"),
    path("incidents/log/", logging.incident_log, name="log"),
    path("incidents/log/preview/", logging.incident_preview, name="preview"),
    path("incidents/log/contacts/", logging.customer_contacts, name="contacts"),
    path("incidents/INC-<number:number>/", record.incident_detail, name="detail"),
    path("incidents/INC-<number:number>/say/", record.incident_say, name="say"),
    path("incidents/INC-<number:number>/forecast/", forecast.incident_forecast, name="forecast"),
    path("incidents/INC-<number:number>/edit/", record.incident_edit, name="edit"),
    path("incidents/INC-<number:number>/causes/CHG-<number:change>/<str:verdict>/", tracing.cause_judge, name="cause"),
    path("incidents/INC-<number:number>/<str:name>/", record.incident_act, name="act"),
]

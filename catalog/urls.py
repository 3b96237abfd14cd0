"""Addresses of the service catalogue and of configuration items."""

from django.urls import path

from catalog.views import catalogue, importing, items, updates

app_name = "catalog"

SERVICES = [
    path("services/", catalogue.service_list, name="services"),
    path("services/new/", catalogue.service_edit, name="service_new"),
    path("services/<slug:code>/", catalogue.service, name="service"),
    path("services/<slug:code>/edit/", catalogue.service_edit, name="service_edit"),
    path("services/<slug:code>/retire/", catalogue.service_retire, name="service_retire"),
    path("services/<slug:code>/customers/", catalogue.entitlement_add, name="entitlement_add"),
    path("services/<slug:code>/customers/<int:pk>/end/", catalogue.entitlement_end, name="entitlement_end"),
]

ITEMS = [
    path("items/", items.item_list, name="items"),
    path("items/new/", items.item_edit, name="item_new"),
    path("items/find/", items.item_find, name="item_find"),
    path("items/import/", importing.item_import, name="item_import"),
    path("items/import/confirm/", importing.item_import_confirm, name="item_import_confirm"),
    path("items/updates/", updates.update_list, name="updates"),
    path("items/<str:code>/", items.item, name="item"),
    path("items/<str:code>/edit/", items.item_edit, name="item_edit"),
]

urlpatterns = SERVICES + ITEMS

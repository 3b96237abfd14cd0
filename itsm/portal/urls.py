"""Addresses of the customer's door."""

from django.urls import path
from django.views.generic import RedirectView

from itsm.portal import views

app_name = "portal"
CLOSED = RedirectView.as_view(pattern_name="people:profile")
urlpatterns = [
    path("l/<str:token>/", views.link_page, name="link"),
    path("l/<str:token>/thanks/", views.link_thanks, name="thanks"),
    path("l/<str:token>/files/<uuid:pk>/", views.link_file, name="file"),
    path("accounts/email/", CLOSED, name="own_email"),
    path("portal/", views.home, name="home"),
    path("settings/people/<int:pk>/invite/", views.person_invite, name="invite"),
]

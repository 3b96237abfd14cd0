"""Addresses of the pages about people."""

from django.urls import path

from itsm.people.models import Organisation, Team
from itsm.people.views import duty, organisations, own, people

app_name = "people"
urlpatterns = [
    path("settings/", organisations.settings_home, name="settings"),
    path("settings/profile/", own.profile, name="profile"),
    path("settings/people/", people.person_list, name="people"),
    path("settings/people/new/", people.person_add, name="person_add"),
    path("settings/people/<int:pk>/", people.person, name="person"),
    path("settings/people/<int:pk>/edit/", people.person_edit, name="person_edit"),
    path("settings/people/<int:pk>/appoint/", people.person_appoint, name="person_appoint"),
    path("settings/people/<int:pk>/leave/", people.person_leave, name="person_leave"),
    path("settings/people/<int:pk>/forget/", people.person_forget, name="person_forget"),
    path("settings/people/<int:pk>/shifts/new/", duty.shift_plan, name="shift_plan"),
    path("settings/people/<int:pk>/absences/new/", duty.absence_take, name="absence_take"),
    path("settings/appointments/<int:pk>/end/", people.appointment_end, name="appointment_end"),
    path("settings/shifts/<int:pk>/drop/", duty.shift_drop, name="shift_drop"),
    path("settings/absences/<int:pk>/withdraw/", duty.absence_withdraw, name="absence_withdraw"),
    path("settings/teams/", organisations.team_list, name="teams"),
    path("settings/teams/new/", organisations.team_edit, name="team_add"),
    path("settings/teams/<int:pk>/", organisations.team, name="team"),
    path("settings/teams/<int:pk>/edit/", organisations.team_edit, name="team_edit"),
    path("settings/teams/<int:pk>/retire/", organisations.record_retire, {"model": Team}, name="team_retire"),
    path("settings/customers/", organisations.organisation_list, name="organisations"),
    path("settings/customers/new/", organisations.organisation_edit, name="organisation_add"),
    path("settings/customers/<int:pk>/", organisations.organisation, name="organisation"),
    path("settings/customers/<int:pk>/edit/", organisations.organisation_edit, name="organisation_edit"),
    path("settings/customers/<int:pk>/retire/", organisations.record_retire, {"model": Organisation}, name="organisation_retire"),
    path("availability/", people.availability, name="availability"),
    path("accounts/welcome/<str:uid>/<str:token>/", own.welcome, name="welcome"),
]

"""Addresses of the bell and the outbox."""

from django.urls import path

from itsm.notices import views

app_name = "notices"
urlpatterns = [
    path("notices/", views.notice_list, name="list"),
    path("notices/bell/", views.notice_bell, name="bell"),
    path("notices/read/", views.notice_read, name="read_all"),
    path("notices/<uuid:pk>/read/", views.notice_read, name="read"),
    path("settings/notices/", views.preferences, name="preferences"),
    path("settings/mail/", views.mail_list, name="mail"),
    path("settings/mail/<int:pk>/again/", views.mail_again, name="mail_again"),
    path("outbox/", views.outbox, name="outbox"),
    path("outbox/<int:pk>/", views.outbox_mail, name="outbox_mail"),
    path("outbox/<int:pk>/html/", views.outbox_html, name="outbox_html"),
]

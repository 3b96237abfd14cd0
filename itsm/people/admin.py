"""Reference data for administrators. Nothing is deleted here; verbs have their pages under /settings/."""

from django.contrib import admin

from itsm.core import trail
from itsm.people.models import Absence, Appointment, Organisation, Person, Shift, Team


class KeptAdmin(admin.ModelAdmin):
    """Records that are changed with their author in the trail, and never deleted."""

    def has_delete_permission(self, request, obj=None):
        return False

    def save_model(self, request, obj, form, change):
        with trail.acting(by=request.user, step="admin"):
            super().save_model(request, obj, form, change)


class ReadOnlyAdmin(KeptAdmin):
    """Records that only their services write."""

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False


@admin.register(Organisation)
class OrganisationAdmin(KeptAdmin):
    list_display = ["name", "code", "kind", "retired_at"]
    list_filter = ["kind"]
    search_fields = ["name", "code"]
    autocomplete_fields = ["account_owner"]


@admin.register(Team)
class TeamAdmin(KeptAdmin):
    list_display = ["name", "name_en", "lead", "retired_at"]
    autocomplete_fields = ["lead"]


@admin.register(Person)
class PersonAdmin(KeptAdmin):
    """Rights and entries; passwords are chosen by people themselves, leaving and forgetting have their pages."""

    list_display = ["name", "username", "organisation", "is_active", "is_staff"]
    list_filter = ["is_active", "is_staff"]
    search_fields = ["name", "username", "email"]
    autocomplete_fields = ["organisation", "manager"]
    fields = [
        "username", "name", "email", "phone", "language", "time_zone", "organisation", "manager", "capacity", "works_on", "joined_on",
        "is_staff", "is_superuser", "groups",
    ]  # fmt: skip

    def save_model(self, request, obj, form, change):
        if not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)


@admin.register(Appointment)
class AppointmentAdmin(ReadOnlyAdmin):
    list_display = ["person", "role", "team", "organisation", "valid"]
    list_filter = ["role"]
    list_select_related = ["person", "team", "organisation"]


@admin.register(Shift)
class ShiftAdmin(ReadOnlyAdmin):
    list_display = ["person", "team", "starts_at", "ends_at"]
    list_select_related = ["person", "team"]


@admin.register(Absence)
class AbsenceAdmin(ReadOnlyAdmin):
    list_display = ["person", "first_on", "last_on", "withdrawn_at"]
    list_select_related = ["person"]

"""Teams and organisations."""

from django.contrib import messages
from django.db.models import Count, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from itsm.people import duty, rules, services
from itsm.people.forms import OrganisationForm, TeamForm, attempt
from itsm.people.models import Appointment, Organisation, Role, Team
from itsm.people.services.people import must_manage
from itsm.people.views.people import form_page

LISTED = {"customer": gettext_lazy("Customers"), "supplier": gettext_lazy("Suppliers"), "own": gettext_lazy("Our company")}


@require_safe
def settings_home(request):
    """What can be set, for whoever may."""
    return render(request, "people/settings.html", {"may_manage": rules.may_manage_people(request.user)})


@require_safe
def team_list(request):
    """The teams with their leads and how many belong to each."""
    retired = request.GET.get("retired") == "1"
    teams = Team.objects.visible_to(request.user).filter(retired_at__isnull=not retired).select_related("lead")
    current = Appointment.objects.current().filter(team__isnull=False, person__is_active=True).order_by()
    members = dict(current.values_list("team").annotate(Count("person", distinct=True)))
    lines = [(team, members.get(team.pk, 0)) for team in teams]
    return render(request, "people/teams.html", {"lines": lines, "retired": retired, "may_manage": rules.may_manage_people(request.user)})


@require_safe
def team(request, pk):
    """One team: its lead, and who is in it, on duty and available now."""
    found = get_object_or_404(Team.objects.visible_to(request.user).select_related("lead"), pk=pk)
    roles = Appointment.objects.current().filter(team=found).values_list("person_id", "role")
    held = {}
    for person_id, role in roles:
        held.setdefault(person_id, []).append(Role(role).label)
    members = [(member, held.get(member.person.pk, [])) for member in duty.of_team(found, Role.values)]
    return render(request, "people/team.html", {"team": found, "members": members, "may_manage": rules.may_manage_people(request.user)})


@require_http_methods(["GET", "HEAD", "POST"])
def team_edit(request, pk=None):
    """Write a new team, or change one."""
    must_manage(request.user)
    found = get_object_or_404(Team, pk=pk) if pk else None
    title = _("Change the team") if found else _("New team")
    return _edited(request, TeamForm, found, services.edit_team if found else services.add_team, title, "people:team")


@require_safe
def organisation_list(request):
    """Customers, suppliers and our own company, with how many people each has."""
    kind = request.GET.get("kind", "customer")
    retired = request.GET.get("retired") == "1"
    shown = Organisation.objects.visible_to(request.user).filter(kind=kind, retired_at__isnull=not retired).select_related("account_owner")
    shown = shown.annotate(heads=Count("people", filter=Q(people__is_active=True)))
    context = {
        "organisations": shown,
        "kind": kind,
        "kinds": LISTED,
        "retired": retired,
        "may_manage": rules.may_manage_people(request.user),
    }
    return render(request, "people/organisations.html", context)


@require_safe
def organisation(request, pk):
    """One organisation: its contacts and representatives."""
    found = get_object_or_404(Organisation.objects.visible_to(request.user).select_related("account_owner"), pk=pk)
    current = Appointment.objects.current().filter(organisation=found, role=Role.CUSTOMER_REPRESENTATIVE)
    representing = set(current.values_list("person_id", flat=True))
    people = [(person, person.pk in representing) for person in found.people.active().order_by("name", "id")]
    context = {
        "organisation": found,
        "people": people,
        "may_manage": rules.may_manage_people(request.user),
        "may_add": rules.may_add_callers(request.user, found) and not found.is_retired,
    }
    return render(request, "people/organisation.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def organisation_edit(request, pk=None):
    """Write a new customer or supplier, or change one."""
    must_manage(request.user)
    found = get_object_or_404(Organisation, pk=pk) if pk else None
    act = services.edit_organisation if found else services.add_organisation
    title = _("Change the organisation") if found else _("New organisation")
    return _edited(request, OrganisationForm, found, act, title, "people:organisation")


def _edited(request, form_class, found, act, title, page):
    """The form of a record that is written or changed by `act`; then its page (`page` is the page's name, with an s that of the list)."""
    form = form_class(request.POST if request.method == "POST" else None, instance=found)
    if form.is_valid():
        details = form.cleaned_data
        arguments = (found,) if found else ()
        if kept := attempt(form, lambda: act(*arguments, by=request.user, **details)):
            messages.success(request, _("Saved."))
            return redirect(page, kept.pk)
    return form_page(request, form, title, _("Save"), reverse(f"{page}s"))


@require_POST
def record_retire(request, model, pk):
    """Retire an organisation or a team, or take it back into use."""
    must_manage(request.user)
    found = get_object_or_404(model, pk=pk)
    act = services.restore if found.is_retired else services.retire
    act(found, by=request.user)
    return redirect("people:team" if model is Team else "people:organisation", pk)

"""People: list, page, and every verb on one of them."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from itsm.core import clock
from itsm.people import history, rules, services
from itsm.people.forms import AppointmentForm, CallerForm, ContactForm, EndForm, ForgetForm, LeaveForm, PersonForm, attempt
from itsm.people.models import Appointment, Organisation, Person
from itsm.people.services.people import must_manage

PAGE = 50
VIEWS = {"staff": gettext_lazy("Our people"), "contacts": gettext_lazy("Customers' people"), "left": gettext_lazy("Left")}


@require_safe
def person_list(request):
    """Everybody, by name: ours, the customers', or those who left; found by name, mail or phone."""
    view = request.GET.get("view", "staff")
    words = request.GET.get("q", "").strip()
    people = _which(view, Person.objects.visible_to(request.user)).found(words).select_related("organisation").order_by("name", "id")
    page = Paginator(people, PAGE).get_page(request.GET.get("page"))
    _with_roles(page.object_list)
    context = {
        "people": page, "view": view, "views": VIEWS, "words": words, "may_manage": rules.may_manage_people(request.user),
        "previous_url": _turned(request, page.has_previous() and page.number - 1),
        "next_url": _turned(request, page.has_next() and page.number + 1),
    }  # fmt: skip
    return render(request, "people/people.html", context)


def _which(view, people):
    if view == "left":
        return people.filter(is_active=False)
    return people.contacts().active() if view == "contacts" else people.internal().active()


def _turned(request, number):
    """Return the query string of another page of the same list, or ""."""
    return f"?{request.GET.copy().urlencode()}&page={number}".replace("?&", "?") if number else ""


def _with_roles(people):
    """Give each person `held`, what they are appointed to today; one query."""
    held = Appointment.objects.current().filter(person__in=[p.pk for p in people]).select_related("team", "organisation")
    for person in people:
        person.held = [appointment for appointment in held if appointment.person_id == person.pk]


@require_safe
def person(request, pk):
    """One person: what is known, what they are appointed to, when they work, and what was changed."""
    return render(request, "people/person.html", _page(request, _found(request, pk)))


def _found(request, pk):
    people = Person.objects.visible_to(request.user).select_related("organisation", "manager", "works_on")
    return get_object_or_404(people, pk=pk)


def _page(request, person):
    at = clock.now()
    appointments = person.appointments.standing().select_related("team", "organisation", "deputy", "appointed_by")
    return {
        "person": person,
        "appointments": appointments,
        "current_ids": set(person.appointments.current(at).values_list("pk", flat=True)),
        "shifts": person.shifts.filter(ends_at__gt=at).select_related("team")[:20],
        "absences": person.absences.filter(withdrawn_at=None)[:10],
        "history": history.entries(person),
        "may_manage": rules.may_manage_people(request.user),
        "may_plan": rules.may_manage_people(request.user) or any(request.user.leads(t) for t in person.team_ids),
        "now": at,
    }


@require_http_methods(["GET", "HEAD", "POST"])
def person_add(request):
    """Write down somebody new: one of us, or of a customer (`organisation` in the address)."""
    organisation = Organisation.objects.filter(pk=_number(request.GET.get("organisation"))).first()
    organisation = organisation or Organisation.objects.filter(kind=Organisation.Kind.OWN).first()
    if not rules.may_add_callers(request.user, organisation):
        must_manage(request.user)
    is_contact = organisation is not None and organisation.kind != Organisation.Kind.OWN
    initial = {"time_zone": organisation.time_zone} if organisation else {}
    form = _new_person_form(request.user, is_contact)(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        details = {"organisation": organisation, **initial, **form.cleaned_data}
        if added := attempt(form, lambda: services.add_person(by=request.user, **details)):
            messages.success(request, _("%(name)s is added.") % {"name": added})
            return redirect("people:person", added.pk)
    title = _("New person of %(organisation)s") % {"organisation": organisation} if is_contact else _("New person")
    return form_page(request, form, title, _("Add"), reverse("people:people"))


def _new_person_form(by, is_contact):
    if not rules.may_manage_people(by):
        return CallerForm
    return ContactForm if is_contact else PersonForm


def _number(text):
    return int(text) if text and text.isdecimal() and len(text) < 18 else None


@require_http_methods(["GET", "HEAD", "POST"])
def person_edit(request, pk):
    """Change what is known about somebody."""
    must_manage(request.user)
    person = _found(request, pk)
    form = (PersonForm if person.is_internal else ContactForm)(request.POST if request.method == "POST" else None, instance=person)
    if form.is_valid() and attempt(form, lambda: services.edit(person, by=request.user, **form.changes())):
        messages.success(request, _("Saved."))
        return redirect("people:person", pk)
    title = _("Change %(name)s") % {"name": Person.objects.get(pk=pk)}
    return form_page(request, form, title, _("Save"), page_of(pk))


@require_http_methods(["GET", "HEAD", "POST"])
def person_appoint(request, pk):
    """Appoint somebody to a role."""
    must_manage(request.user)
    person = _found(request, pk)
    form = AppointmentForm(request.POST if request.method == "POST" else None, person=person)
    if form.is_valid():
        details = dict(form.cleaned_data)
        organisation = person.organisation if person.is_contact else None
        act = lambda: services.appoint(person, details.pop("role"), by=request.user, organisation=organisation, **details)  # noqa: E731
        if attempt(form, act):
            messages.success(request, _("Appointed."))
            return redirect("people:person", pk)
    return form_page(request, form, _("Appoint %(name)s") % {"name": person}, _("Appoint"), page_of(pk))


@require_http_methods(["GET", "HEAD", "POST"])
def appointment_end(request, pk):
    """End an appointment."""
    must_manage(request.user)
    appointment = get_object_or_404(Appointment.objects.visible_to(request.user).select_related("person"), pk=pk)
    form = EndForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and attempt(form, lambda: services.end_appointment(appointment, by=request.user, **form.cleaned_data)):
        messages.success(request, _("The appointment is ended."))
        return redirect("people:person", appointment.person_id)
    places = {"role": appointment.get_role_display(), "name": appointment.person}
    title = _("End %(role)s of %(name)s") % places
    return form_page(request, form, title, _("End the appointment"), page_of(appointment.person_id))


@require_http_methods(["GET", "HEAD", "POST"])
def person_leave(request, pk):
    """Record somebody's last day."""
    must_manage(request.user)
    person = _found(request, pk)
    form = LeaveForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and attempt(form, lambda: services.leave(person, by=request.user, **form.cleaned_data)):
        messages.success(request, _("The last day is recorded. What this person held goes to others."))
        return redirect("people:person", pk)
    remark = _("Appointments and shifts end, the account is closed, and open tickets are given to others.")
    title = _("Last day of %(name)s") % {"name": person}
    return form_page(request, form, title, _("Record the last day"), page_of(pk), remark=remark)


@require_http_methods(["GET", "HEAD", "POST"])
def person_forget(request, pk):
    """Blank somebody's personal data for good."""
    must_manage(request.user)
    person = _found(request, pk)
    form = ForgetForm(request.POST if request.method == "POST" else None, person=person)
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        if attempt(form, lambda: services.forget(person, by=request.user, reason=reason)):
            messages.success(request, _("The personal data is blanked."))
            return redirect("people:person", pk)
    remark = _("Name, mail, phone and user name are blanked, in the history too. Numbers, times and decisions stay. This can't be undone.")
    title = _("Forget %(name)s") % {"name": person}
    return form_page(request, form, title, _("Blank for good"), page_of(pk), remark=remark, danger=True)


def form_page(request, form, title, verb, back, **context):
    """Draw a form page with a way back; 422 when something is wrong with what was typed."""
    context = {"form": form, "title": title, "verb": verb, "back": back, **context}
    return render(request, "people/form.html", context, status=422 if form.errors else 200)


def page_of(person_id):
    """Return the path of a person's page."""
    return reverse("people:person", args=[person_id])


@require_POST
def availability(request):
    """Set my own availability from the top bar, and go back to where I was."""
    services.set_availability(request.user, request.POST.get("availability", ""), by=request.user)
    return redirect(_own(request.POST.get("next")))


def _own(address):
    """Return an address only if it is a path of ours."""
    return address if address and address.startswith("/") and not address.startswith(("//", "/\\")) else "/"

"""Shifts and days away."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from itsm.people import services
from itsm.people.forms import AbsenceForm, ShiftForm, attempt
from itsm.people.models import Absence, Person, Shift
from itsm.people.views.people import form_page, page_of


@require_http_methods(["GET", "HEAD", "POST"])
def shift_plan(request, pk):
    """Put somebody on duty."""
    person = get_object_or_404(Person.objects.visible_to(request.user), pk=pk)
    services.must_plan(request.user, person)
    form = ShiftForm(request.POST if request.method == "POST" else None, instance=Shift(person=person))
    if form.is_valid() and attempt(form, lambda: services.plan_shift(person, by=request.user, **form.cleaned_data)):
        messages.success(request, _("The shift is planned."))
        return redirect("people:person", pk)
    return form_page(request, form, _("Shift of %(name)s") % {"name": person}, _("Plan"), page_of(pk))


@require_POST
def shift_drop(request, pk):
    """Take a shift out that has not begun."""
    shift = get_object_or_404(Shift.objects.filter(person__in=Person.objects.visible_to(request.user)).select_related("person"), pk=pk)
    services.drop_shift(shift, by=request.user)
    return redirect("people:person", shift.person_id)


@require_http_methods(["GET", "HEAD", "POST"])
def absence_take(request, pk):
    """Record days somebody is away."""
    person = get_object_or_404(Person.objects.visible_to(request.user), pk=pk)
    if person.pk != request.user.pk:
        services.must_plan(request.user, person)
    form = AbsenceForm(request.POST if request.method == "POST" else None, instance=Absence(person=person))
    if form.is_valid() and attempt(form, lambda: services.take_leave(person, by=request.user, **form.cleaned_data)):
        messages.success(request, _("The days away are recorded."))
        return redirect("people:person", pk)
    return form_page(request, form, _("Days away of %(name)s") % {"name": person}, _("Record"), page_of(pk))


@require_POST
def absence_withdraw(request, pk):
    """Take an absence back."""
    seen = Person.objects.visible_to(request.user)
    absence = get_object_or_404(Absence.objects.filter(person__in=seen).select_related("person"), pk=pk)
    services.withdraw_leave(absence, by=request.user)
    return redirect("people:person", absence.person_id)

"""Doors of the ladder: somebody has seen an escalation; who is told when, written and tried out for a draft."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sla import services
from sla.models import Clock


@require_POST
def escalation_acknowledge(request, pk):
    """I have seen the escalation of this clock, and those that wait on the same record."""
    clock = get_object_or_404(Clock.objects.visible_to(request.user), pk=pk)
    record = services.acknowledge(clock.record, by=request.user)
    messages.success(request, _("Noted: you have seen it. The next step comes at its own time."))
    return redirect(record.sla_subject().url)

"""Pages of the kernel itself."""

from django.conf import settings
from django.http import Http404
from django.shortcuts import render

from itsm.core import clock
from itsm.core.sheet import samples


def components(request):
    """Every component in every state, for whoever builds pages; only in the demo and in development."""
    if not (settings.DEBUG or settings.DEMO):
        raise Http404
    return render(request, "core/components.html", samples(clock.now()))

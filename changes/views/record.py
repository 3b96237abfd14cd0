"""The list of changes and one change's page."""

from django.shortcuts import get_object_or_404, render

from changes.models import Change


def change_list(request):
    """Changes by what needs attention first."""
    rows = Change.objects.visible_to(request.user).listed().order_by("-number")[:50]
    return render(request, "changes/list.html", {"rows": rows})


def change(request, number):
    """One change: what is to be done, who decided, what is next."""
    found = get_object_or_404(Change.objects.visible_to(request.user), number=number)
    return render(request, "changes/detail.html", {"change": found})

"""The list of changes."""

from django.shortcuts import render

from changes.models import Change


def change_list(request):
    """Changes by what needs attention first."""
    rows = Change.objects.visible_to(request.user).listed().order_by("-number")[:50]
    return render(request, "changes/list.html", {"rows": rows})

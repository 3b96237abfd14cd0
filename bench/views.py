"""The measure of everything: a page that does nothing of its own."""

from django.shortcuts import render

from itsm.people.models import Organisation


def bare(request):
    """Signed in, all middlewares, the base template, and one query of one row."""
    return render(request, "bench/bare.html", {"organisation": Organisation.objects.order_by("pk").first()})

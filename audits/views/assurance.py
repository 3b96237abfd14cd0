"""The assurance dashboard, and its figures as a file."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from audits import tiles
from itsm.core import measures
from reports import figures
from reports.forms import options
from reports.links import page_url
from reports.views.dashboards import asked, frame
from reports.views.exports import export


@require_safe
def assurance(request):
    """Do we find what is wrong, and is it mended for good? Each number leads to its rows."""
    form, scope, at = asked(request, ())
    context = frame("audits:assurance", form, scope, at, (), options()) | {"tiles": tiles.drawn(scope, at), "by": ""}
    return render(request, "audits/assurance.html", context | {"export": page_url("audits:assurance_export", scope)})


@require_safe
def assurance_export(request):
    """Every figure of the assurance dashboard."""
    return export(request, "assurance", list(measures.of_records().values()), figures.RECORD_GROUPS)

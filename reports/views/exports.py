"""What the dashboards show, as files for spreadsheets."""

from django.views.decorators.http import require_safe

from itsm.core import clock
from reports import exporting
from reports.forms import ScopeForm
from reports.views.files import table_file
from reports.views.rows import must_read


@require_safe
def sla_export(request):
    """Every figure of the SLA dashboard."""
    return export(request, "sla", exporting.shown(False), exporting.OF_TICKETS)


@require_safe
def changes_export(request):
    """Every figure of the change dashboard."""
    return export(request, "changes", exporting.shown(True), exporting.OF_CHANGES)


def export(request, name, asked, groups):
    """The figures of some measures, in the scope of the address, told apart as `groups` says."""
    must_read(request)
    at = clock.now()
    scope = ScopeForm(request.GET, at=at).scope()
    name = f"{name}-{scope.query['from']}-{scope.query['to']}"
    return table_file(request, name, exporting.head(scope, at), exporting.columns(), exporting.rows(scope, asked, groups))

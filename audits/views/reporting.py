"""The report of an audit: what was frozen, whether it still is, and the prints."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from audits import services
from audits.models import ReportPaper
from audits.views.auditing import found, frame, open_to_guests


@open_to_guests
@require_safe
def report_page(request, number):
    """The report with its hash, checked again each time; the prints, the reader's language first."""
    shown = found(request, number, guests=True)
    report = getattr(shown, "issued", None)
    if report is None:
        raise Http404
    holds = services.holds(report)
    papers = sorted(report.papers.defer("content"), key=lambda one: one.language != get_language())
    context = {
        "audit": shown, "report": report, "holds": holds, "all_hold": all(holds.values()), "facts": report.facts, **frame(request.user),
        "papers": [(one, holds[one.language]) for one in papers],
    }  # fmt: skip
    return render(request, "audits/audit_report.html", context)


@open_to_guests
@require_safe
def report_paper(request, number, language):
    """The report as PDF in one language, as it was printed when it was issued."""
    shown = found(request, number, guests=True)
    paper = get_object_or_404(ReportPaper, report__audit=shown, language=language)
    response = HttpResponse(bytes(paper.content), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{shown.shown_number}-{paper.language}.pdf"'
    return response

"""Downloads. A file is never shown in the browser: it is only ever handed over."""

from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from itsm.documents import access
from itsm.documents.models import Attachment


@require_safe
def attachment_download(request, pk):
    """Hand a file to somebody who may see its record; to everybody else it does not exist."""
    attachment = get_object_or_404(Attachment.objects.select_related("content_type"), pk=pk)
    if not access.may_see(request.user, attachment):
        raise Http404
    return as_download(attachment)


def as_download(attachment):
    """Return the response that hands a file over, whatever it contains. Raises Http404 when the bytes are gone."""
    try:
        file = attachment.path.open("rb")
    except FileNotFoundError as missing:
        raise Http404 from missing
    response = FileResponse(file, as_attachment=True, filename=attachment.name, content_type="application/octet-stream")
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response

"""Put files to a record."""

import unicodedata

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from itsm.core import clock
from itsm.core.errors import Refused
from itsm.documents import storage
from itsm.documents.models import Attachment, Visibility

LARGEST = 25 * 1024 * 1024
MOST = 10


def refusal(uploads):
    """Return why these uploads can't be taken, or None: at most 10 files, 25 MB each, none empty."""
    if len(uploads) > MOST:
        return _("At most %(most)s files at once. Send the others with another message.") % {"most": MOST}
    for upload in uploads:
        if upload.size > LARGEST:
            places = {"name": clean_name(upload.name), "size": filesizeformat(upload.size)}
            return _("%(name)s has %(size)s; the most we take is 25 MB. Make it smaller or split it.") % places
        if not upload.size:
            return _("%(name)s is empty. Choose the file again.") % {"name": clean_name(upload.name)}
    return None


@transaction.atomic
def attach(record, uploads, *, by, visibility=Visibility.PUBLIC, at=None):
    """Keep uploaded files with a record, bytes first, rows after; return the Attachments. Raises Refused."""
    uploads = list(uploads or [])
    if sentence := refusal(uploads):
        raise Refused(sentence, code="file_refused")
    at = at or clock.now()
    kind = ContentType.objects.get_for_model(type(record))
    return [
        Attachment.objects.create(
            content_type=kind,
            object_id=record.pk,
            visibility=visibility,
            name=clean_name(upload.name),
            uploaded_by=by,
            uploaded_at=at,
            **storage.store(upload)._asdict(),
        )
        for upload in uploads
    ]


def clean_name(name):
    """Return a name to show and to offer: no path, no control characters, at most 200 characters with its ending."""
    name = unicodedata.normalize("NFC", (name or "").replace("\\", "/").rpartition("/")[2])
    name = "".join(letter for letter in name if unicodedata.category(letter)[0] != "C").strip(" .")
    stem, dot, ending = name.rpartition(".")
    if len(name) > 200:
        name = f"{stem[: 199 - len(ending)]}{dot}{ending}" if dot and len(ending) < 20 else name[:200]
    return name or "file"

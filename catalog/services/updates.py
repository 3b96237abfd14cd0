"""What becomes of unauthorised updates."""

from django.utils.translation import gettext_lazy as _

from catalog.models import ItemUpdate, UpdateExplained
from catalog.services import allowed
from itsm.core.errors import Refused
from itsm.core.verbs import verb


@verb
def explain_updates(updates, *, by, words, change=None):
    """Say whose change some unauthorised updates belonged to after all, or why they stay; all of them or none.

    Raises Refused for one that was allowed or is explained already, NotAllowed.
    """
    allowed.check(by, [])
    if not words.strip():
        raise Refused(_("Say how it came to this update."), code="no_words")
    ids = [update.pk for update in updates]
    if not ids or ItemUpdate.objects.unauthorised().filter(pk__in=ids).count() < len(set(ids)):
        raise Refused(_("Choose updates that nothing allowed."), code="allowed")
    if UpdateExplained.objects.filter(update__in=ids).exists():
        raise Refused(_("Somebody explained this update already."), code="explained")
    said = [UpdateExplained(update_id=pk, words=words.strip(), change=change, by=by) for pk in dict.fromkeys(ids)]
    return UpdateExplained.objects.bulk_create(said)

"""What every page shows of notices: the bell's count, and the banner when mail does not go."""

from django.utils.translation import gettext, ngettext

from itsm.core import ui
from itsm.notices import services
from itsm.notices.models import Delivery, Notice
from itsm.people import rules


def register():
    """Fill the registries of the frame."""
    ui.frame(bell)
    ui.banner(mail_waits)


def bell(request):
    """Return the count of unread notices for the frame; one query."""
    return {"unread": Notice.objects.visible_to(request.user).unread().count()}


def mail_waits(person):
    """Return the sentence that says that mail does not leave the house, for our own people; None while it does."""
    if not rules.is_internal(person) or services.mail_goes() != "waits":
        return None
    waiting = services.owed().count()
    if not waiting:
        return gettext("There is no mail server: customers are not told anything. Set EMAIL_URL.")
    return ngettext(
        "There is no mail server: %(count)s mail waits. Set EMAIL_URL.",
        "There is no mail server: %(count)s mails wait. Set EMAIL_URL.",
        waiting,
    ) % {"count": waiting}


def given_up():
    """Return the deliveries that were given up, for people to look at."""
    return Delivery.objects.filter(given_up_at__isnull=False)

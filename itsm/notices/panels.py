"""What every page shows of notices: the bell's count, and the banner when mail does not go."""

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from itsm.core import ui
from itsm.notices import services
from itsm.notices.models import Notice
from itsm.people import rules


def register():
    """Fill the registries of the frame."""
    ui.frame(bell)
    ui.banner(mail_waits)
    ui.banner(mail_given_up)
    ui.rail("settings", _("Outbox"), "notices:outbox", "mail", may=may_read_outbox, order=80)
    ui.rail("settings", _("Mail"), "notices:mail", "mail", may=may_watch_mail, order=81)


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


def mail_given_up(person):
    """Return the sentence that says that mails were given up, for those who can do something about it."""
    if not rules.may_manage_people(person):
        return None
    lost = services.given_up().count()
    text = ngettext("%(count)s mail was not accepted for three days.", "%(count)s mails were not accepted for three days.", lost)
    return format_html('{} <a href="{}">{}</a>', text % {"count": lost}, reverse("notices:mail"), gettext("Look")) if lost else None


def may_read_outbox(person):
    """Tell whether the outbox page exists for somebody: our own people, in a demo or development without mail server."""
    return rules.is_internal(person) and services.mail_goes() == "outbox"


def may_watch_mail(person):
    """Tell whether somebody may look after mails that do not go."""
    return rules.may_manage_people(person) and services.mail_goes() != "outbox"

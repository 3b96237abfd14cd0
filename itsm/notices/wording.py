"""Word a notice in its reader's language: the bell's line, and the mail."""

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from itsm.notices import kinds

FORGOTTEN_KIND = _("A message of a kind that no longer exists")


def subject(notice):
    """Return a notice's one line in the active language."""
    if not kinds.known(notice.kind):
        return str(FORGOTTEN_KIND)
    wording = kinds.get(notice.kind).subject
    line = str(wording(notice)) if callable(wording) else str(wording) % _places(notice)
    return " ".join(line.split())


def page(notice):
    """Return the path of the page a notice is about, or ""."""
    kind = kinds.get(notice.kind) if kinds.known(notice.kind) else None
    if kind and kind.url:
        return kind.url(notice)
    reach = getattr(notice.record, "get_absolute_url", None)
    return reach() if reach else ""


def acts(notices):
    """Return `{notice id: (label, address)}` of what the reader of these may do at once; each kind's own question is asked once."""
    asked = {}
    for notice in notices:
        if kinds.known(notice.kind) and (find := kinds.get(notice.kind).acts):
            asked.setdefault(find, []).append(notice)
    return {pk: act for find, group in asked.items() for pk, act in find(group).items()}


def mail(notice):
    """Return the mail of a notice as a Django message with a text and an HTML part, in the person's language and zone."""
    person = notice.person
    with translation.override(person.language), timezone.override(person.time_zone):
        context = _context(notice)
        template = kinds.get(notice.kind).template
        message = EmailMultiAlternatives(
            subject=context["subject"],
            body=render_to_string(f"{template}.txt", context).strip() + "\n",
            from_email=settings.DEFAULT_FROM_EMAIL,
            to=[person.email],
            headers={"Message-ID": _message_id(notice), "Auto-Submitted": "auto-generated", "Content-Language": person.language},
        )
        message.attach_alternative(render_to_string(f"{template}.html", context), "text/html")
        return message


def _context(notice):
    kind, person = kinds.get(notice.kind), notice.person
    own_page = page(notice) if person.is_internal else ""
    return {
        **notice.params,
        "notice": notice,
        "person": person,
        "about": notice.record,
        "subject": subject(notice),
        "link": kinds.link_url(kind.link_purpose, notice),
        "answer_link": kinds.link_url(kind.answer_purpose, notice),
        "page": settings.SITE_URL.rstrip("/") + own_page if own_page else "",
        "site": settings.SITE_URL,
        "language": person.language,
        **(kind.context(notice) if kind.context else {}),
    }


def _places(notice):
    return {"about": notice.record, "person": notice.person, **notice.params}


def _message_id(notice):
    """Return the same Message-ID for every try, so that a mail sent twice can be told by its receiver's server."""
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("> ") or "localhost"
    return f"<notice-{notice.pk}@{domain}>"

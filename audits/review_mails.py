"""What the mails about management reviews and their actions say, in the reader's language."""

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from audits.days import worded
from itsm.people.models import Person


def of_review(notice):
    """The facts of a mail about a review."""
    review = notice.record
    facts = [(_("State"), review.get_status_display()), (_("Planned for"), worded(review.planned_on)), (_("Chair"), review.chair.display)]
    return {"facts": facts, "words": review.title, "sentence": ""}


def of_action(notice):
    """The facts of a mail about an action; how late it is where that is the point."""
    action, params = notice.record, notice.params
    facts = [
        (_("Management review"), action.review.shown_number), (pgettext("action", "Owner"), action.owner.display),
        (_("Due"), worded(action.due_on)), (_("State"), action.get_status_display()),
    ]  # fmt: skip
    return {"facts": facts, "words": action.why or action.title, "sentence": _late(params) if "days" in params else ""}


def _late(params):
    owner = Person.objects.filter(pk=params["owner"]).first()
    sentence = ngettext(
        "It was due on %(day)s, %(days)s day ago; the owner is %(owner)s.",
        "It was due on %(day)s, %(days)s days ago; the owner is %(owner)s.",
        params["days"],
    )
    due = worded(date.fromisoformat(params["due_on"]))
    return sentence % {"day": due, "days": params["days"], "owner": owner.display if owner else "–"}


def reminder(notice):
    """The line of the bell: how long ago the last review was."""
    months = notice.params["months"]
    if months >= 12:
        return _("A year has passed since the last management review (%(day)s)") % {"day": _since(notice)}
    sentence = ngettext(
        "The last management review was %(n)s month ago (%(day)s): plan the next one",
        "The last management review was %(n)s months ago (%(day)s): plan the next one",
        months,
    )
    return sentence % {"n": months, "day": _since(notice)}


def _since(notice):
    return worded(date.fromisoformat(notice.params["since"]))


def of_reminder(notice):
    """Whether the next one is planned."""
    planned, day = notice.params["planned"], notice.params["planned_on"]
    if not planned:
        return {"planned_words": _("No review is planned.")}
    return {"planned_words": _("%(review)s is planned for %(day)s.") % {"review": planned, "day": worded(date.fromisoformat(day))}}


def reviews(_notice):
    """Where reviews are planned."""
    return reverse("audits:reviews")

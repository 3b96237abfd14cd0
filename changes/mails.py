"""What the mails about changes say, in the reader's language and zone."""

from django.utils.translation import gettext as _

from changes.models import Choice, Decision, Delegation, Remark, Seat
from changes.wording import exact_minute, window
from itsm.people.models import Person, Role


def asked(notice):
    """The facts of a mail that asks for a decision: what, how risky, when, until when, from whom, and as what one is asked."""
    seat = Seat.objects.select_related("stage__round", "organisation").get(pk=notice.params["seat"])
    stands_for = Person.objects.filter(pk=notice.params.get("stands_for")).first()
    facts = [*_of_change(notice.record), (_("Decide by"), exact_minute(seat.stage.deadline_at))]
    return {"facts": facts, "asked_as": _asked_as(seat, stands_for), "impact": notice.record.impact}


def _asked_as(seat, stands_for):
    role = Role(seat.role).label
    if seat.organisation is not None:
        role = _("%(role)s of %(organisation)s") % {"role": role, "organisation": seat.organisation}
    if stands_for is not None:
        return _("%(role)s, in the place of %(person)s") % {"role": role, "person": stands_for}
    return role


def _of_change(change):
    return [
        (_("Risk"), change.get_risk_display()),
        (_("Window"), window(change.starts_at, change.ends_at)),
        (_("Asked for by"), change.requester.display),
    ]


def told(notice):
    """The facts of a mail that only tells something: who said it, and the words."""
    said = _said(notice)
    return {"facts": _of_change(notice.record), **said}


def _said(notice):
    params = notice.params
    if "decision" in params:
        decision = Decision.objects.select_related("person", "on_behalf_of").get(pk=params["decision"])
        return {"sentence": sentence(decision), "words": decision.words}
    if "remark" in params:
        remark = Remark.objects.select_related("person").get(pk=params["remark"])
        return {"sentence": _("%(person)s answers:") % {"person": remark.person}, "words": remark.words}
    if "round" in params:
        decision = Decision.objects.filter(stage__round=params["round"], choice=Choice.REJECT).select_related("person").latest("id")
        return {"sentence": sentence(decision), "words": decision.words}
    return {}


SENTENCES = {
    Choice.APPROVE: lambda: _("%(person)s approved it."),
    Choice.REJECT: lambda: _("%(person)s rejected it:"),
    Choice.ASK: lambda: _("%(person)s asks:"),
    Choice.ABSTAIN: lambda: _("%(person)s abstains."),
}


def sentence(decision):
    """Who decided what; of a stand-in both names."""
    person = decision.person.display
    if decision.on_behalf_of_id:
        person = _("%(person)s for %(other)s") % {"person": person, "other": decision.on_behalf_of}
    return SENTENCES[decision.choice]() % {"person": person}


def delegated(notice):
    """The facts of a mail about a delegation."""
    delegation = Delegation.objects.select_related("giver").get(pk=notice.params["delegation"])
    return {"delegation": delegation, "role": Role(delegation.role).label}

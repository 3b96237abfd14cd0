"""The minutes of a management review: everything that its chair signs, as plain facts, in words, and as a paper."""

from datetime import date
from zoneinfo import ZoneInfo

from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from audits import sampling
from audits.days import worded
from audits.inputs import wording
from audits.models import Answer, Question, Sort
from audits.models.review import CAPACITIES
from itsm.documents import paper
from itsm.people.zones import company_zone


def content(review):
    """What the chair signs: plain facts, the same as long as nobody changes anything. Five queries."""
    seats = review.attendees.select_related("person").order_by("id")
    verdicts = {verdict.question: verdict for verdict in review.verdicts.select_related("by")}
    drafts = review.actions.filter(status="draft").select_related("owner").order_by("id")
    return {
        "number": review.shown_number, "period": [review.period_from.isoformat(), review.period_until.isoformat()],
        "held_on": review.held_on and review.held_on.isoformat(), "chair": _who(review.chair), "inputs_sha256": review.inputs_sha256,
        "attendance": [{**_who(seat.person), "capacity": seat.capacity, "present": seat.is_present} for seat in seats],
        "verdicts": [_judged(verdicts[question]) for question in Question if question in verdicts],
        "decisions": [
            {"number": draft.shown_number, "sort": draft.sort, "title": draft.title, "why": draft.why, "owner": _who(draft.owner),
             "due_on": draft.due_on.isoformat()}
            for draft in drafts
        ],
        "nothing_decided": review.nothing_decided,
    }  # fmt: skip


def digest(review):
    """The SHA-256 of what the chair would sign now."""
    return sampling.digest(content(review))


def _who(person):
    return {"id": person.pk, "name": person.name}


def _judged(verdict):
    return {"question": verdict.question, "answer": verdict.answer, "reasons": verdict.reasons, "by": verdict.by.name}


def printed(said, picture, *, language, signature=None):
    """The PDF of minutes in a language: the same words give the same bytes. signature: `(name, instant, hash)`; without it a draft."""
    with translation.override(language):
        title = _("Management review %(number)s") % {"number": said["number"]}
        mark = "" if signature else _("Draft, not signed")
        blocks = [*_facts(said), *_conclusions(said), *_inputs(picture, language), *_signature(said, signature)]
        return paper.printed(title, blocks, language=language, mark=mark, foot=f"{said['number']} · {said['inputs_sha256'][:16]}")


def _facts(said):
    first, last = (worded(date.fromisoformat(day)) for day in said["period"])
    rows = [
        (_("Period"), f"{first} – {last}"), (_("Held on"), worded(said["held_on"] and date.fromisoformat(said["held_on"]))),
        (_("Chair"), said["chair"]["name"]),
    ]  # fmt: skip
    there = {True: pgettext("attendance", "present"), False: pgettext("attendance", "absent"), None: "–"}
    seats = [(seat["name"], CAPACITIES.get(seat["capacity"], seat["capacity"]), there[seat["present"]]) for seat in said["attendance"]]
    head = (pgettext("attendance", "Name"), _("In which capacity"), pgettext("attendance", "There"))
    return [paper.facts(rows), paper.heading(_("Attendance")), paper.table(head, seats, (3, 4, 1))]


def _conclusions(said):
    questions, answers, sorts = dict(Question.choices), dict(Answer.choices), dict(Sort.choices)
    judged = [(questions[one["question"]], answers[one["answer"]], one["reasons"]) for one in said["verdicts"]]
    blocks = [
        paper.heading(_("Verdict of top management")),
        paper.table((_("Is the system …"), _("Verdict"), _("Reasons")), judged, (2, 2, 6)),
    ]
    blocks.append(paper.heading(pgettext("management review", "Decisions")))
    if not said["decisions"]:
        return [*blocks, paper.text(said["nothing_decided"] or "–")]
    rows = [
        (one["number"], "\n".join(filter(None, (one["title"], one["why"]))), sorts[one["sort"]], one["owner"]["name"],
         worded(date.fromisoformat(one["due_on"])))
        for one in said["decisions"]
    ]  # fmt: skip
    head = (_("Number"), _("What is to be done, and why"), pgettext("decision", "About"), pgettext("action", "Owner"), _("Due"))
    return [*blocks, paper.table(head, rows, (2, 5, 2, 2, 2))]


def _inputs(picture, language):
    blocks = [paper.heading(_("What the review looked at"))]
    for no, given in enumerate(picture, start=1):
        blocks.append(paper.heading(f"{no}. {given['title'][language]} ({given['clause']})", 3))
        blocks.append(paper.quiet(given["question"][language]))
        if given["lines"]:
            rows = [wording.cells(line, language) for line in given["lines"]]
            blocks.append(paper.table((pgettext("input", "What"), pgettext("input", "Now"), _("Period before")), rows, (5, 3, 2)))
        if given["words"]:
            blocks += [paper.text(given["words"]), paper.quiet(given["words_by"])]
    return blocks


def _signature(said, signature):
    rows = [(_("SHA-256 of the inputs"), said["inputs_sha256"])]
    if signature:
        name, at, sha256 = signature
        local = timezone.localtime(at, ZoneInfo(company_zone()))
        rows = [(_("Signed by"), f"{name} · {local:%Y-%m-%d %H:%M}"), (_("SHA-256 of what was signed"), sha256), *rows]
    return [paper.signature(rows)]

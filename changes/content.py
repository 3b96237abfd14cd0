"""What a change says, as whoever decides reads it: exactly what its fingerprint covers, and the title.

One source for the change's page, the inbox, the customer's link and the text of receipts; worded in the active language and zone.
"""

import dataclasses

from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from catalog.models import ConfigurationItem, Service
from changes import risk
from changes.models import Category, Kind, Questionnaire, Risk, StandardModel
from changes.wording import either, instant, window
from itsm.core.wording import duration
from itsm.people.models import Organisation

NOTHING = gettext_lazy("Nothing written down.")
NONE_NAMED = pgettext_lazy("services, items or customers of a change", "None named.")


@dataclasses.dataclass(frozen=True)
class Line:
    """One line of a section; the remark is said more quietly (minutes of a step, points of an answer)."""

    text: str
    remark: str = ""


@dataclasses.dataclass(frozen=True)
class Section:
    """One heading and what stands below it. `form` is how it is drawn: "words", "names", "steps" or "answers"."""

    key: str
    title: str
    form: str
    lines: tuple


@dataclasses.dataclass(frozen=True)
class Part:
    """How one section is made; `covers` are the keys of the fingerprint's document that it words."""

    key: str
    title: object
    covers: tuple
    lines: object
    form: str = "words"


class _Read:
    """A document with the names behind its ids, asked for once. `reader`: a customer's person learns of no other customer."""

    def __init__(self, document, reader=None):
        self.document, self.reader = document, reader

    def __getitem__(self, key):
        return self.document[key]

    def named(self, model, key, *related):
        return model.objects.select_related(*related).in_bulk(self.document[key]).values()

    @cached_property
    def questionnaire(self):
        return Questionnaire.objects.get(pk=self.document["assessment"]["questionnaire"])


def _sort(read):
    yield Line(Kind(read["kind"]).label)
    yield Line(Category(read["category"]).label)
    if read["model"]:
        yield Line(_("Follows the model “%(model)s”.") % {"model": StandardModel.objects.get(pk=read["model"])})


def _window(read):
    yield Line(window(instant(read["starts_at"]), instant(read["ends_at"])))


def _impact(read):
    if read["impact"].strip():
        yield Line(read["impact"])
    yield Line(_("The service is interrupted or slow meanwhile.") if read["interrupts"] else _("The service is not interrupted."))


def _words(key):
    return lambda read: [Line(read[key].strip() or str(NOTHING))]


def _services(read):
    return sorted((Line(s.label(), s.get_criticality_display()) for s in read.named(Service, "services")), key=lambda line: line.text)


def _items(read):
    return sorted((Line(i.label(), i.code) for i in read.named(ConfigurationItem, "items", "service")), key=lambda line: line.remark)


def _customers(read):
    named = list(read.named(Organisation, "customers"))
    seen = [o for o in named if read.reader is None or read.reader.is_internal or o.pk == read.reader.organisation_id]
    others = len(named) - len(seen)
    yield from sorted((Line(o.name) for o in seen), key=lambda line: line.text)
    if others:
        yield Line(ngettext("and %(n)d other customer", "and %(n)d other customers", others) % {"n": others})


def _plan(read):
    return [Line(row["words"], duration(row["minutes"] * 60)) for row in read["plan"]]


def _risk(read):
    if not read["assessment"]:
        return [Line(_("Not assessed yet."))]
    said = {"risk": Risk(read["risk"]).label, "score": read["assessment"]["score"]}
    said |= {"highest": risk.highest(read.questionnaire.questions), "no": read.questionnaire.no}
    held = set(read["assessment"]["triggers"])
    always = [Line(either(t["text"], t["text_en"]), _("always high")) for t in read.questionnaire.triggers if t["code"] in held]
    return [Line(_("%(risk)s: %(score)s of %(highest)s points, risk questions version %(no)s") % said), *always]


def _answers(read):
    if not read["assessment"]:
        return
    for question in read.questionnaire.questions:
        given = read["assessment"]["answers"].get(question["code"])
        words = next((either(zh, en) for points, zh, en in question["options"] if points == given), str(NOTHING))
        counted = (given or 0) * question.get("weight", 1)
        yield Line(f"{either(question['text'], question['text_en'])} {words}", str(counted))


PARTS = (
    Part("sort", gettext_lazy("Type"), ("kind", "category", "model"), _sort, "names"),
    Part("window", gettext_lazy("Window"), ("starts_at", "ends_at"), _window),
    Part("impact", gettext_lazy("What customers notice"), ("impact", "interrupts"), _impact),
    Part("reason", gettext_lazy("Why"), ("reason",), _words("reason")),
    Part("services", gettext_lazy("Services"), ("services",), _services, "names"),
    Part("items", gettext_lazy("Configuration items"), ("items",), _items, "names"),
    Part("customers", gettext_lazy("Customers concerned"), ("customers",), _customers, "names"),
    Part("plan", pgettext_lazy("what is done, in steps", "Plan"), ("plan",), _plan, "steps"),
    Part("tests", gettext_lazy("How it was tested"), ("test_evidence",), _words("test_evidence")),
    Part("back_out", gettext_lazy("Back-out plan"), ("back_out_plan",), _words("back_out_plan")),
    Part("risk", gettext_lazy("Risk"), ("risk", "assessment"), _risk),
    Part("answers", gettext_lazy("Risk answers"), ("assessment",), _answers, "answers"),
)
RISK = ("risk", "answers")
"""The sections that a page may show elsewhere."""


def sections(change, *, reader=None, document=None, but=(), only=None):
    """The Sections of a change, in the order in which they are read; empty ones say so, so that nothing is left out unseen.

    `document`: what a round kept, in the place of what the change says now. `reader`: for whom; a customer's person is not told
    who the other customers are. `but`, `only`: keys of sections to leave out, or to keep. At most seven queries.
    """
    read = _Read(document or change.document(), reader)
    parts = [part for part in PARTS if part.key not in but and (only is None or part.key in only)]
    return [_section(part, tuple(part.lines(read))) for part in parts]


def _section(part, lines):
    nothing = NONE_NAMED if part.form == "names" else NOTHING
    return Section(part.key, str(part.title), part.form if lines else "words", lines or (Line(str(nothing)),))


def text(change, *, reader=None, document=None):
    """The same as plain text, beginning with number and title: what a receipt keeps."""
    paragraphs = [f"{change.shown_number} {change.title}"]
    for section in sections(change, reader=reader, document=document):
        paragraphs.append("\n".join([section.title, *_plain(section)]))
    return "\n\n".join(paragraphs)


def _plain(section):
    for no, line in enumerate(section.lines, start=1):
        number = f"{no}. " if section.form == "steps" else "- " if section.form != "words" else ""
        yield f"{number}{line.text}" + (f" ({line.remark})" if line.remark else "")

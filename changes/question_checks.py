"""Whether questions, triggers and thresholds make a risk questionnaire. Pure but for words."""

from django.utils.translation import gettext as _

from changes import risk

MOST_QUESTIONS, MOST_OPTIONS, MOST_TRIGGERS, MOST_POINTS, MOST_WEIGHT = 30, 8, 20, 9, 10


def refusals(questions, triggers, medium_from, high_from):
    """What is wrong, as sentences, most basic first; none means that they may be published."""
    if not 1 <= len(questions) <= MOST_QUESTIONS:
        return [_("Ask at least one question, and at most %(most)s.") % {"most": MOST_QUESTIONS}]
    found = [sentence for no, question in enumerate(questions, start=1) for sentence in _question_refusals(no, question)]
    found += _trigger_refusals(triggers)
    if _twice([q["code"] for q in questions]) or _twice([t["code"] for t in triggers]):
        found.append(_("Two questions or triggers have the same code."))
    return found or _threshold_refusals(questions, medium_from, high_from)


def _twice(codes):
    return len(set(codes)) != len(codes)


def _question_refusals(no, question):
    said = {"no": no}
    if not question["text"].strip():
        yield _("Question %(no)s: write it down.") % said
    if not 1 <= question.get("weight", 1) <= MOST_WEIGHT:
        yield _("Question %(no)s: its weight is from 1 to %(most)s.") % {**said, "most": MOST_WEIGHT}
    options = question["options"]
    if not 2 <= len(options) <= MOST_OPTIONS:
        yield _("Question %(no)s: it needs two answers to choose from, and at most %(most)s.") % {**said, "most": MOST_OPTIONS}
    if any(not text.strip() for _points, text, _text_en in options):
        yield _("Question %(no)s: one of its answers has no words.") % said
    if _twice([points for points, _text, _text_en in options]) or any(not 0 <= option[0] <= MOST_POINTS for option in options):
        yield _("Question %(no)s: its answers have different points, from 0 to %(most)s.") % {**said, "most": MOST_POINTS}


def _trigger_refusals(triggers):
    if len(triggers) > MOST_TRIGGERS:
        yield _("At most %(most)s triggers.") % {"most": MOST_TRIGGERS}
    if any(not trigger["text"].strip() for trigger in triggers):
        yield _("One of the triggers has no words.")
    if not set(risk.ALWAYS_HIGH.values()) <= {trigger["code"] for trigger in triggers}:
        yield _("Database architecture and security are always high: keep their triggers. Their words may be changed.")


def _threshold_refusals(questions, medium_from, high_from):
    if not 0 < medium_from < high_from:
        return [_("Medium begins above nought, and high above medium.")]
    if high_from > risk.highest(questions):
        return [_("High begins at %(from)s, but no answers come to more than %(highest)s points.")
                % {"from": high_from, "highest": risk.highest(questions)}]  # fmt: skip
    return []

"""An emergency change whose approval after the fact was refused is a finding by itself (clause 8.5.1)."""

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from audits.grading import Grade
from audits.models import Finding, Source
from audits.services.raising import raise_finding
from itsm.people import duty
from itsm.people.models import Role

CLAUSE, PROCESS = "8.5.1", "change"


def find_rejected(change, *, by, at, words):
    """Raise the finding about a change that was rejected after the fact, once; return it. `words` are the decider's."""
    key = f"changes.rejected_in_retrospect:{change.pk}"
    found = Finding.objects.filter(source_key=key).first()
    if found is not None:
        return found
    with translation.override(settings.LANGUAGE_CODE):
        said = _said(change, words)
        why = _("By itself: one emergency change was rejected after the fact. An auditor may grade it otherwise.")
        place = _("Rejected after the fact: %(change)s") % {"change": change.shown_number}
    return raise_finding(
        by=None, grade=Grade.MINOR, grade_why=why, auditee=_answers_for(change, at), records=[change], at=at,
        clause=CLAUSE, process=PROCESS, source=Source.RULE, source_words=place, source_key=key, **said,
    )  # fmt: skip


def _said(change, words):
    names = {"change": change.shown_number, "title": change.title, "words": words}
    return {
        "requirement": _("An emergency change is approved after the fact by everybody whom a normal change would have asked."),
        "evidence": _("%(change)s “%(title)s” was carried out as an emergency; the approval after the fact was refused: %(words)s") % names,
        "gap": _("%(change)s was carried out without an approval that holds.") % names,
    }


def _answers_for(change, at):
    """The change manager, or the IT service manager, or who asked for the change."""
    return next(iter([*duty.holders(Role.CHANGE_MANAGER, at), *duty.holders(Role.SERVICE_MANAGER, at)]), change.requester)

"""Publishing what decides: the approval policy and the risk questions, each as a new version that never changes."""

from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from catalog.models import Service
from changes import policy_checks, question_checks, rules
from changes.models import PolicyVersion, Questionnaire
from changes.services.approving import policy_in_force
from changes.services.raising import questions_in_force
from itsm.core import clock
from itsm.core.errors import NotAllowed, Refused
from itsm.core.verbs import verb
from itsm.people.models import Organisation

STALE = _("Somebody published another version meanwhile. Look at it, then publish yours again.")


@verb
def publish_policy(*, by, rows, onto=None, note="", confirmed=False, at=None):
    """A new version of the approval policy; what is being decided keeps its own. The same rows give the version in force.

    `onto`: the version that the rows were written on. `confirmed`: the publisher knows what `policy_checks.warnings` asks about.
    Raises NotAllowed, Refused with the first thing that is wrong.
    """
    _must_set(by)
    newest = policy_in_force()
    _must_be_newest(newest, onto)
    if found := policy_checks.refusals(rows) or _unknown(rows):
        raise Refused(found[0], code="policy")
    if not confirmed and (asked := [warning.sentence for warning in policy_checks.warnings(rows) if warning.asks]):
        raise Refused(asked[0], code="unconfirmed")
    if rows == newest.rows:
        return newest
    return PolicyVersion.objects.create(no=newest.no + 1, rows=rows, note=note, published_by=by, published_at=at or clock.now())


def _must_set(by):
    if not rules.may_set_policy(by):
        raise NotAllowed(_("Only the IT service manager or top management decides who has to approve what."))


def _must_be_newest(newest, onto):
    if onto is not None and onto != newest.no:
        raise Refused(STALE, code="stale")


def _unknown(rows):
    """Services and customers that the rows name and nobody knows."""
    for name, model in (("services", Service), ("customers", Organisation)):
        ids = {pk for row in rows for pk in row.get(name, ())}
        if model.objects.filter(pk__in=ids).count() != len(ids):
            return [_("One of the services or customers named does not exist.")]
    return []


@verb
def publish_questions(*, by, questions, triggers, medium_from, high_from, onto=None, note="", at=None):
    """A new version of the risk questions; answers given keep theirs. The same content gives the version in force.

    Raises NotAllowed, Refused with the first thing that is wrong.
    """
    _must_set(by)
    newest = questions_in_force()
    _must_be_newest(newest, onto)
    content = {"questions": questions, "triggers": triggers, "medium_from": medium_from, "high_from": high_from}
    if found := question_checks.refusals(**content):
        raise Refused(found[0], code="questions")
    if all(getattr(newest, name) == value for name, value in content.items()):
        return newest
    return Questionnaire.objects.create(no=newest.no + 1, note=note, published_by=by, published_at=at or clock.now(), **content)


def new_code(text, taken):
    """A code for a question or trigger that has none yet, unlike those taken."""
    stem = slugify(text)[:30] or "question"
    return next(code for code in (stem, *(f"{stem}-{n}" for n in range(2, 999))) if code not in taken)

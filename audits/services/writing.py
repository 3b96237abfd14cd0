"""Rules of our own: put together from the vocabulary, tried, kept in versions that never change, retired with a reason."""

import hashlib
import json

from django.core import signing
from django.utils.translation import gettext_lazy as _

from audits import access, framework, judging
from audits.models import RuleVersion, WrittenRule
from audits.vocabulary import MOST_DAYS, SORTS, Unfit, cleaned, compiled
from itsm.core import clock
from itsm.core.errors import NotAllowed, Refused
from itsm.core.verbs import verb

SALT = "audits.tried"
TRIED_FOR_S = 3600
SAID = ("question", "question_en", "clause", "process", "record", "days", "conditions")


def drafted(rule=None, **said):
    """The unsaved version that these words would make, and the Rule it says. Raises Refused with what is wrong."""
    said = {name: said.get(name) for name in SAID}
    _check(said)
    try:
        said["conditions"] = cleaned(said["record"], said["conditions"] or [])
    except Unfit as unfit:
        raise Refused(str(unfit), code="unfit") from unfit
    said["question"], said["question_en"] = said["question"].strip(), (said["question_en"] or "").strip()
    said["days"] = said["days"] if SORTS[said["record"]].moment else None
    version = RuleVersion(rule=rule, no=0, **said)
    return version, compiled(version)


def _check(said):
    if not (said["question"] or "").strip():
        raise Refused(_("Say in words what the rule asks."), code="no_question")
    if said["clause"] not in framework.clauses() or said["process"] not in framework.processes():
        raise Refused(_("Choose the clause and the process that the rule belongs to."), code="no_place")
    if said["days"] is not None and not 1 <= said["days"] <= MOST_DAYS:
        raise Refused(_("A rule looks back one day to a year."), code="days")


def try_rule(*, by, at=None, **said):
    """`(Rule, Tried, token)` of what these words would come to now, kept nowhere; the token lets them be kept.

    Raises NotAllowed, Refused.
    """
    if not access.may_write(by):
        raise NotAllowed(access.may_write.sentence)
    version, rule = drafted(**said)
    tried = judging.tried(rule, rule.window(at or clock.now()))
    return rule, tried, signing.dumps(_digest(version), salt=SALT)


@verb
def keep_rule(*, by, token, rule=None, at=None, **said):
    """Keep what was tried: a new rule, or the next version of one. Raises NotAllowed, and Refused for what was not tried as it is."""
    if not access.may_write(by):
        raise NotAllowed(access.may_write.sentence)
    at = at or clock.now()
    held = WrittenRule.objects.locked(rule.pk) if rule else None
    if held and held.retired_at:
        raise Refused(_("This rule is retired. Write a new one."), code="retired")
    version, _rule = drafted(rule=held, **said)
    if not _was_tried(token, version):
        raise Refused(_("Try the rule first: what would be kept is not what was tried last."), code="not_tried")
    version.rule = held or WrittenRule.objects.create(made_at=at)
    last = version.rule.versions.order_by("-no").values_list("no", flat=True).first() or 0
    version.no, version.by, version.at = last + 1, by, at
    version.save(force_insert=True)
    return version.rule


@verb
def retire_rule(rule, *, by, reason, at=None):
    """The rule runs no more; its runs stay. Raises NotAllowed, Refused without a reason or for one that is retired."""
    if not access.may_write(by):
        raise NotAllowed(access.may_write.sentence)
    if not reason.strip():
        raise Refused(_("Say why the rule is retired."), code="no_reason")
    rule = WrittenRule.objects.locked(rule.pk)
    if rule.retired_at:
        raise Refused(_("This rule is retired already."), code="retired")
    rule.retired_at, rule.retired_by, rule.retired_why = at or clock.now(), by, reason.strip()
    rule.save(update_fields=["retired_at", "retired_by", "retired_why"])
    return rule


def _digest(version):
    said = [getattr(version, name) for name in SAID]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def _was_tried(token, version):
    try:
        return signing.loads(token or "", salt=SALT, max_age=TRIED_FOR_S) == _digest(version)
    except signing.BadSignature:
        return False

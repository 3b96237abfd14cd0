"""Whether a corrective action works: judged by somebody independent on records from after the fix alone (O5, requirement 95)."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from audits import freezing, kinds, populations, sampling
from audits.grading import HIGHER
from audits.models import CorrectiveAction, Finding, Verdict, VerificationSample
from audits.services.raising import open_round
from audits.services.telling import tell_over
from itsm.core import clock
from itsm.core.errors import Refused
from itsm.core.verbs import verb


def ripe_at(action):
    """From when on the effect may be judged whatever the number of records."""
    return action.implemented_at + timedelta(days=action.after_days)


def unripe_because(action, found, at):
    """Why the effect can't be judged yet, as a sentence, or None; found: how many records there are since the fix."""
    if not found:
        return _("There is nothing to test yet: no such record since the fix.")
    enough = action.after_records is not None and found >= action.after_records
    if at < ripe_at(action) and not enough:
        if action.after_records is None:
            return _("It is too early: judge it %(days)s days after the fix.") % {"days": action.after_days}
        words = {"days": action.after_days, "wanted": action.after_records, "found": found}
        return _("It is too early: judge it %(days)s days after the fix, or at %(wanted)s new records; so far there are %(found)s.") % words
    return None


@verb
def draw_sample(action, *, by, at=None):
    """Draw the sample, once: from the records after the fix alone, under a seed that nobody chose. Raises NotAllowed, Refused."""
    action = CorrectiveAction.objects.locked(action.pk)
    at = at or clock.now()
    if refusal := CorrectiveAction.draw.step.refusal(action, by):
        raise refusal
    rows = populations.population(action.sampled_from, action.implemented_at, at)
    if sentence := unripe_because(action, len(rows), at):
        raise Refused(sentence, code="unripe")
    digest = sampling.population_digest(rows)
    seed = sampling.seed_from(action.shown_number, digest)
    sample = sampling.draw(rows, seed, digest=digest)
    VerificationSample.objects.create(
        action=action, kind=action.sampled_from, since=action.implemented_at, until=at, seed=seed, population=sample.population,
        digest=digest, packed=sampling.packed(rows), records=_frozen(action.sampled_from, sample.keys), drawn_by=by, drawn_at=at,
    )  # fmt: skip
    action.draw(by=by, at=at, population=sample.population, chosen=len(sample.keys))
    action.save()
    return action


def _frozen(kind, keys):
    """Full copies of the chosen records, in their order; one query."""
    found = populations.KINDS[kind].model.objects.in_bulk(keys)
    return [
        {"key": key, "label": str(found[key]), "title": found[key].title, "url": found[key].get_absolute_url(),
         "sha256": freezing.digest(found[key]), "picture": freezing.picture(found[key])}
        for key in keys
    ]  # fmt: skip


@verb
def judge(action, *, by, results, words, at=None):
    """Judge every record of the sample; results: `{key: (passed, words)}`, words being obligatory where one failed.

    At the percentage that the plan set, the finding is closed; below it a new round begins and a higher grade is suggested.
    Raises NotAllowed, Refused.
    """
    action = CorrectiveAction.objects.locked(action.pk)
    at = at or clock.now()
    if refusal := CorrectiveAction.find_effective.step.refusal(action, by):
        raise refusal
    verdict = _verdict(action.sample, results, words, action.needed_percent, by=by, at=at)
    finding = Finding.objects.locked(action.finding_id)
    counted = {"passed": verdict.passed, "judged": verdict.judged}
    if verdict.is_effective:
        action.find_effective(by=by, at=at, reason=verdict.words, **counted)
        finding_ends = _close
    else:
        action.find_ineffective(by=by, at=at, reason=verdict.words, **counted)
        finding_ends = _reopen
    action.set_next_due()
    action.save()
    finding_ends(finding, action, by=by, at=at)
    return action


def _verdict(sample, results, words, needed, *, by, at):
    keys = [record["key"] for record in sample.records]
    if set(results) != set(keys):
        raise Refused(_("Say of every record whether it passes."), code="incomplete")
    if any(not passed and not said.strip() for passed, said in results.values()):
        raise Refused(_("Say of every record that fails why it does."), code="no_words")
    if not words.strip():
        raise Refused(_("Say in words what you found."), code="no_words")
    passed = sum(1 for good, _said in results.values() if good)
    return Verdict.objects.create(
        sample=sample, results=[{"key": key, "passed": results[key][0], "words": results[key][1].strip()} for key in keys], passed=passed,
        judged=len(keys), is_effective=100 * passed >= needed * len(keys), words=words.strip(), by=by, at=at,
    )  # fmt: skip


def _close(finding, action, *, by, at):
    finding.close(by=by, at=at, action=action.pk)
    finding.save()
    tell_over(finding, action, kinds.CLOSED, by=by, at=at)


def _reopen(finding, action, *, by, at):
    """Another round, by the same owner, and the next higher grade suggested."""
    finding.reopen(by=by, at=at, action=action.pk, suggested=HIGHER[finding.grade])
    finding.save()
    owner = action.owner if action.owner.is_active else finding.auditee
    open_round(finding, owner=owner, at=at)
    tell_over(finding, action, kinds.INEFFECTIVE, by=by, at=at)

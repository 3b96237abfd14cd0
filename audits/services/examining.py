"""The working paper: an auditor confirms or overrides what the rules say of a record, keeps evidence, and raises what is wrong (9.2)."""

from django.utils.translation import gettext_lazy as _

from audits import freezing, known, paper_rules, papers, sampling
from audits.models import Evidence, EvidenceKind, ItemResult, Judgement, Outcome, SampleItem
from audits.services.drawing import blocking, in_words, must_be_of_team
from audits.services.raising import raise_finding
from itsm.core import clock
from itsm.core.errors import NotAllowed, Refused
from itsm.core.verbs import verb
from itsm.documents import services as documents


@verb
def confirm_passes(item, *, by, at=None):
    """Confirm every pass of the rules that nobody judged yet; a record without a failing test is read with that.

    Raises NotAllowed, Refused.
    """
    item, tests, _seen = _opened(item, by)
    at = at or clock.now()
    passes = [test for test in tests if test.judgement is None and test.machine == Outcome.PASS]
    if not passes and (item.result != ItemResult.OPEN or any(not test.is_decided for test in tests)):
        raise Refused(_("There is no pass to confirm here. Say what you think of each test that fails."), code="nothing")
    Judgement.objects.bulk_create([_judgement(item, test.rule_id, test.machine, test.machine, "", by, at) for test in passes])
    return _settled(item, by=by, at=at)


@verb
def judge_test(item, *, by, rule, result, reason="", at=None):
    """Confirm what a rule says of a record, or override it with a reason. The newest word counts, all of them are kept.

    Raises NotAllowed, Refused.
    """
    item, tests, _seen = _opened(item, by)
    test = next((test for test in tests if test.rule_id == rule), None)
    if test is None or result not in Outcome.values:
        raise Refused(_("This record was not asked that."), code="rule")
    if result != test.machine and not reason.strip():
        raise Refused(_("Say why you see it differently from the rule."), code="no_reason")
    if test.judgement is not None and test.judgement.result == result and test.judgement.reason == reason.strip():
        return item
    at = at or clock.now()
    _judgement(item, rule, test.machine, result, reason.strip(), by, at).save()
    return _settled(item, by=by, at=at)


@verb
def note_fault(item, *, by, reason, at=None):
    """Say what is wrong with a record that no rule sees: is the cause a cause, is the solution one? Raises NotAllowed, Refused."""
    item, _tests, _seen = _opened(item, by)
    if not reason.strip():
        raise Refused(_("Say what is wrong with it."), code="no_reason")
    at = at or clock.now()
    _judgement(item, "", "", Outcome.FAIL, reason.strip(), by, at).save()
    return _settled(item, by=by, at=at)


@verb
def keep_evidence(item, *, by, kind, words="", person=None, uploads=(), at=None):
    """Keep something that speaks for a judgement, with its hash. Raises NotAllowed, Refused."""
    item, _tests, _seen = _opened(item, by)
    at, words = at or clock.now(), words.strip()
    if kind not in EvidenceKind.values:
        raise Refused(_("Choose what sort of evidence it is."), code="kind")
    if kind in (EvidenceKind.INTERVIEW, EvidenceKind.OBSERVATION) and not words:
        raise Refused(_("Write down what was said or seen."), code="no_words")
    if kind == EvidenceKind.INTERVIEW and person is None:
        raise Refused(_("Say who said it."), code="no_person")
    if kind == EvidenceKind.FILE and not uploads:
        raise Refused(_("Choose a file."), code="no_file")
    facts = _facts(item, kind, uploads, by=by, at=at)
    said = {"kind": str(kind), "words": words, "person": person.pk if person else None, "facts": facts, "at": at, "by": by.pk}
    return Evidence.objects.create(
        item=item, kind=kind, words=words, person=person, facts=facts, sha256=sampling.digest(said), by=by, at=at
    )  # fmt: skip


def _facts(item, kind, uploads, *, by, at):
    if kind == EvidenceKind.RECORD:
        return freezing.picture(item.record)
    files = documents.attach(item, uploads, by=by, visibility="internal", at=at) if kind == EvidenceKind.FILE else []
    return [{"id": str(file.pk), "name": file.name, "size": file.size, "sha256": file.sha256} for file in files] or None


@verb
def raise_from_paper(item, *, by, rule="", at=None, **said):
    """Raise a finding from a record of a sample: it belongs to the audit, keeps the record as it is now, and the record fails with it.

    `rule`: the test that shows it, "" for what the auditor saw. Raises NotAllowed, Refused.
    """
    item, tests, seen = _opened(item, by)
    at, sample = at or clock.now(), item.sample
    words = " ".join(filter(None, (str(sample), item.label, rule)))
    records = list(dict.fromkeys([item.record, *said.pop("records", ())]))
    finding = raise_finding(by=by, audit=sample.audit, source_words=words, records=records, at=at, **said)
    test = next((test for test in tests if test.rule_id == rule), None)
    reason = f"{finding.shown_number}: {finding.title}"
    if test is None and not any(judgement.reason == reason for judgement in seen):
        _judgement(item, "", "", Outcome.FAIL, reason, by, at).save()
    elif test is not None and (test.judgement is None or test.result != Outcome.FAIL):
        _judgement(item, rule, test.machine, Outcome.FAIL, reason, by, at).save()
    _settled(item, by=by, at=at)
    return finding


def _opened(item, by):
    """The item, locked, with its tests, for somebody who may judge it. Raises NotAllowed, Refused."""
    item = SampleItem.objects.locked(item.pk)
    must_be_of_team(item.sample.audit, by)
    if not paper_rules.is_running(item.sample.audit):
        raise Refused(paper_rules.NOT_RUNNING, code="not_running")
    if item.swapped_out_at:
        raise Refused(paper_rules.SWAPPED, code="swapped")
    if found := blocking(item, by):
        raise NotAllowed(paper_rules.TIED % {"ties": in_words(found)}, code="tied")
    tests, seen = papers.tests_of(item, list(item.judgements.all()), known.rules())
    return item, tests, seen


def _judgement(item, rule, machine, result, reason, by, at):
    return Judgement(item=item, rule=rule, machine=machine, result=result, reason=reason, by=by, at=at)


def _settled(item, *, by, at):
    """The item with the result that follows from every test and what the auditors saw."""
    tests, seen = papers.tests_of(item, list(item.judgements.all()), {})
    if not all(test.is_decided for test in tests):
        result = ItemResult.OPEN
    else:
        result = ItemResult.FAIL if seen or any(test.result == Outcome.FAIL for test in tests) else ItemResult.PASS
    item.result = result
    item.read_by, item.read_at = (None, None) if result == ItemResult.OPEN else (by, at)
    item.save(update_fields=["result", "read_by", "read_at"])
    return item

"""What the screen of a working paper shows: the records, one of them with its tests, and the finding that would come of it."""

import dataclasses
from functools import cached_property

from django.db.models import BooleanField, Count, ExpressionWrapper, Q
from django.utils.translation import gettext as _

from audits import freezing, independence, known, paper_rules, papers, populations, services
from audits.grading import Counted
from audits.models import EvidenceKind, Finding, ItemResult, Outcome, ProcessOwner, Run, Sample
from audits.services.drawing import in_words, is_allowed, owning
from itsm.core import wording
from itsm.documents.models import Attachment

BEFORE, AFTER = 12, 40
"""How many records stand before and after the one that is read, in the list on the left."""
A_RULE_FAILS = Q(machine__contains=[{"result": str(Outcome.FAIL)}])
ONLY = {
    "": Q(),
    "open": Q(result=ItemResult.OPEN),
    "fail": Q(result=ItemResult.FAIL) | Q(result=ItemResult.OPEN) & A_RULE_FAILS,
}
"""Which records of a sample are listed: all, those nobody read yet, those that fail or that a rule finds fault with."""
ROW = ("id", "sample_id", "place", "label", "title", "rank", "why", "result", "object_id", "replaces__label", "assigned")
SHOWN = (
    "customer_id",
    "service_id",
    "assignee_id",
    "requester_id",
    "implementer_id",
    "contacted_at",
    "closed_at",
    "raised_at",
    "finished_at",
)
"""What of a record stands under its title, where it has it."""
WHOLE_FROM = 3
"""So many records of one post must have been asked before "all of them fail" means anything."""


@dataclasses.dataclass
class Listed:
    """The records around the one that is read: `rows`, the addresses before and behind them, and how far the reading has come."""

    rows: list
    previous: object
    next: object
    earlier: object
    later: object
    counts: dict
    only: str

    @property
    def percent(self):
        return 100 * self.counts["read"] / self.counts["all"] if self.counts["all"] else 0


def samples_of(audit):
    """`[(sample with its counts, what was drawn from, in words)]` of an audit; one query."""
    rows = Sample.objects.filter(audit=audit).defer("packed").select_related("area__process", "drawn_by").counted().order_by("no")
    return [(row, populations.KINDS[row.kind].label) for row in rows]


def standing(sample):
    """The records of a sample that were not swapped."""
    return sample.items.standing().order_by()


def counts_of(sample):
    """`{"all", "read", "open", "fail"}` of the records of a sample; one query."""
    return standing(sample).aggregate(
        all=Count("id"), read=Count("id", filter=~ONLY["open"]), open=Count("id", filter=ONLY["open"]),
        fail=Count("id", filter=ONLY["fail"]),
    )  # fmt: skip


def listed(sample, place, only=""):
    """The Listed around a place; three queries however many records there are."""
    rows = standing(sample).filter(ONLY[only]).select_related("replaces").only(*ROW)
    rows = rows.annotate(flagged=ExpressionWrapper(A_RULE_FAILS, BooleanField()))
    before = list(rows.filter(place__lt=place).order_by("-place")[: BEFORE + 1])[::-1]
    after = list(rows.filter(place__gte=place).order_by("place")[: AFTER + 1])
    behind = [item for item in after if item.place > place]
    earlier, later = before[0] if len(before) > BEFORE else None, after[-1] if len(after) > AFTER else None
    shown = [*before[-BEFORE:], *after[:AFTER]]
    return Listed(shown, before[-1] if before else None, behind[0] if behind else None, earlier, later, counts_of(sample), only)


class Paper:
    """One record of a sample as somebody reads it."""

    def __init__(self, item, person, listed):
        self.item, self.person, self.listed = item, person, listed
        self.sample, self.audit = item.sample, item.sample.audit
        self.rules = known.rules()
        self.judgements = list(item.judgements.select_related("by"))
        self.lines, self.seen = papers.tests_of(item, self.judgements, self.rules)

    @cached_property
    def is_team(self):
        return paper_rules.may_judge(self.person, self.audit)

    @cached_property
    def is_running(self):
        return paper_rules.is_running(self.audit)

    @cached_property
    def tied(self):
        """`{record id: [Tie]}` of the reader to the records of the list that are not theirs to judge."""
        if not self.is_team:
            return {}
        ids, own = {self.item.object_id, *(row.object_id for row in self.listed.rows)}, owning(self.sample, self.person)
        found = independence.record_ties([self.person.pk], self.model, ids)
        ties = {record: own + found.get((self.person.pk, record), []) for record in ids}
        return {record: those for record, those in ties.items() if independence.is_blocked(those)}

    @cached_property
    def ties(self):
        return self.tied.get(self.item.object_id, [])

    @cached_property
    def allowed(self):
        """Whether top management lets the reader judge all the same."""
        return bool(self.ties) and is_allowed(self.sample, self.person)

    @property
    def tied_sentence(self):
        """What ties the reader to the record, and what follows from that."""
        sentence = paper_rules.ALLOWED if self.allowed else paper_rules.TIED
        return sentence % {"ties": in_words(self.ties)}

    @property
    def tied_words(self):
        """Why the reader does not judge it, as the reason of a swap."""
        return _("%(who)s: %(ties)s") % {"who": self.person.display, "ties": in_words(self.ties)}

    @property
    def is_blocked(self):
        return bool(self.ties) and not self.allowed

    @property
    def may_judge(self):
        """Whether the reader may say something here now."""
        return self.is_team and self.is_running and not self.is_blocked and not self.item.swapped_out_at

    @property
    def may_arrange(self):
        """Whether the reader may swap it or give it to somebody else."""
        return self.is_team and self.audit.is_open and not self.item.swapped_out_at

    @property
    def model(self):
        return populations.KINDS[self.sample.kind].model

    @cached_property
    def record(self):
        """The record as it is now."""
        return self.model._default_manager.get(pk=self.item.object_id)

    @cached_property
    def now(self):
        return freezing.picture(self.record)

    @cached_property
    def reading(self):
        return freezing.Reading(self.model, [self.item.picture, self.now])

    def facts(self):
        return self.reading.facts(self.item.picture)

    def differing(self):
        return self.reading.differing(self.item.picture, self.now)

    @property
    def why(self):
        """Why it is read: drawn, or which class is always read."""
        always = populations.KINDS[self.sample.kind].always.get(self.item.sort)
        return f"{self.item.get_why_display()} ({always.label})" if always else self.item.get_why_display()

    def short(self):
        """What stands under the title: the few facts by which one knows the record again."""
        found = self.reading.named(self.item.picture, [name for name in SHOWN if name in self.item.picture])
        return [(label, value) for label, value in found if value != "–"]

    def tally(self):
        """How many tests pass, fail and don't apply, as what counts now."""
        return {outcome: sum(1 for line in self.lines if line.result == outcome) for outcome in Outcome.values}

    def unconfirmed(self):
        """How many passes nobody confirmed yet."""
        return sum(1 for line in self.lines if line.judgement is None and line.machine == Outcome.PASS)

    @property
    def can_confirm(self):
        """Whether confirming does something: passes wait, or the record has no test at all."""
        return bool(self.unconfirmed()) or (self.item.result == ItemResult.OPEN and all(line.is_decided for line in self.lines))

    def evidence(self):
        """`[(evidence, its files)]`; two queries."""
        files = {str(file.pk): file for file in Attachment.objects.of(self.item)}
        kept = self.item.evidence.select_related("by", "person")
        return [(one, [files[f["id"]] for f in one.facts] if one.kind == EvidenceKind.FILE else []) for one in kept]

    def findings(self):
        """What this audit found in this record already."""
        seen = {"seen__content_type": self.item.content_type_id, "seen__object_id": self.item.object_id}
        return list(Finding.objects.filter(audit=self.audit, **seen).order_by("id").distinct())


@dataclasses.dataclass(frozen=True)
class Draft:
    """A finding as a failing test suggests it: what its form begins with, what was counted, which grade that speaks for."""

    line: object
    run: object
    counted: Counted
    suggestion: object
    initial: dict

    @property
    def percent(self):
        """The share of all records that fails, for the eye."""
        return f"{self.counted.percent:.1f}"


def draft(paper, rule_id, at):
    """The Draft for one test of a paper, or for what the auditor saw themselves where it names none; at most four queries."""
    line = chosen_line(paper, rule_id)
    rule = line.rule if line else None
    process = rule.process if rule else next((code for code, work in independence.WORK.items() if work.model is paper.model), "")
    clause = rule.clause if rule else populations.KINDS[paper.sample.kind].process
    run = Run.objects.of(line.rule_id).done().first() if line else None
    counted = counted_of(paper, line, run)
    initial = {
        "clause": clause, "process": process, "rule": line.rule_id if line else "", "requirement": _requirement(rule),
        "evidence": evidence_of(paper, line, run), "gap": _gap(line), "auditee": _owner(process, paper.person, at), "records": "",
    }  # fmt: skip
    return Draft(line, run, counted, services.suggestion(clause=clause, process=process, counted=counted, at=at), initial)


def chosen_line(paper, rule_id):
    """The test that a finding is about: the named one, else the first that fails; None for what the auditor saw."""
    if rule_id == "-":
        return None
    failing = [line for line in paper.lines if line.result == Outcome.FAIL]
    return next((line for line in paper.lines if line.rule_id == rule_id), None) or next(iter(failing), None)


def counted_of(paper, line, run):
    """What the last run of a test counted over all records, and whether every record of one post that was drawn fails it."""
    if line is None:
        return Counted()
    posts = {}
    for post, machine in standing(paper.sample).values_list("post", "machine"):
        said = next((test["result"] for test in machine if test["rule"] == line.rule_id), Outcome.NONE)
        if said != Outcome.NONE:
            posts.setdefault(post, []).append(said == Outcome.FAIL)
    whole = any(len(fails) >= WHOLE_FROM and all(fails) for fails in posts.values())
    return Counted(run.population, run.failed, whole) if run else Counted(1, 1, whole)


def _requirement(rule):
    return f"{rule.clause} · {rule.question}" if rule else ""


def evidence_of(paper, line, run):
    """Where it was seen: the frozen copy, what is wrong, and how many of all records fail the same way."""
    where = {"record": paper.item.label, "hash": paper.item.sha256[:8], "at": wording.exact(paper.sample.drawn_at)}
    parts = [_("%(record)s, frozen copy %(hash)s of %(at)s") % where]
    if line and line.reasons:
        parts[0] += f": {line.evidence}"
    if run and run.population:
        words = {"rule": line.rule_id, "failed": run.failed, "population": run.population}
        parts.append(_("All records, test %(rule)s: %(failed)s of %(population)s fail.") % words)
    return "\n".join(parts)


def _gap(line):
    return " ".join(str(words) for words, _measured in line.rule.said(line.reasons, line.details)) if line and line.rule else ""


def _owner(process, person, at):
    """Who owns the process, unless that is the auditor."""
    owners = ProcessOwner.objects.current(at).of(process).values_list("owner_id", flat=True)
    return next((owner for owner in owners if owner != person.pk), None)

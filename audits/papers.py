"""What a working paper is made of: the population of an audit's period, what would be drawn from it, and a record's tests in words."""

import dataclasses
from collections import Counter
from datetime import datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from audits import judging, known, populations, sampling
from audits.declaring import Window
from audits.models import Outcome
from itsm.people.zones import company_zone

MOST = 500
"""A sample larger than this nobody reads."""
AN_INSTANT = timedelta(microseconds=1)


def window(audit, at):
    """`(since, until)` of the days whose records are looked at, as populations take it: begun after the one and by the other."""
    zone = ZoneInfo(company_zone())
    since = datetime.combine(audit.period_from, time.min, zone) - AN_INSTANT
    until = datetime.combine(audit.period_until + timedelta(days=1), time.min, zone) - AN_INSTANT
    return since, max(since, min(until, at))


def rules_of(kind):
    """The rules that are asked of a kind of records, in the order of the clauses; one query."""
    return [rule for rule in known.rules().values() if rule.model is populations.KINDS[kind].model]


def rows_of(kind, since, until, at):
    """The sampling Rows of a population, with the classes that are always read whole; of large ones also who fails a rule."""
    rows = populations.population(kind, since, until)
    held = populations.classes(kind, since, until)
    sorts = {key: code for code in reversed(held) for key in held[code]}
    large = [key for keys in held.values() if len(keys) > sampling.READ_WHOLE for key in keys]
    judged = judging.of_records(rules_of(kind), large, Window(since, at)) if large else {}
    failing = {key for (key, _rule), (reasons, _details) in judged.items() if reasons}
    return [row._replace(sort=sorts[row.key], fails=row.key in failing) if row.key in sorts else row for row in rows]


@dataclasses.dataclass(frozen=True)
class Drawn:
    """What a population and a seed give: the sample, and what is read besides, by its class."""

    rows: list
    sample: sampling.Sample
    besides: dict

    @cached_property
    def keys(self):
        """Every record that is read, by id."""
        return sorted({*self.sample.keys, *self.besides})

    def classes(self, kind):
        """`[(class in words, how many there are, how many of them are read)]`."""
        counts, read = Counter(row.sort for row in self.rows), Counter(self.besides.values())
        return [(always.label, counts[code], read[code]) for code, always in populations.KINDS[kind].always.items()]


def drawn(audit, kind, no, at):
    """What drawing the `no`-th sample of an audit gives now: nobody chooses the seed, it comes from the name and the population."""
    since, until = window(audit, at)
    rows = rows_of(kind, since, until, at)
    digest = sampling.population_digest(rows)
    seed = sampling.seed_from(f"{audit.shown_number} {no} {kind}", digest)
    return Drawn(rows, sampling.draw(rows, seed, digest=digest), sampling.always(rows, seed))


def tested(kind, keys, since, at):
    """`{id: [{"rule", "version", "result", "reasons", "details"}]}`: what every rule of their sort says of records at an instant."""
    rules = rules_of(kind)
    found = judging.of_records(rules, keys, Window(since, at))
    return {key: [_said(rule, found.get((key, rule.id))) for rule in rules] for key in keys}


def _said(rule, found):
    """What one rule says, to be kept."""
    reasons, details = found or ([], {})
    result = Outcome.NONE if found is None else Outcome.FAIL if reasons else Outcome.PASS
    return {"rule": rule.id, "version": rule.version, "result": str(result), "reasons": list(reasons), "details": details}


@dataclasses.dataclass(frozen=True)
class Line:
    """One rule and one record: what the machine found, and what the auditor made of it."""

    rule_id: str
    rule: object
    machine: str
    reasons: list
    details: dict
    judgement: object = None

    @property
    def result(self):
        """What counts: the auditor's word, or the machine's as long as nobody said anything."""
        return self.judgement.result if self.judgement else self.machine

    @property
    def is_decided(self):
        return self.judgement is not None or self.machine == Outcome.NONE

    @property
    def question(self):
        return self.rule.question if self.rule else self.rule_id

    @property
    def evidence(self):
        """The line of evidence: what is wrong and what was measured; of one that passes what was read; else whom the rule asks."""
        if self.rule is None:
            return ""
        if self.reasons:
            return "; ".join(
                " ".join(filter(None, (str(words), measured))) for words, measured in self.rule.said(self.reasons, self.details)
            )
        if self.machine == Outcome.NONE:
            return self.rule.looked_at
        measured = next(filter(None, (check.measured(self.details) for check in self.rule.checks)), "")
        return " · ".join(filter(None, (str(self.rule.evidence), measured)))


def tests_of(item, judgements, rules):
    """`([Line of each rule], what the auditors saw themselves)` of an item; judgements by age, rules by their ids."""
    newest = {judgement.rule: judgement for judgement in judgements if judgement.rule}
    tests = [
        Line(said["rule"], rules.get(said["rule"]), said["result"], said["reasons"], said["details"], newest.get(said["rule"]))
        for said in item.machine
    ]
    return tests, [judgement for judgement in judgements if not judgement.rule]

"""Every rule that runs: those that are shipped, and those that people wrote and did not retire."""

import structlog
from django.db.models import OuterRef, Subquery

from audits.framework import clause_place
from audits.models import RuleVersion, WrittenRule
from audits.rules import shipped
from audits.vocabulary import compiled

log = structlog.get_logger(__name__)


def rules():
    """`{id: Rule}` in the order of the clauses; one query."""
    found = {**shipped(), **{rule.id: rule for rule in written()}}
    return dict(sorted(found.items(), key=lambda pair: (clause_place(pair[1].clause), pair[1].written, pair[0])))


def rule(rule_id):
    """The rule of this id, or None; no query for one that is shipped."""
    return shipped().get(rule_id) or next((one for one in written() if one.id == rule_id), None)


def written():
    """The rules of our own that stand, each by its newest version; one query. One that the vocabulary no longer knows is left out."""
    return list(understood(WrittenRule.objects.standing()))


def understood(rows):
    """The newest version of each of these written rules as a Rule."""
    return filter(None, map(_understood, newest(rows)))


def _understood(version):
    try:
        return compiled(version)
    except KeyError:
        log.exception("a rule says what the vocabulary does not know", rule=version.rule_id, version=version.no)
        return None


def newest(rows):
    """The newest version of each of these written rules, with the rule; one query."""
    last = RuleVersion.objects.filter(rule=OuterRef("pk")).order_by("-no").values("pk")[:1]
    found = RuleVersion.objects.filter(pk__in=rows.annotate(last=Subquery(last)).values("last"))
    return found.select_related("rule", "by").order_by("rule_id")

"""What an audit report says of its samples: how each was drawn, how far it was read, who was swapped, what was overridden."""

from django.utils.translation import gettext as _

from audits import paper_desk, populations
from audits.models import Judgement
from itsm.documents import paper


def facts(audit, in_each):
    """`[plain facts]` of every sample, in order. `in_each`: words in every language."""
    rows = audit.samples.select_related("area__process", "drawn_by").order_by("no")
    return [_sample(sample, in_each) for sample in rows]


def _sample(sample, in_each):
    counts = paper_desk.counts_of(sample)
    failed = sample.items.standing().filter(result="fail").order_by("place").values_list("label", flat=True)
    return {
        "no": sample.no, "kind": in_each(lambda: populations.KINDS[sample.kind].label), "population": sample.population,
        "area": in_each(lambda: sample.area.label) if sample.area else None, "seed": sample.seed, "sha256": sample.digest,
        "chosen": counts["all"], "read": counts["read"], "failed": list(failed), "swaps": _swaps(sample), "overrides": _overrides(sample),
        "drawn_by": sample.drawn_by.display,
    }  # fmt: skip


def _swaps(sample):
    rows = sample.items.exclude(swapped_out_at=None).select_related("replaced_by", "swapped_out_by").order_by("place")
    return [[item.label, item.replaced_by.label, item.swapped_out_by.display, item.swap_reason] for item in rows]


def _overrides(sample):
    """What auditors saw otherwise than a rule, where that word still counts."""
    rows = Judgement.objects.filter(item__sample=sample).exclude(rule="").select_related("item", "by").order_by("item__place", "id")
    newest = {(judgement.item_id, judgement.rule): judgement for judgement in rows}
    return [
        [one.item.label, one.rule, one.machine, one.result, one.by.display, one.reason] for one in newest.values() if one.is_override
    ]  # fmt: skip


def blocks(samples, language):
    """The blocks of `itsm.documents.paper` for them; nothing where nothing was drawn."""
    if samples:
        yield paper.heading(_("Samples"))
    for one in samples:
        area = one["area"][language] if one["area"] else ""
        title = " · ".join(filter(None, (_("Sample %(no)s") % {"no": one["no"]}, one["kind"][language], area)))
        yield paper.heading(title, level=3)
        yield paper.facts(_drawn(one))
        if one["swaps"]:
            head = (_("Record"), _("Read instead"), _("Swapped by"), _("Why"))
            yield paper.table(head, one["swaps"], (2, 2, 2, 5))
        if one["overrides"]:
            head = (_("Record"), _("Rule"), _("Rule says"), _("Auditor says"), _("Auditor"), _("Why"))
            yield paper.table(head, [_worded(line) for line in one["overrides"]], (3, 3, 2, 2, 2, 5))


def _drawn(one):
    rows = [
        (_("Drawn"), _("%(chosen)s of %(population)s, by %(person)s") % {**one, "person": one["drawn_by"]}),
        (_("Read"), f"{one['read']} / {one['chosen']}"), (_("Seed"), one["seed"]), ("SHA-256", one["sha256"]),
    ]  # fmt: skip
    return [*rows, (_("Failing"), ", ".join(one["failed"]) or "–")]


def _worded(line):
    label, rule, machine, result, person, reason = line
    words = {"pass": _("passes"), "fail": _("fails"), "na": _("n/a")}
    return label, rule, words.get(machine, machine), words.get(result, result), person, reason

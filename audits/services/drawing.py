"""Samples of an audit: drawn under a seed that nobody chose, frozen; one record swapped for the next of its stratum (domain: sampling)."""

from django.contrib.contenttypes.models import ContentType
from django.utils.translation import gettext_lazy as _

from audits import framework, freezing, independence, paper_rules, papers, populations, records, sampling
from audits.models import Audit, IndependenceOverride, Sample, SampleItem, Why
from itsm.core import clock
from itsm.core.errors import NotAllowed, Refused
from itsm.core.verbs import verb


@verb
def draw_paper(audit, *, by, kind, area=None, at=None):
    """Draw the next sample of an audit from the records of its period, and freeze it. Raises NotAllowed, Refused."""
    audit = Audit.objects.locked(audit.pk)
    at = at or clock.now()
    must_be_of_team(audit, by)
    if not audit.is_open:
        raise Refused(paper_rules.ISSUED, code="issued")
    if kind not in populations.KINDS:
        raise Refused(_("Choose which records are looked at."), code="kind")
    if area is not None and area.audit_id != audit.pk:
        raise Refused(_("This area belongs to another audit."), code="area")
    no = audit.samples.count() + 1
    found = papers.drawn(audit, kind, no, at)
    if len(found.keys) > papers.MOST:
        words = {"count": len(found.keys), "most": papers.MOST}
        raise Refused(_("That would be %(count)s records to read, more than %(most)s. Choose a shorter period.") % words, code="too_many")
    since, until = papers.window(audit, at)
    sample = Sample.objects.create(
        audit=audit, no=no, area=area, kind=kind, since=since, until=until, seed=found.sample.seed, population=found.sample.population,
        digest=found.sample.digest, packed=sampling.packed(found.rows), drawn_by=by, drawn_at=at,
    )  # fmt: skip
    why = dict.fromkeys(found.sample.keys, Why.DRAWN) | dict.fromkeys(found.besides, Why.ALWAYS)
    chosen = {row.key: row for row in found.rows if row.key in why}
    SampleItem.objects.bulk_create(frozen(sample, [(chosen[key], why[key]) for key in found.keys], at=at, first=1))
    return sample


def frozen(sample, chosen, *, at, first, **fields):
    """New items for `[(Row, why)]`, their places counted from `first`: the records as they are now, tested by every rule. Not saved."""
    model, keys = populations.KINDS[sample.kind].model, [row.key for row, _why in chosen]
    found, said = records.loaded(model, keys), papers.tested(sample.kind, keys, sample.since, at)
    kind = ContentType.objects.get_for_model(model)
    return [
        SampleItem(
            sample=sample, place=first + no, content_type=kind, object_id=row.key, label=str(found[row.key]), title=found[row.key].title,
            rank=row.priority, post=row.post, picture=freezing.picture(found[row.key]), sha256=freezing.digest(found[row.key]),
            machine=said[row.key], why=why, sort=row.sort, **fields,
        )
        for no, (row, why) in enumerate(chosen)
    ]  # fmt: skip


@verb
def swap_item(item, *, by, reason, at=None):
    """Read the next record of the same stratum instead, with a reason: because of who audits, never because of what it says.

    Returns the item that takes its place. Raises NotAllowed, Refused.
    """
    Audit.objects.locked(item.sample.audit_id)  # who swaps another record meanwhile would take the same one
    item, at = _standing(item, by), at or clock.now()
    if not reason.strip():
        raise Refused(_("Say why another record is read."), code="no_reason")
    if item.why == Why.ALWAYS:
        raise Refused(_("Of this class every record is read. Let somebody else of the team judge it."), code="always")
    if item.judgements.exists():
        raise Refused(_("It is judged already, so it stays."), code="judged")
    sample = Sample.objects.select_related("audit").get(pk=item.sample_id)
    taken = set(sample.items.values_list("object_id", flat=True))
    key = sampling.next_in_stratum(sample.rows, item.object_id, taken)
    if key is None:
        raise Refused(_("Its process and post have no other record. Let somebody else of the team judge it."), code="none_left")
    item.swapped_out_by, item.swapped_out_at, item.swap_reason = by, at, reason.strip()
    item.save(update_fields=["swapped_out_by", "swapped_out_at", "swap_reason"])
    row = next(row for row in sample.rows if row.key == key)
    place = sample.items.order_by("-place").values_list("place", flat=True).first() + 1
    (new,) = frozen(sample, [(row, Why.SWAPPED_IN)], at=at, first=place, replaces=item)
    new.save()
    return new


@verb
def assign_item(item, *, by, auditor, at=None):
    """Let somebody else of the team judge a record. Raises NotAllowed, Refused."""
    item = _standing(item, by)
    must_be_of_team(item.sample.audit, auditor)
    if found := blocking(item, auditor):
        raise Refused(paper_rules.TIED % {"ties": in_words(found)}, code="tied")
    item.assigned = auditor
    item.save(update_fields=["assigned"])
    return item


def must_be_of_team(audit, person):
    """Raise NotAllowed unless somebody belongs to the audit's team."""
    if not paper_rules.may_judge(person, audit):
        raise NotAllowed(paper_rules.may_judge.sentence)


def _standing(item, by):
    item = SampleItem.objects.locked(item.pk)
    must_be_of_team(item.sample.audit, by)
    if not item.sample.audit.is_open:
        raise Refused(paper_rules.ISSUED, code="issued")
    if item.swapped_out_at:
        raise Refused(paper_rules.SWAPPED, code="swapped")
    return item


def blocking(item, person):
    """The ties that keep somebody from judging a record; none where top management allowed it. Few queries."""
    model = item.content_type.model_class()
    found = independence.record_ties([person.pk], model, [item.object_id]).get((person.pk, item.object_id), [])
    found = owning(item.sample, person) + [tie for tie in found if tie.blocks]
    return [] if found and is_allowed(item.sample, person) else found


def owning(sample, person):
    """The ties of somebody who owned or deputised, in the audited period, the process that a sample is about; one query."""
    codes = [told.code for told in framework.of_clause(populations.KINDS[sample.kind].process)]
    if sample.area_id:
        codes = independence.processes_of(sample.area)
    found = independence.owner_ties([person.pk], codes, sample.audit.period_from, sample.audit.period_until)
    return found.get(person.pk, [])


def is_allowed(sample, person):
    """Whether top management lets somebody audit the sample's area all the same; one query at most."""
    return bool(sample.area_id) and IndependenceOverride.objects.filter(area=sample.area_id, person=person.pk).exists()


def in_words(ties):
    """Ties as the middle of a sentence."""
    return ", ".join(str(tie.label) for tie in ties)

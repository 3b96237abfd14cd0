"""A list of items taken over as a whole, exactly as its preview said, or not at all."""

import hashlib

from django.utils.translation import gettext_lazy as _

from catalog import authority, structure
from catalog.imports import planning, reading
from catalog.models import ConfigurationItem, ItemImport, ItemStatus, Relation
from catalog.services import allowed
from itsm.core import clock
from itsm.core.errors import Refused
from itsm.core.verbs import verb

BATCH = 500


@verb
def import_items(data, *, by, file_name, seen=None, change=None, at=None):
    """Take over the items of a CSV file (bytes). `seen` is the fingerprint of the plan that was shown; a different one is Refused.

    What is new is allowed by the import. What changes needs a change, or is listed as unauthorised. Raises Refused, NotAllowed.
    """
    structure.hold()
    sheet = reading.read(data)
    _lock(sheet)
    plan = planning.plan(sheet)
    new, changed = plan.of(planning.NEW), plan.of(planning.CHANGED)
    _check(plan, new or changed, seen)
    allowed.check(by, [line.item for line in changed], change)
    made = ItemImport.objects.create(file_name=file_name[:200], sha256=hashlib.sha256(data).hexdigest(), by=by)
    with authority.under(made):
        _register(new)
    items = plan.standing.items | {line.key: line.item for line in new}
    with authority.under(made):
        _hang(new, items)
    with authority.under(change):
        _update(changed)
        _end([line for line in changed if line.moves()], at or clock.now())
        _hang([line for line in changed if line.moves()], items)
    return made


def _lock(sheet):
    """Let nobody change meanwhile what the file is about."""
    codes = [line.cells["code"].upper() for line in sheet.lines]
    list(ConfigurationItem.objects.by_code(codes).select_for_update(no_key=True).order_by("pk").values_list("pk"))


def _check(plan, writes, seen):
    if plan.of(planning.REFUSED):
        raise Refused(_("Some lines can't be taken over. Correct the file and upload it again."), code="refused_lines")
    if seen is not None and seen != plan.fingerprint():
        raise Refused(_("Items were updated since this preview was made. Upload the file again and look at the new preview."), code="stale")
    if not writes:
        raise Refused(_("Everything in this file is known already."), code="nothing")


def _register(lines):
    for line in lines:
        facts = {"status": ItemStatus.LIVE} | line.facts
        line.item = ConfigurationItem(code=line.code, **facts)
        line.parents = line.parents or {}
    ConfigurationItem.objects.bulk_create([line.item for line in lines], batch_size=BATCH)


def _hang(lines, items):
    """Write the relations that there are not yet, in an order in which no circle comes about on the way."""
    missing = [
        Relation(child=items[line.key], kind=kind, parent=items[code])
        for line in lines
        for code, kind in line.parents.items()
        if line.before.get(code) != kind
    ]
    Relation.objects.bulk_create(missing, batch_size=BATCH)


def _update(lines):
    fields = {}
    for line in lines:
        for name, value in line.changes().items():
            fields.setdefault(name, []).append((line.item, value))
    for name, told in fields.items():
        for item, value in told:
            setattr(item, name, value)
        ConfigurationItem.objects.bulk_update([item for item, _value in told], [name], batch_size=BATCH)


def _end(lines, at):
    """End what these items hang on no more, or in another way."""
    wanted = {line.item.pk: line for line in lines}
    standing = Relation.objects.standing().filter(child__in=wanted).values_list("pk", "child_id", "parent__code", "kind")
    gone = [pk for pk, child, parent, kind in standing if wanted[child].parents.get(parent.upper()) != kind]
    Relation.objects.filter(pk__in=gone).update(ended_at=at)

"""Configuration items for tests: trees of what hangs on what."""

from datetime import UTC, datetime, timedelta

from catalog.models import ConfigurationItem, Criticality, ItemType, Relation, Service
from changes.models import StandardModel
from itsm.people.models import Role
from tests import cast

NOW = datetime(2026, 3, 4, 2, 0, tzinfo=UTC)


def item(code, *, on=(), part_of=(), owner):
    """An item, hanging on others."""
    kind = ItemType.objects.get_or_create(code="box", defaults={"name": "设备", "name_en": "Box"})[0]
    return _hung(ConfigurationItem.objects.create(code=code, name=code, type=kind, owner=owner), on, part_of)


def _hung(made, on=(), part_of=()):
    Relation.objects.bulk_create([Relation(child=made, parent=parent, kind="runs_on") for parent in on])
    Relation.objects.bulk_create([Relation(child=made, parent=parent, kind="part_of") for parent in part_of])
    return made


def service(code, *, owner, on=()):
    """A service with its item, hanging on items."""
    words = {"content": "-", "target": "-", "audience": "-", "cost": "-"}
    made = Service.objects.create(code=code, name=code, criticality=Criticality.CORE, owner=owner, team=cast.team(), **words)
    return _hung(ConfigurationItem.objects.get(service=made), on).service


def hang(child, parent, kind="runs_on"):
    """Hang an item on another."""
    return Relation.objects.create(child=child, parent=parent, kind=kind)


def approved_model(code, *, author):
    """A model of a standard change that somebody else approved."""
    plan = [{"words": "Do it", "minutes": 5}]
    model = StandardModel(
        code=code, name=code, category="other", reason="R", plan=plan, back_out_plan="B", test_evidence="T", author=author
    )
    model.save()
    model.approve(by=cast.staff(f"approves-{code}", Role.CHANGE_MANAGER), at=NOW, review_due_on=(NOW + timedelta(days=300)).date())
    model.save()
    return model

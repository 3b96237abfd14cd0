"""Releases of the demo company, and a service that is on its way; told in changes.toml, at the end."""

from datetime import timedelta

from changes.models import Release
from changes.services import releasing, transitions
from itsm.demo.changes_told import RELEASES, TRANSITIONS
from itsm.people.zones import company_day

AN_HOUR = timedelta(hours=1)
VERIFIER = "tang.wan"


def put_together(stage, name, changes, at, transition=None):
    """The release of these changes, its criteria verified as far as it is told; ready when it is told to be."""
    told = RELEASES[name]
    keeper = stage.person(told["keeper"])
    release = releasing.plan_release(
        by=keeper, at=at, changes=changes, criteria=[words for words, _evidence in told["criteria"]], owner=keeper, transition=transition,
        starts_at=min(change.starts_at for change in changes), ends_at=max(change.ends_at for change in changes),
        **{part: told.get(part, "") for part in ("title", "purpose", "packages", "plan", "notes")},
    )  # fmt: skip
    for criterion, (_words, evidence) in zip(release.criteria.all(), told["criteria"], strict=True):
        if evidence:
            releasing.verify(criterion, by=stage.person(VERIFIER), met=True, evidence=evidence, at=at + AN_HOUR)
    return releasing.make_ready(release, by=keeper, at=at + 2 * AN_HOUR) if told.get("ready") else release


def send_out(stage, name, change):
    """The release of one change: ready, and deployed just before the change begins."""
    release = put_together(stage, name, [change], change.starts_at - 20 * AN_HOUR)
    release = releasing.make_ready(release, by=release.owner, at=change.starts_at - AN_HOUR)
    releasing.deploy(release, by=release.owner, at=change.starts_at)


def look_back(change, name, at):
    """The end of the release that this change went out with."""
    release = Release.objects.get(changes=change)
    releasing.close_release(release, by=release.owner, result="successful", analysis=RELEASES[name]["analysis"], at=at)


def prepare(stage, changes):
    """What is being put together today, from today's changes by their names, and the service that one of it belongs to."""
    coming = plan(stage, "wallet")
    put_together(stage, "storage", [changes["scheduled"]], stage.now - 20 * AN_HOUR)
    put_together(stage, "shop52", [changes["asked_ui"], changes["frozen"]], stage.now - 2 * AN_HOUR, transition=coming)


def plan(stage, name):
    """A service that is planned and designed, and is being built."""
    told = dict(TRANSITIONS[name])
    responsible = stage.person(told.pop("responsible"))
    target_on = company_day(stage.now) + timedelta(days=40)
    at = stage.now - timedelta(days=30)
    coming = transitions.plan_transition(by=responsible, at=at, responsible=responsible, target_on=target_on, **told)
    for days, step in ((4, "planned"), (16, "designed")):
        coming = transitions.go_on(coming, by=responsible, step=step, at=at + timedelta(days=days))
    return coming

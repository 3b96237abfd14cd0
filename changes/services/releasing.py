"""Releases: put together, verified, deployed from a baseline, looked back on (8.5.3)."""

from django.utils.translation import gettext_lazy as _

from catalog import structure
from catalog.models import ConfigurationItem
from changes import rules
from changes.models import Change, Criterion, Release, ReleaseEntry, ReleaseStatus, Result, Status
from changes.models.change import OVER, PAST_THE_GATE
from itsm.core import clock
from itsm.core.errors import NotAllowed, Refused
from itsm.core.verbs import verb

ENDED = (Status.IMPLEMENTED, Status.BACKED_OUT, Status.REVIEW, Status.CLOSED)
WENT_WRONG = (Result.BACKED_OUT, Result.FAILED)


@verb
def plan_release(*, by, changes=(), criteria=(), at=None, **fields):
    """A new release of these changes, to be deployed once these criteria (texts) are met. Raises NotAllowed, Refused."""
    if not rules.may_raise(by):
        raise NotAllowed(_("Only our own people plan releases."))
    release = Release(**fields)
    release.save()
    release.refresh_from_db()
    _bundle(release, changes)
    _ask_for(release, criteria)
    return release


@verb
def edit_release(release, *, by, onto=None, changes=None, criteria=None, at=None, **fields):
    """Change a release that is not deployed; a criterion whose words stay keeps what was verified. A ready one is planned anew.

    `onto`: the number of steps the editor had seen. Raises NotAllowed, Refused.
    """
    release = Release.objects.locked(release.pk)
    at = at or clock.now()
    if onto is not None and onto != release.steps_taken:
        raise Refused(_("Somebody changed it meanwhile. Look at it, then enter your changes again."), code="stale")
    changed = [name for name, value in fields.items() if getattr(release, name) != value]
    release.edit(by=by, at=at, fields=changed)
    for name in changed:
        setattr(release, name, fields[name])
    if release.status == ReleaseStatus.READY:
        release.replan(by=by, at=at)
    release.save()
    if changes is not None:
        _bundle(release, changes)
    if criteria is not None:
        _ask_for(release, criteria)
    return release


def _bundle(release, changes):
    """Let exactly these changes be in the release."""
    wanted = {change.pk: change for change in changes}
    held = {entry.change_id: entry for entry in release.entries.all()}
    for change_id, entry in held.items():
        if change_id not in wanted:
            entry.delete()
    for change_id, change in wanted.items():
        if change_id in held:
            continue
        _check_joins(change)
        ReleaseEntry.objects.create(release=release, change=change)


def _check_joins(change):
    taken = ReleaseEntry.objects.filter(change=change).select_related("release").first()
    if taken is not None:
        sentence = _("%(change)s is in %(release)s already.")
        raise Refused(sentence % {"change": change.shown_number, "release": taken.release.shown_number}, code="taken")
    if change.status in OVER or change.status in ENDED:
        raise Refused(_("%(change)s is over and can't go out any more.") % {"change": change.shown_number}, code="over")


def _ask_for(release, criteria):
    """Let exactly these criteria be asked for, in this order."""
    kept = {criterion.words: criterion for criterion in release.criteria.all()}
    release.criteria.all().delete()
    for no, words in enumerate(dict.fromkeys(word.strip() for word in criteria if word.strip()), start=1):
        former = kept.get(words, Criterion())
        Criterion.objects.create(
            release=release, no=no, words=words, met=former.met, evidence=former.evidence, verified_by=former.verified_by,
            verified_at=former.verified_at,
        )  # fmt: skip


@verb
def verify(criterion, *, by, met, evidence, at=None):
    """Say whether a criterion holds, and what shows it. Raises Refused after the deployment, or without evidence."""
    release = Release.objects.locked(criterion.release_id)
    at = at or clock.now()
    criterion = release.criteria.get(pk=criterion.pk)
    if not by.is_internal:
        raise NotAllowed(_("You may not do this."))
    if release.status != ReleaseStatus.PLANNED:
        raise Refused(_("What was verified stays as it is once the release is ready. Plan it anew first."), code="not_planned")
    if not evidence.strip():
        raise Refused(_("Say what shows it."), code="no_evidence")
    criterion.met, criterion.evidence, criterion.verified_by, criterion.verified_at = met, evidence.strip(), by, at
    criterion.save()
    return criterion


@verb
def make_ready(release, *, by, at=None):
    """Declare a release ready: it has changes, every one approved, and every criterion is met. Raises Refused, NotAllowed."""
    release = Release.objects.locked(release.pk)
    at = at or clock.now()
    criteria = list(release.criteria.all())
    _check_content(release, criteria)
    release.make_ready(by=by, at=at, criteria=len(criteria))
    release.save()
    return release


def _check_content(release, criteria):
    changes = list(release.changes.all())
    if not changes:
        raise Refused(_("Put at least one change into the release."), code="empty")
    if not criteria:
        raise Refused(_("Write down what has to hold before it goes out."), code="no_criteria")
    unmet = [c for c in criteria if not c.met]
    if unmet:
        raise Refused(_("Not met yet: “%(words)s”.") % {"words": unmet[0].words}, code="unmet")
    _check_approved(changes)


def _check_approved(changes):
    for change in changes:
        if change.status not in PAST_THE_GATE:
            sentence = _("%(change)s is not approved: %(state)s.")
            raise Refused(sentence % {"change": change.shown_number, "state": change.get_status_display()}, code="not_approved")


@verb
def deploy(release, *, by, at=None):
    """Keep the baseline of every item that its changes touch, and note the deployment. Raises Refused, NotAllowed."""
    release = Release.objects.locked(release.pk)
    at = at or clock.now()
    changes = list(Change.objects.filter(releases=release).select_for_update(of=("self",)).order_by("pk"))
    _check_approved(changes)
    release.deploy(by=by, at=at, baseline=picture(release))
    release.save()
    return release


@verb
def close_release(release, *, by, result, analysis, at=None):
    """End a release: every change of it is done, and what came of it is said. Raises Refused, NotAllowed."""
    release = Release.objects.locked(release.pk)
    at = at or clock.now()
    changes = list(release.changes.all())
    for change in changes:
        if change.status not in (*ENDED, Status.CANCELLED):
            raise Refused(_("%(change)s is not done yet.") % {"change": change.shown_number}, code="not_done")
    if result == Result.SUCCESSFUL and any(c.status == Status.BACKED_OUT or c.result in WENT_WRONG for c in changes):
        raise Refused(_("A change of it was backed out or failed: it was not simply successful."), code="not_successful")
    if not analysis.strip():
        raise Refused(_("Say what was learnt."), code="no_analysis")
    release.close(by=by, at=at, result=result, analysis=analysis.strip(), after=picture(release))
    release.save()
    return release


@verb
def replan_release(release, *, by, reason="", at=None):
    """Take a ready release back into planning."""
    release = Release.objects.locked(release.pk)
    release.replan(by=by, at=at or clock.now(), reason=reason)
    release.save()
    return release


@verb
def cancel_release(release, *, by, reason, at=None):
    """Give a release up; its changes are free for another one. Raises Refused without a reason."""
    release = Release.objects.locked(release.pk)
    if not reason.strip():
        raise Refused(_("Say why it is given up."), code="no_reason")
    release.cancel(by=by, at=at or clock.now(), reason=reason)
    release.save()
    release.entries.all().delete()
    return release


def picture(release):
    """The items that the release's changes name, as they stand: a list of plain dicts by code."""
    touched = ConfigurationItem.objects.filter(changes__releases=release).distinct().select_related("type").order_by("code")
    items = list(touched)
    parents = {}
    for relation in structure.relations_from([item.pk for item in items]):
        parents.setdefault(relation.child_id, []).append([relation.kind, relation.parent.code])
    return [
        {
            "code": item.code, "name": item.name, "type": item.type.code, "status": item.status, "description": item.description,
            "details": item.details, "parents": sorted(parents.get(item.pk, [])),
        }
        for item in items
    ]  # fmt: skip


def differences(release):
    """What is another way after the release than in its baseline: [(code, field, before, after)]; empty until it is closed."""
    before = {row["code"]: row for row in release.baseline or []}
    found = []
    for row in release.after or []:
        former = before.get(row["code"], {})
        found += [(row["code"], name, former.get(name), value) for name, value in row.items() if former.get(name) != value]
    return found

"""The trail: database triggers keep who changed which field through which door. Evidence, never the source of a figure."""

import contextlib

import pghistory
import pgtrigger

_NO_TRUNCATE = "RAISE EXCEPTION 'append-only: % can not be emptied', TG_TABLE_NAME;"
_NO_CHANGE = "RAISE EXCEPTION 'append-only: rows of % can not be changed or removed', TG_TABLE_NAME;"


def keep_table():
    """Trigger that refuses TRUNCATE (row triggers let it through)."""
    return pgtrigger.Trigger(
        name="no_truncate", level=pgtrigger.Statement, when=pgtrigger.Before, operation=pgtrigger.Truncate, func=_NO_TRUNCATE
    )


def append_only():
    """Triggers for `Meta.triggers` of a table whose rows are only ever added."""
    change = pgtrigger.Trigger(name="append_only", when=pgtrigger.Before, operation=pgtrigger.Update | pgtrigger.Delete, func=_NO_CHANGE)
    return [change, keep_table()]


def never_deleted():
    """Triggers for records that change but never disappear: people leave, services retire."""
    return [pgtrigger.Protect(name="no_delete", operation=pgtrigger.Delete), keep_table()]


def tracked(exclude=()):
    """Class decorator: every insert and update of the model leaves a row in `<Model>Event`, and the model keeps its rows."""

    def decorate(model):
        model = pgtrigger.register(*never_deleted())(model)
        return pghistory.track(
            pghistory.InsertEvent(),
            pghistory.UpdateEvent(condition=pghistory.AnyChange(exclude=list(exclude)) if exclude else pghistory.AnyChange()),
            exclude=list(exclude),
            context_field=pghistory.ContextJSONField(),
            context_id_field=pghistory.ContextUUIDField(),
            append_only=True,
            meta={"triggers": [keep_table()]},
        )(model)

    return decorate


@contextlib.contextmanager
def acting(*, by, step, reason=""):
    """Name the actor and the act for every trail row written inside; the former names return on leaving.

    Enter it around the whole transaction.
    """
    with pghistory.context() as context:
        before = dict(context.metadata)
        context.metadata.clear()
        context.metadata.update({"by": by.pk if by else None, "step": step, **({"reason": str(reason)} if reason else {})})
        try:
            yield
        finally:
            context.metadata.clear()
            context.metadata.update(before)

"""The verbs of a change that its page offers as buttons: each with its form, its sentence, and the step that says whether it is open."""

import dataclasses
from collections.abc import Callable


@dataclasses.dataclass(frozen=True)
class Act:
    """One button of the change's page.

    `step`: name of the step whose guards say whether it is offered, and why not. `perform(change, by=…, **form fields)` is a service.
    `offered(change, person)`: a further question for what has no step of its own, or is offered in fewer cases than its step is open.
    `initial(change)`: what the form begins with. `note`: what will happen, above the form; a form without fields is a mere confirmation.
    """

    name: str
    title: object
    form_class: type
    perform: Callable
    step: str = ""
    offered: Callable | None = None
    initial: Callable | None = None
    note: object = ""
    icon: str = "arrow-right"
    primary: bool = False
    order: int = 50


_acts = {}


def register(*acts):
    """Make acts known. Raises ValueError when a name is taken by another."""
    for act in acts:
        if _acts.setdefault(act.name, act) is not act:
            raise ValueError(f"act {act.name!r} is registered twice")


def get(name):
    """The act of this name, or None."""
    return _acts.get(name)


def everything():
    """Every act, in the order of the buttons."""
    return sorted(_acts.values(), key=lambda act: act.order)

"""Whether what a list says items hang on can be: everything is known and in use, and nothing hangs on itself."""

from django.utils.translation import gettext_lazy as _

from catalog.models import ItemStatus


def check(lines, standing):
    """Refuse the lines whose relations can't be, as things would be after the whole list."""
    told = {line.key: line for line in lines if line.code}
    states = {code: item.status for code, item in standing.items.items()}
    states |= {code: line.facts.get("status") or states.get(code, ItemStatus.LIVE) for code, line in told.items()}
    edges = {code: dict(parents) for code, parents in standing.parents.items()}
    edges |= {code: line.parents for code, line in told.items() if line.parents is not None}
    _check_known(lines, states)
    _check_retired(edges, states, told)
    _check_circles(edges, told)


def _check_known(lines, states):
    for line in lines:
        if unknown := [code for code in line.parents or {} if code not in states]:
            sentence = _("Nothing has the code %(codes)s, neither here nor in this file.")
            line.refusals.append(sentence % {"codes": ", ".join(sorted(unknown))})


def _check_retired(edges, states, told):
    """Nothing in use hangs on what is retired; the line that would make it so is refused."""
    for child, parents in edges.items():
        for parent in parents:
            if states.get(parent) != ItemStatus.RETIRED or states[child] == ItemStatus.RETIRED:
                continue
            if child in told and told[child].moves():
                told[child].refusals.append(_("%(code)s is retired.") % {"code": parent})
            elif parent in told:
                told[parent].refusals.append(_("%(code)s still hangs on it.") % {"code": child})


def _check_circles(edges, told):
    """Refuse every line that is part of a circle, with the circle."""
    left = _entangled(edges)
    seen = set()
    for start in sorted(left):
        way = []
        code = start
        while code not in seen and code not in way:
            way.append(code)
            code = min(left[code])
        if code in way:
            _refuse_circle(way[way.index(code) :], told)
        seen.update(way)


def _refuse_circle(circle, told):
    shown = " → ".join([*circle, circle[0]])
    for code in circle:
        if code in told:
            told[code].refusals.append(_("It would hang on itself: %(way)s.") % {"way": shown})


def _entangled(edges):
    """`{code: parents}` of what is in a circle or leads into one: whatever hangs on nothing is taken away until nothing changes."""
    left = {code: set(parents) for code, parents in edges.items() if parents}
    children = {}
    for child, parents in left.items():
        for parent in parents:
            children.setdefault(parent, set()).add(child)
    free = [code for code in children if code not in left]
    while free:
        gone = free.pop()
        for child in children.get(gone, ()):
            left[child].discard(gone)
            if not left[child]:
                del left[child]
                free.append(child)
    return left

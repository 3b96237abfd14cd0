"""Forms of lists within lists (rows with stages, questions with answers): what was typed as plain data, and rows that move."""

MOST = 60


def typed(data, prefix, names, many=()):
    """The rows of a form as they were typed, right or wrong: `prefix-0-name`, …, `prefix-rows` says how many."""
    total = data.get(f"{prefix}-rows", "")
    count = min(int(total), MOST) if total.isascii() and total.isdigit() and len(total) < 4 else 0
    return [
        {name: data.get(f"{prefix}-{no}-{name}", "") for name in names} | {name: data.getlist(f"{prefix}-{no}-{name}") for name in many}
        for no in range(count)
    ]


def moved(rows, act, blank):
    """The rows after a button: `add`, `up-2`, `down-0`, `remove-1`; anything else leaves them as they are."""
    name, _dash, place = act.partition("-")
    if act == "add":
        return [*rows, blank] if len(rows) < MOST else rows
    if name not in ("up", "down", "remove") or not place.isascii() or not place.isdigit() or int(place[:4]) >= len(rows):
        return rows
    no, rows = int(place[:4]), list(rows)
    row = rows.pop(no)
    if name != "remove":
        rows.insert(max(no - 1, 0) if name == "up" else no + 1, row)
    return rows

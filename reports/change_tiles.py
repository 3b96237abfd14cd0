"""The tiles of the change dashboard."""

from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from catalog.models import Service
from changes.charts import scale
from changes.forms.figures import month_words
from changes.measures import TIERS, waiting_now
from changes.measures import Scope as ChangeScope
from changes.models import Category
from itsm.core import measures, wording
from itsm.people.models import Role
from reports import answers, charts, figures
from reports.links import definition_url, page_url, rows_url
from reports.looking import named

SUCCESS, EMERGENCY, BACK = "change_success", "emergency_rate", "backed_out_rate"
IN_TARGET, LEAD, LEAD_WALL = "approval_in_target", "approval_lead_time", "approval_lead_time_wall"
ALL = (SUCCESS, EMERGENCY, BACK, IN_TARGET, LEAD, LEAD_WALL)
BY = {"tier": gettext_lazy("By tier"), "category": gettext_lazy("By category"), "service": gettext_lazy("By service")}


class ChangeLook:
    """What is read of changes for the whole page: in all, before, by month and by one thing; seven statements."""

    def __init__(self, scope, at, by="tier"):
        self.scope, self.at, self.by = scope, at, by
        self.now = figures.read(scope, named(ALL))[""]
        self.before = figures.read(scope.before, named(ALL))[""]
        self.months = figures.read(scope, named(ALL), by="month")
        self.groups = figures.read(scope, named(ALL), by=by)


def waiting(look):
    """Which approvals wait, and for whom, now."""
    asked = ChangeScope(look.scope.period, look.scope.tier, look.scope.category, look.scope.service)
    found = waiting_now(asked)
    since = max(((look.at - oldest).total_seconds() for _role, _number, oldest, _late in found), default=0)
    number, late = sum(line[1] for line in found), sum(line[3] for line in found)
    lines = [(Role(role).label, number_, oldest, late_, _waiting_url(asked, role=role)) for role, number_, oldest, late_ in found]
    return {"answer": answers.waiting(number, since, late), "lines": lines, "all_url": _waiting_url(asked), "number": number}


def _waiting_url(asked, **narrow):
    return f"{reverse('changes:figure_rows', args=['waiting'])}?{urlencode({**asked.query, **narrow})}"


def approving(look):
    """Do people decide within four hours?"""
    share, length, wall = (look.now[key] for key in (IN_TARGET, LEAD, LEAD_WALL))
    was = look.before[IN_TARGET]
    delta = None if share.value is None or was.value is None else share.value - was.value
    return {
        "answer": answers.approving(share, length), "share": share, "target": length.measure.goal, "delta": delta,
        "lengths": [(_("Working time"), length, look.before[LEAD], rows_url(LEAD, look.scope)),
                    (_("By the clock"), wall, look.before[LEAD_WALL], rows_url(LEAD_WALL, look.scope))],
        "url": rows_url(IN_TARGET, look.scope, "counted"), "all_url": rows_url(IN_TARGET, look.scope),
        "late_url": rows_url(IN_TARGET, look.scope, "rest"), "definition_url": definition_url(share.measure),
    }  # fmt: skip


def succeeding(look):
    """Do changes succeed, how many are emergencies, how often do we go back?"""
    lines = [_counted(look, key) for key in (SUCCESS, EMERGENCY, BACK)]
    return {"answer": answers.succeeding(look.now[SUCCESS], look.now[BACK]), "lines": lines, "number": look.now[SUCCESS].number,
            "all_url": rows_url(SUCCESS, look.scope)}  # fmt: skip


def _counted(look, key):
    now, was = look.now[key], look.before[key]
    worse = answers.is_worse(now, was)
    return {
        "figure": now, "before": was, "delta": "" if worse is None else answers.points(now.value - was.value), "worse": worse,
        "url": rows_url(key, look.scope), "counted_url": rows_url(key, look.scope, "counted"),
        "rest_url": rows_url(key, look.scope, "rest"), "definition_url": definition_url(now.measure),
    }  # fmt: skip


def speeding(look):
    """Does approval get faster? Half and nine of ten, month by month."""
    lines = _months(look, (LEAD, IN_TARGET))
    goal = measures.named(LEAD).goal
    drawn = (("raw", _("Half of them within"), "p50"), ("exc", _("Nine of ten within"), "p90"))
    series = [(cls, label, [(getattr(each[LEAD], name), urls[LEAD]) for _name, each, urls in lines]) for cls, label, name in drawn]
    highest = max([goal, *(value for _cls, _label, points in series for value, _url in points if value is not None)])
    names = [name for name, *_rest in lines]
    chart = charts.trend(series, names, goal=goal, low=0.0, top=float(scale(highest)), words=wording.duration)
    return {"chart": chart, "lines": [(name, each[LEAD], each[IN_TARGET], urls[LEAD], urls[IN_TARGET]) for name, each, urls in lines[::-1]],
            "answer": _faster(look)}  # fmt: skip


def _faster(look):
    now, was = look.now[LEAD], look.before[LEAD]
    if now.p50 is None or was.p50 is None:
        return answers.Answer(_("There is nothing before this period to compare it with."))
    words = {"now": wording.duration(now.p50), "before": wording.duration(was.p50)}
    return answers.Answer(_("Half of them within %(now)s, before within %(before)s.") % words)


def improving(look):
    """Do more changes succeed? Month by month."""
    lines = _months(look, (SUCCESS, EMERGENCY, BACK))
    drawn = (("raw", _("Success"), SUCCESS), ("exc", _("Emergencies"), EMERGENCY), ("back", _("Backed out"), BACK))
    series = [(cls, label, [(each[key].value, urls[key]) for _name, each, urls in lines]) for cls, label, key in drawn]
    chart = charts.trend(series, [name for name, *_rest in lines], low=0.0, words=lambda value: f"{value:.0f} %")
    return {
        "chart": chart, "lines": [(name, [(each[key], urls[key]) for *_drawn, key in drawn]) for name, each, urls in lines[::-1]],
        "answer": answers.improving([(look.now[SUCCESS], look.before[SUCCESS])]), "labels": [label for _cls, label, _key in drawn],
    }  # fmt: skip


def _months(look, keys):
    """`[(name, {key: Figure}, {key: address of its rows})]` of every month."""
    found = []
    for month in look.scope.period.months:
        scope = look.scope.but(period=type(look.scope.period)(month, month))
        name = month_words(month, pgettext("short year and month", "n/y"))
        found.append((name, look.months[month], {key: rows_url(key, scope) for key in keys}))
    return found


def differing(look):
    """Where do they differ? By tier, category or service."""
    names = _names(look)
    known = list(names)
    keys = sorted(look.groups, key=lambda key: (known.index(key) if key in known else len(known), str(key)))
    lines = [(names.get(key) or _("Not assessed"), look.groups[key], _group_urls(look, key)) for key in keys]
    tabs = [(label, f"{page_url('reports:changes', look.scope, by=key)}#differing", key == look.by) for key, label in BY.items()]
    return {"lines": lines, "tabs": tabs, "caption": BY[look.by], "by": look.by, "target": measures.named(LEAD).goal}


def _names(look):
    """`{key: label}` in their own order; one query for services."""
    if look.by == "service":
        found = Service.objects.filter(pk__in=list(look.groups))
        return {service.pk: service.label() for service in sorted(found, key=lambda service: service.label())}
    return dict(TIERS if look.by == "tier" else Category.choices)


def _group_urls(look, key):
    """`{measure key: (all, counted)}`: the addresses of a group's rows; none for what has no name."""
    if not key:
        return {}
    return {name: {part: rows_url(name, look.scope, part, **{look.by: key}) for part in ("all", "counted", "rest")} for name in ALL}


DRAWN = {
    "waiting": (waiting, 5), "approving": (approving, 7), "succeeding": (succeeding, 12), "speeding": (speeding, 6),
    "improving": (improving, 6), "differing": (differing, 12),
}  # fmt: skip


def drawn(scope, at, by):
    """`[(name, template, columns, context)]` of the whole page."""
    look = ChangeLook(scope, at, by)
    return [(name, f"reports/_change_{name}.html", span, draw(look)) for name, (draw, span) in DRAWN.items()]


TILES = {name: lambda scope, _person, at, draw=draw: draw(ChangeLook(scope, at)) for name, (draw, _span) in DRAWN.items()}
"""`{name: function(scope, person, at)}`: what one tile shows, read for it alone."""

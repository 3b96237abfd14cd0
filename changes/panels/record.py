"""Where pages show changes: the rail, home, search, services and items; and the parts of a change's own page about who and when."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from catalog.models import ConfigurationItem, Service
from changes import acts, answering, rules, services
from changes.acts import Act
from changes.filters import UNCLOSED, ChangeFilter
from changes.forms.acts import KeyedForm, ReasonForm
from changes.forms.record import AnswerForm, UnanswerForm
from changes.models import Change, Kind, Status
from changes.models.change import OVER, PREPARED
from changes.views.listing import NEWEST, VIEWS, rows_of
from changes.views.mapping import mapped
from itsm.core import paging, ui

LATELY = 10


def register():
    """Fill the registries."""
    ui.rail("changes", _("Changes"), "changes:list", "git-branch", may=rules.may_read, order=10)
    ui.home_tile("changes/_tile_mine.html", mine, may=rules.may_raise, order=70)
    ui.search_source(find)
    ui.panel(Change, "changes/_impact.html", impact_map, region="main", order=30)
    ui.panel(Change, "changes/_facts.html", facts, order=20)
    ui.panel(Change, "changes/_answers.html", answers, order=25)
    ui.panel(Service, "changes/_changes_of.html", of_service, region="main", order=60)
    ui.panel(ConfigurationItem, "changes/_changes_of.html", of_item, region="main", order=60)
    acts.register(
        Act("submit", _("Submit for approval"), KeyedForm, services.submit, step="submit", icon="send", primary=True, order=10,
            offered=lambda change, person: change.kind != Kind.STANDARD,
            note=_("Everybody who has to decide is told at once.")),
        Act("take-up", _("Take up the approved model"), KeyedForm, services.take_up, step="take_up", icon="check", primary=True, order=10,
            offered=lambda change, person: change.kind == Kind.STANDARD,
            note=_("The model was approved; nobody is asked again as long as the steps are unchanged.")),
        Act("withdraw", _("Withdraw the submission"), ReasonForm, services.withdraw, step="withdraw", icon="arrow-back-up", order=60),
        Act("cancel", _("Cancel the change"), ReasonForm, services.cancel, step="cancel", icon="x", order=90),
        Act("answer", _("Name what it answers"), AnswerForm, services.answer, step="edit", offered=_in_its_panel,
            note=_("The incident's page lists this change from then on.")),
        Act("unanswer", _("Take back what it answers"), UnanswerForm, services.unanswer, step="edit", offered=_in_its_panel),
    )  # fmt: skip


def _in_its_panel(change, person):
    """No button of its own: the panel of what a change answers offers it."""
    return False


def facts(change, person):
    """Who, when, services and customers named; two queries."""
    return {"services": change.services.all(), "customers": change.customers.all()}


def answers(change, person):
    """What it answers, for naming more or taking back; one query, and one for each sort of record named."""
    named = list(change.answered.standing())
    may_work = rules.may_work(person, change)
    return {
        "answered": answering.shown(named),
        "may_name": may_work and change.status not in (*OVER, Status.REVIEW),
        "may_take_back": may_work and change.status in PREPARED,
        "must": change.kind == Kind.EMERGENCY,
    }


def impact_map(change, person):
    """What it touches, drawn small; nine queries."""
    return mapped(change, most=8, wide=5)


def mine(person, at):
    """What this person asked for or carries out and is not closed; three queries."""
    found = paging.page(rows_of(VIEWS["mine"], person).listed(), NEWEST, size=5)
    return {"rows": found.rows, "more": bool(found.next_cursor)}


def of_service(service, person):
    """The changes of a service: what is open, and the last ten; two queries."""
    return _lately(Change.objects.filter(services=service), person, "service", service.pk)


def of_item(item, person):
    """The changes that name a configuration item: what is open, and the last ten; two queries."""
    return _lately(Change.objects.filter(items=item), person, "item", item.code)


def _lately(changes, person, key, value):
    visible = changes & Change.objects.visible_to(person)
    open_ones = list(visible.filter(status__in=UNCLOSED).order_by("-id")[: 5 * LATELY])
    over = list(visible.filter(status__in=OVER).order_by("-id")[:LATELY])
    return {
        "title": _("Changes"),
        "rows": [*open_ones, *over],
        "url": f"{reverse('changes:list')}?view=all&{key}={value}" if open_ones or over else "",
        "empty": _("No change has touched it yet."),
    }


def find(person, words):
    """Changes by number or words, newest first."""
    if not rules.may_read(person):
        return []
    rows = ChangeFilter({"q": words}, queryset=Change.objects.visible_to(person).listed()).qs
    found = paging.page(rows, NEWEST, size=20)
    return [
        {
            "icon": "git-branch",
            "number": change.shown_number,
            "title": change.title,
            "remark": " · ".join([str(change.get_kind_display()), *map(str, change.services.all())]),
            "url": change.get_absolute_url(),
            "change": change,
        }
        for change in found.rows
    ]

"""What other pages show of findings, actions and management reviews: the rail, the home page, search."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audits import audit_rules, owed, review_waiting
from audits import finding_rules as rules
from audits.audit_filters import AuditFilter
from audits.finding_filters import FindingFilter
from audits.models import Audit, Finding, ManagementReview
from itsm.core import paging, ui
from itsm.people.zones import company_day

ON_THE_TILE, FOUND = 6, 20


def register():
    """Fill the registries."""
    ui.rail("assurance", _("Audit programme"), "audits:programmes", "calendar-check", may=audit_rules.may_read, order=22)
    ui.rail("assurance", _("Audits"), "audits:audits", "clipboard-check", may=audit_rules.may_read, order=24)
    ui.rail("assurance", _("Findings"), "audits:findings", "flag", may=rules.may_read, order=30)
    ui.rail(
        "assurance",
        pgettext_lazy("corrective action", "Actions"),
        "audits:actions",
        "list-check",
        may=rules.may_read,
        count=_waiting,
        order=40,
    )
    ui.rail(
        "assurance",
        _("Management reviews"),
        "audits:reviews",
        "presentation-analytics",
        may=rules.may_read,
        count=_to_sign,
        order=60,
    )
    ui.home_tile("audits/_tile_reviews.html", to_sign, may=_has_to_sign, order=14, wide=True)
    ui.home_tile("audits/_tile_actions.html", tile, may=_has_something, order=15, wide=True)
    ui.search_source(find)
    ui.search_source(find_audits)


def _waiting(person):
    return owed.counts().get(person.pk, 0)


def _has_to_sign(person):
    return person.is_internal and _to_sign(person) > 0


def to_sign(person, _at):
    """The reviews that wait for somebody's verdicts and signature; one query."""
    return {"rows": ManagementReview.objects.filter(status="held", chair=person).defer("picture").order_by("held_on", "id")}


def _to_sign(person):
    return review_waiting.counts().get(person.pk, 0)


def _has_something(person):
    return person.is_internal and _waiting(person) > 0


def tile(person, at):
    """The actions that wait for somebody, of findings and of reviews, due first."""
    rows = owed.waiting_for(person, at)
    return {"rows": rows[:ON_THE_TILE], "total": len(rows), "today": company_day(at)}


def find(person, words):
    """Findings by number or words, newest first."""
    if not rules.may_read(person):
        return []
    rows = FindingFilter({"q": words}, queryset=Finding.objects.visible_to(person)).qs
    found = paging.page(rows, paging.Order(), size=FOUND)
    return [
        {"icon": "flag", "number": f.shown_number, "title": f.title, "remark": f"{f.get_grade_display()} · {f.clause_label}",
         "url": f.get_absolute_url()}
        for f in found.rows
    ]  # fmt: skip


def find_audits(person, words):
    """Audits by number or words, newest first."""
    rows = AuditFilter({"q": words}, queryset=Audit.objects.visible_to(person)).qs
    found = paging.page(rows, paging.Order(), size=FOUND)
    return [
        {"icon": "clipboard-check", "number": a.shown_number, "title": a.title, "url": a.get_absolute_url(),
         "remark": f"{a.get_sort_display()} · {a.get_status_display()}"}
        for a in found.rows
    ]  # fmt: skip

"""Addresses of changes."""

from django.urls import path

from changes.views import (
    acting,
    assessing,
    calendar,
    deciding,
    delegating,
    doing,
    feed,
    figures,
    freezes,
    listing,
    mapping,
    policies,
    record,
    releases,
    standard,
    writing,
)

app_name = "changes"

CHANGES = [
    path("changes/", listing.change_list, name="list"),
    path("changes/CHG-<number:number>/", record.change, name="detail"),
    path("changes/CHG-<number:number>/say/", record.change_say, name="say"),
    path("changes/CHG-<number:number>/map/", mapping.change_map, name="map"),
]

WRITING = [
    path("changes/new/", writing.change_new, name="new"),
    path("changes/new/emergency/", writing.change_new, {"kind": "emergency"}, name="new_emergency"),
    path("changes/new/model/", writing.change_choose_model, name="new_from_model"),
    path("changes/new/model/<slug:code>/", writing.change_follow, name="follow"),
    path("changes/who/", assessing.change_who, name="who"),
    path("changes/pick/items/", writing.pick_items, name="pick_items"),
    path("changes/CHG-<number:number>/edit/", writing.change_edit, name="edit"),
    path("changes/CHG-<number:number>/risk/", assessing.change_risk, name="risk"),
    path("changes/models/", standard.model_list, name="models"),
    path("changes/models/new/", standard.model_new, name="model_new"),
    path("changes/models/<slug:code>/", standard.model, name="model"),
    path("changes/models/<slug:code>/edit/", standard.model_edit, name="model_edit"),
    path("changes/models/<slug:code>/<slug:name>/", standard.model_act, name="model_act"),
    path("changes/policy/", policies.policy_page, name="policy"),
    path("changes/policy/edit/", policies.policy_edit, name="policy_edit"),
    path("changes/policy/<int:no>/", policies.policy_page, name="policy_version"),
    path("changes/questions/", policies.questions_page, name="questions"),
    path("changes/questions/edit/", policies.questions_edit, name="questions_edit"),
    path("changes/questions/<int:no>/", policies.questions_page, name="questions_version"),
]

DECIDING = [
    path("changes/inbox/", deciding.inbox, name="inbox"),
    path("changes/inbox/<int:pk>/", deciding.seat, name="seat"),
    path("changes/delegations/", delegating.delegations, name="delegations"),
    path("changes/delegations/new/", delegating.delegate, name="delegate"),
    path("changes/delegations/<int:pk>/withdraw/", delegating.withdraw, name="delegation_withdraw"),
]

SCHEDULING = [
    path("changes/calendar/", calendar.change_calendar, name="calendar"),
    path("changes/calendar/feed/", feed.feed_page, name="feed"),
    path("changes/calendar/feed/<str:token>/changes.ics", feed.feed_file, name="feed_file"),
    path("changes/conflicts/", calendar.slot_conflicts, name="conflicts"),
    path("changes/freezes/", freezes.freeze_list, name="freezes"),
    path("changes/freezes/new/", freezes.freeze_new, name="freeze_new"),
    path("changes/freezes/<int:pk>/", freezes.freeze, name="freeze"),
    path("changes/freezes/<int:pk>/edit/", freezes.freeze_edit, name="freeze_edit"),
    path("changes/freezes/<int:pk>/withdraw/", freezes.freeze_withdraw, name="freeze_withdraw"),
]

DOING = [
    path("changes/CHG-<number:number>/steps/<int:no>/begin/", doing.step_begin, name="step_begin"),
    path("changes/CHG-<number:number>/steps/<int:no>/end/", doing.step_end, name="step_end"),
    path("changes/CHG-<number:number>/items/<str:code>/", doing.item_update, name="item_update"),
]

RELEASES = [
    path("releases/", releases.release_list, name="releases"),
    path("releases/new/", releases.release_edit, name="release_new"),
    path("releases/REL-<number:number>/", releases.release, name="release"),
    path("releases/REL-<number:number>/edit/", releases.release_edit, name="release_edit"),
    path("releases/REL-<number:number>/criteria/<int:no>/", releases.criterion_verify, name="criterion"),
    path("releases/REL-<number:number>/<slug:name>/", releases.release_act, name="release_act"),
    path("transitions/", releases.transition_list, name="transitions"),
    path("transitions/new/", releases.transition_edit, name="transition_new"),
    path("transitions/TRN-<number:number>/", releases.transition, name="transition"),
    path("transitions/TRN-<number:number>/edit/", releases.transition_edit, name="transition_edit"),
    path("transitions/TRN-<number:number>/<slug:name>/", releases.transition_act, name="transition_act"),
]

FIGURES = [
    path("changes/figures/", figures.figures, name="figures"),
    path("changes/figures/<slug:figure>/", figures.figure_rows, name="figure_rows"),
    path("changes/figures/<slug:figure>/download/", figures.figure_download, name="figure_download"),
]

ACTS = [path("changes/CHG-<number:number>/<slug:name>/", acting.change_act, name="act")]
"""After everything that has an address of its own below a change."""

urlpatterns = CHANGES + WRITING + DECIDING + SCHEDULING + DOING + RELEASES + FIGURES + ACTS

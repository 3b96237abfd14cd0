"""Addresses of changes."""

from django.urls import path, register_converter

from changes.views import acting, figures, record, releases
from itsm.core.numbering import NumberConverter

register_converter(NumberConverter, "number")
app_name = "changes"

CHANGES = [
    path("changes/", record.change_list, name="list"),
    path("changes/CHG-<number:number>/", record.change, name="detail"),
]

WRITING = []

DECIDING = []

SCHEDULING = []

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

urlpatterns = CHANGES + WRITING + DECIDING + SCHEDULING + RELEASES + FIGURES + ACTS

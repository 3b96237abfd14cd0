"""Migrations draw pictures of all models again and again, which is nearly all their time; what changes no field needs no new picture."""

from django.db.migrations.state import ProjectState
from pgtrigger.migrations import AddTrigger


def spare_them():
    """Let a new index, constraint or trigger be noted on the picture that is there, instead of drawing it and all its neighbours anew.

    More than half of a first start is spared. Nothing asks a picture for its triggers.
    """

    def note(state, app_label, model_name, option_name, thing):
        options = state.models[app_label, model_name].options
        options[option_name] = [*options.get(option_name, ()), thing]
        if "apps" in state.__dict__:
            setattr(state.apps.get_model(app_label, model_name)._meta, option_name, list(options[option_name]))

    def remember(operation, app_label, state):
        options = state.models[app_label, operation.model_name].options
        options["triggers"] = [*options.get("triggers", ()), operation.trigger]

    ProjectState._append_option = note
    AddTrigger.state_forwards = remember

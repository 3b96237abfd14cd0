"""Migrations draw pictures of all models again and again, which is nearly all their time; here only what changed is drawn anew.

Django draws a model that gets a field together with everything that is related to it, at any remove: here nearly all there is. A migration
asks of a picture the tables and columns of what it changes and points at, and those are right. Operations that run Python draw everything
anew before they ask, because each of these ways says that the picture is not whole (`is_delayed`).
"""

from django.db.migrations.state import ProjectState
from django.db.models import NOT_PROVIDED
from pgtrigger.migrations import AddTrigger


def spare_them():
    """Draw a new model alone, a model with a new field with those that point at it, and nothing for an index, constraint or trigger.

    Three quarters of a first start's migrations are spared; what the database holds afterwards is the same to the last line.
    """
    ProjectState.add_model = _add_model
    ProjectState.add_field = _add_field
    ProjectState._append_option = _note
    AddTrigger.state_forwards = _remember


def _add_model(state, model_state):
    """Nothing points at a new model yet, so it is drawn alone."""
    key = model_state.app_label, model_state.name_lower
    state.models[key] = model_state
    if state._relations is not None:
        state.resolve_model_relations(key)
    if _is_drawn(state):
        state.is_delayed = True
        state.apps.render_multiple([model_state])
        state.apps.clear_cache()


def _add_field(state, app_label, model_name, name, field, preserve_default):
    """A model with a new field is drawn with those that point at it and those that are made of it."""
    if not preserve_default:
        field = field.clone()
        field.default = NOT_PROVIDED
    key = app_label, model_name
    state.models[key].fields[name] = field
    if state._relations is not None:
        state.resolve_model_field_relations(key, name, field)
    if _is_drawn(state):
        made_of_it = [one._meta for one in state.apps.get_model(*key).__subclasses__() if one._meta.apps is state.apps]
        state.is_delayed = True
        state._reload({key, *state.relations[key], *((meta.app_label, meta.model_name) for meta in made_of_it)})


def _note(state, app_label, model_name, option_name, thing):
    options = state.models[app_label, model_name].options
    options[option_name] = [*options.get(option_name, ()), thing]
    if _is_drawn(state):
        setattr(state.apps.get_model(app_label, model_name)._meta, option_name, list(options[option_name]))


def _remember(operation, app_label, state):
    options = state.models[app_label, operation.model_name].options
    options["triggers"] = [*options.get("triggers", ()), operation.trigger]


def _is_drawn(state):
    return "apps" in state.__dict__

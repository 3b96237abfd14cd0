"""How the stage of an agreement is drawn."""

from django import template

from itsm.core.templatetags.ui import tag
from sla.stages import HUES, Stage

register = template.Library()


@register.simple_tag
def stagetag(stage):
    """A stage as a tag in its colour."""
    return tag(Stage(stage).label, HUES[Stage(stage)])

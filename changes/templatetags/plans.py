"""How plans, models and points are drawn."""

from django import template

from changes.models import Category
from changes.wording import either
from itsm.core.wording import duration

register = template.Library()
RISK_HUES = {"low": "green", "medium": "amber", "high": "red"}


@register.simple_tag
def minutes(number):
    """A step's minutes as a length of time."""
    return duration(number * 60)


@register.simple_tag
def whole_length(plan):
    """How long all steps of a plan take together."""
    return duration(sum(row["minutes"] for row in plan) * 60)


@register.filter
def category(value):
    """A category's name."""
    return Category(value).label if value in Category.values else value


@register.filter
def risk_hue(value):
    """The colour of a risk."""
    return RISK_HUES.get(value, "")


@register.simple_tag
def worded(text, text_en):
    """The text in the reader's language."""
    return either(text, text_en)

"""The demo's roles for the sign-in page."""

from django import template

from itsm.demo import doors

register = template.Library()


@register.simple_tag
def demo_roles():
    """The one-click roles; none outside the demo."""
    return doors.roles()

"""The demo's part of the sign-in page."""

from django import template
from django.conf import settings

from itsm.demo.roles import roles

register = template.Library()


@register.simple_tag
def demo_roles():
    """Whoever can be entered with one click, as Roles; nobody outside the demo."""
    return roles() if settings.DEMO else []

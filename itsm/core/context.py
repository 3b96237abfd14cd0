"""Template context of the frame around every page."""

from itsm.core import ui


def frame(request):
    """Rail, banners and what apps add to the frame; lazily, so that a fragment pays nothing."""
    person = getattr(request, "user", None)
    if person is None or not person.is_authenticated:
        return {}
    return {"rail": lambda: ui.rail_for(person), "banners": lambda: ui.banners_for(person), "frame": lambda: ui.frame_for(request)}

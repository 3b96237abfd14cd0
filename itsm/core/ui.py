"""What apps show on pages that are not theirs. Filled in each app's `apps.py` from its `panels.py`."""

import dataclasses
from collections import defaultdict

from django.utils.translation import gettext_lazy as _

SECTIONS = [
    ("home", ""),
    ("desk", _("Desk")),
    ("changes", _("Changes")),
    ("services", _("Services")),
    ("assurance", _("Assurance")),
    ("reports", _("Reports")),
    ("settings", _("Settings")),
]


@dataclasses.dataclass(frozen=True)
class Panel:
    """A piece of another app on a record's page: `context(record, person)` feeds `template`."""

    template: str
    context: object
    region: str = "side"
    order: int = 50


@dataclasses.dataclass(frozen=True)
class RailEntry:
    """A place in the left rail; `may(person)` says who sees it, `count(person)` what needs action there."""

    section: str
    label: object
    url_name: str
    icon: str
    may: object = None
    count: object = None
    order: int = 50


@dataclasses.dataclass(frozen=True)
class HomeTile:
    """A tile of the home page: `context(person, at)` feeds `template`; `may(person)` says whose."""

    template: str
    context: object
    may: object = None
    order: int = 50
    wide: bool = False


_panels = defaultdict(list)
_rail, _tiles, _banners, _searches, _frames = [], [], [], [], []


def panel(record_class, template, context, *, region="side", order=50):
    """Show `template` on the pages of `record_class`; its query count must be fixed."""
    _panels[record_class].append(Panel(template, context, region, order))


def rail(section, label, url_name, icon, *, may=None, count=None, order=50):
    """Put a place into the left rail."""
    _rail.append(RailEntry(section, label, url_name, icon, may, count, order))


def home_tile(template, context, *, may=None, order=50, wide=False):
    """Put a tile on the home page."""
    _tiles.append(HomeTile(template, context, may, order, wide))


def banner(find, *, hue="red"):
    """`find(person)` gives a sentence that stands above every page, or None; red for what is wrong now, amber for what will be."""
    _banners.append((find, hue))


def search_source(find):
    """`find(person, words)` gives results `(icon, title, remark, url)` for the search page."""
    _searches.append(find)


def frame(find):
    """`find(request)` adds keys to every page's context (bell, availability)."""
    _frames.append(find)


def panels_for(record, person, region="side"):
    """`[(template, context)]` of a record's page, in order; a panel whose context is None has nothing to show and stays away."""
    chosen = sorted((p for p in _panels[type(record)] if p.region == region), key=lambda p: p.order)
    return [(p.template, facts) for p in chosen if (facts := p.context(record, person)) is not None]


def rail_for(person):
    """`[(section title, [(entry, count)])]` of the rail that this person may see."""
    sections = []
    for key, title in SECTIONS:
        entries = sorted((e for e in _rail if e.section == key and (e.may is None or e.may(person))), key=lambda e: e.order)
        if entries:
            sections.append((title, [(e, e.count(person) if e.count else None) for e in entries]))
    return sections


def tiles_for(person, at):
    """The home tiles of this person, in order, as `(tile, context)`."""
    chosen = sorted((t for t in _tiles if t.may is None or t.may(person)), key=lambda t: t.order)
    return [(tile, tile.context(person, at)) for tile in chosen]


def banners_for(person):
    """`[(sentence, hue)]` above every page of this person."""
    return [(sentence, hue) for find, hue in _banners if (sentence := find(person))]


def search(person, words):
    """What every registered source finds for these words."""
    return [result for find in _searches for result in find(person, words)]


def frame_for(request):
    """Everything the frame of a page needs, for the template context."""
    found = {}
    for find in _frames:
        found.update(find(request))
    return found

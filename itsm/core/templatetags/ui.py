"""The components as template tags: small things drawn here, larger ones in templates/ui/."""

import functools

from django import template
from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html, format_html_join, json_script, mark_safe
from django.utils.translation import get_language, gettext, pgettext

from itsm.core import clock, wording
from itsm.core.clockface import MET, MISSED, Face
from itsm.core.words import page_words

register = template.Library()

PRIORITY_SHAPES = {
    1: mark_safe('<path d="M4.5 1h5L13 4.5v5L9.5 13h-5L1 9.5v-5z"/>'),
    2: mark_safe('<path d="M7 1.4 13.4 12.6H.6z"/>'),
    3: mark_safe('<path d="M7 .8 13.2 7 7 13.2.8 7z"/>'),
    4: mark_safe('<circle cx="7" cy="7" r="4.6" stroke-width="1.8"/>'),
}
STATE_SHAPES = {
    "new": mark_safe('<circle cx="6" cy="6" r="4.8" stroke-dasharray="2.2 1.6"/>'),
    "work": mark_safe('<circle cx="6" cy="6" r="4.8"/><path class="f" d="M6 3a3 3 0 0 1 0 6z"/>'),
    "hold": mark_safe('<circle cx="6" cy="6" r="4.8"/><path class="f" d="M4 4h1.4v4H4zm2.6 0H8v4H6.6z"/>'),
    "done": mark_safe('<circle cx="6" cy="6" r="4.8"/><path d="m3.8 6.1 1.6 1.6 2.9-3.2" stroke-width="1.5"/>'),
    "stop": mark_safe('<circle cx="6" cy="6" r="4.8"/><path d="m4.2 4.2 3.6 3.6m0-3.6-3.6 3.6" stroke-width="1.5"/>'),
}
STEP_DOTS = {
    "past": mark_safe('<circle cx="7" cy="7" r="5.6"/><path d="m4.4 7.1 1.8 1.8 3.4-3.7"/>'),
    "now": mark_safe('<circle cx="7" cy="7" r="5.6"/><circle class="f" cx="7" cy="7" r="3"/>'),
    "next": mark_safe('<circle cx="7" cy="7" r="5.6"/>'),
    "stop": mark_safe('<circle cx="7" cy="7" r="5.6"/><path d="m5 5 4 4m0-4-4 4"/>'),
}
AVATAR_HUES = ("", "is-a", "is-g", "is-o", "is-c")
CLOCK_ICONS = {"hold": "player-pause", "late": "alert-triangle", "met": "check"}
FIELD_CLASSES = {"Textarea": "c-area", "CheckboxInput": "c-check", "Select": "c-select", "SelectMultiple": "c-select is-many"}
CHOICES = {"RadioSelect", "CheckboxSelectMultiple"}


def reading_now(context):
    """The instant this page is read at: asked once a page."""
    if "now" in context:
        return context["now"]
    keeper = context.get("request") or context.render_context
    if not hasattr(keeper, "reading_now"):
        keeper.reading_now = clock.now()
    return keeper.reading_now


@register.simple_tag(takes_context=True)
def read_at(context):
    """The server's time of this page in seconds since 1970, so that a wrong clock at the reader does no harm."""
    return f"{reading_now(context).timestamp():.3f}"


@register.simple_tag
def steady(template_name):
    """A piece that depends on nothing but the language: drawn once a process and language (while debugging each time)."""
    drawn = _drawn.__wrapped__ if settings.DEBUG else _drawn
    return drawn(template_name, get_language())


@functools.lru_cache(maxsize=64)
def _drawn(template_name, _language):
    return render_to_string(template_name)


@register.simple_tag
def words():
    """The words that the page's scripts need, as data."""
    return _words(get_language())


@functools.cache
def _words(_language):
    return json_script(page_words(), "words")


@register.simple_tag
@functools.lru_cache(maxsize=1024, typed=True)
def icon(name, cls=""):
    """A line icon of the sprite."""
    return format_html('<svg class="icon {}" aria-hidden="true"><use href="{}#{}"/></svg>', cls, static("vendor/icons.svg"), name)


@register.simple_tag
def mark():
    """The product's sign."""
    return mark_safe(
        '<svg class="c-mark" viewBox="0 0 20 20" aria-hidden="true"><rect width="20" height="20" rx="5"/>'
        '<path d="M5.5 10.5 8.6 13.5 14.5 6.8"/></svg>'
    )


@register.simple_tag
@functools.lru_cache(maxsize=32)
def priority(number, large=False):
    """Shape, label and colour of P1 to P4; nothing when there is none yet."""
    if not number:
        return ""
    size = " is-l" if large else ""
    shape = PRIORITY_SHAPES[int(number)]
    return format_html(
        '<span class="c-prio is-{0}{1}"><svg viewBox="0 0 14 14" aria-hidden="true">{2}</svg>P{0}</span>', number, size, shape
    )


@register.simple_tag
def state(kind, text):
    """A state word with its mark; kind is new, work, hold, done or stop."""
    return _state(kind, str(text))


@functools.lru_cache(maxsize=256, typed=True)
def _state(kind, text):
    return format_html(
        '<span class="c-state is-{}"><svg viewBox="0 0 12 12" aria-hidden="true">{}</svg>{}</span>', kind, STATE_SHAPES[kind], text
    )


@register.simple_tag
def stepdot(kind):
    """The dot of a stepper; kind is past, now, next or stop (it ended here, or went back)."""
    return format_html('<svg viewBox="0 0 14 14" aria-hidden="true">{}</svg>', STEP_DOTS[kind])


@register.simple_tag
def tag(text, hue=""):
    """A small tag for a fact; hue is red, orange, amber, green, accent or line."""
    return format_html('<span class="c-tag{}">{}</span>', f" is-{hue}" if hue else "", text)


@register.simple_tag
@functools.lru_cache(maxsize=4096, typed=True)
def bar(kind, percent, marks=(75, 90), large=False, label=""):
    """A bar with ticks at the escalation marks; widths are SVG attributes."""
    height = 10 if large else 6
    look = mark_safe('fill="url(#hatch)"' if kind == "hold" else 'class="f"')
    fill = format_html('<rect {} width="{}%" height="{}"/>', look, percent, height)
    ticks = format_html_join(
        "",
        '<rect class="{}" data-mark="{}" x="{}%" width="{}" height="{}"/>',
        (("p" if percent > m else "m", m, m, 2 if percent > m else 1, height) for m in marks),
    )
    named = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html(
        '<svg class="c-bar{}" height="{}" {}><rect class="t" width="100%" height="{}"/>{}{}</svg>',
        " is-l" if large else "", height, named, height, fill, ticks,
    )  # fmt: skip


@register.simple_tag
def meter(percent, hue=""):
    """A thin bar of a share; hue is red, orange, n or nothing for green."""
    percent = round(min(100, max(0, float(percent or 0))), 1)
    return format_html(
        '<svg class="c-meter{}" height="4" aria-hidden="true"><rect class="t" width="100%" height="4"/>'
        '<rect class="f" width="{}%" height="4"/></svg>',
        f" is-{hue}" if hue else "", percent,
    )  # fmt: skip


def clock_words(face):
    """What stands right of the bar: time left, how far over, or how it ended."""
    if face.target_s is None:
        return pgettext("clock", "no target")
    if face.state == MET:
        return pgettext("clock", "Met")
    if face.state == MISSED and not face.left_s:
        return pgettext("clock", "Breached")
    return wording.time_left(face.left_s)


def live(context, face):
    """The attributes that let the page count on by itself, from the server's figures."""
    if not face.is_counting:
        return ""
    now = reading_now(context)
    closes = f"{(face.closes_at - now).total_seconds():.0f}" if face.closes_at else ""
    return format_html(
        ' data-clock data-left="{}" data-target="{}" data-closes="{}" data-at="{}"',
        f"{face.left_s:.0f}", f"{face.target_s:.0f}", closes, f"{now.timestamp():.3f}",
    )  # fmt: skip


@register.simple_tag(takes_context=True)
def clockbar(context, face: Face, named=True):
    """A clock in a row: what, bar, time left; it goes on counting in the page."""
    if face is None:
        return ""
    kind = face.kind
    if kind == "none":
        return format_html('<span class="t-12 t-3">{}</span>', clock_words(face))
    what = format_html('<span class="w">{}</span>', face.what) if named and face.what else ""
    paused = format_html('<span class="vh">{}</span>', gettext("paused, ")) if kind == "hold" else ""
    return format_html(
        '<div class="c-clock is-{}{}"{}>{}{}<span class="l">{}{}<span class="d">{}</span></span></div>',
        kind, "" if what else " is-bare", live(context, face), what, bar(kind, face.percent, face.marks),
        icon(CLOCK_ICONS[kind], "is-14") if kind in CLOCK_ICONS else icon("alert-triangle", "is-14 is-sign"), paused, clock_words(face),
    )  # fmt: skip


@register.inclusion_tag("ui/_clockbox.html", takes_context=True)
def clockbox(context, face: Face, remark=""):
    """A clock in the side column, large."""
    words = {"used": wording.duration(face.used_s), "target": wording.duration(face.target_s or 0), "text": clock_words(face)}
    return {"face": face, "live": live(context, face), "remark": remark, "now": reading_now(context), **words}


def initials(name):
    """One Chinese character or two Latin letters."""
    name = (name or "").strip()
    if not name:
        return "?"
    if ord(name[0]) > 0x2E7F:
        return name[0]
    words = name.split()
    return (words[0][0] + (words[1][0] if len(words) > 1 else "")).upper()


@register.simple_tag
def avatar(person, size="", named=False):
    """Initials on a quiet ground; without a person the sign that nobody has it yet. Size: 28 or 36."""
    size = f" is-{size}" if size else ""
    if not person:
        return format_html('<span class="c-ava is-none{}" aria-hidden="true">!</span>', size)
    hue = AVATAR_HUES[(person.pk or 0) % len(AVATAR_HUES)]
    label = format_html('role="img" aria-label="{}"', person.name) if named else mark_safe('aria-hidden="true"')
    return format_html('<span class="c-ava {}{}" {}>{}</span>', hue, size, label, initials(person.name))


@register.simple_tag
def owner(person):
    """Avatar and name of whoever has it, or that nobody has."""
    if person:
        return format_html('<span class="row-x is-1">{}<span class="t-cut t-2">{}</span></span>', avatar(person), person.name)
    words = pgettext("owner", "Unassigned")
    return format_html('<span class="row-x is-1">{}<span class="t-orange t-m">{}</span></span>', avatar(None), words)


@register.simple_tag(takes_context=True)
def when(context, instant, form="moment"):
    """An instant: relative or by day and time, exact on hover. Form: moment, clock (never "ago") or exact."""
    if not instant:
        return mark_safe('<span class="t-3">–</span>')
    now = reading_now(context)
    text = {"moment": wording.moment, "clock": wording.clock_time}.get(form, lambda i, _n: wording.exact(i))(instant, now)
    ticking = mark_safe(" data-ago") if form == "moment" and 0 <= (now - instant).total_seconds() < wording.HOUR else ""
    return format_html('<time datetime="{}" title="{}"{}>{}</time>', instant.isoformat(), wording.exact(instant), ticking, text)


@register.simple_tag(name="duration")
def duration_tag(seconds):
    """A length of time: "1 h 20 min"."""
    return "–" if seconds is None else wording.duration(seconds)


@register.filter
def duration(seconds):
    """A length of time: "1 h 20 min"."""
    return "–" if seconds is None else wording.duration(seconds)


@register.simple_tag(takes_context=True)
def time_zone(context):
    """The reader's zone, named with its offset."""
    return wording.zone_name(reading_now(context))


@register.inclusion_tag("ui/_field.html")
def field(bound, label="", hint="", cls="", says_optional=True, **attrs):
    """Label, input and error of a form's field; further attributes go to the input (`_` becomes `-`)."""
    widget = bound.field.widget
    kind = type(widget).__name__
    choices = kind in CHOICES
    attrs = {name.replace("_", "-"): value for name, value in attrs.items()}
    base = next((css for cls_ in type(widget).__mro__ if (css := FIELD_CLASSES.get(cls_.__name__))), "c-input")
    own = " ".join(filter(None, [widget.attrs.get("class", ""), base, "is-bad" if bound.errors else ""]))
    drawn = "" if choices else bound.as_widget(attrs={**attrs, "class": own})
    return {
        "field": bound,
        "label": label or bound.label,
        "hint": hint or bound.help_text,
        "cls": cls,
        "drawn": drawn,
        "says_optional": says_optional and not bound.field.required,
        "is_check": kind == "CheckboxInput",
        "is_choices": choices,
        "choice": "checkbox" if kind == "CheckboxSelectMultiple" else "radio",
    }


@register.inclusion_tag("ui/_form_errors.html")
def form_errors(form):
    """What is wrong with a form as a whole, and errors of fields that are not shown."""
    hidden = [error for bound in form.hidden_fields() for error in bound.errors]
    return {"errors": [*form.non_field_errors(), *hidden]}


@register.simple_tag
def note(text, kind="", sign="info-circle"):
    """A sentence that matters here; kind is amber, red, green or accent."""
    role = mark_safe(' role="alert"') if kind == "red" else ""
    return format_html('<p class="c-note{}"{}>{}<span>{}</span></p>', f" is-{kind}" if kind else "", role, icon(sign), text)


@register.simple_tag
def size(octets):
    """A file's size."""
    return filesizeformat(octets)


@register.simple_tag(takes_context=True)
def places(context, sections):
    """The rail with addresses: `[(title, [(entry, count, url, is here)])]`; the longest address that fits is where we are."""
    path = context["request"].path
    urls = {entry: reverse(entry.url_name) for _title, entries in sections or [] for entry, _count in entries}
    fitting = [url for url in urls.values() if path == url or (url != "/" and path.startswith(url))]
    here = max(fitting, key=len, default=None)
    return [(title, [(e, count, urls[e], urls[e] == here) for e, count in entries]) for title, entries in sections or []]


@register.simple_tag(takes_context=True)
def draw(context, template_name, facts):
    """A piece that another app put into a registry, with the facts its own function gave; nothing where it gave None."""
    if facts is None:
        return ""
    with context.push(**facts):
        return context.template.engine.get_template(template_name).render(context)

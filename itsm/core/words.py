"""Sentences that the page's scripts show; worded here so that they are translated like all others."""

from django.utils.translation import gettext, pgettext


def page_words():
    """Key to sentence, with {n}-style places to fill in; read by static/js/words.js."""
    return {
        "s": gettext("{s} s"),
        "min_s": gettext("{m} min {s} s"),
        "min": gettext("{m} min"),
        "h": gettext("{h} h"),
        "h_min": gettext("{h} h {m} min"),
        "over": pgettext("clock", "{time} over"),
        "left": pgettext("clock", "{time} left"),
        "just_now": gettext("just now"),
        "ago": gettext("{n} min ago"),
        "too_large": gettext("{name} is larger than {limit} and cannot be attached. Compress it, or share it another way."),
        "too_many": gettext("Attach at most {limit} files at once."),
        "remove": gettext("Remove {name}"),
        "draft_kept": gettext("Draft kept on this device"),
        "draft_back": gettext("Your unfinished text was brought back."),
        "discard": gettext("Discard it"),
        "selected": gettext("{n} selected"),
        "sending": gettext("Sending…"),
        "offline": gettext("The server did not answer. Nothing was saved; what you typed is still here. Try again."),
        "failed": gettext("That did not work. Nothing was saved; what you typed is still here. Try again."),
        "signed_out": gettext("You were signed out. Sign in again; what you typed is kept."),
        "no_match": gettext("Nothing matches"),
        "searching": gettext("Searching…"),
        "confirm": gettext("Are you sure?"),
        "copied": gettext("Link copied"),
        "time_zone": gettext("Times are in {zone}"),
    }

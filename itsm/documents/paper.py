"""Papers: what is printed as PDF, put together from plain blocks, so that no text of a user is ever markup."""

import hashlib
import json
from pathlib import Path

import manimgx_fonts_cjk
import typst

TEMPLATE = Path(__file__).with_name("paper.typ")
FONTS = str(Path(manimgx_fonts_cjk.__file__).parent)
PLACES = {"zh-hans": ("zh", "CN"), "en": ("en", "GB")}


def heading(text, level=2):
    """A heading of level 2 or 3; 1 is the paper's title."""
    return {"kind": "heading", "level": level, "text": str(text)}


def text(words):
    """A paragraph; line breaks stay."""
    return {"kind": "text", "text": str(words)}


def quiet(words):
    """A remark in small grey letters."""
    return {"kind": "quiet", "text": str(words)}


def facts(rows):
    """`[(label, value)]` in two columns."""
    return {"kind": "facts", "rows": _plain(rows)}


def signature(rows):
    """Who signed what and when, framed: `[(label, value)]`."""
    return {"kind": "signature", "rows": _plain(rows)}


def items(lines):
    """A list with dots."""
    return {"kind": "list", "items": [str(line) for line in lines]}


def table(head, rows, widths=()):
    """A table whose head stands again on every page; widths: the columns' shares, equal to nothing where left out."""
    return {"kind": "table", "head": [str(cell) for cell in head], "rows": _plain(rows), "widths": list(widths)}


def _plain(rows):
    return [[str(cell) for cell in row] for row in rows]


def printed(title, blocks, *, language, mark="", foot=""):
    """The PDF of a paper as bytes: the same words give the same bytes. `mark` stands under the title, `foot` on every page.

    language: a code of settings.LANGUAGES; it decides the shapes of Chinese letters and where lines break.
    """
    lang, region = PLACES.get(language, PLACES["en"])
    paper = {"title": str(title), "mark": str(mark), "foot": str(foot), "lang": lang, "region": region, "blocks": blocks}
    inputs = {"paper": json.dumps(paper, ensure_ascii=False)}
    return typst.compile(TEMPLATE, root=TEMPLATE.parent, font_paths=[FONTS], ignore_system_fonts=True, sys_inputs=inputs)


def sha256(content):
    """The hash that stands beside a paper, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()

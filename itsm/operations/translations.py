"""python -m itsm.operations.translations: is every visible string in the catalogue, translated and not in doubt?"""

import ast
import re
import sys

import polib
from django.conf import settings
from django.utils.translation.template import templatize

from itsm.environment import ROOT
from itsm.fingerprint import OURS

MARKERS = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"), (0,)),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (0, 1)),
}
WITH_CONTEXT = dict.fromkeys(("pgettext", "pgettext_lazy"), (1,)) | dict.fromkeys(("npgettext", "npgettext_lazy"), (1, 2))
LITERAL = r"""(u?'(?:[^'\\]|\\.)*'|u?"(?:[^"\\]|\\.)*")"""
IN_TEMPLATE = re.compile(rf"\b(?:gettext|_)\(\s*{LITERAL}|\bngettext\(\s*{LITERAL}|\bn?pgettext\(\s*{LITERAL},\s*{LITERAL}", re.DOTALL)
LANGUAGE = "zh_Hans"


def main():
    """Print what is missing, one line each; the exit code."""
    catalogue = polib.pofile(str(ROOT / "locale" / LANGUAGE / "LC_MESSAGES" / "django.po"))
    known = {entry.msgid for entry in catalogue if not entry.obsolete}
    wanted = dict(wanted_texts())
    problems = [f"{place}: not in the catalogue: {text!r}" for text, place in sorted(wanted.items(), key=str) if text not in known]
    problems += [f"{LANGUAGE}: not translated: {entry.msgid!r}" for entry in catalogue.untranslated_entries()]
    problems += [f"{LANGUAGE}: in doubt (fuzzy): {entry.msgid!r}" for entry in catalogue.fuzzy_entries()]
    problems += [f"{LANGUAGE}: {sentence}" for entry in catalogue if (sentence := _broken(entry))]
    for problem in problems:
        print(problem)
    print(f"{len(wanted)} strings, {len(problems)} problems")
    return 1 if problems else 0


def wanted_texts():
    """`(text, place)` of every string that templates and Python code mark for translation."""
    if not settings.configured:
        settings.configure(USE_I18N=True)
    for file in sorted(ROOT.glob("templates/**/*.*")):
        if file.suffix in (".html", ".txt"):
            yield from ((text, f"{file.relative_to(ROOT)}") for text in in_template(file.read_text()))
    for file in sorted(file for app in OURS for file in (ROOT / app).rglob("*.py")):
        if "migrations" not in file.parts:
            yield from ((text, f"{file.relative_to(ROOT)}:{line}") for text, line in in_python(file.read_text()))


def in_template(source):
    """The marked strings of a template, by Django's own reading of it."""
    for found in IN_TEMPLATE.finditer(templatize(source)):
        plain, plural, _context, with_context = found.groups()
        yield ast.literal_eval(plain or plural or with_context)


def in_python(source):
    """`(text, line)` of the marked strings of a Python file."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            for position in MARKERS.get(name, WITH_CONTEXT.get(name, ()))[:1]:
                if len(node.args) > position and isinstance(node.args[position], ast.Constant) and node.args[position].value:
                    yield node.args[position].value, node.lineno


def _broken(entry):
    """A translation must use exactly the placeholders of its original, or a page fails."""
    for translation in [entry.msgstr, *entry.msgstr_plural.values()]:
        originals = {frozenset(_placeholders(text)) for text in (entry.msgid, entry.msgid_plural) if text}
        if translation and frozenset(_placeholders(translation)) not in originals:
            return f"other placeholders than {entry.msgid!r}: {translation!r}"
    return None


def _placeholders(text):
    return re.findall(r"%\(\w+\)[sd]|%[sd]|(?<!\{)\{\w*\}(?!\})", text)


if __name__ == "__main__":
    sys.exit(main())

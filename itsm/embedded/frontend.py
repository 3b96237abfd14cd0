"""What browsers load: packages copied into static/vendor, icons, translations, collected files. Done again only after a change."""

import ast
import contextlib
import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import polib

from itsm.environment import ROOT
from itsm.fingerprint import OURS

from .refusal import Refusal

MODULES = ROOT / "node_modules"
VENDOR = ROOT / "static" / "vendor"
COLLECTED = ROOT / "staticfiles"
ICON_LIST = ROOT / "static" / "icons.txt"
FILES = {
    "@tabler/core/dist/css/tabler.min.css": "tabler.min.css",
    "tom-select/dist/js/tom-select.base.min.js": "tom-select.min.js",
}
FONTS = {"@fontsource-variable/inter": "inter", "@fontsource-variable/noto-sans-sc": "noto-sans-sc"}
SOURCE_MAP = re.compile(r"(/\*# sourceMappingURL=.*?\*/|^//# sourceMappingURL=.*$)", re.MULTILINE)
ICON_IN_TEMPLATE = re.compile(r"""(?<!\.)\bicon\s*=?\s*["']([a-z0-9-]+)["']""")
OUTLINE = MODULES / "@tabler" / "icons" / "icons" / "outline"


def set_up(npm, variables):
    """Bring everything that browsers load up to date. `npm()` gives the command, `variables` the environment for Django."""
    with alone():
        _fill(npm)
        collect(variables)


def fill(npm):
    """The same without collecting: what tests need."""
    with alone():
        _fill(npm)


@contextlib.contextmanager
def alone():
    """Of several runs that start from one checkout at once, one prepares the files and the others wait for it."""
    folder = os.open(ROOT, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _fill(npm):
    install_packages(npm)
    copy_vendor_files()
    compile_translations()


def set_up_image(variables):
    """The same where the packages are there already: while an image is built."""
    copy_vendor_files()
    compile_translations()
    collect(variables)


def install_packages(npm):
    """`npm ci` when package-lock.json changed since the last time."""
    wanted = _digest([ROOT / "package-lock.json"])
    stamp = MODULES / ".installed"
    if _said(stamp) == wanted:
        return
    done = subprocess.run([*npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], cwd=ROOT, check=False)
    if done.returncode:
        raise Refusal("The front-end packages could not be installed; npm's message stands above.")
    stamp.write_text(wanted)


def copy_vendor_files():
    """Fill static/vendor with the files we serve, without their references to source maps, and the icon sprite."""
    wanted = _digest([ROOT / "package-lock.json"], *_facts([*_templates(), *_python_files(), Path(__file__), ICON_LIST]))
    stamp = VENDOR / ".filled"
    if _said(stamp) == wanted:
        return
    icons = icon_names()
    shutil.rmtree(VENDOR, ignore_errors=True)
    VENDOR.mkdir(parents=True)
    for source, name in FILES.items():
        (VENDOR / name).write_text(SOURCE_MAP.sub("", (MODULES / source).read_text()))
    for source, name in FONTS.items():
        shutil.copytree(MODULES / source / "files", VENDOR / name / "files")
        shutil.copy(MODULES / source / "index.css", VENDOR / name / "index.css")
    (VENDOR / "icons.svg").write_text(sprite(icons))
    stamp.write_text(wanted)


def icon_names():
    """Names of the icons that templates and Python code use, and those listed in static/icons.txt, in order."""
    found = {name for template in _templates() for name in ICON_IN_TEMPLATE.findall(template.read_text())}
    if ICON_LIST.exists():
        found |= {line.strip() for line in ICON_LIST.read_text().splitlines() if line.strip() and not line.startswith("#")}
    return sorted(found | _icons_in_python())


def sprite(names):
    """One SVG file with a symbol for each name. Raises Refusal for a name that the icon set does not have."""
    symbols = []
    for name in names:
        file = OUTLINE / f"{name}.svg"
        if not file.exists():
            raise Refusal(f"There is no icon named '{name}' in the icon set.")
        paths = [line.strip() for line in file.read_text().splitlines() if "<path" in line and 'stroke="none"' not in line]
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{"".join(paths)}</symbol>')
    return "\n".join(['<svg xmlns="http://www.w3.org/2000/svg">', *symbols, "</svg>\n"])


def compile_translations():
    """Write every .mo that is older than its .po."""
    for source in ROOT.glob("locale/*/LC_MESSAGES/*.po"):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            polib.pofile(str(source)).save_as_mofile(str(target))


def collect(variables):
    """Run collectstatic when a file under static/ or the installed packages changed."""
    facts = _facts((ROOT / "static").rglob("*"))
    wanted = _digest([ROOT / "requirements.txt", ROOT / "itsm" / "settings.py"], *facts)
    stamp = COLLECTED / ".collected"
    if _said(stamp) == wanted:
        return
    command = [sys.executable, "manage.py", "collectstatic", "--noinput", "--clear", "-v0"]
    done = subprocess.run(command, cwd=ROOT, env=variables, check=False)
    if done.returncode:
        raise Refusal("The static files could not be collected; the message stands above.")
    stamp.write_text(wanted)


def _icons_in_python():
    """Text in our Python code that says icon: `icon="bell"`, an argument of rail(), a value in a table named …ICON…."""
    found = set()
    for file in _python_files():
        text = file.read_text()
        if "icon" in text.lower() or "rail(" in text:
            found |= {name for node in ast.walk(ast.parse(text)) for name in _icon_texts(node)}
    return {name for name in found if (OUTLINE / f"{name}.svg").exists()}


def _icon_texts(node):
    if isinstance(node, ast.keyword) and node.arg and "icon" in node.arg:
        return _texts(node.value)
    if isinstance(node, ast.Call) and _called(node) in ("rail", "RailEntry", "icon", "search_source"):
        return [text for argument in node.args for text in _texts(argument)]
    if isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        if any("icon" in ast.unparse(target).lower() for target in targets) and node.value:
            return _texts(node.value)
    if isinstance(node, ast.FunctionDef) and "icon" in node.name:
        return _texts(node)
    return []


def _templates():
    return ROOT.glob("templates/**/*.html")


def _python_files():
    return (file for app in OURS for file in (ROOT / app).rglob("*.py") if "migrations" not in file.parts)


def _facts(files):
    """What shows that a file changed, without reading it."""
    found = sorted(file for file in files if file.is_file())
    return [f"{file.relative_to(ROOT)} {file.stat().st_size} {file.stat().st_mtime_ns}" for file in found]


def _texts(node):
    return [part.value for part in ast.walk(node) if isinstance(part, ast.Constant) and isinstance(part.value, str)]


def _called(node):
    return getattr(node.func, "attr", getattr(node.func, "id", ""))


def _digest(files, *facts):
    summary = hashlib.sha256()
    for file in files:
        summary.update(file.read_bytes())
    for fact in facts:
        summary.update(f"\n{fact}".encode())
    return summary.hexdigest()


def _said(stamp):
    return stamp.read_text() if stamp.exists() else ""

"""The product's own source, parsed once."""

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
APPS = ("itsm", "catalog", "sla", "incidents", "changes", "reports", "audits")


@cache
def modules():
    """`[(path relative to the root, syntax tree)]` of every module but migrations."""
    found = [path for app in APPS for path in sorted((ROOT / app).rglob("*.py")) if "migrations" not in path.parts]
    return [(path.relative_to(ROOT), ast.parse(path.read_text())) for path in found]


def within(*names):
    """The modules whose path has one of these parts or file names."""
    return [(path, tree) for path, tree in modules() if set(path.parts) & set(names) or path.stem in names]


def calls(tree):
    """Dotted names of everything called in a module."""
    return {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}


def imports(tree):
    """Dotted names of everything imported in a module."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {node.module or ""} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found

"""The house rules, read off the source itself."""

import ast

from tests.architecture.source import calls, imports, modules, within

KEEPER_OF_TIME = "itsm/core/clock.py"
TIME = {
    "timezone.now",
    "datetime.now",
    "datetime.utcnow",
    "date.today",
    "datetime.datetime.now",
    "datetime.date.today",
    "timezone.localdate",
}


def test_nothing_but_the_clock_asks_for_the_time_in_models_rules_and_services():
    guilty = {
        str(path): sorted(calls(tree) & TIME)
        for path, tree in within("models", "rules", "services", "duty", "timeline", "roster")
        if str(path) != KEEPER_OF_TIME and calls(tree) & TIME
    }
    assert guilty == {}


def test_only_steps_move_a_status():
    guilty = []
    for path, tree in modules():
        if path.name == "flow.py":
            continue
        for node in ast.walk(tree):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AugAssign) else []
            guilty += [
                f"{path}:{t.lineno}"
                for t in targets
                if isinstance(t, ast.Attribute) and t.attr == "status" and "self" not in ast.unparse(t) and "response" not in ast.unparse(t)
            ]
    assert [place for place in guilty if not place.startswith("incidents/views/logging")] == []


def test_services_know_neither_celery_nor_requests():
    forbidden = ("celery", "django.http", "django.shortcuts", "rest_framework.views", "rest_framework.response", "django.contrib.messages")
    guilty = {
        str(path): sorted(name for name in imports(tree) if name.startswith(forbidden))
        for path, tree in within("services", "rules", "models")
        if any(name.startswith(forbidden) for name in imports(tree))
    }
    assert guilty == {}


def test_no_import_hides_inside_a_function():
    guilty = [
        f"{path}:{node.name}"
        for path, tree in modules()
        if path.name != "apps.py"
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and any(isinstance(inner, ast.Import | ast.ImportFrom) for inner in ast.walk(node))
    ]
    assert guilty == []


def test_no_file_has_a_name_that_says_nothing():
    nameless = {"utils", "helpers", "common", "managers", "selectors"}
    assert [str(path) for path, _tree in modules() if path.stem in nameless] == []


def test_functions_stay_short():
    lengths = sorted(
        node.end_lineno - node.lineno + 1
        for _path, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    assert lengths[int(len(lengths) * 0.9)] <= 30

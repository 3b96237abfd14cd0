"""Pages of rules: all of them, one of them with its runs and exceptions, and letting them run."""

import dataclasses
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from audits import access, finding_rules, framework, judging, known, records, services, sheets, trend
from audits.finding_records import SORTS
from audits.models import Failure, Run, Source, WrittenRule
from audits.services import running
from itsm.core import clock, paging, wording

BY_CLAUSE, BY_PROCESS = "clause", "process"
VIEWS = {BY_CLAUSE: gettext_lazy("By clause"), BY_PROCESS: gettext_lazy("By process")}
RESULTS = {
    "failing": gettext_lazy("With exceptions"), "passing": gettext_lazy("Without exceptions"), "empty": gettext_lazy("Nothing to test"),
    "error": gettext_lazy("Could not run"), "never": gettext_lazy("Never run"),
}  # fmt: skip
NEWEST = paging.Order()
OLDEST_ID = 2**63 - 1
RUNS = 15
NAMED = 10
"""So many records of a run are named where a finding is raised from it."""


@dataclasses.dataclass(frozen=True)
class Line:
    """A rule in a list: its last runs, the newest of them, and the line that they draw."""

    rule: object
    runs: list

    @property
    def last(self):
        return self.runs[-1] if self.runs else None

    @property
    def result(self):
        """One of RESULTS."""
        if self.last is None:
            return "never"
        if self.last.is_error:
            return "error"
        return "empty" if self.last.is_empty else "failing" if self.last.failed else "passing"

    @property
    def spark(self):
        return trend.spark(self.runs)

    @property
    def turned(self):
        return trend.turned(self.runs)

    @property
    def fewer(self):
        return -(self.turned or 0)


def must_read(request):
    """For nobody but our own people does any of this exist."""
    if not access.may_read(request.user):
        raise Http404


@require_safe
def rule_list(request):
    """Every rule with its last result and trend, by clause or by process; narrowed to a result."""
    must_read(request)
    view = request.GET.get("view") if request.GET.get("view") in VIEWS else BY_CLAUSE
    result = request.GET.get("result") if request.GET.get("result") in RESULTS else ""
    found = known.rules()
    runs = trend.lately(found, RUNS)
    lines = [Line(rule, runs[name]) for name, rule in found.items()]
    context = {
        "groups": _grouped([line for line in lines if not result or line.result == result], view), "view": view, "result": result,
        "views": [{"label": label, "url": _here(view=key, result=result), "is_current": key == view} for key, label in VIEWS.items()],
        "results": _results(lines, view, result), "total": len(lines), "edition": framework.edition(),
        "may_run": access.may_run(request.user), "may_write": access.may_write(request.user),
        "retired": WrittenRule.objects.filter(retired_at__isnull=False).count(),
    }  # fmt: skip
    return render(request, "audits/rule_list.html", context)


def _here(**asked):
    asked = {key: value for key, value in asked.items() if value}
    return f"{reverse('audits:rules')}?{urlencode(asked)}"


def _results(lines, view, current):
    """`[(label, how many, address, is it)]` of the results that any rule has."""
    counts = {key: sum(1 for line in lines if line.result == key) for key in RESULTS}
    shown = {key: label for key, label in RESULTS.items() if counts[key] or key == current}
    every = [(_("All"), len(lines), _here(view=view), not current)]
    return every + [(label, counts[key], _here(view=view, result=key), key == current) for key, label in shown.items()]


def _grouped(lines, view):
    """`[(number, title, address, lines)]` of the clauses or processes that have rules, in their order."""
    if view == BY_PROCESS:
        heads = {code: ("", process.label(), reverse("audits:process", args=[code])) for code, process in framework.processes().items()}
    else:
        heads = {number: (number, clause.label(), "") for number, clause in framework.clauses().items()}
    groups = {key: [] for key in heads}
    for line in lines:
        groups.setdefault(getattr(line.rule, view), []).append(line)
    return [(*heads.get(key, (key, "", "")), found) for key, found in groups.items() if found]


def _found(request, rule_id):
    """`(rule, the written rule or None)`; a retired one is found, too."""
    must_read(request)
    rule = known.rule(rule_id)
    held = written(rule_id) if rule is None or rule.written else None
    if rule is None and held is not None:
        rule = next(known.understood(WrittenRule.objects.filter(pk=held.pk)), None)
    if rule is None:
        raise Http404
    return rule, held


def written(rule_id):
    number = rule_id.removeprefix("R-")
    if not (rule_id.startswith("R-") and number.isascii() and number.isdigit() and len(number) < 18):
        return None
    return WrittenRule.objects.select_related("retired_by").filter(pk=int(number)).first()


@require_safe
def rule_page(request, rule_id):
    """One rule: what it asks, what its runs came to, and the records that failed one of them, a page at a time."""
    rule, held = _found(request, rule_id)
    runs = trend.lately([rule.id])[rule.id]
    shown = _run_shown(request, rule, runs)
    failures, next_url = _failures(request, shown)
    placed = records.placed(failures)
    context = {
        "rule": rule, "held": held, "clause": framework.clauses().get(rule.clause), "process": framework.processes().get(rule.process),
        "runs": runs[::-1][:RUNS], "run": shown, "is_last": bool(runs) and shown is not None and shown.pk == runs[-1].pk,
        "chart": trend.chart(runs), "rows": [(place, rule.said(f.reasons, f.details)) for f, place in placed],
        "next_url": next_url, "same_query": shown is None or shown.query_hash == judging.query_hash(rule, rule.window(clock.now())),
        "versions": list(held.versions.select_related("by")) if held else [],
        "raise_url": _raise_url(rule, shown, placed) if shown and shown.failed and finding_rules.may_raise(request.user) else "",
        "may_run": access.may_run(request.user) and not (held and held.retired_at),
        "may_write": held is not None and not held.retired_at and access.may_write(request.user),
    }  # fmt: skip
    return render(request, "audits/rule.html", context)


def _raise_url(rule, run, placed):
    """The page that raises findings, filled in with what a run found; the first of its records are named where findings know them."""
    named = [place.number for _failure, place in placed if place and place.number[:3] in SORTS][:NAMED]
    wrong = dict.fromkeys(str(words) for failure, _place in placed for words, _measured in rule.said(failure.reasons, failure.details))
    words = {"rule": rule.id, "day": wording.exact(run.started_at), "failed": run.failed, "n": run.population}
    said = {
        "source": Source.RULE.value, "source_words": f"{rule.id} · {wording.exact(run.started_at)}", "clause": rule.clause,
        "process": rule.process, "requirement": str(rule.question), "population": run.population, "failed": run.failed,
        "evidence": _("Rule %(rule)s, %(day)s: %(failed)s of %(n)s records failed.") % words, "gap": "\n".join(wrong),
        "records": " ".join(named),
    }  # fmt: skip
    return f"{reverse('audits:finding_new')}?{urlencode(said)}"


def _run_shown(request, rule, runs):
    """The run that the address names, else the newest one."""
    asked = request.GET.get("run", "")
    if asked.isascii() and asked.isdigit() and len(asked) < 19:
        return get_object_or_404(Run.objects.select_related("by"), pk=int(asked), rule=rule.id)
    return Run.objects.select_related("by").get(pk=runs[-1].pk) if runs else None


def _failures(request, run):
    """Fifty of the records that failed a run, and the address of the next ones."""
    if run is None:
        return [], ""
    after = request.GET.get("after", "")
    rows = run.failures.order_by("id")
    if after.isascii() and after.isdigit() and len(after) < 19:
        rows = rows.filter(id__gt=int(after))
    rows = list(rows[: paging.SIZE + 1])
    more = urlencode({"run": run.pk, "after": rows[paging.SIZE - 1].pk}) if len(rows) > paging.SIZE else ""
    return rows[: paging.SIZE], f"?{more}" if more else ""


@require_safe
def rule_download(request, rule_id):
    """Every record that failed a run, as CSV, some thousand at a time."""
    rule, _held = _found(request, rule_id)
    run = _run_shown(request, rule, trend.lately([rule.id], 1)[rule.id])
    if run is None:
        raise Http404
    response = StreamingHttpResponse(sheets.csv_lines(rule, Failure.objects.filter(run=run)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{rule.id}-{run.started_at:%Y-%m-%d}.csv"'
    return response


@require_POST
def rule_run(request, rule_id):
    """Let one rule run now."""
    rule, held = _found(request, rule_id)
    if held and held.retired_at:
        raise Http404
    run = running.attempt(rule, by=request.user)
    if run.is_error:
        messages.error(request, _("The rule could not run. What went wrong is kept with the run."))
    elif run.is_empty:
        messages.info(request, _("There was nothing to test."))
    else:
        words = ngettext("%(failed)s of %(n)s record failed.", "%(failed)s of %(n)s records failed.", run.population)
        messages.success(request, words % {"failed": run.failed, "n": run.population})
    return redirect("audits:rule", rule.id)


@require_POST
def run_every(request):
    """Have every rule run now; a worker sees to it."""
    must_read(request)
    services.ask_for_all(by=request.user)
    messages.success(request, _("All rules run now. Their results stand here in a moment."))
    return redirect("audits:rules")

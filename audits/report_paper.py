"""The audit report on paper: the frozen facts and nothing else, in one language."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from audits import independence, report_samples
from audits.days import worded
from audits.models import AgendaSort, AuditMethod, AuditSort, ChecklistResult, Grade, MemberRole
from itsm.documents import paper
from itsm.people.zones import company_zone

COLON = ": "


def printed(facts, sha256, language):
    """The PDF of a report in a language, as bytes: the same facts give the same bytes."""
    with translation.override(language):
        title = _("Audit report %(number)s") % {"number": facts["number"]}
        foot = f"{facts['number']} · SHA-256 {sha256[:16]}…"
        return paper.printed(title, list(_blocks(facts, sha256, language)), language=language, mark=facts["title"], foot=foot)


def _blocks(facts, sha256, language):
    yield paper.facts(_plan(facts))
    yield paper.heading(_("Audit conclusion"))
    yield paper.text(facts["conclusion"])
    yield paper.facts([(Grade(name).label, count) for name, count in facts["counts"].items()])
    yield from _independence(facts, language)
    yield from _findings(facts, language)
    yield from _checklist(facts, language)
    yield from report_samples.blocks(facts.get("samples", ()), language)
    yield from _agenda(facts, language)
    yield paper.signature([(_("Issued by"), facts["issued_by"]), (_("Issued at"), _instant(facts["issued_at"])), ("SHA-256", sha256)])
    yield paper.quiet(_("The hash is that of the facts of this report as they were frozen when it was issued; the product checks it."))


def _plan(facts):
    starts, ends, first, last = (worded(date.fromisoformat(day)) for day in facts["days"])
    return [
        (_("Sort"), AuditSort(facts["sort"]).label), (_("Audit scope"), facts["scope"]),
        (_("Audit criteria"), facts["criteria"] or facts["edition"]), (_("Standard"), facts["edition"]),
        (_("Methods"), _(", ").join(str(AuditMethod(method).label) for method in facts["methods"])),
        (_("Days"), f"{starts} – {ends}"), (_("Audited period"), f"{first} – {last}"),
        (_("Audit team"), _("; ").join(f"{name} ({MemberRole(role).label})" for name, role in facts["team"])),
        (_("Training of the auditors"), _("; ").join(_trained(*one) for one in facts.get("training", ())) or _("None is recorded.")),
    ]  # fmt: skip


def _trained(name, course, provider, completed_on):
    """One training of one auditor."""
    return f"{name}: {course} ({', '.join(filter(None, (provider, completed_on)))})"


def _independence(facts, language):
    yield paper.heading(_("Who audited what"))
    yield paper.table([_("Area"), _("Auditor")], [(area["label"][language], area["auditor"]) for area in facts["areas"]], (3, 2))
    if not facts["overrides"]:
        words = _("The product checked: nobody owned, deputised or led what they audited, nor had to do with over %(n)s %% of its records.")
        yield paper.text(words % {"n": independence.MANY_PERCENT})
    for one in facts["overrides"]:
        ties = _(", ").join(str(independence.LABELS[kind]) for kind, *_rest in one["ties"])
        names = {**one, "area": one["area"][language], "ties": ties, "day": _instant(one["at"])}
        words = _("Exception: %(person)s audited “%(area)s” although not independent (%(ties)s). Allowed by %(by)s, %(day)s: %(reason)s")
        yield paper.text(words % names)
        yield paper.text(_("Mitigation: second reviewer %(reviewer)s.") % names)
    for one in facts["warnings"]:
        words = _("%(person)s audits “%(area)s”: %(tie)s")
        yield paper.quiet(words % {"person": one["person"], "area": one["area"][language], "tie": one["tie"][language]})


def _findings(facts, language):
    yield paper.heading(_("Audit findings"))
    if not facts["findings"]:
        yield paper.text(_("The audit found nothing that does not conform."))
    for finding in facts["findings"]:
        yield paper.heading(f"{finding['number']} · {Grade(finding['grade']).label}", level=3)
        population, failed = finding["counted"]
        rows = [
            (_("Clause"), finding["clause_label"][language]), (_("Requirement"), finding["requirement"]),
            (_("Evidence"), finding["evidence"]), (_("Gap"), finding["gap"]), (_("Why this grade"), finding["why"]),
            (_("Answers for it"), finding["auditee"]),
        ]  # fmt: skip
        yield paper.facts(rows + ([(_("Counted"), f"{failed} / {population}")] if population else []))


def _checklist(facts, language):
    yield paper.heading(_("Checklist"))
    rows = []
    for item in facts["checklist"]:
        rules = [f"{rule['id']}{COLON}{_counted(rule['counted'])}" for rule in item["rules"]]
        note = "\n".join(filter(None, [item["note"], *rules]))
        question = f"{item['question'][language]}"
        rows.append((item["no"], f"{item['clause']}\n{item['area'][language]}", question, ChecklistResult(item["result"]).label, note))
    yield paper.table([_("No."), _("Clause"), _("Question"), _("Result"), _("Note")], rows, (1, 3, 6, 3, 6))


def _counted(counted):
    if not counted or not counted[0]:
        return _("nothing to test")
    population, passed, _at = counted
    return _("%(passed)s of %(population)s pass") % {"passed": passed, "population": population}


def _agenda(facts, language):
    yield paper.heading(_("Agenda"))
    rows = []
    for item in facts["agenda"]:
        what = item["area"][language] if item["area"] else AgendaSort(item["sort"]).label
        rows.append((_span(item["from"], item["until"]), what, item["with"] or "–", item["words"]))
    yield paper.table([_("When"), _("What"), pgettext("agenda", "With whom"), _("Remark")], rows, (4, 4, 2, 3))


def _local(text):
    return datetime.fromisoformat(text).astimezone(ZoneInfo(company_zone()))


def _instant(text):
    moment = _local(text)
    return f"{worded(moment.date())} {moment:%H:%M}"


def _span(begins, ends):
    return f"{_instant(begins)} – {_local(ends):%H:%M}"

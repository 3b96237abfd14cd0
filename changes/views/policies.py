"""Pages of what decides: the approval policy in words and as a table, the risk questions, and the editors of both."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from changes import policy, policy_checks, policy_words, risk, rules, services
from changes.forms import policy as policy_forms
from changes.forms import questions as question_forms
from changes.models import Category, PolicyVersion, Questionnaire, Risk
from changes.policy import CUSTOMER
from itsm.core.errors import Refused

SAVE = "publish"


def _must_read(request):
    if not rules.may_read(request.user):
        raise Http404


@require_safe
def policy_page(request, no=None):
    """A version of the approval policy (the one in force): every row as a sentence, and who decides about every sort of change."""
    _must_read(request)
    newest = services.policy_in_force()
    version = newest if no is None else get_object_or_404(PolicyVersion, no=no)
    names = policy_words.Names(version.rows)
    context = {
        "version": version, "newest": newest, "versions": PolicyVersion.objects.select_related("published_by"),
        "sentences": [(policy_words.name(row), policy_words.sentence(row, names)) for row in version.rows],
        "table": table(version.rows), "risks": list(Risk), "warnings": policy_checks.warnings(version.rows),
        "may_set": rules.may_set_policy(request.user),
    }  # fmt: skip
    return render(request, "changes/policy.html", context)


def table(rows):
    """`[(kind, [(category, [stages in words, for each risk])])]`: who decides where no narrower row fits."""
    return [(kind.label, _lines(rows, kind)) for kind in policy_checks.KINDS]


def _lines(rows, kind):
    lines = [(category.label, [_cell(rows, kind, category, level) for level in Risk]) for category in Category]
    first = lines[0][1][0]
    same = all(cell == first for _label, cells in lines for cell in cells if cell is not None)
    return [(_("Every category"), [first])] if same else lines


def _cell(rows, kind, category, level):
    if category in risk.ALWAYS_HIGH and level != Risk.HIGH:
        return None
    asked = policy.stages(rows, policy.Facts(kind, category, level))
    seats = [[_("customer representative") if role == CUSTOMER else policy_words.seat(role) for role, _o in stage.seats] for stage in asked]
    return [policy_words.who(stage.rule, stage.k, people) for stage, people in zip(asked, seats, strict=True)]


def _must_set(request):
    _must_read(request)
    if not rules.may_set_policy(request.user):
        raise PermissionDenied(_("Only the IT service manager or top management decides who has to approve what."))


@require_http_methods(["GET", "HEAD", "POST"])
def policy_edit(request):
    """Write the next version; it counts for whatever is submitted from then on."""
    _must_set(request)
    newest, status = services.policy_in_force(), 200
    onto = request.POST.get("onto", newest.no)
    if request.method != "POST":
        form = policy_forms.PolicyForm(policy_forms.rows_of(newest.rows))
    elif request.POST.get("act") == SAVE:
        form, status = policy_forms.PolicyForm(policy_forms.rows_typed(request.POST), data=request.POST), 422
        if published := _published_policy(request, form):
            messages.success(request, _("%(version)s is in force.") % {"version": published})
            return redirect("changes:policy")
    else:
        form = policy_forms.PolicyForm(policy_forms.rows_typed(request.POST))
    context = {"form": form, "onto": newest.no if form.is_stale else onto, "newest": newest, "warnings": _warned(form)}
    return render(request, "changes/policy_form.html", context, status=status)


def _published_policy(request, form):
    """The new version, or None with the sentences in the form."""
    if not form.is_valid():
        form.sentences.append(policy_forms.unread())
        return None
    rows = form.cleaned()
    form.sentences += policy_checks.refusals(rows)
    if form.sentences:
        return None
    details = {"note": request.POST.get("note", "")[:200], "confirmed": request.POST.get("confirmed") == "1"}
    return _attempt(form, lambda: services.publish_policy(by=request.user, rows=rows, onto=_number(request.POST.get("onto")), **details))


def _warned(form):
    """What to know before publishing, once the rows can be read."""
    bound = all(row.is_bound for row in form.rows) and form.rows
    if not bound or not form.is_valid() or policy_checks.refusals(rows := form.cleaned()):
        return []
    return policy_checks.warnings(rows)


def _attempt(form, act):
    try:
        return act()
    except Refused as refused:
        form.is_stale = refused.code == "stale"
        form.sentences.append(str(refused.sentence))
        return None


def _number(text):
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 9 else None


@require_safe
def questions_page(request, no=None):
    """A version of the risk questions (the one in force), with its history."""
    _must_read(request)
    newest = services.questions_in_force()
    version = newest if no is None else get_object_or_404(Questionnaire, no=no)
    context = {
        "version": version, "newest": newest, "versions": Questionnaire.objects.select_related("published_by"),
        "highest": risk.highest(version.questions), "may_set": rules.may_set_policy(request.user),
    }  # fmt: skip
    return render(request, "changes/questions.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def questions_edit(request):
    """Write the next version of the risk questions; answers that were given keep theirs."""
    _must_set(request)
    newest, status = services.questions_in_force(), 200
    if request.method != "POST":
        form = question_forms.QuestionsForm(question_forms.begun(newest))
    elif request.POST.get("act") == SAVE:
        form, status = question_forms.QuestionsForm(question_forms.typed(request.POST), data=request.POST), 422
        if published := _published_questions(request, form):
            messages.success(request, _("%(version)s is in force.") % {"version": published})
            return redirect("changes:questions")
        if form.is_stale:
            form.head.data = form.head.data.copy()
            form.head.data["onto"] = str(newest.no)
    else:
        form = question_forms.QuestionsForm(question_forms.typed(request.POST))
    return render(request, "changes/questions_form.html", {"form": form, "newest": newest}, status=status)


def _published_questions(request, form):
    if not form.is_valid():
        form.sentences.append(policy_forms.unread())
        return None
    return _attempt(form, lambda: services.publish_questions(by=request.user, **form.cleaned()))

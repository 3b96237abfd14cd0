"""The deeds of a working paper: each with its form, its verb, and where one stands after it."""

import dataclasses
from collections.abc import Callable

from django.utils.translation import gettext_lazy as _

from audits import paper_desk, services
from audits.models import ItemResult
from audits.paper_forms import AssignForm, EvidenceForm, ItemForm, JudgeTestForm, PaperFindingForm, WhyForm
from itsm.core import clock


def _bound(form_class, name, **more):
    """A bound form of a deed, its fields told apart from those of the others on the screen."""
    return lambda request, paper: form_class(
        request.POST,
        request.FILES,
        item=paper.item,
        person=request.user,
        auto_id=f"{name}_%s",
        **{k: v(request, paper) for k, v in more.items()},
    )


def _counted(request, paper):
    """What the last run of the test counted; never what somebody typed."""
    return paper_desk.draft(paper, request.POST.get("rule", "") or "-", clock.now()).counted


def _same(_done, paper):
    return paper.item


def _onward(done, paper):
    """The next record where this one is read now, else the same."""
    return paper.listed.next or paper.item if done.result != ItemResult.OPEN else paper.item


def _it(done, _paper):
    return done


@dataclasses.dataclass(frozen=True)
class Act:
    """`bound(request, paper)`: the form; `perform(item, by=…, **details)`: a service; `after(done, paper)`: the record shown next."""

    bound: Callable
    perform: Callable
    after: Callable = _same
    said: object = ""

    def details(self, form):
        """What the service takes."""
        if hasattr(form, "said"):
            return {**form.said(), "request_key": form.cleaned_data.get("request_key", "")}
        return dict(form.cleaned_data)


ACTS = {
    "confirm": Act(_bound(ItemForm, "confirm"), services.confirm_passes, _onward),
    "judge": Act(_bound(JudgeTestForm, "judge"), services.judge_test),
    "fault": Act(_bound(WhyForm, "fault"), services.note_fault),
    "evidence": Act(_bound(EvidenceForm, "evidence"), services.keep_evidence, said=_("Kept as evidence.")),
    "swap": Act(_bound(WhyForm, "swap"), services.swap_item, _it, said=_("%(done)s is read instead.")),
    "assign": Act(_bound(AssignForm, "assign"), services.assign_item),
    "finding": Act(_bound(PaperFindingForm, "finding", counted=_counted), services.raise_from_paper, said=_("%(done)s is raised.")),
}

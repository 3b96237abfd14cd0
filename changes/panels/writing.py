"""What pages show of a change's content and risk, of the models and the policy."""

from django.utils.translation import gettext_lazy as _

from changes import acts, content, explaining, rules, services
from changes.acts import Act
from changes.forms.acts import KeyedForm
from changes.models import Change, Kind, ModelStatus
from changes.models.change import PREPARED
from changes.services.raising import COPIED, edit_refusal
from changes.templatetags.plans import RISK_HUES
from itsm.core import clock, ui


def _content(change, person):
    """Everything but the risk: seven queries at most."""
    sections = content.sections(change, but=content.RISK)
    return {"change": change, "sections": sections, "may_edit": edit_refusal(change, person) is None}


def _risk(change, person):
    """The risk with its answers: three queries."""
    found = {"change": change, "hue": RISK_HUES.get(change.risk, "")}
    found["may_assess"] = change.kind != Kind.STANDARD and Change.assess.step.refusal(change, person) is None
    if change.assessment_id:
        found |= {"sections": content.sections(change, only=content.RISK), "remark": change.assessment.remark}
    return found


def _who(change, person):
    """Who will have to decide, as long as nobody was asked."""
    if change.status not in PREPARED:
        return None
    return {"explanation": explaining.explain(explaining.draft_of(change), clock.now())}


def _copies_anew(change, person):
    """A standard change whose model was approved with other steps since."""
    model = change.model
    if change.kind != Kind.STANDARD or change.status not in PREPARED or model.status != ModelStatus.APPROVED:
        return False
    return any(getattr(change, name) != getattr(model, name) for name in COPIED)


def register():
    """Fill the registries."""
    ui.panel(Change, "changes/_panel_content.html", _content, region="main", order=10)
    ui.panel(Change, "changes/_panel_risk.html", _risk, region="main", order=20)
    ui.panel(Change, "changes/_panel_who.html", _who, region="main", order=25)
    ui.rail("changes", _("Standard models"), "changes:models", "copy-check", may=rules.may_read, order=70)
    ui.rail("changes", _("Approval policy"), "changes:policy", "users-group", may=rules.may_read, order=80)
    acts.register(
        Act("copy-model", _("Copy the model anew"), KeyedForm, services.copy_model, step="edit", icon="refresh", order=15,
            offered=_copies_anew, note=_("The model was approved with other content since. The change takes it over, unchanged.")),
    )  # fmt: skip

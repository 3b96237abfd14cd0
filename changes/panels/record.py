"""The place of changes in the rail, and the verbs of a change that belong to its writing."""

from django.utils.translation import gettext_lazy as _

from changes import acts, rules, services
from changes.acts import Act
from changes.forms.acts import KeyedForm, ReasonForm
from changes.models import Kind
from itsm.core import ui


def register():
    """Fill the registries."""
    ui.rail("changes", _("Changes"), "changes:list", "git-branch", may=rules.may_read, order=10)
    acts.register(
        Act("submit", _("Submit for approval"), KeyedForm, services.submit, step="submit", icon="send", primary=True, order=10,
            offered=lambda change, person: change.kind != Kind.STANDARD,
            note=_("Everybody who has to decide is told at once.")),
        Act("take-up", _("Take up the approved model"), KeyedForm, services.take_up, step="take_up", icon="check", primary=True, order=10,
            offered=lambda change, person: change.kind == Kind.STANDARD,
            note=_("The model was approved; nobody is asked again as long as the steps are unchanged.")),
        Act("withdraw", _("Withdraw the submission"), ReasonForm, services.withdraw, step="withdraw", icon="arrow-back-up", order=60),
        Act("cancel", _("Cancel the change"), ReasonForm, services.cancel, step="cancel", icon="x", order=90),
    )  # fmt: skip

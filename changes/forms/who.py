"""What is chosen so far of a change that somebody writes: enough to say who will have to decide."""

from django import forms

from catalog.models import ConfigurationItem, Service
from changes import explaining, risk
from changes.forms.risk import RiskForm
from changes.models import Category, Change, Kind
from changes.services import scope
from changes.services.raising import questions_in_force
from itsm.people.models import Organisation, Person


class WhoForm(forms.Form):
    """Everything optional: what is missing or wrong is left out, or taken from the change that is edited."""

    change = forms.IntegerField(required=False)
    kind = forms.ChoiceField(choices=Kind, required=False)
    category = forms.ChoiceField(choices=Category, required=False)
    implementer = forms.ModelChoiceField(Person.objects.internal().active(), required=False)
    services = forms.ModelMultipleChoiceField(Service.objects.all(), required=False)
    items = forms.ModelMultipleChoiceField(ConfigurationItem.objects.all(), required=False)
    customers = forms.ModelMultipleChoiceField(Organisation.objects.customers(), required=False)

    def __init__(self, data, *, person):
        super().__init__(data)
        self.person = person
        self.is_valid()

    def draft(self):
        """The explaining.Draft that this makes, or None while there is no category."""
        known = self.cleaned_data
        kept = Change.objects.visible_to(self.person).select_related("assessment").filter(number=known.get("change") or 0).first()
        category = known.get("category") or (kept.category if kept else "")
        kind = known.get("kind") or (kept.kind if kept else Kind.NORMAL)
        if not category or kind == Kind.STANDARD:
            return None
        change = Change(
            kind=kind, category=category, requester=kept.requester if kept else self.person, edited_by=self.person,
            implementer=known.get("implementer") or (kept.implementer if kept and "kind" not in self.data else None),
            risk=self._risk(category, kept),
        )  # fmt: skip
        if kept and "kind" not in self.data:
            return explaining.Draft(change, scope.services_concerned(kept), list(kept.customers.order_by("name", "id")))
        touched = scope.services_named([s.pk for s in known.get("services") or ()], [i.pk for i in known.get("items") or ()])
        return explaining.Draft(change, touched, list((known.get("customers") or Organisation.objects.none()).order_by("name", "id")))

    def _risk(self, category, kept):
        """The risk of the answers that are chosen, of those that were given, or of the category alone; "" while none is known."""
        if category in risk.ALWAYS_HIGH:
            return "high"
        answers, version, ticked = self._answered(category, kept)
        try:
            total = risk.score(version.questions, answers)
        except ValueError:
            return "high" if ticked else ""
        return risk.level(total, ticked, medium_from=version.medium_from, high_from=version.high_from)

    def _answered(self, category, kept):
        if any(name.startswith("q-") for name in self.data):
            form = RiskForm(self.data, questionnaire=questions_in_force(), category=category)
            form.is_valid()
            return form.answers(), form.version, form.cleaned_data.get("triggers")
        given = kept.assessment if kept else None
        if given is None:
            return {}, questions_in_force(), []
        return given.answers, given.questionnaire, [code for code in given.triggers if code not in risk.ALWAYS_HIGH.values()]

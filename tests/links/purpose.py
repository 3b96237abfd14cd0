"""A purpose for tests: a customer says whether their organisation's name is right. The record is the organisation."""

from django import forms

from itsm.links import purposes, services


class NameForm(forms.Form):
    choice = forms.ChoiceField(choices=[("right", "right"), ("wrong", "wrong")], widget=forms.RadioSelect)
    words = forms.CharField(required=False, widget=forms.Textarea)


def act(link, form, facts):
    """Store the receipt and count the acts in the organisation's code."""
    services.receive(link, form.cleaned_data["choice"], form.cleaned_data["words"], facts=facts)
    link.record.code = f"{link.record.code}-x"
    link.record.save(update_fields=["code"])


def make(name="test.name", **details):
    """Register the purpose under a name; the caller forgets it again."""
    made = purposes.Purpose(
        name=name,
        title="Is the name right?",
        template="portal/act.html",
        context=lambda link, at: {},
        form_class=NameForm,
        act=act,
        text=lambda link: f"The name is {link.record.name}.",
        **details,
    )
    return purposes.register(made)

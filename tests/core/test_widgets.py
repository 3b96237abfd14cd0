"""Lists of choices drawn in Python are the elements that Django's templates give."""

from html.parser import HTMLParser

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates

from itsm.core.widgets import Renderer


class Elements(HTMLParser):
    """What a browser reads: tags with their attributes in any order, and texts without the blanks around them."""

    def __init__(self, html):
        super().__init__()
        self.found = []
        self.feed(str(html))

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, frozenset(attrs)))

    def handle_endtag(self, tag):
        self.found.append(tag)

    def handle_data(self, data):
        if data.strip():
            self.found.append(data.strip())


class Sheet(forms.Form):
    """Every kind of list."""

    plain = forms.ChoiceField(
        choices=[("", "--<"), ("1", "a & b"), (2, "<script>")], widget=forms.Select(attrs={"class": 'x"y', "data-n": 3})
    )
    grouped = forms.ChoiceField(choices=[("Group & more", [("3", "three"), ("4", "four")]), ("5", "five")], required=False)
    many = forms.MultipleChoiceField(choices=[(1, "one"), (2, "two")])
    unsure = forms.NullBooleanField()


@pytest.mark.parametrize("data", [None, {}, {"plain": "2", "grouped": "4", "many": ["1", "2"], "unsure": "true"}])
@pytest.mark.parametrize("name", list(Sheet.base_fields))
def test_a_list_of_choices_is_the_same_element(data, name):
    ours, django = Sheet(data, renderer=Renderer()), Sheet(data, renderer=DjangoTemplates())
    assert Elements(ours[name]).found == Elements(django[name]).found
    assert "<script>" not in str(ours[name])

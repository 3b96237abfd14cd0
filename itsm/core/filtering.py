"""Filters of lists: the ones in force as removable chips of the address."""


class Chipped:
    """Beside a FilterSet: every filter is one key of the address and can be shared, shown and taken away."""

    def chips(self):
        """`[(key, label, value, query string without it)]` of the filters in force."""
        return [
            (name, self.filters[name].label, self._shown(name), self._without(name))
            for name in self.form.changed_data
            if name in self.filters
        ]

    def _shown(self, name):
        value = self.form.cleaned_data.get(name)
        choices = dict(getattr(self.form.fields[name], "choices", [])) if isinstance(value, list) else {}
        return ", ".join(str(choices.get(v, v)) for v in value) if isinstance(value, list) else value

    def _without(self, name):
        left = self.data.copy()
        left.pop(name, None)
        left.pop("after", None)
        return left.urlencode()

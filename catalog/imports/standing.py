"""What stands when a list is read: items, types, people, teams and relations, each loaded once and found as people write them."""

from collections import defaultdict

from catalog.models import ConfigurationItem, ItemStatus, ItemType, Relation
from itsm.people.models import Person, Team


class Standing:
    """Everything that lines are compared with; six queries, however long the list."""

    def __init__(self):
        items = ConfigurationItem.objects.select_related("type", "owner", "team", "service")
        self.items = {item.code.upper(): item for item in items}
        self.codes = {item.pk: item.code.upper() for item in self.items.values()}
        self.types = _by_word((kind, [kind.code, kind.name, kind.name_en]) for kind in ItemType.objects.all())
        people = list(Person.objects.internal().active())
        self.usernames = {person.username.lower(): person for person in people}
        self.people = _by_word((person, [person.name]) for person in people)
        self.teams = _by_word((team, [team.name, team.name_en]) for team in Team.objects.living())
        self.states = {word.lower(): state for state in ItemStatus for word in (state.value, str(state.label), *STATE_WORDS[state])}
        self.parents = defaultdict(dict)
        for child, parent, kind in Relation.objects.standing().values_list("child_id", "parent_id", "kind"):
            self.parents[self.codes[child]][self.codes[parent]] = kind


STATE_WORDS = {
    ItemStatus.PLANNED: ("planned", "计划中"),
    ItemStatus.LIVE: ("live", "in use", "使用中", "在用"),
    ItemStatus.RETIRED: ("retired", "已停用", "停用", "已退役", "退役"),
}
"""States as lists write them, whatever the language of the reader."""


def _by_word(told):
    """`{word in lower case: [what it may mean]}`."""
    found = defaultdict(list)
    for record, words in told:
        for word in {word.lower() for word in words if word}:
            found[word].append(record)
    return found

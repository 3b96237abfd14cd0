"""The clauses a finding may name, by number and in our own words; the standard's text is not ours to print."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

CLAUSES = {
    "4.1": _("Context"), "4.2": _("Interested parties"), "4.3": _("Scope"), "4.4": _("Service management system"),
    "5.1": _("Leadership"), "5.2": _("Policy"), "5.3": _("Roles and responsibilities"),
    "6.1": _("Risks and opportunities"), "6.2": _("Objectives"), "6.3": _("Service management plan"),
    "7.1": _("Resources"), "7.2": _("Competence"), "7.3": _("Awareness"), "7.4": _("Communication"), "7.5": _("Documented information"),
    "7.6": _("Knowledge"),
    "8.1": _("Operational control"), "8.2.2": _("Planning services"), "8.2.3": _("Control of other parties"),
    "8.2.4": _("Service catalogue"),
    "8.2.5": _("Assets"), "8.2.6": _("Configuration"), "8.3.2": _("Business relationships"), "8.3.3": _("Service levels"),
    "8.3.4": _("Suppliers"), "8.4.1": _("Budgeting and accounting"), "8.4.2": _("Demand"), "8.4.3": _("Capacity"), "8.5.1": _("Changes"),
    "8.5.2": _("Design and transition"), "8.5.3": _("Releases and deployment"), "8.6.1": _("Incidents"), "8.6.2": _("Service requests"),
    "8.6.3": _("Problems"), "8.7.1": pgettext_lazy("clause", "Availability"), "8.7.2": _("Continuity"), "8.7.3": _("Information security"),
    "9.1": _("Monitoring and measurement"), "9.2": _("Internal audit"), "9.3": _("Management review"), "9.4": _("Service reporting"),
    "10.1": _("Nonconformity and corrective action"), "10.2": _("Continual improvement"),
}  # fmt: skip


def choices():
    """`[(number, "8.6.1 Incidents")]` in the order of the standard."""
    return [(number, f"{number} {title}") for number, title in CLAUSES.items()]


def label(number):
    """ "8.6.1 Incidents", or the number alone when we have no words for it."""
    return f"{number} {CLAUSES[number]}" if number in CLAUSES else number

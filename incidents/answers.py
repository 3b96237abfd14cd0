"""Changes may answer incidents: how one is found and shown there, and which changes an incident's page lists."""

from django.utils.translation import gettext_lazy as _

from changes import answering
from changes.models import Change
from incidents.models import Incident
from incidents.models.incident import PREFIX
from itsm.core import ui
from itsm.core.numbering import read


def register():
    """Fill the registries of changes and of pages."""
    answering.register(answering.Source(Incident, _("Incident"), find, show))
    ui.panel(Incident, "incidents/_changes.html", changes_of, region="links")


def find(person, text):
    """The incident whose number somebody typed, if they may see it."""
    number = read(PREFIX, text)
    return Incident.objects.visible_to(person).filter(number=number).first() if number is not None else None


def show(ids):
    """`{id: Shown}` of incidents."""
    rows = Incident.objects.filter(pk__in=ids)
    return {i.pk: answering.Shown(i.shown_number, i.title, i.get_status_display(), i.get_absolute_url()) for i in rows}


def changes_of(incident, person):
    """The changes that answer an incident; one query."""
    return {"changes": list(answering.changes_answering(incident) & Change.objects.visible_to(person))}

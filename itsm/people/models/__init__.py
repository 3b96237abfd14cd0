"""Who: everybody the product knows, where they belong, what they are appointed to and when they work."""

from itsm.people.models.appointment import Appointment, Role
from itsm.people.models.duty import Absence, Shift
from itsm.people.models.organisation import Organisation, Team
from itsm.people.models.person import Availability, Person

__all__ = ["Absence", "Appointment", "Availability", "Organisation", "Person", "Role", "Shift", "Team"]

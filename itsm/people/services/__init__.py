"""The verbs about people: one transaction each."""

from itsm.people.services.appointments import appoint, end_appointment
from itsm.people.services.duty import drop_shift, must_plan, plan_shift, set_availability, take_leave, withdraw_leave
from itsm.people.services.leaving import finish_leaves, forget, leave
from itsm.people.services.organisations import add_organisation, add_team, edit_organisation, edit_team, restore, retire
from itsm.people.services.people import add_person, edit, invitation_url, invite_first_administrator, welcome

__all__ = [
    "add_organisation",
    "add_person",
    "add_team",
    "appoint",
    "drop_shift",
    "edit",
    "edit_organisation",
    "edit_team",
    "end_appointment",
    "finish_leaves",
    "forget",
    "invitation_url",
    "invite_first_administrator",
    "leave",
    "must_plan",
    "plan_shift",
    "restore",
    "retire",
    "set_availability",
    "take_leave",
    "welcome",
    "withdraw_leave",
]

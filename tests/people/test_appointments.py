"""Days of appointments at the edge of calendars."""

from datetime import date

from itsm.people import services as people


def test_the_last_day_of_all_calendars_is_no_end(engineer):
    held = engineer.appointments.standing().first()
    ended = people.end_appointment(held, by=None, last_on=date(9999, 12, 31))
    assert ended.last_on is None

"""Who may do what with people, and who counts as one of us."""

INTERNAL_KINDS = ("own",)
KEEPERS_OF_PEOPLE = ("service_manager", "top_management")
ANSWER_THE_PHONE = ("service_desk", "supervisor")


def organisation_id(person):
    """Return the id of the organisation a signed-in person belongs to, or None."""
    return getattr(person, "organisation_id", None)


def is_internal(person):
    """Tell whether somebody signed in works for us. Nobody signed in is nobody."""
    return bool(person and person.is_authenticated and person.is_active and person.is_internal)


def may_manage_people(person):
    """Tell whether somebody may create people, appoint, and keep teams and customers."""
    return is_internal(person) and (person.is_superuser or person.has_role(*KEEPERS_OF_PEOPLE))


def may_add_callers(person, organisation):
    """Tell whether somebody may write down who calls for a customer: keepers, and whoever answers the phone.

    Without a mail address, for links that confirm in the customer's name go there: who logs must not choose it.
    """
    is_customers = organisation is not None and organisation.kind == "customer"
    return may_manage_people(person) or (is_internal(person) and is_customers and person.has_role(*ANSWER_THE_PHONE))


def may_read_people(person):
    """Tell whether somebody may read the settings pages about people."""
    return is_internal(person)


def may_edit_person(person, other):
    """Tell whether somebody may change another's entry: its own owner partly, keepers wholly."""
    return may_manage_people(person) or (person.is_authenticated and person.pk == other.pk)


def may_plan_duty(person, team):
    """Tell whether somebody may plan shifts and absences of a team: its lead, or a keeper of people."""
    return may_manage_people(person) or (is_internal(person) and team is not None and person.leads(team.pk))


def may_forget(person):
    """Tell whether somebody may blank another's personal data."""
    return may_manage_people(person)

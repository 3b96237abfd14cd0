"""Who reads rules and processes, who lets rules run, who keeps them: pure questions."""

from django.utils.translation import gettext_lazy as _

from itsm.core.flow import says

RUNNERS = ("service_manager", "internal_auditor")
KEEPERS = ("service_manager",)
NAMERS = ("service_manager", "top_management")


def may_read(person):
    """Everybody who works for us reads what is tested and what came of it; nobody else."""
    return person.is_internal


@says(_("Only the IT service manager and internal auditors let a rule run."))
def may_run(person):
    return person.is_internal and (person.is_superuser or person.has_role(*RUNNERS))


@says(_("Only the IT service manager writes, changes and retires rules."))
def may_write(person):
    return person.is_internal and (person.is_superuser or person.has_role(*KEEPERS))


@says(_("Only the IT service manager or top management records what auditors were trained in."))
def may_record_training(person):
    return may_name_owners(person)


@says(_("Only the IT service manager or top management says who owns a process."))
def may_name_owners(person):
    return person.is_internal and (person.is_superuser or person.has_role(*NAMERS))

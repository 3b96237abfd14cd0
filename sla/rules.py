"""Who may keep agreements, and when a draft may be published (D2, 8.3.3)."""

from django.utils.translation import gettext_lazy as _

from itsm.core.flow import says

KEEPERS = ("service_manager", "top_management")
MANAGERS = ("service_manager", "ops_lead", "supervisor", "top_management")
PRIORITIES = (1, 2, 3, 4)


@says(_("Only the service manager changes agreements and targets. Ask them."))
def may_keep_agreements(person):
    """Whether somebody may draft, publish and end agreements."""
    return person.is_active and person.is_internal and (person.is_superuser or person.has_role(*KEEPERS))


@says(_("Only the service manager changes agreements and targets. Ask them."))
def may_keep_this(person, _version):
    """The same for one version, as its steps ask."""
    return may_keep_agreements(person)


@says(_("Only the service manager excuses a broken promise, and never on a ticket of their own. Ask somebody else."))
def may_excuse(person, assignee):
    """Whether somebody may count the broken promise of a record with this assignee apart (D8)."""
    return person.is_active and person.is_internal and person.has_role("service_manager") and (assignee is None or assignee.pk != person.pk)


@says(_("Only the service manager, the supervisor or the team's lead proposes a correction. Ask them."))
def may_propose(person, team):
    """Whether somebody may say that the log of a clock is wrong (D5)."""
    return person.is_active and person.is_internal and (person.has_role(*MANAGERS) or (team is not None and person.leads(team.pk)))


@says(_("Only the service manager or the supervisor applies a correction, and never one of their own. Ask somebody else."))
def may_decide(person, team):
    """Whether somebody may apply or refuse a correction; that they didn't propose it is asked apart."""
    return person.is_active and person.is_internal and (
        person.has_role("service_manager", "supervisor") or (team is not None and person.leads(team.pk))
    )  # fmt: skip


def may_read_attainment(person):
    """Whether somebody is shown how well the promises were kept."""
    return person.is_active and person.is_internal and (person.is_superuser or person.has_role(*MANAGERS))


def may_watch_clocks(person):
    """Whether somebody looks after the clocks' own machinery: managers, leads of teams, administrators."""
    return may_read_attainment(person) or (person.is_active and person.is_internal and any(person.leads(pk) for pk in person.team_ids))


def missing_targets(targets, metrics):
    """The (tier, priority, metric) that a tier with some targets lacks."""
    tiers = sorted({tier for tier, _priority, _metric in targets})
    return [(t, p, m) for t in tiers for p in PRIORITIES for m in metrics if (t, p, m) not in targets]


def too_slow(targets):
    """The (tier, priority, metric) promised more slowly than the next lower priority."""
    return [
        (tier, priority, metric)
        for (tier, priority, metric), target in sorted(targets.items())
        if (lower := targets.get((tier, priority + 1, metric))) and target.seconds > lower.seconds
    ]


def skipped(targets, metric):
    """The (tier, priority) without a target of that metric although the next lower priority has one."""
    tiers = sorted({tier for tier, _priority, _metric in targets})
    return [(t, p) for t in tiers for p in PRIORITIES[:-1] if (t, p, metric) not in targets and (t, p + 1, metric) in targets]

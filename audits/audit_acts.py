"""The verbs of programmes and audits that their page offers as buttons."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audits import audit_forms, services
from audits import audit_rules as rules
from audits.acts import Act
from audits.finding_forms import KeyedForm, ReasonForm

PROGRAMME_ACTS = (
    Act("edit", _("Edit"), audit_forms.ProgrammeEditForm, services.edit_programme, step="edit", icon="pencil",
        offered=lambda programme, person: rules.may_plan_audits(person),
        initial=lambda programme: {name: getattr(programme, name) for name in ("objectives", "risks", "owner")}),
    Act("draft", _("Plan audits for the gaps"), KeyedForm, services.draft_audits, icon="bolt", primary=True,
        offered=lambda programme, person: not programme.is_approved and rules.may_plan_audits(person),
        note=_("At most two audits are planned: what is missing twice goes into both, the rest is shared out by weight. "
               "Each process gets an auditor who is independent of it, where there is one. You can change everything afterwards.")),
    Act("approve", _("Approve"), KeyedForm, services.approve_programme, step="approve", icon="check", primary=True,
        offered=lambda programme, person: not programme.is_approved, note=_("Your name and today’s date stand under it.")),
    Act("revise", _("Revise"), ReasonForm, services.revise_programme, step="revise", icon="rotate",
        offered=lambda programme, person: programme.is_approved and rules.may_plan_audits(person),
        note=_("It becomes a draft again and is approved anew; the audits stay.")),
)  # fmt: skip


def _may_change(audit, person):
    return audit.is_open and (rules.may_arrange(person, audit) or rules.may_audit_here(person, audit))


AUDIT_ACTS = (
    Act("draft-agenda", _("Draft the agenda"), KeyedForm, services.draft_agenda, icon="calendar", offered=_may_change,
        note=_("Opening meeting, each area in turn with the owner of its process, closing meeting. What stands there is replaced.")),
    Act("draft-checklist", _("Draft the checklist"), KeyedForm, services.draft_checklist, icon="list-check", offered=_may_change,
        note=_("A question for each clause of each area, with the rules that test it. What stands there already stays.")),
    Act("prepare", _("Ready to begin"), KeyedForm, services.prepare, step="prepare", icon="circle-check", primary=True),
    Act("start", _("Begin the audit"), KeyedForm, services.start, step="start", icon="player-play", primary=True,
        note=_("Everybody’s independence is looked at once more. Who is on the agenda is told.")),
    Act("issue", _("Issue the report"), audit_forms.ConclusionForm, services.issue_report, step="report", icon="file-text", primary=True,
        note=_("All facts are frozen with their hash and printed in Chinese and English. Nothing of the audit changes afterwards.")),
    Act("follow-up", _("Follow up"), KeyedForm, services.follow_up, step="follow_up", icon="arrow-right", primary=True),
    Act("close", _("Close the audit"), KeyedForm, services.close_audit, step="close", icon="circle-check", primary=True),
    Act("invite", _("Invite a guest"), audit_forms.InviteForm, services.invite, step="invite", icon="user-plus",
        offered=lambda audit, person: rules.may_arrange(person, audit),
        initial=lambda audit: {"valid_until": audit.ends_on + timedelta(days=30)},
        note=_("An auditor from outside reads this audit until that day, and nothing else: plan, checklist, findings, report.")),
    Act("unprepare", pgettext_lazy("audit", "Plan it again"), ReasonForm, services.unprepare, step="unprepare", icon="rotate"),
    Act("cancel", pgettext_lazy("audit", "Cancel"), ReasonForm, services.cancel_audit, step="cancel", icon="x",
        offered=lambda audit, person: rules.may_arrange(person, audit), note=_("It stays readable, with your reason.")),
)  # fmt: skip

"""Addresses of audits."""

from django.urls import path

from audits.views import (
    actions,
    assurance,
    auditing,
    findings,
    papers,
    preparing,
    processes,
    programmes,
    reporting,
    results,
    review_actions,
    reviews,
    training,
    writing,
)

app_name = "audits"

RULES = [
    path("rules/", results.rule_list, name="rules"),
    path("rules/new/", writing.rule_new, name="rule_new"),
    path("rules/retired/", writing.retired_list, name="retired"),
    path("rules/run/", results.run_every, name="run_every"),
    path("rules/<str:rule_id>/", results.rule_page, name="rule"),
    path("rules/<str:rule_id>/run/", results.rule_run, name="rule_run"),
    path("rules/<str:rule_id>/exceptions.csv", results.rule_download, name="rule_download"),
    path("rules/<str:rule_id>/edit/", writing.rule_edit, name="rule_edit"),
    path("rules/<str:rule_id>/retire/", writing.rule_retire, name="rule_retire"),
]

PROCESSES = [
    path("processes/", processes.process_list, name="processes"),
    path("processes/<slug:code>/", processes.process_page, name="process"),
    path("processes/<slug:code>/owner/", processes.process_owner, name="process_owner"),
]

FINDINGS = [
    path("findings/", findings.finding_list, name="findings"),
    path("findings/download/", findings.finding_download, name="findings_download"),
    path("findings/new/", findings.finding_new, name="finding_new"),
    path("findings/suggestion/", findings.finding_suggestion, name="finding_suggestion"),
    path("findings/FND-<number:number>/", findings.finding, name="finding"),
    path("findings/FND-<number:number>/seen/<int:pk>/", findings.seen_record, name="seen_record"),
    path("findings/FND-<number:number>/<slug:name>/", findings.finding_act, name="finding_act"),
]

ACTIONS = [
    path("actions/", actions.action_list, name="actions"),
    path("actions/download/", actions.action_download, name="actions_download"),
    path("actions/ACT-<number:number>/", actions.action, name="action"),
    path("actions/ACT-<number:number>/sample/", actions.action_sample, name="action_sample"),
    path("actions/ACT-<number:number>/<slug:name>/", actions.action_act, name="action_act"),
]

PROGRAMMES = [
    path("audits/programmes/", programmes.programme_list, name="programmes"),
    path("audits/programmes/new/", programmes.programme_new, name="programme_new"),
    path("audits/programmes/<int:year>/", programmes.programme, name="programme"),
    path("audits/programmes/<int:year>/<slug:name>/", programmes.programme_act, name="programme_act"),
]

REVIEWS = [
    path("reviews/", reviews.review_list, name="reviews"),
    path("reviews/new/", reviews.review_new, name="review_new"),
    path("reviews/REV-<number:number>/", reviews.review, name="review"),
    path("reviews/REV-<number:number>/inputs/<slug:key>/", reviews.review_input, name="review_input"),
    path("reviews/REV-<number:number>/minutes/<slug:language>.pdf", reviews.review_minutes, name="review_minutes"),
    path("reviews/REV-<number:number>/<slug:name>/", reviews.review_act, name="review_act"),
    path("actions/MRA-<number:number>/", review_actions.review_action, name="review_action"),
    path("actions/MRA-<number:number>/<slug:name>/", review_actions.review_action_act, name="review_action_act"),
]

ASSURANCE = [
    path("assurance/", assurance.assurance, name="assurance"),
    path("assurance/download/", assurance.assurance_export, name="assurance_export"),
]

TRAINING = [
    path("audits/auditors/", training.auditors, name="auditors"),
    path("audits/auditors/<int:pk>/withdraw/", training.withdraw, name="training_withdraw"),
]
AUDIT = "audits/AUD-<number:number>/"
AUDITS = [
    path("audits/", auditing.audit_list, name="audits"),
    path("audits/download/", auditing.audit_download, name="audits_download"),
    path("audits/new/", auditing.audit_new, name="audit_new"),
    path(AUDIT, auditing.audit, name="audit"),
    path(f"{AUDIT}edit/", auditing.audit_edit, name="audit_edit"),
    path(f"{AUDIT}findings/", auditing.audit_findings, name="audit_findings"),
    path(f"{AUDIT}areas/<int:pk>/", preparing.area_page, name="audit_area"),
    path(f"{AUDIT}areas/<int:pk>/override/", preparing.area_override, name="audit_override"),
    path(f"{AUDIT}agenda/new/", preparing.agenda_item, name="agenda_new"),
    path(f"{AUDIT}agenda/<int:pk>/", preparing.agenda_item, name="agenda_item"),
    path(f"{AUDIT}agenda/<int:pk>/drop/", preparing.agenda_drop, name="agenda_drop"),
    path(f"{AUDIT}checklist/", preparing.checklist, name="audit_checklist"),
    path(f"{AUDIT}checklist/<int:no>/", preparing.checklist_answer, name="checklist_answer"),
    path(f"{AUDIT}guests/<int:pk>/leave/", preparing.guest_leave, name="guest_leave"),
    path(f"{AUDIT}report/", reporting.report_page, name="audit_report"),
    path(f"{AUDIT}report/<slug:language>/", reporting.report_paper, name="report_paper"),
    path(f"{AUDIT}<slug:name>/", auditing.audit_act, name="audit_act"),
]

PAPERS = [
    path(f"{AUDIT}samples/", papers.sample_list, name="samples"),
    path(f"{AUDIT}samples/new/", papers.sample_new, name="sample_new"),
    path(f"{AUDIT}samples/<int:no>/", papers.sample, name="sample"),
    path(f"{AUDIT}samples/<int:no>/paper/", papers.paper_first, name="paper_first"),
    path(f"{AUDIT}samples/<int:no>/paper/<int:place>/", papers.paper, name="paper"),
    path(f"{AUDIT}samples/<int:no>/paper/<int:place>/<slug:name>/", papers.paper_act, name="paper_act"),
]

urlpatterns = ASSURANCE + RULES + PROCESSES + PROGRAMMES + TRAINING + PAPERS + AUDITS + FINDINGS + ACTIONS + REVIEWS

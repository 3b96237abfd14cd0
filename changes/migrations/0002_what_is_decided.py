"""What a decision is bound to, and whether a change has all of them: computed by the database, so that no door can say otherwise."""

from django.db import migrations

DOCUMENT = """
CREATE FUNCTION changes_document(c changes_change) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object(
        'kind', c.kind, 'category', c.category, 'reason', c.reason, 'impact', c.impact, 'interrupts', c.interrupts, 'plan', c.plan,
        'back_out_plan', c.back_out_plan, 'test_evidence', c.test_evidence, 'model', c.model_id, 'risk', c.risk,
        'starts_at', (extract(epoch FROM c.starts_at) * 1000000)::bigint, 'ends_at', (extract(epoch FROM c.ends_at) * 1000000)::bigint,
        'assessment', (SELECT jsonb_build_object('questionnaire', a.questionnaire_id, 'answers', a.answers, 'triggers', a.triggers, 'score', a.score)
                       FROM changes_riskassessment a WHERE a.id = c.assessment_id),
        'services', (SELECT coalesce(jsonb_agg(s.service_id ORDER BY s.service_id), '[]') FROM changes_change_services s WHERE s.change_id = c.id),
        'items', (SELECT coalesce(jsonb_agg(i.configurationitem_id ORDER BY i.configurationitem_id), '[]')
                  FROM changes_change_items i WHERE i.change_id = c.id),
        'customers', (SELECT coalesce(jsonb_agg(o.organisation_id ORDER BY o.organisation_id), '[]')
                      FROM changes_change_customers o WHERE o.change_id = c.id))
$$
"""
FINGERPRINT = """
CREATE FUNCTION changes_fingerprint(c changes_change) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT encode(sha256(convert_to(changes_document(c)::text, 'UTF8')), 'hex')
$$
"""
STAGE_IS_APPROVED = """
CREATE FUNCTION changes_stage_is_approved(s changes_stage, c changes_change, content text) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT count(DISTINCT d.seat_id) >= CASE s.rule
        WHEN 'any' THEN 1 WHEN 'quorum' THEN s.k ELSE (SELECT greatest(count(*), 1) FROM changes_seat x WHERE x.stage_id = s.id) END
    FROM changes_decision d
    WHERE d.stage_id = s.id AND d.choice = 'approve' AND d.fingerprint = content
      AND d.person_id IS DISTINCT FROM c.requester_id AND d.person_id IS DISTINCT FROM c.implementer_id
      AND d.on_behalf_of_id IS DISTINCT FROM c.requester_id AND d.on_behalf_of_id IS DISTINCT FROM c.implementer_id
$$
"""
IS_APPROVED = """
CREATE FUNCTION changes_is_approved(c changes_change) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT 1 FROM changes_approvalround r
        WHERE r.change_id = c.id AND r.kind = 'before' AND r.outcome = 'approved' AND r.fingerprint = changes_fingerprint(c)
          AND EXISTS (SELECT 1 FROM changes_stage s WHERE s.round_id = r.id)
          AND NOT EXISTS (SELECT 1 FROM changes_stage s WHERE s.round_id = r.id AND NOT changes_stage_is_approved(s, c, r.fingerprint)))
$$
"""


class Migration(migrations.Migration):
    dependencies = [("changes", "0001_changes")]

    operations = [
        migrations.RunSQL(DOCUMENT, "DROP FUNCTION changes_document(changes_change)"),
        migrations.RunSQL(FINGERPRINT, "DROP FUNCTION changes_fingerprint(changes_change)"),
        migrations.RunSQL(STAGE_IS_APPROVED, "DROP FUNCTION changes_stage_is_approved(changes_stage, changes_change, text)"),
        migrations.RunSQL(IS_APPROVED, "DROP FUNCTION changes_is_approved(changes_change)"),
    ]

"""Who stands in for whom, and what a round has come to: the database does not take anybody's word for it."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations

STANDS_FOR = """
CREATE FUNCTION changes_stands_for(person bigint, other bigint, asked text, at timestamptz) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT 1 FROM people_appointment a
        WHERE a.person_id = other AND a.deputy_id = person AND a.role IN (asked, 'top_management') AND a.withdrawn_at IS NULL
          AND a.valid && daterange((at - interval '14 hours')::date, (at + interval '14 hours')::date, '[]'))
    OR EXISTS (
        SELECT 1 FROM changes_delegation d
        WHERE d.giver_id = other AND d.receiver_id = person AND d.role IN (asked, 'top_management')
          AND (d.withdrawn_at IS NULL OR d.withdrawn_at > at)
          AND d.valid && daterange((at - interval '14 hours')::date, (at + interval '14 hours')::date, '[]'))
$$
"""
HAS_COME_TO = """
CREATE FUNCTION changes_round_has_come_to(round bigint, change bigint, content text, result text) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT CASE result
        WHEN 'rejected' THEN EXISTS (
            SELECT 1 FROM changes_decision d JOIN changes_stage s ON s.id = d.stage_id WHERE s.round_id = round AND d.choice = 'reject')
        ELSE EXISTS (SELECT 1 FROM changes_stage s WHERE s.round_id = round) AND NOT EXISTS (
            SELECT 1 FROM changes_stage s JOIN changes_change c ON c.id = change
            WHERE s.round_id = round AND NOT changes_stage_is_approved(s, c, content)) END
$$
"""
STAGE_IS_APPROVED = """
CREATE OR REPLACE FUNCTION changes_stage_is_approved(s changes_stage, c changes_change, content text)
RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT count(DISTINCT d.seat_id) >= CASE s.rule
        WHEN 'any' THEN 1 WHEN 'quorum' THEN s.k ELSE (SELECT greatest(count(*), 1) FROM changes_seat x WHERE x.stage_id = s.id) END
    FROM changes_decision d
    WHERE d.stage_id = s.id AND d.choice = 'approve' AND d.fingerprint = content
      AND d.person_id IS DISTINCT FROM c.requester_id AND d.person_id IS DISTINCT FROM c.implementer_id
      AND d.on_behalf_of_id IS DISTINCT FROM c.requester_id{more}
$$
"""
IMPLEMENTER_TOO = STAGE_IS_APPROVED.format(
    more="\n      AND (c.implementer_id IS NULL OR d.on_behalf_of_id IS DISTINCT FROM c.implementer_id)"
)


class Migration(migrations.Migration):

    dependencies = [
        ("changes", "0005_writing"),
    ]

    operations = [
        migrations.RunSQL(STANDS_FOR, "DROP FUNCTION changes_stands_for(bigint, bigint, text, timestamptz)"),
        migrations.RunSQL(HAS_COME_TO, "DROP FUNCTION changes_round_has_come_to(bigint, bigint, text, text)"),
        migrations.RunSQL(IMPLEMENTER_TOO, STAGE_IS_APPROVED.format(more="")),
        pgtrigger.migrations.RemoveTrigger(
            model_name='decision',
            name='decision_is_earned',
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='approvalround',
            trigger=pgtrigger.compiler.Trigger(name='outcome_is_earned', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW."outcome" IN (\'approved\', \'rejected\'))', func='\n                    IF NOT changes_round_has_come_to(NEW.id, NEW.change_id, NEW.fingerprint, NEW.outcome) THEN\n                        RAISE EXCEPTION \'round % has not come to "%": nobody said so\', NEW.id, NEW.outcome; END IF;\n                    RETURN NEW;\n                ', hash='f53e52c8619ddd12792687daced27958f07d4014', operation='INSERT OR UPDATE', pgid='pgtrigger_outcome_is_earned_1d6d2', table='changes_approvalround', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='decision',
            trigger=pgtrigger.compiler.Trigger(name='decision_is_earned', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE c changes_change; r changes_approvalround; s changes_stage; seat changes_seat;', func='\n            SELECT * INTO seat FROM changes_seat WHERE id = NEW.seat_id;\n            SELECT * INTO s FROM changes_stage WHERE id = NEW.stage_id;\n            SELECT * INTO r FROM changes_approvalround WHERE id = s.round_id;\n            SELECT * INTO c FROM changes_change WHERE id = r.change_id;\n            IF seat.stage_id <> NEW.stage_id THEN RAISE EXCEPTION \'the seat is of another stage\'; END IF;\n            IF r.outcome <> \'pending\' OR s.outcome <> \'pending\' OR s.opened_at IS NULL THEN\n                RAISE EXCEPTION \'nothing is to be decided there\'; END IF;\n            IF NEW.fingerprint <> r.fingerprint OR r.fingerprint <> changes_fingerprint(c) THEN\n                RAISE EXCEPTION \'the change says something else than what was read\'; END IF;\n            IF c.requester_id IN (NEW.person_id, NEW.on_behalf_of_id) OR c.implementer_id IN (NEW.person_id, NEW.on_behalf_of_id)\n               OR c.edited_by_id IN (NEW.person_id, NEW.on_behalf_of_id) THEN\n                RAISE EXCEPTION \'nobody decides about their own work\'; END IF;\n            IF NOT EXISTS (\n                SELECT 1 FROM people_appointment a\n                WHERE a.person_id = coalesce(NEW.on_behalf_of_id, NEW.person_id) AND a.withdrawn_at IS NULL\n                  AND a.valid && daterange((NEW.at - interval \'14 hours\')::date, (NEW.at + interval \'14 hours\')::date, \'[]\')\n                  AND ((a.role = seat.role AND (seat.organisation_id IS NULL OR a.organisation_id = seat.organisation_id))\n                       OR (seat.organisation_id IS NULL AND a.role = \'top_management\'))) THEN\n                RAISE EXCEPTION \'person % does not hold the role "%"\', coalesce(NEW.on_behalf_of_id, NEW.person_id), seat.role; END IF;\n            IF NEW.on_behalf_of_id IS NOT NULL AND NOT changes_stands_for(NEW.person_id, NEW.on_behalf_of_id, seat.role, NEW.at) THEN\n                RAISE EXCEPTION \'person % does not stand in for person %\', NEW.person_id, NEW.on_behalf_of_id; END IF;\n            RETURN NEW;\n        ', hash='b478d89b657d81f76bcf6036ce20c1fcb3822c22', operation='INSERT', pgid='pgtrigger_decision_is_earned_000cb', table='changes_decision', when='BEFORE')),
        ),
    ]

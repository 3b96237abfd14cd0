"""Who last wrote a standard model: nobody approves what they wrote themselves."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("changes", "0004_record"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='standardmodel',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='standardmodel',
            name='update_update',
        ),
        migrations.AddField(
            model_name='standardmodel',
            name='edited_by',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='standardmodelevent',
            name='edited_by',
            field=models.ForeignKey(db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='standardmodel',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "changes_standardmodelevent" ("approved_at", "approved_by_id", "author_id", "back_out_plan", "category", "code", "edited_by_id", "id", "impact", "interrupts", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan", "reason", "review_due_on", "status", "steps_taken", "suspended_why", "test_evidence") VALUES (NEW."approved_at", NEW."approved_by_id", NEW."author_id", NEW."back_out_plan", NEW."category", NEW."code", NEW."edited_by_id", NEW."id", NEW."impact", NEW."interrupts", NEW."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."plan", NEW."reason", NEW."review_due_on", NEW."status", NEW."steps_taken", NEW."suspended_why", NEW."test_evidence"); RETURN NULL;', hash='398896a9dde295992431af78b2201e69cf110f14', operation='INSERT', pgid='pgtrigger_insert_insert_977fa', table='changes_standardmodel', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='standardmodel',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "changes_standardmodelevent" ("approved_at", "approved_by_id", "author_id", "back_out_plan", "category", "code", "edited_by_id", "id", "impact", "interrupts", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan", "reason", "review_due_on", "status", "steps_taken", "suspended_why", "test_evidence") VALUES (NEW."approved_at", NEW."approved_by_id", NEW."author_id", NEW."back_out_plan", NEW."category", NEW."code", NEW."edited_by_id", NEW."id", NEW."impact", NEW."interrupts", NEW."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."plan", NEW."reason", NEW."review_due_on", NEW."status", NEW."steps_taken", NEW."suspended_why", NEW."test_evidence"); RETURN NULL;', hash='40980b79d7b5ec2ce72a1bbf4b4a0f1bd54912bd', operation='UPDATE', pgid='pgtrigger_update_update_99bda', table='changes_standardmodel', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='standardmodel',
            constraint=models.CheckConstraint(condition=models.Q(('approved_by', models.F('edited_by')), _negated=True), name='changes_model_edited_by_another'),
        ),
    ]

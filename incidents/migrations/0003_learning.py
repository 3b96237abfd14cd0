"""Incidents name a configuration item, and the change that caused them; a change that did not is remembered."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0002_configuration'),
        ('changes', '0004_learning'),
        ('incidents', '0002_clocks_beside'),
        ('people', '0002_change_manager'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='NotCaused',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.TextField(verbose_name='reason')),
                ('at', models.DateTimeField()),
            ],
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='incident',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='incident',
            name='update_update',
        ),
        migrations.AddField(
            model_name='incident',
            name='caused_by',
            field=models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='incidents_caused', to='changes.change', verbose_name='caused by'),
        ),
        migrations.AddField(
            model_name='incident',
            name='configuration_item',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='incidents', to='catalog.configurationitem', verbose_name='configuration item'),
        ),
        migrations.AddField(
            model_name='incidentevent',
            name='caused_by',
            field=models.ForeignKey(db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='changes.change', verbose_name='caused by'),
        ),
        migrations.AddField(
            model_name='incidentevent',
            name='configuration_item',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='catalog.configurationitem', verbose_name='configuration item'),
        ),
        migrations.AddIndex(
            model_name='incident',
            index=models.Index(condition=models.Q(('configuration_item', None)), fields=['service', 'contacted_at'], name='incident_of_service'),
        ),
        migrations.AddIndex(
            model_name='incident',
            index=models.Index(condition=models.Q(('configuration_item', None), _negated=True), fields=['configuration_item', 'contacted_at'], name='incident_of_item'),
        ),
        migrations.AddIndex(
            model_name='incident',
            index=models.Index(condition=models.Q(('caused_by', None), _negated=True), fields=['caused_by', 'contacted_at'], name='incident_caused_by'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='incident',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "incidents_incidentevent" ("ask_at", "ask_stage", "assigned_why", "assignee_id", "call_since", "caused_by_id", "channel", "closed_at", "closing_kind", "configuration_item_id", "contact_id", "contacted_at", "contacted_reason", "customer_id", "description", "entitled", "follows_id", "id", "impact", "logged_at", "logged_by_id", "number", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone_pending", "priority", "priority_reason", "rating", "reassign_count", "reopen_count", "resolution", "resolution_code", "resolved_at", "resolved_by_id", "responded_at", "service_id", "source", "source_ref", "status", "supplier_id", "supplier_since", "team_id", "title", "urgency", "wait_at", "wait_stage", "waiting_reason") VALUES (NEW."ask_at", NEW."ask_stage", NEW."assigned_why", NEW."assignee_id", NEW."call_since", NEW."caused_by_id", NEW."channel", NEW."closed_at", NEW."closing_kind", NEW."configuration_item_id", NEW."contact_id", NEW."contacted_at", NEW."contacted_reason", NEW."customer_id", NEW."description", NEW."entitled", NEW."follows_id", NEW."id", NEW."impact", NEW."logged_at", NEW."logged_by_id", NEW."number", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."phone_pending", NEW."priority", NEW."priority_reason", NEW."rating", NEW."reassign_count", NEW."reopen_count", NEW."resolution", NEW."resolution_code", NEW."resolved_at", NEW."resolved_by_id", NEW."responded_at", NEW."service_id", NEW."source", NEW."source_ref", NEW."status", NEW."supplier_id", NEW."supplier_since", NEW."team_id", NEW."title", NEW."urgency", NEW."wait_at", NEW."wait_stage", NEW."waiting_reason"); RETURN NULL;', hash='c1e4eca8b3a0b44a3a76a9aae9e4be5ccf3d1c31', operation='INSERT', pgid='pgtrigger_insert_insert_edffb', table='incidents_incident', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='incident',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."ask_at" IS DISTINCT FROM (NEW."ask_at") OR OLD."ask_stage" IS DISTINCT FROM (NEW."ask_stage") OR OLD."assigned_why" IS DISTINCT FROM (NEW."assigned_why") OR OLD."assignee_id" IS DISTINCT FROM (NEW."assignee_id") OR OLD."call_since" IS DISTINCT FROM (NEW."call_since") OR OLD."caused_by_id" IS DISTINCT FROM (NEW."caused_by_id") OR OLD."channel" IS DISTINCT FROM (NEW."channel") OR OLD."closed_at" IS DISTINCT FROM (NEW."closed_at") OR OLD."closing_kind" IS DISTINCT FROM (NEW."closing_kind") OR OLD."configuration_item_id" IS DISTINCT FROM (NEW."configuration_item_id") OR OLD."contact_id" IS DISTINCT FROM (NEW."contact_id") OR OLD."contacted_at" IS DISTINCT FROM (NEW."contacted_at") OR OLD."contacted_reason" IS DISTINCT FROM (NEW."contacted_reason") OR OLD."customer_id" IS DISTINCT FROM (NEW."customer_id") OR OLD."description" IS DISTINCT FROM (NEW."description") OR OLD."entitled" IS DISTINCT FROM (NEW."entitled") OR OLD."follows_id" IS DISTINCT FROM (NEW."follows_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."impact" IS DISTINCT FROM (NEW."impact") OR OLD."logged_at" IS DISTINCT FROM (NEW."logged_at") OR OLD."logged_by_id" IS DISTINCT FROM (NEW."logged_by_id") OR OLD."number" IS DISTINCT FROM (NEW."number") OR OLD."phone_pending" IS DISTINCT FROM (NEW."phone_pending") OR OLD."priority" IS DISTINCT FROM (NEW."priority") OR OLD."priority_reason" IS DISTINCT FROM (NEW."priority_reason") OR OLD."rating" IS DISTINCT FROM (NEW."rating") OR OLD."reassign_count" IS DISTINCT FROM (NEW."reassign_count") OR OLD."reopen_count" IS DISTINCT FROM (NEW."reopen_count") OR OLD."resolution" IS DISTINCT FROM (NEW."resolution") OR OLD."resolution_code" IS DISTINCT FROM (NEW."resolution_code") OR OLD."resolved_at" IS DISTINCT FROM (NEW."resolved_at") OR OLD."resolved_by_id" IS DISTINCT FROM (NEW."resolved_by_id") OR OLD."responded_at" IS DISTINCT FROM (NEW."responded_at") OR OLD."service_id" IS DISTINCT FROM (NEW."service_id") OR OLD."source" IS DISTINCT FROM (NEW."source") OR OLD."source_ref" IS DISTINCT FROM (NEW."source_ref") OR OLD."status" IS DISTINCT FROM (NEW."status") OR OLD."supplier_id" IS DISTINCT FROM (NEW."supplier_id") OR OLD."supplier_since" IS DISTINCT FROM (NEW."supplier_since") OR OLD."team_id" IS DISTINCT FROM (NEW."team_id") OR OLD."title" IS DISTINCT FROM (NEW."title") OR OLD."urgency" IS DISTINCT FROM (NEW."urgency") OR OLD."wait_at" IS DISTINCT FROM (NEW."wait_at") OR OLD."wait_stage" IS DISTINCT FROM (NEW."wait_stage") OR OLD."waiting_reason" IS DISTINCT FROM (NEW."waiting_reason"))', func='INSERT INTO "incidents_incidentevent" ("ask_at", "ask_stage", "assigned_why", "assignee_id", "call_since", "caused_by_id", "channel", "closed_at", "closing_kind", "configuration_item_id", "contact_id", "contacted_at", "contacted_reason", "customer_id", "description", "entitled", "follows_id", "id", "impact", "logged_at", "logged_by_id", "number", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone_pending", "priority", "priority_reason", "rating", "reassign_count", "reopen_count", "resolution", "resolution_code", "resolved_at", "resolved_by_id", "responded_at", "service_id", "source", "source_ref", "status", "supplier_id", "supplier_since", "team_id", "title", "urgency", "wait_at", "wait_stage", "waiting_reason") VALUES (NEW."ask_at", NEW."ask_stage", NEW."assigned_why", NEW."assignee_id", NEW."call_since", NEW."caused_by_id", NEW."channel", NEW."closed_at", NEW."closing_kind", NEW."configuration_item_id", NEW."contact_id", NEW."contacted_at", NEW."contacted_reason", NEW."customer_id", NEW."description", NEW."entitled", NEW."follows_id", NEW."id", NEW."impact", NEW."logged_at", NEW."logged_by_id", NEW."number", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."phone_pending", NEW."priority", NEW."priority_reason", NEW."rating", NEW."reassign_count", NEW."reopen_count", NEW."resolution", NEW."resolution_code", NEW."resolved_at", NEW."resolved_by_id", NEW."responded_at", NEW."service_id", NEW."source", NEW."source_ref", NEW."status", NEW."supplier_id", NEW."supplier_since", NEW."team_id", NEW."title", NEW."urgency", NEW."wait_at", NEW."wait_stage", NEW."waiting_reason"); RETURN NULL;', hash='7d2044229c35f4830240928695121b8c1a9e992c', operation='UPDATE', pgid='pgtrigger_update_update_41444', table='incidents_incident', when='AFTER')),
        ),
        migrations.AddField(
            model_name='notcaused',
            name='by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='notcaused',
            name='change',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='changes.change'),
        ),
        migrations.AddField(
            model_name='notcaused',
            name='incident',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='not_caused_by', to='incidents.incident'),
        ),
        migrations.AddConstraint(
            model_name='notcaused',
            constraint=models.UniqueConstraint(fields=('incident', 'change'), name='incident_not_caused_once'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='notcaused',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: rows of % can not be changed or removed', TG_TABLE_NAME;", hash='5dc9cb1c4ad0ee1e026f0f1a89c6ab552cdc7b2c', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_e0f4e', table='incidents_notcaused', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='notcaused',
            trigger=pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: % can not be emptied', TG_TABLE_NAME;", hash='00ae7bec9395d04e3ed4d7b86eb73d3ab023a134', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_a398c', table='incidents_notcaused', when='BEFORE')),
        ),
    ]

"""Processes with their owners, rules of our own, and what every run of a rule came to."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.expressions
import itsm.core.clock
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from audits import framework


def fill(apps, _schema):
    process = apps.get_model('audits', 'Process')
    process.objects.bulk_create([process(code=code) for code in framework.processes()], ignore_conflicts=True)


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('contenttypes', '0002_remove_content_type_name'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Process',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=40, unique=True, verbose_name='code')),
            ],
            options={
                'verbose_name': 'process',
                'verbose_name_plural': 'processes',
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='ProcessOwner',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid', django.contrib.postgres.fields.ranges.DateRangeField(verbose_name='valid')),
                ('withdrawn_at', models.DateTimeField(editable=False, null=True)),
            ],
            options={
                'verbose_name': 'process owner',
                'verbose_name_plural': 'process owners',
                'ordering': ['-valid', 'id'],
            },
        ),
        migrations.CreateModel(
            name='ProcessOwnerEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('id', models.BigIntegerField()),
                ('valid', django.contrib.postgres.fields.ranges.DateRangeField(verbose_name='valid')),
                ('withdrawn_at', models.DateTimeField(editable=False, null=True)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='RuleVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('no', models.PositiveIntegerField(verbose_name='version')),
                ('question', models.CharField(max_length=200, verbose_name='question')),
                ('question_en', models.CharField(blank=True, default='', max_length=200, verbose_name='question in English')),
                ('clause', models.CharField(max_length=10, verbose_name='clause')),
                ('process', models.CharField(max_length=40, verbose_name='process')),
                ('record', models.CharField(max_length=20, verbose_name='records')),
                ('days', models.PositiveSmallIntegerField(null=True, verbose_name='of the last days')),
                ('conditions', models.JSONField()),
                ('at', models.DateTimeField()),
            ],
            options={
                'ordering': ['-no'],
            },
        ),
        migrations.CreateModel(
            name='Run',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rule', models.CharField(max_length=30)),
                ('version', models.PositiveIntegerField(default=1)),
                ('outcome', models.CharField(choices=[('done', 'Run'), ('error', 'Could not run')], max_length=10)),
                ('population', models.PositiveIntegerField(default=0)),
                ('passed', models.PositiveIntegerField(default=0)),
                ('failed', models.PositiveIntegerField(default=0)),
                ('since', models.DateTimeField(null=True)),
                ('until', models.DateTimeField()),
                ('query_hash', models.CharField(blank=True, default='', max_length=64)),
                ('night', models.DateField(null=True)),
                ('error', models.TextField(blank=True, default='')),
                ('started_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(db_default=itsm.core.clock.ClockTimestamp())),
            ],
            options={
                'verbose_name': 'run of a rule',
                'verbose_name_plural': 'runs of rules',
            },
        ),
        migrations.CreateModel(
            name='RunAsked',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('done_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='WrittenRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('made_at', models.DateTimeField()),
                ('retired_at', models.DateTimeField(editable=False, null=True)),
                ('retired_why', models.TextField(blank=True, default='', editable=False, verbose_name='reason')),
            ],
            options={
                'verbose_name': 'rule of our own',
                'verbose_name_plural': 'rules of our own',
            },
        ),
        migrations.CreateModel(
            name='WrittenRuleEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('id', models.BigIntegerField()),
                ('made_at', models.DateTimeField()),
                ('retired_at', models.DateTimeField(editable=False, null=True)),
                ('retired_why', models.TextField(blank=True, default='', editable=False, verbose_name='reason')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Failure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('object_id', models.BigIntegerField()),
                ('reasons', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), size=None)),
                ('details', models.JSONField(default=dict)),
                ('content_type', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='contenttypes.contenttype')),
            ],
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='process',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: rows of % can not be changed or removed', TG_TABLE_NAME;", hash='b02cd285e6215f6772c4ed76e1b89182e15a118c', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_05918', table='audits_process', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='process',
            trigger=pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: % can not be emptied', TG_TABLE_NAME;", hash='f48aea0a9d595f7d0512fa504cb8dfbc4f17dd9b', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_6f056', table='audits_process', when='BEFORE')),
        ),
        migrations.AddField(
            model_name='processowner',
            name='deputy',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='processes_deputised', to=settings.AUTH_USER_MODEL, verbose_name='deputy'),
        ),
        migrations.AddField(
            model_name='processowner',
            name='named_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='processowner',
            name='owner',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='processes_owned', to=settings.AUTH_USER_MODEL, verbose_name='owner'),
        ),
        migrations.AddField(
            model_name='processowner',
            name='process',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='owners', to='audits.process', verbose_name='process'),
        ),
        migrations.AddField(
            model_name='processownerevent',
            name='deputy',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='deputy'),
        ),
        migrations.AddField(
            model_name='processownerevent',
            name='named_by',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='processownerevent',
            name='owner',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='owner'),
        ),
        migrations.AddField(
            model_name='processownerevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='audits.processowner'),
        ),
        migrations.AddField(
            model_name='processownerevent',
            name='process',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='audits.process', verbose_name='process'),
        ),
        migrations.AddField(
            model_name='ruleversion',
            name='by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='run',
            name='by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='failure',
            name='run',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='failures', to='audits.run'),
        ),
        migrations.AddField(
            model_name='runasked',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='writtenrule',
            name='retired_by',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='ruleversion',
            name='rule',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='audits.writtenrule'),
        ),
        migrations.AddField(
            model_name='writtenruleevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='audits.writtenrule'),
        ),
        migrations.AddField(
            model_name='writtenruleevent',
            name='retired_by',
            field=models.ForeignKey(db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='processowner',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('withdrawn_at', None)), expressions=[('process', '='), ('valid', '&&')], name='audits_one_owner_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='processowner',
            constraint=models.CheckConstraint(condition=models.Q(('valid__isempty', False)), name='audits_ownership_lasts'),
        ),
        migrations.AddConstraint(
            model_name='processowner',
            constraint=models.CheckConstraint(condition=models.Q(('deputy', None), models.Q(('deputy', models.F('owner')), _negated=True), _connector='OR'), name='audits_deputy_is_another'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='processowner',
            trigger=pgtrigger.compiler.Trigger(name='named_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF (OLD.process_id, OLD.owner_id, OLD.deputy_id, OLD.named_by_id, lower(OLD.valid))\n               IS DISTINCT FROM (NEW.process_id, NEW.owner_id, NEW.deputy_id, NEW.named_by_id, lower(NEW.valid)) THEN\n                RAISE EXCEPTION 'ownership % stays as it was written; name another owner instead', OLD.id; END IF;\n            RETURN NEW;\n        ", hash='8e65e5b00b72be1d74b043befd44a6224f4730cf', operation='UPDATE', pgid='pgtrigger_named_stays_a8a26', table='audits_processowner', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='processowner',
            trigger=pgtrigger.compiler.Trigger(name='no_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='d09b234ebee6999feb937988cdb05c5385a31556', operation='DELETE', pgid='pgtrigger_no_delete_fa06e', table='audits_processowner', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='processowner',
            trigger=pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: % can not be emptied', TG_TABLE_NAME;", hash='50dc289bf178802cb8cf7a56dd62f1fdf320fa0a', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_662c0', table='audits_processowner', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='processowner',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "audits_processownerevent" ("deputy_id", "id", "named_by_id", "owner_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "process_id", "valid", "withdrawn_at") VALUES (NEW."deputy_id", NEW."id", NEW."named_by_id", NEW."owner_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."process_id", NEW."valid", NEW."withdrawn_at"); RETURN NULL;', hash='ca00cb6ed274b8277d0d0957bf46b527f62892da', operation='INSERT', pgid='pgtrigger_insert_insert_99fed', table='audits_processowner', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='processowner',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "audits_processownerevent" ("deputy_id", "id", "named_by_id", "owner_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "process_id", "valid", "withdrawn_at") VALUES (NEW."deputy_id", NEW."id", NEW."named_by_id", NEW."owner_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."process_id", NEW."valid", NEW."withdrawn_at"); RETURN NULL;', hash='8737936c020323fbe4f337b0a57294a9ffce9991', operation='UPDATE', pgid='pgtrigger_update_update_e56b3', table='audits_processowner', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='processownerevent',
            trigger=pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: % can not be emptied', TG_TABLE_NAME;", hash='956d4e105ebb2a29c3b63480185212de0633f041', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_67c96', table='audits_processownerevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='processownerevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='f9f41a752ee3940f4ac095047ee1527f9ab11538', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_2ec8f', table='audits_processownerevent', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='run',
            index=models.Index(fields=['rule', '-id'], name='audits_run_of_rule'),
        ),
        migrations.AddConstraint(
            model_name='run',
            constraint=models.UniqueConstraint(condition=models.Q(('night__isnull', False)), fields=('rule', 'night'), name='audits_once_a_night'),
        ),
        migrations.AddConstraint(
            model_name='run',
            constraint=models.CheckConstraint(condition=models.Q(('population', django.db.models.expressions.CombinedExpression(models.F('passed'), '+', models.F('failed')))), name='audits_run_adds_up'),
        ),
        migrations.AddConstraint(
            model_name='run',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('error', ''), ('outcome', 'done')), models.Q(('night', None), ('outcome', 'error'), ('population', 0), models.Q(('error', ''), _negated=True)), _connector='OR'), name='audits_run_outcome'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='run',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: rows of % can not be changed or removed', TG_TABLE_NAME;", hash='ebd7aaa802ce6548d266f8fde9d25181ab8f1c4c', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_c1074', table='audits_run', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='run',
            trigger=pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: % can not be emptied', TG_TABLE_NAME;", hash='0fa1e8e9e0654849ffd59956cb1f58e4797ac832', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_512c0', table='audits_run', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='failure',
            index=models.Index(fields=['run', 'id'], name='audits_failure_of_run'),
        ),
        migrations.AddIndex(
            model_name='failure',
            index=models.Index(fields=['content_type', 'object_id', 'run'], name='audits_failure_of_record'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='failure',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: rows of % can not be changed or removed', TG_TABLE_NAME;", hash='c2df254dbef5fbaea9bd9d2f8507df4381d1761c', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_0f448', table='audits_failure', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='failure',
            trigger=pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: % can not be emptied', TG_TABLE_NAME;", hash='4f458cad891e127d270568a38ce45f8784ce92fb', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_8b6bf', table='audits_failure', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='runasked',
            constraint=models.UniqueConstraint(models.Value(1), condition=models.Q(('done_at', None)), name='audits_asked_once'),
        ),
        migrations.AddConstraint(
            model_name='writtenrule',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('retired_at', None), ('retired_why', '')), models.Q(('retired_at__isnull', False), models.Q(('retired_why', ''), _negated=True)), _connector='OR'), name='audits_retired_with_reason'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='writtenrule',
            trigger=pgtrigger.compiler.Trigger(name='retired_stays', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."retired_at" IS NOT NULL)', func="RAISE EXCEPTION 'rule % is retired', OLD.id;", hash='f08ec1d98d3325ba1c911dbbd375c29563f2b072', operation='UPDATE', pgid='pgtrigger_retired_stays_4f09b', table='audits_writtenrule', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='writtenrule',
            trigger=pgtrigger.compiler.Trigger(name='no_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='f07eb208352f334af037e648ca44ca7229e372b3', operation='DELETE', pgid='pgtrigger_no_delete_42154', table='audits_writtenrule', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='writtenrule',
            trigger=pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: % can not be emptied', TG_TABLE_NAME;", hash='aeab8df17ec6d27f9fe0104e75469e1778ef58af', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_1651f', table='audits_writtenrule', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='writtenrule',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "audits_writtenruleevent" ("id", "made_at", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "retired_at", "retired_by_id", "retired_why") VALUES (NEW."id", NEW."made_at", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."retired_at", NEW."retired_by_id", NEW."retired_why"); RETURN NULL;', hash='6f438e05b339c9e4281508ab4166b2dbd113619e', operation='INSERT', pgid='pgtrigger_insert_insert_2f466', table='audits_writtenrule', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='writtenrule',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "audits_writtenruleevent" ("id", "made_at", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "retired_at", "retired_by_id", "retired_why") VALUES (NEW."id", NEW."made_at", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."retired_at", NEW."retired_by_id", NEW."retired_why"); RETURN NULL;', hash='117e74cd10e5402c931d52178c9b33de326aa68d', operation='UPDATE', pgid='pgtrigger_update_update_852da', table='audits_writtenrule', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='ruleversion',
            constraint=models.UniqueConstraint(fields=('rule', 'no'), name='audits_version_once'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='ruleversion',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: rows of % can not be changed or removed', TG_TABLE_NAME;", hash='9f9e807ea6fbc74ceda8929ac3e5f7e67d3e9ae8', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_7eeb7', table='audits_ruleversion', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='ruleversion',
            trigger=pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: % can not be emptied', TG_TABLE_NAME;", hash='6b124ea1d2973f799c4f2394525ad4d604439853', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_251b7', table='audits_ruleversion', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='writtenruleevent',
            trigger=pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'append-only: % can not be emptied', TG_TABLE_NAME;", hash='09de0be4a9b2877cb8866ceea5d2a1fd41d937e1', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_1feed', table='audits_writtenruleevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='writtenruleevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='90b83c9e9d7458e299047e6319381f2673e455ce', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_b4de2', table='audits_writtenruleevent', when='BEFORE')),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]

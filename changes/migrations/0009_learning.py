"""Indexes that the figures of changes, and proposals of what they caused, are read by."""

import django.contrib.postgres.indexes
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0002_configuration'),
        ("changes", "0008_doing"),
        ('people', '0002_change_manager'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name='approvalround',
            index=models.Index(condition=models.Q(('closed_at__isnull', False)), fields=['closed_at'], name='changes_round_closed_at'),
        ),
        migrations.AddIndex(
            model_name='change',
            index=models.Index(condition=models.Q(('finished_at__isnull', False)), fields=['finished_at'], name='changes_change_finished'),
        ),
        migrations.AddIndex(
            model_name='change',
            index=models.Index(condition=models.Q(('kind', 'emergency')), fields=['-id'], name='changes_change_emergency'),
        ),
        migrations.AddIndex(
            model_name='change',
            index=django.contrib.postgres.indexes.GistIndex(models.Func('started_at', 'finished_at', models.Value('[]'), function='tstzrange'), condition=models.Q(('started_at__isnull', False)), name='changes_change_lasted'),
        ),
        migrations.AddIndex(
            model_name='override',
            index=models.Index(fields=['at'], name='changes_override_at'),
        ),
    ]

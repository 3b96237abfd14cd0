from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('sla', '0003_agreements'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='clock',
            index=models.Index(condition=models.Q(('due_provisional', True), ('state', 'running')), fields=['id'], name='sla_clock_provisional'),
        ),
    ]

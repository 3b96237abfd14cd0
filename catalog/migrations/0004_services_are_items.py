"""The shipped types, and an item for every service that was written before services were items."""

from django.db import migrations

from catalog.shipped import TYPES


def make_types(apps, _schema):
    kind = apps.get_model("catalog", "ItemType")
    rows = [dict(zip(("code", "name", "name_en", "icon", "order"), told, strict=True)) for told in TYPES]
    kind.objects.bulk_create([kind(**row) for row in rows], ignore_conflicts=True)


class Migration(migrations.Migration):

    dependencies = [("catalog", "0003_items_in_step")]

    operations = [
        migrations.RunPython(make_types, migrations.RunPython.noop),
        migrations.RunSQL("UPDATE catalog_service SET code = code", migrations.RunSQL.noop),  # the trigger makes the items
    ]

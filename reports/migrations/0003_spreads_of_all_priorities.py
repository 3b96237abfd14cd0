"""Spreads of all priorities together, made from those of each; also of closed months, whose facts stay as they are."""

from django.db import migrations

ADD = """
ALTER TABLE reports_spread DISABLE TRIGGER month_is_open;
INSERT INTO reports_spread (start, customer, service, team, kind, priority, no, counts)
SELECT start, customer, service, team, kind, 0, no, jsonb_object_agg(key, many) FROM (
    SELECT start, customer, service, team, kind, no, key, sum(value::bigint) AS many
    FROM reports_spread, jsonb_each_text(counts) GROUP BY 1, 2, 3, 4, 5, 6, 7
) counted GROUP BY 1, 2, 3, 4, 5, 7;
ALTER TABLE reports_spread ENABLE TRIGGER month_is_open;
"""
REMOVE = """
ALTER TABLE reports_spread DISABLE TRIGGER month_is_open;
DELETE FROM reports_spread WHERE priority = 0;
ALTER TABLE reports_spread ENABLE TRIGGER month_is_open;
"""


class Migration(migrations.Migration):
    dependencies = [("reports", "0002_kept_in_step")]

    operations = [migrations.RunSQL(ADD, REMOVE)]

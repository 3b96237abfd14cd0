"""What was touched is written down by the database, and the facts of a closed month are frozen by it."""

from django.db import migrations

TOUCHED = """
CREATE FUNCTION reports_touch_steps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO reports_touched (record_type_id, record_id)
    SELECT DISTINCT s.content_type_id, s.object_id FROM added s JOIN django_content_type t ON t.id = s.content_type_id
    WHERE (t.app_label, t.model) IN (('incidents', 'incident'), ('changes', 'change'));
    RETURN NULL;
END $$;
CREATE FUNCTION reports_touch_clocks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO reports_touched (record_type_id, record_id)
    SELECT DISTINCT c.content_type_id, c.object_id FROM added e JOIN sla_clock c ON c.id = e.clock_id;
    RETURN NULL;
END $$;
CREATE TRIGGER reports_touch AFTER INSERT ON core_steptaken REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION reports_touch_steps();
CREATE TRIGGER reports_touch AFTER INSERT ON sla_clockevent REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION reports_touch_clocks();
"""
UNTOUCHED = """
DROP TRIGGER reports_touch ON sla_clockevent; DROP TRIGGER reports_touch ON core_steptaken;
DROP FUNCTION reports_touch_clocks(); DROP FUNCTION reports_touch_steps();
"""
FROZEN = """
CREATE FUNCTION reports_month_is_open() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' AND EXISTS (SELECT 1 FROM reports_closedmonth m WHERE m.month = OLD.month) THEN
        RAISE EXCEPTION 'the facts of % are closed', to_char(OLD.month, 'YYYY-MM');
    END IF;
    IF TG_OP <> 'DELETE' AND EXISTS (SELECT 1 FROM reports_closedmonth m WHERE m.month = NEW.month) THEN
        RAISE EXCEPTION 'the facts of % are closed', to_char(NEW.month, 'YYYY-MM');
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;
CREATE FUNCTION reports_sum_is_open() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE kept date := date_trunc('month', (CASE TG_OP WHEN 'INSERT' THEN NEW.start ELSE OLD.start END))::date;
BEGIN
    IF EXISTS (SELECT 1 FROM reports_closedmonth m WHERE m.month = kept) THEN
        RAISE EXCEPTION 'the sums of % are closed', to_char(kept, 'YYYY-MM');
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;
CREATE TRIGGER month_is_open BEFORE INSERT OR UPDATE OR DELETE ON reports_ticketfact FOR EACH ROW EXECUTE FUNCTION reports_month_is_open();
CREATE TRIGGER month_is_open BEFORE INSERT OR UPDATE OR DELETE ON reports_changefact FOR EACH ROW EXECUTE FUNCTION reports_month_is_open();
CREATE TRIGGER month_is_open BEFORE INSERT OR UPDATE OR DELETE ON reports_tally FOR EACH ROW EXECUTE FUNCTION reports_sum_is_open();
CREATE TRIGGER month_is_open BEFORE INSERT OR UPDATE OR DELETE ON reports_spread FOR EACH ROW EXECUTE FUNCTION reports_sum_is_open();
"""
THAWED = """
DROP TRIGGER month_is_open ON reports_spread; DROP TRIGGER month_is_open ON reports_tally;
DROP TRIGGER month_is_open ON reports_changefact; DROP TRIGGER month_is_open ON reports_ticketfact;
DROP FUNCTION reports_sum_is_open(); DROP FUNCTION reports_month_is_open();
"""
OWED = """
INSERT INTO reports_touched (record_type_id, record_id)
SELECT t.id, i.id FROM incidents_incident i JOIN django_content_type t ON t.app_label = 'incidents' AND t.model = 'incident' ORDER BY i.id;
INSERT INTO reports_touched (record_type_id, record_id)
SELECT t.id, c.id FROM changes_change c JOIN django_content_type t ON t.app_label = 'changes' AND t.model = 'change' ORDER BY c.id;
"""
"""What was there before is looked at once."""


class Migration(migrations.Migration):
    dependencies = [("reports", "0001_facts"), ("sla", "0006_applied"), ("incidents", "0004_learning"), ("core", "0001_core")]

    operations = [
        migrations.RunSQL(TOUCHED, UNTOUCHED),
        migrations.RunSQL(FROZEN, THAWED),
        migrations.RunSQL(OWED, migrations.RunSQL.noop),
    ]

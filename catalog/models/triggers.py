"""What the database itself sees to about services and items, whatever door an update comes through."""

import pgtrigger

STRUCTURE_LOCK = 8206
"""Number of the advisory lock under which relations are written, so that two at once can't close a circle."""


def updates_are_kept(record, item):
    """Whatever changes an item or a relation, through any door, leaves an ItemUpdate: with what allowed it, or without.

    A relation that is given to another child is an update of both.
    """
    return pgtrigger.Trigger(
        name="update_is_kept", when=pgtrigger.After, operation=pgtrigger.Insert | pgtrigger.Update,
        declare=[("authority", "text"), ("told", "jsonb")],
        func=f"""
            IF TG_OP = 'UPDATE' AND OLD IS NOT DISTINCT FROM NEW THEN RETURN NEW; END IF;
            authority := nullif(current_setting('itsm.authority', true), '');
            told := nullif(current_setting('pghistory.context_metadata', true), '')::jsonb;
            INSERT INTO catalog_itemupdate (item_id, record, what, before, after, by_id, content_type_id, object_id)
            SELECT touched, '{record}', CASE TG_OP WHEN 'INSERT' THEN 'added' ELSE 'changed' END,
                   CASE TG_OP WHEN 'INSERT' THEN NULL ELSE to_jsonb(OLD) END, to_jsonb(NEW), (told ->> 'by')::bigint,
                   split_part(authority, ':', 1)::integer, split_part(authority, ':', 2)::bigint
            FROM (SELECT DISTINCT unnest(ARRAY[NEW.{item}, OLD.{item}])) AS items(touched) WHERE touched IS NOT NULL;
            RETURN NEW;
        """,
    )  # fmt: skip


def no_circles():
    """No item comes to hang on itself, over however many others and whoever else writes relations at the same moment."""
    return pgtrigger.Trigger(
        name="no_circles", when=pgtrigger.Before, operation=pgtrigger.Insert | pgtrigger.Update,
        condition=pgtrigger.Q(new__ended_at__isnull=True),
        func=f"""
            PERFORM pg_advisory_xact_lock({STRUCTURE_LOCK});
            IF EXISTS (
                WITH RECURSIVE above(item) AS (
                    SELECT NEW.parent_id
                    UNION
                    SELECT near.parent_id FROM above CROSS JOIN LATERAL (
                        SELECT parent_id FROM catalog_relation WHERE child_id = above.item AND ended_at IS NULL OFFSET 0) near
                )
                SELECT 1 FROM above WHERE item = NEW.child_id
            ) THEN RAISE EXCEPTION 'item % would hang on itself', NEW.child_id; END IF;
            RETURN NEW;
        """,
    )  # fmt: skip


def is_an_item():
    """Every service is a configuration item too, made with it and kept in step, through any door.

    What the catalogue says of a service (name, owner, team, content) is allowed by the service itself. Taking it out of use, or back,
    is not: that takes a change, or is listed as unauthorised.
    """
    return pgtrigger.Trigger(
        name="is_an_item", when=pgtrigger.After, operation=pgtrigger.Insert | pgtrigger.Update,
        declare=[("authority", "text"), ("kind", "bigint"), ("item", "bigint"), ("use", "text")],
        func="""
            use := CASE WHEN NEW.retired_at IS NULL THEN 'live' ELSE 'retired' END;
            SELECT id INTO item FROM catalog_configurationitem WHERE service_id = NEW.id;
            IF item IS NULL THEN
                INSERT INTO catalog_itemtype (code, name, name_en, icon, "order")
                    VALUES ('service', '服务', 'Service', 'heart-handshake', 80) ON CONFLICT DO NOTHING;
                SELECT id INTO kind FROM catalog_itemtype WHERE code = 'service';
                INSERT INTO catalog_configurationitem (code, name, type_id, status, owner_id, team_id, service_id, description, details)
                    VALUES ('SVC-' || NEW.code, NEW.name, kind, use, NEW.owner_id, NEW.team_id, NEW.id, NEW.content, '{}');
                RETURN NEW;
            END IF;
            authority := coalesce(current_setting('itsm.authority', true), '');
            IF authority = '' THEN
                PERFORM set_config('itsm.authority', t.id || ':' || NEW.id, true)
                    FROM django_content_type t WHERE t.app_label = 'catalog' AND t.model = 'service';
            END IF;
            UPDATE catalog_configurationitem
                SET code = 'SVC-' || NEW.code, name = NEW.name, owner_id = NEW.owner_id, team_id = NEW.team_id, description = NEW.content
                WHERE id = item AND (code, name, owner_id, team_id, description)
                    IS DISTINCT FROM ('SVC-' || NEW.code, NEW.name, NEW.owner_id, NEW.team_id, NEW.content);
            PERFORM set_config('itsm.authority', authority, true);
            UPDATE catalog_configurationitem SET status = use WHERE id = item AND status <> use;
            RETURN NEW;
        """,
    )  # fmt: skip

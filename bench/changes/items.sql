-- items
CREATE TEMP TABLE item AS
SELECT b.last + row_number() OVER (ORDER BY l.place, g.i) AS id, l.kind, l.type, g.i, l.count
FROM bench_layer l CROSS JOIN LATERAL generate_series(0, l.count - 1) g (i) CROSS JOIN (SELECT max(id) AS last FROM catalog_configurationitem) b
UNION ALL
SELECT id, 'service', type_id, row_number() OVER (ORDER BY id) - 1, count(*) OVER () FROM catalog_configurationitem WHERE service_id IS NOT NULL;
CREATE UNIQUE INDEX ON item (kind, i);
CREATE UNIQUE INDEX ON item (id);
ANALYZE item;

-- items written
INSERT INTO catalog_configurationitem (id, code, name, type_id, status, owner_id, team_id, description, details)
SELECT id, kind || '-' || to_char(t.i + 1, 'FM00000'), kind || ' ' || (t.i + 1), type, 'live',
       e.person, e.team, '登记于建库 Registered when the base was set up', '{}'
FROM item t JOIN bench_engineer e ON e.i = pg_temp.pick(id, 1, (SELECT count(*)::int FROM bench_engineer)) WHERE kind <> 'service' ORDER BY id;

-- relations: mostly with the neighbours, some with what stands far away
CREATE TEMP TABLE relation AS
SELECT DISTINCT ON (child, parent) c.id AS child, r.kind, p.id AS parent
FROM bench_hangs r JOIN item c ON c.kind = r.lower AND pg_temp.pick(c.i, 60 + r.no, 100) < r.share
JOIN (SELECT kind, max(count) AS count FROM item GROUP BY 1) u ON u.kind = r.upper
JOIN item p ON p.kind = r.upper
           AND p.i = CASE WHEN pg_temp.pick(c.i, 70 + r.no, 100) < r.far THEN pg_temp.pick(c.i, 80 + r.no, u.count::int) ELSE c.i * u.count / c.count END
ORDER BY child, parent;
INSERT INTO relation
SELECT DISTINCT s.id, 'depends_on', a.id FROM item a CROSS JOIN (SELECT max(count) AS count FROM item WHERE kind = 'service') u
JOIN item s ON s.kind = 'service' AND s.i = CASE WHEN pg_temp.pick(a.i, 91, 100) < 8 THEN pg_temp.pick(a.i, 92, u.count::int) ELSE a.i * u.count / a.count END
WHERE a.kind = 'application' AND pg_temp.pick(a.i, 90, 100) < 70;
INSERT INTO catalog_relation (child_id, kind, parent_id) SELECT child, kind, parent FROM relation ORDER BY parent, child;

-- what the items tell of themselves
INSERT INTO catalog_itemupdate (item_id, record, what, after, by_id, at)
SELECT id, 'item', 'added', to_jsonb(c), owner_id, pg_temp.at() - interval '800 days' FROM catalog_configurationitem c WHERE service_id IS NULL
UNION ALL SELECT child_id, 'relation', 'added', to_jsonb(r), 1, pg_temp.at() - interval '800 days' FROM catalog_relation r;

-- what hangs on what, through everything
CREATE INDEX ON relation (parent);
ANALYZE relation;
CREATE TEMP TABLE reach AS
WITH RECURSIVE down (item, under) AS (
  SELECT id, id FROM item UNION SELECT d.item, r.child FROM down d JOIN relation r ON r.parent = d.under
)
SELECT item, under FROM down;
CREATE INDEX ON reach (item);
ANALYZE reach;

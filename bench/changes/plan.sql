-- plan
CREATE TEMP TABLE drawn AS
WITH dated AS (
  SELECT n, (date_trunc('day', (s.opens + (n - s.first + 0.5) * (s.shuts - s.opens) / (s.last - s.first + 1)) AT TIME ZONE 'Asia/Shanghai')
             + CASE WHEN pg_temp.pick(n, 1, 10) < 7 THEN interval '21 h' + pg_temp.pick(n, 2, 28) * interval '15 min'
                    ELSE interval '9 h' + pg_temp.pick(n, 2, 32) * interval '15 min' END) AT TIME ZONE 'Asia/Shanghai' AS starts_at
  FROM bench_stretch s CROSS JOIN LATERAL generate_series(s.first, s.last) n
), sorted AS (
  SELECT n, starts_at, starts_at + (2 + pg_temp.pick(n, 3, 10)) * interval '15 min' AS ends_at,
         CASE WHEN pg_temp.pick(n, 4, 100) < 25 THEN 'standard' WHEN pg_temp.pick(n, 4, 100) < 30 AND starts_at < pg_temp.at() THEN 'emergency' ELSE 'normal' END AS kind,
         CASE WHEN pg_temp.pick(n, 12, 10) < 7 THEN 'zh' ELSE 'en' END AS language, row_number() OVER (ORDER BY starts_at, n) AS turn,
         (ARRAY['infrastructure','infrastructure','infrastructure','infrastructure','other','other','core_function','core_function','interface','interface',
                'database','security'])[1 + pg_temp.pick(n, 5, 12)] AS sort
  FROM dated
), made AS (
  SELECT s.n, s.kind, coalesce(m.category, s.sort) AS category, s.starts_at, s.ends_at, s.language, m.id AS model,
         coalesce(m.plan, v.plan) AS plan, jsonb_array_length(coalesce(m.plan, v.plan)) AS steps,
         coalesce(m.back_out_plan, CASE language WHEN 'zh' THEN '恢复变更前的快照，重启服务，核对版本' ELSE 'Restore the snapshot, restart, compare the versions' END) AS back_out_plan,
         coalesce(m.test_evidence, CASE language WHEN 'zh' THEN '测试环境全部通过' ELSE 'All passed in the test room' END) AS test_evidence, m.reason AS model_reason,
         CASE WHEN s.kind = 'standard' THEN '' WHEN s.sort IN ('database', 'security') OR pg_temp.pick(s.n, 6, 10) = 0 THEN 'high'
              WHEN pg_temp.pick(s.n, 6, 10) < 4 THEN 'medium' ELSE 'low' END AS risk, e.person AS implementer, q.person AS requester
  FROM sorted s
  JOIN bench_plan v USING (language)
  LEFT JOIN bench_model m ON s.kind = 'standard' AND m.i = pg_temp.pick(s.n, 7, (SELECT count(*)::int FROM bench_model))
  JOIN bench_engineer e ON e.i = s.turn % (SELECT count(*) FROM bench_engineer)
  JOIN bench_engineer q ON q.i = (s.turn + 1 + pg_temp.pick(s.n, 8, 20)) % (SELECT count(*) FROM bench_engineer)
  WHERE v.i = pg_temp.pick(s.n, 9, (SELECT count(*)::int / 2 FROM bench_plan))
), fated AS (
  SELECT m.*, pg_temp.pick(n, 10, 100) AS luck, ends_at + (1 + pg_temp.pick(n, 11, 3)) * interval '1 day' AS settled FROM made m
)
SELECT f.*, CASE
    WHEN starts_at > pg_temp.at() AND kind = 'standard' THEN CASE WHEN luck < 10 THEN 'draft' WHEN luck < 15 THEN 'cancelled' ELSE 'scheduled' END
    WHEN starts_at > pg_temp.at() THEN (ARRAY['draft','assessed','awaiting','awaiting','approved','rejected','cancelled'])[1 + luck / 6]
    WHEN ends_at > pg_temp.at() THEN 'implementing'
    WHEN luck < 4 AND kind = 'normal' THEN 'rejected' WHEN luck < 8 AND kind <> 'emergency' THEN 'cancelled'
    WHEN settled > pg_temp.at() THEN 'implemented' ELSE 'closed' END AS fate
FROM fated f;
UPDATE drawn SET fate = 'scheduled' WHERE fate IS NULL;
CREATE INDEX ON drawn (n);
ANALYZE drawn;

-- what it touches
CREATE TEMP TABLE touched AS
SELECT DISTINCT d.n, i.id AS item
FROM drawn d CROSS JOIN LATERAL generate_series(1, (ARRAY[0, 1, 1, 1, 1, 1, 2, 2, 2, 3])[1 + pg_temp.pick(d.n, 13, 10)]) k
CROSS JOIN LATERAL (SELECT pg_temp.pick(d.n * 4 + k, 14, 200) AS p) l
JOIN bench_layer a ON a.kind = CASE WHEN l.p < 1 THEN 'rack' WHEN l.p < 20 THEN 'host' WHEN l.p < 90 THEN 'vm' WHEN l.p < 120 THEN 'database' ELSE 'application' END
JOIN item i ON i.kind = a.kind AND i.i = pg_temp.pick(d.n * 4 + k, 15, a.count);
CREATE INDEX ON touched (n);
ANALYZE touched;

-- bookings without two at once: whoever comes second stays approved
CREATE TEMP TABLE booked AS
SELECT DISTINCT d.n, r.under AS item, d.starts_at, d.ends_at FROM drawn d JOIN touched t USING (n) JOIN reach r ON r.item = t.item
WHERE d.fate IN ('scheduled', 'implementing');
CREATE INDEX ON booked (item, starts_at);
ANALYZE booked;
UPDATE drawn SET fate = 'approved' WHERE n IN (
  SELECT b.n FROM booked a JOIN booked b ON a.item = b.item AND a.n < b.n AND a.starts_at < b.ends_at AND a.ends_at > b.starts_at);
DELETE FROM booked USING drawn WHERE drawn.n = booked.n AND drawn.fate = 'approved';

-- times
CREATE TEMP TABLE plan AS
WITH raised AS (
  SELECT *, CASE WHEN kind = 'emergency' THEN starts_at - interval '2 h'
                 ELSE least(starts_at - (5 + pg_temp.pick(n, 20, 16)) * interval '1 day', pg_temp.at() - (72 + pg_temp.pick(n, 21, 240)) * interval '1 h') END AS raised
  FROM drawn
), submitted AS (
  SELECT *, CASE WHEN fate NOT IN ('draft', 'assessed') THEN
    CASE WHEN fate = 'awaiting' THEN pg_temp.at() - (1 + pg_temp.pick(n, 22, 60)) * interval '20 min'
         ELSE raised + CASE WHEN kind = 'emergency' THEN interval '5 min' ELSE (4 + pg_temp.pick(n, 22, 24)) * interval '1 h' END END END AS submitted
  FROM raised
), decided AS (
  SELECT *, CASE WHEN fate NOT IN ('draft', 'assessed', 'awaiting') THEN submitted + CASE WHEN kind = 'emergency' THEN 1 ELSE 6 END * (1 + pg_temp.pick(n, 23, 80)) * interval '1 min' END AS decided
  FROM submitted
), done AS (
  SELECT *, CASE WHEN fate IN ('implementing', 'implemented', 'closed') THEN starts_at + interval '2 min' END AS started,
         CASE WHEN fate IN ('implemented', 'closed') THEN starts_at + (ends_at - starts_at) * (60 + pg_temp.pick(n, 24, 42)) / 100.0 END AS finished,
         fate IN ('implemented', 'closed') AND pg_temp.pick(n, 25, 100) < 4 AS backed_out
  FROM decided
)
SELECT *, CASE WHEN fate = 'closed' THEN settled END AS closed,
       CASE WHEN fate = 'closed' THEN CASE WHEN backed_out THEN 'backed_out' WHEN pg_temp.pick(n, 26, 100) < 6 THEN 'with_issues' WHEN pg_temp.pick(n, 26, 100) < 7 THEN 'failed' ELSE 'successful' END ELSE '' END AS result,
       finished IS NOT NULL AND (backed_out OR kind = 'emergency' OR risk = 'high') AS review_due,
       fate NOT IN ('rejected', 'cancelled') AND decided IS NOT NULL AND fate <> 'approved' AS scheduled,
       CASE WHEN fate = 'implemented' AND backed_out THEN 'backed_out' ELSE fate END AS status,
       pg_temp.pick(n, 27, 3) + CASE risk WHEN 'high' THEN 20 WHEN 'medium' THEN 12 ELSE 5 END AS score
FROM done;
CREATE UNIQUE INDEX ON plan (n);
ANALYZE plan;

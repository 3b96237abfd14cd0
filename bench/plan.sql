-- plan
CREATE TEMP TABLE plan AS
WITH picked AS (
  SELECT n, o.is_open, pg_temp.pick(n, 13, 3) + 1 AS impact, pg_temp.pick(n, 14, 3) + 1 AS urgency,
         CASE WHEN o.is_open THEN (ARRAY['new','new','new','assigned','assigned','assigned','assigned','in_progress','in_progress','in_progress',
                                         'in_progress','in_progress','in_progress','in_progress','waiting','waiting','waiting','waiting','waiting','waiting'])[1 + pg_temp.pick(n, 5, 20)]
              WHEN n > pg_temp.size() * 0.95 AND pg_temp.pick(n, 6, 10) < 2 THEN 'resolved' ELSE 'closed' END AS status
  FROM generate_series(1, pg_temp.size()) n CROSS JOIN LATERAL (SELECT n > pg_temp.size() * 0.97 AND pg_temp.pick(n, 1, 3) < 2 AS is_open) o
), placed AS (
  SELECT p.*, cu.customer, cu.agreement_version, cu.contacts[1 + pg_temp.pick(n, 4, 4)] AS contact, sv.service, sv.team, sv.tier,
         least(4, greatest(1, impact + urgency - 1)) AS priority, pg_temp.pick(n, 12, 10) < 7 AS chinese,
         CASE WHEN status = 'new' THEN NULL ELSE sv.engineers[1 + pg_temp.pick(n, 10, cardinality(sv.engineers))] END AS assignee
  FROM picked p
  JOIN bench_customer cu ON cu.i = pg_temp.pick(n, 2, (SELECT count(*)::int FROM bench_customer))
  JOIN bench_service sv ON sv.i = pg_temp.pick(n, 3, (SELECT count(*)::int FROM bench_service))
), contacts AS ( -- an open one has used 15 to 108 % of the time that counts next
  SELECT p.*, r.seconds AS response_s, r.calendar_version AS response_calendar, s.seconds AS resolution_s, s.calendar_version AS resolution_calendar,
         CASE WHEN NOT is_open THEN pg_temp.at() - interval '15 days' - (pg_temp.size() - n) * (pg_temp.span() / pg_temp.size())
              WHEN status IN ('new', 'assigned') THEN pg_temp.back(r.calendar_version, r.seconds * (150 + pg_temp.pick(n, 7, 930)) * 1000::bigint)
              ELSE pg_temp.back(s.calendar_version, s.seconds * (150 + pg_temp.pick(n, 7, 930)) * 1000::bigint) END AS contacted
  FROM placed p
  JOIN bench_target r ON r.version = p.agreement_version AND r.tier = p.tier AND r.priority = p.priority AND r.metric = 'response'
  JOIN bench_target s ON s.version = p.agreement_version AND s.tier = p.tier AND s.priority = p.priority AND s.metric = 'resolution'
), accepted AS (
  SELECT c.*, CASE WHEN status IN ('new', 'assigned') THEN NULL
                   ELSE least(pg_temp.at(), pg_temp.after(response_calendar, pg_temp.worked(response_calendar, contacted) + response_s * (50 + pg_temp.pick(n, 8, 970)) * 1000::bigint)) END AS accepted
  FROM contacts c OFFSET 0
)
SELECT a.*, CASE WHEN chinese THEN 'zh' ELSE 'en' END AS language, accepted + (pg_temp.at() - accepted) / 2 AS waits_since,
       CASE WHEN status IN ('resolved', 'closed')
            THEN pg_temp.after(resolution_calendar, pg_temp.worked(resolution_calendar, contacted) + resolution_s * (200 + pg_temp.pick(n, 9, 850)) * 1000::bigint) END AS resolved
FROM accepted a;
ANALYZE plan;

-- words to say
CREATE TEMP TABLE said AS
SELECT n, sy.text || '：' || sp.text AS title,
       (SELECT string_agg(p.text, '，' ORDER BY k) FROM generate_series(1, 5) k JOIN bench_phrase p ON p.kind = 'sentence' AND p.language = plan.language AND p.place = pg_temp.pick(n, 40 + k, 18))
         || '。srv-' || pg_temp.pick(n, 31, 5000) || CASE WHEN pg_temp.pick(n, 20, greatest(1, pg_temp.size() / 20)) = 0 THEN ' ' || r.text ELSE '' END AS description,
       sy.words || ' ' || sp.words || ' srv-' || pg_temp.pick(n, 31, 5000) || ' '
         || (SELECT string_agg(p.words, ' ' ORDER BY k) FROM generate_series(1, 5) k JOIN bench_phrase p ON p.kind = 'sentence' AND p.language = plan.language AND p.place = pg_temp.pick(n, 40 + k, 18))
         || CASE WHEN pg_temp.pick(n, 20, greatest(1, pg_temp.size() / 20)) = 0 THEN ' ' || r.words ELSE '' END AS words
FROM plan
JOIN bench_phrase sy ON sy.kind = 'system' AND sy.language = plan.language AND sy.place = pg_temp.pick(n, 21, 20)
JOIN bench_phrase sp ON sp.kind = 'symptom' AND sp.language = plan.language AND sp.place = pg_temp.pick(n, 22, 18)
JOIN bench_phrase r ON r.kind = 'rare' AND r.language = CASE WHEN n % 2 = 0 THEN 'zh' ELSE 'en' END;

-- promises
CREATE TEMP TABLE ticking AS
SELECT (n - 1) * 2 + m.i AS id, n AS object_id, m.metric, customer, service, tier, priority, contacted, agreement_version, m.calendar_version, m.target_s,
       m.halted, m.done, CASE WHEN status = 'closed' THEN resolved + interval '6 h' END AS closed, 1 AS actor, CASE WHEN m.halted = 'paused' THEN 'waiting_customer_info' ELSE '' END AS reason
FROM plan CROSS JOIN LATERAL (VALUES
  (1, 'response', response_calendar, response_s, CASE WHEN accepted IS NOT NULL THEN 'stopped' END, accepted),
  (2, 'resolution', resolution_calendar, resolution_s, CASE WHEN status = 'waiting' THEN 'paused' WHEN resolved IS NOT NULL THEN 'stopped' END,
   CASE WHEN status = 'waiting' THEN waits_since ELSE resolved END)
) m (i, metric, calendar_version, target_s, halted, done);

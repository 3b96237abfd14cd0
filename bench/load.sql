-- plan
CREATE TEMP TABLE plan AS
SELECT n, cu.customer, cu.agreement_version, cu.contacts[1 + pg_temp.pick(n, 4, 4)] AS contact, sv.service, sv.team, sv.tier, f.*,
       CASE WHEN f.status = 'new' THEN NULL ELSE sv.engineers[1 + pg_temp.pick(n, 10, cardinality(sv.engineers))] END AS assignee,
       CASE WHEN f.status IN ('new', 'assigned', 'in_progress') THEN pg_temp.at() + make_interval(secs => pg_temp.pick(n, 11, 518400) - 43200) END AS due,
       least(4, greatest(1, f.impact + f.urgency - 1)) AS priority,
       CASE WHEN f.status IN ('new', 'assigned') THEN NULL ELSE f.contacted + make_interval(secs => 60 + pg_temp.pick(n, 8, 1800)) END AS accepted,
       CASE WHEN f.status IN ('resolved', 'closed') THEN f.contacted + make_interval(secs => 3600 + pg_temp.pick(n, 9, 172800)) END AS resolved,
       CASE WHEN pg_temp.pick(n, 12, 10) < 7 THEN 'zh' ELSE 'en' END AS language
FROM generate_series(1, pg_temp.size()) n
JOIN bench_customer cu ON cu.i = pg_temp.pick(n, 2, (SELECT count(*)::int FROM bench_customer))
JOIN bench_service sv ON sv.i = pg_temp.pick(n, 3, (SELECT count(*)::int FROM bench_service))
CROSS JOIN LATERAL (
  SELECT o.is_open, pg_temp.pick(n, 13, 3) + 1 AS impact, pg_temp.pick(n, 14, 3) + 1 AS urgency,
         CASE WHEN o.is_open THEN (ARRAY['new','new','new','assigned','assigned','assigned','assigned','in_progress','in_progress','in_progress',
                                         'in_progress','in_progress','in_progress','in_progress','waiting','waiting','waiting','waiting','waiting','waiting'])[1 + pg_temp.pick(n, 5, 20)]
              WHEN n > pg_temp.size() * 0.95 AND pg_temp.pick(n, 6, 10) < 2 THEN 'resolved' ELSE 'closed' END AS status,
         CASE WHEN o.is_open THEN pg_temp.at() - make_interval(secs => 3600 + pg_temp.pick(n, 7, 259200))
              ELSE pg_temp.at() - interval '5 days' - (pg_temp.size() - n) * (interval '730 days' / pg_temp.size()) END AS contacted
  FROM (SELECT n > pg_temp.size() * 0.97 AND pg_temp.pick(n, 1, 3) < 2 AS is_open) o
) f;
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

-- incidents
INSERT INTO incidents_incident (id, number, steps_taken, status, title, description, customer_id, contact_id, service_id, team_id, assignee_id, assigned_why,
  impact, urgency, priority, channel, contacted_at, logged_at, logged_by_id, entitled, next_due_at, responded_at, waiting_reason,
  resolution, resolution_code, resolved_at, resolved_by_id, closing_kind, closed_at, rating, ask_at)
SELECT n, n, CASE status WHEN 'new' THEN 1 WHEN 'assigned' THEN 2 WHEN 'in_progress' THEN 3 WHEN 'closed' THEN 5 ELSE 4 END, status, title, description,
  customer, contact, service, team, assignee, CASE WHEN assignee IS NULL THEN '{}'::jsonb ELSE '{"rule": "idle", "load": 3, "capacity": 8, "among": 3, "weight": 2}' END,
  impact, urgency, priority, (ARRAY['phone', 'phone', 'mail', 'chat'])[1 + n % 4], contacted, contacted + interval '90 s', 1, true, due, accepted,
  CASE WHEN status = 'waiting' THEN 'waiting_customer_info' ELSE '' END,
  CASE WHEN resolved IS NULL THEN '' ELSE '已扩容并重启，观察两小时正常' END, CASE WHEN resolved IS NULL THEN '' ELSE 'fixed' END, resolved, CASE WHEN resolved IS NOT NULL THEN assignee END,
  CASE WHEN status = 'closed' THEN 'confirmed' ELSE '' END, CASE WHEN status = 'closed' THEN resolved + interval '6 h' END, CASE WHEN status = 'closed' THEN 4 END,
  CASE WHEN status = 'resolved' THEN pg_temp.at() + interval '1 day' END
FROM plan JOIN said USING (n) ORDER BY n;

-- words
INSERT INTO incidents_searchtext (incident_id, words) SELECT n, to_tsvector('simple', words) FROM said ORDER BY n;

-- messages
INSERT INTO incidents_message (incident_id, author_id, from_customer, visibility, body, sent_at)
SELECT n, CASE WHEN k = 2 THEN contact ELSE coalesce(assignee, 1) END, k = 2, CASE WHEN k = 3 THEN 'internal' ELSE 'public' END, p.text, contacted + k * interval '20 min'
FROM plan JOIN generate_series(1, 5) k ON k <= 1 + pg_temp.pick(n, 50, 5)
JOIN bench_phrase p ON p.kind = 'sentence' AND p.language = plan.language AND p.place = pg_temp.pick(n, 50 + k, 18) ORDER BY n, k;

-- steps
INSERT INTO core_steptaken (content_type_id, object_id, seq, step, source, target, by_id, effective_at, recorded_at)
SELECT pg_temp.kind('incident'), n, s.seq, s.step, s.source, s.target, CASE WHEN s.seq = 2 THEN NULL WHEN s.step = 'close' THEN contact ELSE coalesce(assignee, 1) END, s.at, s.at
FROM plan CROSS JOIN LATERAL (VALUES
  (1, 'log', '', 'new', contacted + interval '90 s', true), (2, 'assign', 'new', 'assigned', contacted + interval '90 s', status <> 'new'),
  (3, 'accept', 'assigned', 'in_progress', accepted, accepted IS NOT NULL), (4, 'wait', 'in_progress', 'waiting', accepted + interval '10 min', status = 'waiting'),
  (4, 'resolve', 'in_progress', 'resolved', resolved, resolved IS NOT NULL), (5, 'close', 'resolved', 'closed', resolved + interval '6 h', status = 'closed')
) s (seq, step, source, target, at, taken) WHERE s.taken ORDER BY n, s.seq;

-- clocks
INSERT INTO sla_clock (id, content_type_id, object_id, metric, cycle, customer_id, service_id, tier, priority, contacted_at, state, agreement_version_id,
  calendar_version_id, target_s, elapsed_us, seg_started_at, due_at, next_fire_at, generation, steps_fired, breached_at, breach_cause, stopped_at, decided_at,
  final_at, outcome, pause_reason, seq, last_at, last_hash)
SELECT (n - 1) * 2 + m.i, pg_temp.kind('incident'), n, m.metric, 1, customer, service, plan.tier, plan.priority, contacted, m.state, agreement_version,
  t.calendar_version, t.seconds, CASE WHEN m.state = 'running' THEN 0 ELSE least(t.seconds, 600) * 1000000 END, CASE WHEN m.state = 'running' THEN contacted END,
  CASE WHEN m.state <> 'paused' THEN m.due END, CASE WHEN m.state = 'running' AND m.due > pg_temp.at() THEN m.due END, 1, CASE WHEN m.state = 'running' AND m.due > pg_temp.at() THEN 2 ELSE 0 END,
  CASE WHEN m.late THEN m.due END, CASE WHEN m.late THEN 'time' ELSE '' END, CASE WHEN m.state = 'stopped' THEN m.done END,
  CASE WHEN m.late THEN m.due WHEN m.state = 'stopped' THEN m.done END, CASE WHEN m.state = 'stopped' AND status = 'closed' THEN resolved + interval '6 h' END,
  CASE WHEN m.late THEN 'breached' WHEN m.state = 'stopped' THEN 'met' ELSE '' END, CASE WHEN m.state = 'paused' THEN 'waiting_customer_info' ELSE '' END,
  1 + (m.state <> 'running')::int + (status = 'closed')::int, coalesce(m.done, contacted), md5(n::text) || md5(m.metric)
FROM plan CROSS JOIN LATERAL (
  SELECT i, metric, state, done, d AS due, state = 'running' AND d < pg_temp.at() AS late FROM (VALUES
    (1, 'response', CASE WHEN accepted IS NULL THEN 'running' ELSE 'stopped' END, accepted, coalesce(due, contacted + interval '30 min')),
    (2, 'resolution', CASE WHEN status = 'waiting' THEN 'paused' WHEN resolved IS NULL THEN 'running' ELSE 'stopped' END, resolved, coalesce(due, contacted + interval '8 h'))
  ) v (i, metric, state, done, d)) m
JOIN bench_target t ON t.version = plan.agreement_version AND t.tier = plan.tier AND t.priority = plan.priority AND t.metric = m.metric
ORDER BY n, m.i;

-- clock events
INSERT INTO sla_clockevent (clock_id, seq, kind, effective_at, recorded_at, actor_id, payload, prev_hash, hash)
SELECT id, k, CASE WHEN k = 1 THEN 'start' WHEN k = 3 THEN 'close' WHEN state = 'paused' THEN 'pause' ELSE 'stop' END,
  last_at, last_at, 1, CASE WHEN k = 1 THEN jsonb_build_object('target_s', target_s, 'priority', priority, 'tier', tier, 'agreement_version', agreement_version_id, 'calendar_version', calendar_version_id) ELSE '{}' END,
  CASE WHEN k > 1 THEN md5(id::text) || md5((k - 1)::text) ELSE '' END, CASE WHEN k = c.seq THEN last_hash ELSE md5(id::text) || md5(k::text) END
FROM sla_clock c JOIN generate_series(1, 3) k ON k <= c.seq ORDER BY id, k;

-- notices
INSERT INTO notices_notice (id, person_id, kind, content_type_id, object_id, key, params, in_app, told_at, read_at)
SELECT gen_random_uuid(), t.person, t.kind, pg_temp.kind('incident'), n, t.key, '{}', t.in_app, t.at, CASE WHEN t.in_app AND (NOT is_open OR n % 5 > 0) THEN t.at END
FROM plan CROSS JOIN LATERAL (VALUES
  (contact, 'incidents.logged', md5(n::text), false, contacted + interval '90 s'), (assignee, 'incidents.assigned', '2', true, contacted + interval '90 s'),
  (CASE WHEN accepted IS NOT NULL THEN contact END, 'incidents.accepted', '3', false, accepted),
  (CASE WHEN resolved IS NOT NULL THEN contact END, 'incidents.confirm', '4', false, resolved)
) t (person, kind, key, in_app, at) WHERE t.person IS NOT NULL ORDER BY n;

-- deliveries
INSERT INTO notices_delivery (notice_id, owed_at, next_try_at, tries, accepted_at)
SELECT id, told_at, told_at, 1, told_at + interval '2 s' FROM notices_notice WHERE NOT in_app;

-- trail
INSERT INTO incidents_incidentevent ({trail_columns}, pgh_created_at, pgh_label, pgh_obj_id)
SELECT {trail_columns}, logged_at, CASE WHEN k = 1 THEN 'insert' ELSE 'update' END, id FROM incidents_incident CROSS JOIN generate_series(1, 2) k ORDER BY id, k;

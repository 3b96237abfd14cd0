-- incidents
INSERT INTO incidents_incident (id, number, steps_taken, status, title, description, customer_id, contact_id, service_id, team_id, assignee_id, assigned_why,
  impact, urgency, priority, channel, contacted_at, logged_at, logged_by_id, entitled, next_due_at, responded_at, waiting_reason,
  resolution, resolution_code, resolved_at, resolved_by_id, closing_kind, closed_at, rating, ask_at)
SELECT n, n, CASE status WHEN 'new' THEN 1 WHEN 'assigned' THEN 2 WHEN 'in_progress' THEN 3 WHEN 'closed' THEN 5 ELSE 4 END, status, title, description,
  customer, contact, service, team, assignee, CASE WHEN assignee IS NULL THEN '{}'::jsonb ELSE '{"rule": "idle", "load": 3, "capacity": 8, "among": 3, "weight": 2}' END,
  impact, urgency, priority, (ARRAY['phone', 'phone', 'mail', 'chat'])[1 + n % 4], contacted, contacted + interval '90 s', 1, true, d.due, accepted,
  CASE WHEN status = 'waiting' THEN 'waiting_customer_info' ELSE '' END,
  CASE WHEN resolved IS NULL THEN '' ELSE '已扩容并重启，观察两小时正常' END, CASE WHEN resolved IS NULL THEN '' ELSE 'fixed' END, resolved, CASE WHEN resolved IS NOT NULL THEN assignee END,
  CASE WHEN status = 'closed' THEN 'confirmed' ELSE '' END, CASE WHEN status = 'closed' THEN resolved + interval '6 h' END, CASE WHEN status = 'closed' THEN 4 END,
  CASE WHEN status = 'resolved' THEN pg_temp.at() + interval '1 day' END
FROM plan JOIN said USING (n) LEFT JOIN (SELECT object_id, min(due) AS due FROM measured WHERE halted IS NULL GROUP BY 1) d ON d.object_id = n
ORDER BY n;

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
  (3, 'accept', 'assigned', 'in_progress', accepted, accepted IS NOT NULL), (4, 'wait', 'in_progress', 'waiting', waits_since, status = 'waiting'),
  (4, 'resolve', 'in_progress', 'resolved', resolved, resolved IS NOT NULL), (5, 'close', 'resolved', 'closed', resolved + interval '6 h', status = 'closed')
) s (seq, step, source, target, at, taken) WHERE s.taken ORDER BY n, s.seq;

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

-- tickets
CREATE TEMP TABLE tickets AS
SELECT p.base + g.i AS id, g.i, p.*, sv.service, sv.team, sv.tier, sv.engineers[1 + g.i % cardinality(sv.engineers)] AS assignee,
       CASE WHEN p.due_in IS NULL THEN pg_temp.at() - make_interval(secs => pg_temp.pick(g.i, 7, 86400))
            ELSE pg_temp.at() + p.due_in + (g.i - 1) * p.spread / p.count - make_interval(secs => s.seconds) END AS contacted,
       r.seconds AS response_s, r.calendar_version AS response_calendar, s.seconds AS resolution_s, s.calendar_version AS resolution_calendar
FROM bench_plan p CROSS JOIN LATERAL generate_series(1, p.count) g (i)
JOIN bench_service sv ON sv.i = g.i % (SELECT count(*) FROM bench_service)
JOIN bench_target r ON r.version = p.agreement_version AND r.tier = sv.tier AND r.priority = p.priority AND r.metric = 'response'
JOIN bench_target s ON s.version = p.agreement_version AND s.tier = sv.tier AND s.priority = p.priority AND s.metric = 'resolution';
ANALYZE tickets;

-- promises
CREATE TEMP TABLE ticking AS
SELECT base_clock + (i - 1) * 2 + m.k AS id, t.id AS object_id, m.metric, customer, service, tier, priority, contacted, agreement_version, m.calendar_version, m.target_s,
       CASE WHEN m.done IS NOT NULL THEN 'stopped' END AS halted, m.done, NULL::timestamptz AS closed, assignee AS actor, '' AS reason
FROM tickets t CROSS JOIN LATERAL (VALUES
  (1, 'response', response_calendar, response_s, CASE WHEN due_in IS NOT NULL THEN contacted + interval '1 min' END),
  (2, 'resolution', resolution_calendar, resolution_s, NULL)
) m (k, metric, calendar_version, target_s, done);

-- {clocks}

-- incidents
INSERT INTO incidents_incident (id, number, steps_taken, status, title, description, customer_id, contact_id, service_id, team_id, assignee_id, impact, urgency,
  priority, channel, contacted_at, logged_at, logged_by_id, entitled, next_due_at, responded_at)
SELECT id, id, CASE WHEN due_in IS NULL THEN 2 ELSE 3 END, CASE WHEN due_in IS NULL THEN 'assigned' ELSE 'in_progress' END, 'Clock ' || id, 'A clock of the bench.', customer, contact,
  service, team, assignee, 2, 2, priority, 'phone', contacted, contacted, assignee, true, d.due, CASE WHEN due_in IS NOT NULL THEN contacted + interval '1 min' END
FROM tickets LEFT JOIN (SELECT object_id, min(due) AS due FROM measured WHERE halted IS NULL GROUP BY 1) d ON d.object_id = id ORDER BY id;

-- steps
INSERT INTO core_steptaken (content_type_id, object_id, seq, step, source, target, by_id, effective_at, recorded_at)
SELECT pg_temp.kind('incident'), id, s.seq, s.step, s.source, s.target, assignee, s.at, s.at
FROM tickets CROSS JOIN LATERAL (VALUES
  (1, 'log', '', 'new', contacted, true), (2, 'assign', 'new', 'assigned', contacted, true),
  (3, 'accept', 'assigned', 'in_progress', contacted + interval '1 min', due_in IS NOT NULL)
) s (seq, step, source, target, at, taken) WHERE s.taken ORDER BY id, s.seq;

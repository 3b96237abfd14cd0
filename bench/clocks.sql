-- service time
CREATE TEMP TABLE measured AS
SELECT t.*, w.began, t.target_s * 1000000::bigint AS allowed_us, d.due, pg_temp.worked(t.calendar_version, coalesce(t.done, pg_temp.at())) - w.began AS spent,
       d.due < coalesce(t.done, pg_temp.at()) AS late
FROM ticking t
CROSS JOIN LATERAL (SELECT pg_temp.worked(t.calendar_version, t.contacted) AS began OFFSET 0) w
CROSS JOIN LATERAL (SELECT pg_temp.after(t.calendar_version, w.began + t.target_s * 1000000::bigint) AS due OFFSET 0) d;
CREATE INDEX ON measured (id);
CREATE INDEX ON measured (object_id);
ANALYZE measured;

-- marks
CREATE TEMP TABLE marks AS
SELECT m.id, s.mark, s.us < m.spent AS passed, pg_temp.after(m.calendar_version, m.began + s.us) AS due
FROM measured m JOIN bench_step s ON s.version = m.agreement_version AND s.tier = m.tier AND s.priority = m.priority AND s.metric = m.metric
WHERE s.us < m.spent OR (m.halted IS NULL AND s.mark = (
  SELECT n.mark FROM bench_step n WHERE n.version = m.agreement_version AND n.tier = m.tier AND n.priority = m.priority AND n.metric = m.metric AND n.us >= m.spent
  ORDER BY n.us LIMIT 1));
ANALYZE marks;

-- clock steps
INSERT INTO sla_clockfire (clock_id, generation, step, scheduled_for, fired_at, collapsed)
SELECT id, 1, mark::text, due, due + interval '200 ms', false FROM marks WHERE passed ORDER BY id, due;

-- clock lines
CREATE TEMP TABLE lines AS
SELECT m.id, l.seq, l.kind, l.at, l.actor, l.reason, l.payload,
       format('[%s, %s, "%s", 1, %s, "%s", "%s", "%s", %s, "%s", %s, ', pg_temp.kind('incident'), m.object_id, m.metric, l.seq, l.kind, pg_temp.iso(l.at), pg_temp.iso(l.at),
              coalesce(l.actor::text, 'null'), l.reason, l.payload) AS said
FROM measured m CROSS JOIN LATERAL (VALUES
  (1, 'start', contacted, actor, '', format('{"agreement_version": %s, "calendar_version": %s, "priority": %s, "target_s": %s, "tier": "%s"}',
                                            agreement_version, calendar_version, priority, target_s, tier), true),
  (2, 'breach', due, NULL, '', '{"cause": "time"}', late),
  (2 + late::int, CASE halted WHEN 'paused' THEN 'pause' ELSE 'stop' END, done, actor, reason, '{}', done IS NOT NULL),
  (3 + late::int, 'close', closed, actor, '', '{}', closed IS NOT NULL)
) l (seq, kind, at, actor, reason, payload, happened) WHERE l.happened;
ANALYZE lines;

-- clock events
DO $$
BEGIN
  FOR k IN 1..4 LOOP
    INSERT INTO sla_clockevent (clock_id, seq, kind, effective_at, recorded_at, actor_id, reason_code, payload, prev_hash, hash)
    SELECT l.id, l.seq, l.kind, l.at, l.at, l.actor, l.reason, l.payload::jsonb, coalesce(p.hash, ''),
           encode(sha256(convert_to(l.said || '"' || coalesce(p.hash, '') || '"]', 'UTF8')), 'hex')
    FROM lines l LEFT JOIN sla_clockevent p ON p.clock_id = l.id AND p.seq = k - 1 WHERE l.seq = k ORDER BY l.id;
  END LOOP;
END $$;

-- clocks
INSERT INTO sla_clock (id, content_type_id, object_id, metric, cycle, customer_id, service_id, tier, priority, contacted_at, state, agreement_version_id,
  calendar_version_id, target_s, elapsed_us, base_us, allowed_us, breach_us, seg_started_at, due_at, next_fire_at, generation, steps_fired, breached_at, breach_cause,
  stopped_at, decided_at, final_at, outcome, pause_reason, seq, last_at, last_hash, due_provisional, corrected)
SELECT m.id, pg_temp.kind('incident'), object_id, metric, 1, customer, service, tier, priority, contacted, coalesce(halted, 'running'), agreement_version,
  calendar_version, target_s, CASE WHEN halted IS NULL THEN 0 ELSE spent END, 0, allowed_us, CASE WHEN late THEN allowed_us END, CASE WHEN halted IS NULL THEN contacted END,
  CASE WHEN halted IS DISTINCT FROM 'paused' THEN due END, CASE WHEN halted IS NULL THEN s.next END, 1, coalesce(s.passed, 0), CASE WHEN late THEN due END,
  CASE WHEN late THEN 'time' ELSE '' END, CASE WHEN halted = 'stopped' THEN done END, CASE WHEN late THEN due WHEN halted = 'stopped' THEN done END, closed,
  CASE WHEN late THEN 'breached' WHEN halted = 'stopped' THEN 'met' ELSE '' END, CASE WHEN halted = 'paused' THEN reason ELSE '' END, e.seq, e.effective_at, e.hash, false, false
FROM measured m
JOIN sla_clockevent e ON e.clock_id = m.id AND e.seq = 1 + late::int + (done IS NOT NULL)::int + (closed IS NOT NULL)::int
LEFT JOIN (SELECT id, count(*) FILTER (WHERE passed) AS passed, min(due) FILTER (WHERE NOT passed) AS next FROM marks GROUP BY id) s ON s.id = m.id
ORDER BY m.id;

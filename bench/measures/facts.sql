-- incidents reported
INSERT INTO reports_ticketfact (kind, source_id, month, day, at, outcome, marks, lengths, record_type_id, record_id, customer_id, service_id, team_id, handler_id, tier, priority)
SELECT 'logged', i.id, date_trunc('month', contacted_at AT TIME ZONE {zone})::date, (contacted_at AT TIME ZONE {zone})::date, contacted_at, '',
  CASE WHEN logged_at - contacted_at > interval '5 min' THEN 1 ELSE 0 END | CASE WHEN EXISTS (SELECT 1 FROM sla_clock c WHERE c.content_type_id = {kind}
    AND c.object_id = i.id AND c.metric = 'resolution' AND c.target_s IS NOT NULL) THEN 0 ELSE 2 END,
  ARRAY[floor(extract(epoch FROM logged_at - contacted_at))], {kind}, i.id, customer_id, service_id, i.team_id, NULL, s.criticality, priority
FROM incidents_incident i JOIN catalog_service s ON s.id = i.service_id;

-- solutions
INSERT INTO reports_ticketfact (kind, source_id, month, day, at, outcome, marks, lengths, record_type_id, record_id, customer_id, service_id, team_id, handler_id, tier, priority)
SELECT 'resolved', i.id, date_trunc('month', resolved_at AT TIME ZONE {zone})::date, (resolved_at AT TIME ZONE {zone})::date, resolved_at, '',
  CASE WHEN EXISTS (SELECT 1 FROM incidents_message m WHERE m.incident_id = i.id AND m.from_customer AND m.visibility = 'public' AND m.sent_at > i.logged_at
    AND m.sent_at <= i.resolved_at) THEN 0 ELSE 2 END,
  ARRAY[c.elapsed_us / 1000000, floor(extract(epoch FROM resolved_at - i.contacted_at)), 0], {kind}, i.id, i.customer_id, i.service_id, i.team_id, resolved_by_id,
  c.tier, i.priority
FROM incidents_incident i JOIN sla_clock c ON c.content_type_id = {kind} AND c.object_id = i.id AND c.metric = 'resolution' WHERE resolved_at IS NOT NULL;

-- closings
INSERT INTO reports_ticketfact (kind, source_id, month, day, at, outcome, marks, lengths, record_type_id, record_id, customer_id, service_id, team_id, handler_id, tier, priority)
SELECT 'closed', i.id, date_trunc('month', closed_at AT TIME ZONE {zone})::date, (closed_at AT TIME ZONE {zone})::date, closed_at, closing_kind,
  CASE WHEN rating IS NULL THEN 0 ELSE 1 END,
  ARRAY[floor(extract(epoch FROM logged_at - contacted_at)), floor(extract(epoch FROM responded_at - logged_at)), floor(extract(epoch FROM resolved_at - responded_at)),
    0, 0, 0, 0, floor(extract(epoch FROM closed_at - resolved_at)), coalesce(rating, 0)],
  {kind}, i.id, customer_id, service_id, i.team_id, assignee_id, s.criticality, priority
FROM incidents_incident i JOIN catalog_service s ON s.id = i.service_id WHERE closed_at IS NOT NULL;

-- verdicts
INSERT INTO reports_ticketfact (kind, source_id, month, day, at, outcome, marks, lengths, record_type_id, record_id, customer_id, service_id, team_id, handler_id, tier, priority)
SELECT metric, c.id, date_trunc('month', decided_at AT TIME ZONE {zone})::date, (decided_at AT TIME ZONE {zone})::date, decided_at, outcome,
  CASE WHEN final_at IS NULL THEN 1 ELSE 0 END | CASE WHEN breach_cause = 'retarget' THEN 2 ELSE 0 END, '{{}}', {kind}, i.id, i.customer_id, i.service_id, i.team_id,
  CASE WHEN decided_at >= i.logged_at THEN i.assignee_id END, c.tier, i.priority
FROM sla_clock c JOIN incidents_incident i ON i.id = c.object_id WHERE c.content_type_id = {kind} AND decided_at IS NOT NULL AND outcome <> '';

-- responses
INSERT INTO reports_ticketfact (kind, source_id, month, day, at, outcome, marks, lengths, record_type_id, record_id, customer_id, service_id, team_id, handler_id, tier, priority)
SELECT 'responded', c.id, date_trunc('month', stopped_at AT TIME ZONE {zone})::date, (stopped_at AT TIME ZONE {zone})::date, stopped_at, '', 0,
  ARRAY[c.elapsed_us / 1000000], {kind}, i.id, i.customer_id, i.service_id, i.team_id, CASE WHEN stopped_at >= i.logged_at THEN i.assignee_id END, c.tier, i.priority
FROM sla_clock c JOIN incidents_incident i ON i.id = c.object_id
WHERE c.content_type_id = {kind} AND metric = 'response' AND state = 'stopped' AND stopped_at IS NOT NULL;

-- steps of the ladder
INSERT INTO reports_ticketfact (kind, source_id, month, day, at, outcome, marks, lengths, record_type_id, record_id, customer_id, service_id, team_id, handler_id, tier, priority)
SELECT 'fired', f.id, date_trunc('month', fired_at AT TIME ZONE {zone})::date, (fired_at AT TIME ZONE {zone})::date, fired_at,
  CASE WHEN fired_at - scheduled_for > interval '5 s' THEN 'late' ELSE 'punctual' END, 0,
  ARRAY[greatest(0, floor(extract(epoch FROM fired_at - scheduled_for) * 1000))], {kind}, i.id, i.customer_id, i.service_id, i.team_id,
  CASE WHEN fired_at >= i.logged_at THEN i.assignee_id END, c.tier, i.priority
FROM sla_clockfire f JOIN sla_clock c ON c.id = f.clock_id JOIN incidents_incident i ON i.id = c.object_id WHERE c.content_type_id = {kind};

-- risk
INSERT INTO changes_riskassessment (id, change_id, questionnaire_id, answers, triggers, score, risk, by_id, at)
SELECT n, n, q.id, bench_answers.answers, CASE WHEN category IN ('database', 'security') THEN jsonb_build_array(category) ELSE '[]' END, score, p.risk, requester, raised + interval '20 min'
FROM plan p CROSS JOIN (SELECT max(id) AS id FROM changes_questionnaire) q CROSS JOIN bench_answers WHERE kind <> 'standard' AND fate <> 'draft' ORDER BY n;

-- words to say
CREATE TEMP TABLE said AS
SELECT n, left(dp.text || '：' || sy.text || ' #' || n, 200) AS title, r1.text || '，' || r2.text AS reason, sy.words || ' ' || dp.words || ' ' || r1.words || ' ' || r2.words || ' #' || n
         || CASE WHEN pg_temp.pick(n, 30, greatest(1, (SELECT count(*)::int FROM plan) / 20)) = 0 THEN ' zanzibar' ELSE '' END AS words
FROM plan
JOIN bench_phrase sy ON sy.kind = 'system' AND sy.language = plan.language AND sy.place = pg_temp.pick(n, 31, 20)
JOIN bench_phrase dp ON dp.kind = 'doing' AND dp.language = plan.language AND dp.place = pg_temp.pick(n, 32, 12)
JOIN bench_phrase r1 ON r1.kind = 'sentence' AND r1.language = plan.language AND r1.place = pg_temp.pick(n, 33, 18)
JOIN bench_phrase r2 ON r2.kind = 'sentence' AND r2.language = plan.language AND r2.place = pg_temp.pick(n, 34, 18);

-- changes
INSERT INTO changes_change (id, number, steps_taken, status, kind, category, title, reason, benefit, impact, interrupts, plan, back_out_plan, test_evidence, starts_at, ends_at,
  requester_id, implementer_id, model_id, assessment_id, risk, raised_at, edited_by_id, submitted_at, approved_at, unreachable_reason, retrospect, verdict, started_at, finished_at,
  result, items_confirmed_at, items_confirmed_by_id, review_due, review, reviewed_by_id, closed_at)
SELECT n, n, 0, status, kind, category, title, coalesce(model_reason, reason), '更稳定 Steadier', CASE WHEN n % 3 = 0 THEN '短暂中断 A short break' ELSE '' END, n % 3 = 0, plan, back_out_plan, test_evidence,
  starts_at, ends_at, requester, implementer, model, CASE WHEN kind <> 'standard' AND fate <> 'draft' THEN n END, CASE WHEN fate = 'draft' THEN '' ELSE risk END, raised, requester,
  submitted, CASE WHEN fate <> 'rejected' THEN decided END, '', CASE WHEN kind = 'emergency' AND started IS NOT NULL THEN CASE WHEN fate = 'closed' THEN 'approved' ELSE 'owed' END ELSE '' END, '',
  started, finished, result, closed, CASE WHEN closed IS NOT NULL THEN implementer END, review_due, CASE WHEN review_due AND closed IS NOT NULL THEN '按计划完成 As planned' ELSE '' END,
  CASE WHEN review_due AND closed IS NOT NULL THEN requester END, closed
FROM plan JOIN said USING (n) ORDER BY n;

-- words
INSERT INTO changes_searchtext (change_id, words) SELECT n, to_tsvector('simple', words) FROM said ORDER BY n;

-- services, items, customers
INSERT INTO changes_change_items (change_id, configurationitem_id) SELECT n, item FROM touched ORDER BY n;
INSERT INTO changes_change_services (change_id, service_id)
SELECT n, s.id FROM plan JOIN bench_service s ON s.i = pg_temp.pick(n, 40, (SELECT count(*)::int FROM bench_service))
WHERE pg_temp.pick(n, 41, 100) < 12 OR NOT EXISTS (SELECT 1 FROM touched t WHERE t.n = plan.n) ORDER BY n;
CREATE TEMP TABLE concerned AS
SELECT DISTINCT n, c.customer FROM plan CROSS JOIN LATERAL generate_series(1, 1 + pg_temp.pick(n, 42, 2)) k
JOIN bench_customer c ON c.i = pg_temp.pick(n, 42 + k, (SELECT count(*)::int FROM bench_customer)) WHERE kind <> 'standard';
INSERT INTO changes_change_customers (change_id, organisation_id) SELECT n, customer FROM concerned ORDER BY n;
CREATE INDEX ON concerned (n);

-- rounds
CREATE TEMP TABLE round AS
SELECT row_number() OVER (ORDER BY n, r.no) AS id, n, r.*, p.requester
FROM plan p CROSS JOIN LATERAL (VALUES
  (1, 'before', p.kind, p.category, p.risk, submitted, decided, CASE fate WHEN 'awaiting' THEN 'pending' WHEN 'rejected' THEN 'rejected' ELSE 'approved' END, submitted IS NOT NULL AND p.kind <> 'standard'),
  (2, 'after', 'normal', p.category, p.risk, started, CASE WHEN fate = 'closed' THEN started + interval '5 h' END, CASE WHEN fate = 'closed' THEN 'approved' ELSE 'pending' END, p.kind = 'emergency' AND started IS NOT NULL)
) r (no, kind, asks, category, risk, opened, ended, outcome, held) WHERE r.held;
INSERT INTO changes_approvalround (id, change_id, no, kind, fingerprint, document, policy_id, why, opened_at, opened_by_id, outcome, closed_at)
SELECT r.id, n, no, r.kind, encode(sha256(convert_to(d.document::text, 'UTF8')), 'hex'), d.document, v.id, a.why, opened, requester, outcome, ended
FROM round r JOIN changes_change c ON c.id = n CROSS JOIN LATERAL (SELECT changes_document(c) AS document OFFSET 0) d CROSS JOIN (SELECT max(id) AS id FROM changes_policyversion) v
JOIN bench_asked a ON (a.kind, a.category, a.risk) = (r.asks, r.category, r.risk) ORDER BY r.id;

-- stages
INSERT INTO changes_stage (id, round_id, no, rule, k, minutes, opened_at, deadline_at, next_look_at, outcome, decided_at)
SELECT r.id, r.id, 1, a.rule, NULL, a.minutes, opened, opened + a.minutes * interval '2 min', CASE WHEN outcome = 'pending' THEN pg_temp.at() + interval '1 day' END, outcome, ended
FROM round r JOIN bench_asked a ON (a.kind, a.category, a.risk) = (r.asks, r.category, r.risk) ORDER BY r.id;

-- seats
CREATE TEMP TABLE seat AS
SELECT row_number() OVER (ORDER BY r.id, x.place, c.customer) AS id, r.id AS round, r.n, r.outcome, r.opened, r.ended, a.rule, x.role, c.customer,
       row_number() OVER (PARTITION BY r.id ORDER BY x.place, c.customer) AS place, count(*) OVER (PARTITION BY r.id) AS seats
FROM round r JOIN bench_asked a ON (a.kind, a.category, a.risk) = (r.asks, r.category, r.risk)
CROSS JOIN LATERAL unnest(a.roles) WITH ORDINALITY x (role, place)
LEFT JOIN concerned c ON x.role = 'customer_representative' AND c.n = r.n;
INSERT INTO changes_seat (id, stage_id, role, organisation_id) SELECT id, round, role, customer FROM seat ORDER BY id;

-- decisions
INSERT INTO changes_decision (id, seat_id, stage_id, person_id, choice, words, fingerprint, at)
SELECT row_number() OVER (ORDER BY s.id), s.id, s.round, h.person, CASE WHEN s.outcome = 'rejected' THEN 'reject' ELSE 'approve' END,
       CASE WHEN s.outcome = 'rejected' THEN '请先补充回退演练 Rehearse the way back first' ELSE '' END, r.fingerprint, coalesce(s.ended, s.opened + interval '10 min') - (s.seats - s.place) * interval '1 min'
FROM seat s JOIN changes_approvalround r ON r.id = s.round
JOIN bench_holder h ON h.role = s.role AND h.customer IS NOT DISTINCT FROM s.customer AND h.i = pg_temp.pick(s.n, 50, h.count)
WHERE CASE WHEN s.outcome = 'approved' THEN s.rule = 'all' OR s.place = 1 + pg_temp.pick(s.n, 51, s.seats::int) WHEN s.outcome = 'rejected' THEN s.place = s.seats
           ELSE s.rule = 'all' AND s.seats > 1 AND s.place = 1 AND pg_temp.pick(s.n, 52, 10) < 3 END ORDER BY s.id;

-- bookings
INSERT INTO changes_booking (change_id, item_id, period, active, overridden)
SELECT n, item, tstzrange(starts_at, ends_at), true, false FROM booked ORDER BY n;
INSERT INTO changes_booking (change_id, item_id, period, active, overridden)
SELECT DISTINCT n, r.under, tstzrange(starts_at, greatest(finished, starts_at + interval '1 min')), false, false
FROM plan JOIN touched USING (n) JOIN reach r ON r.item = touched.item WHERE finished IS NOT NULL ORDER BY n;

-- runs of steps
INSERT INTO changes_steprun (change_id, no, words, started_at, finished_at, by_id, ended_by_id, result)
SELECT n, s.no, s.step ->> 'words', t.opens, e.shuts, implementer, CASE WHEN e.shuts IS NOT NULL THEN implementer END, CASE WHEN e.shuts IS NOT NULL THEN 'done' ELSE '' END
FROM plan CROSS JOIN LATERAL jsonb_array_elements(plan.plan) WITH ORDINALITY s (step, no)
CROSS JOIN LATERAL (SELECT started + (coalesce(finished, ends_at) - started) * (s.no - 1) / steps AS opens) t
CROSS JOIN LATERAL (SELECT CASE WHEN finished IS NOT NULL OR s.no < 2 THEN started + (coalesce(finished, ends_at) - started) * s.no / steps END AS shuts) e
WHERE started IS NOT NULL AND (finished IS NOT NULL OR s.no <= 2) ORDER BY n, s.no;

-- reviews
INSERT INTO changes_review (change_id, result, words, by_id, at)
SELECT n, result, '按计划完成 As planned', requester, closed - interval '1 h' FROM plan WHERE review_due AND closed IS NOT NULL ORDER BY n;

-- remarks
INSERT INTO changes_remark (change_id, person_id, words, at)
SELECT n, implementer, '已和值班人员确认 Agreed with those on duty', raised + k * interval '2 h' FROM plan CROSS JOIN generate_series(1, 2) k WHERE k <= pg_temp.pick(n, 53, 3) ORDER BY n, k;

-- steps
INSERT INTO core_steptaken (content_type_id, object_id, seq, step, source, target, by_id, details, effective_at, recorded_at)
SELECT pg_temp.kind('change'), n, row_number() OVER (PARTITION BY n ORDER BY s.place), s.step, s.source, s.target, s.person, s.details::jsonb, s.at, s.at
FROM plan CROSS JOIN LATERAL (VALUES
  (1, 'assess', 'draft', 'assessed', requester, jsonb_build_object('score', score, 'risk', risk)::text, raised + interval '20 min', kind <> 'standard' AND fate <> 'draft'),
  (2, 'submit', 'assessed', 'awaiting', requester, '{"round": 1}', submitted, kind <> 'standard' AND submitted IS NOT NULL),
  (3, 'take_up', 'draft', 'approved', requester, '{}', submitted, kind = 'standard' AND submitted IS NOT NULL),
  (4, 'approve', 'awaiting', 'approved', NULL, '{"round": 1}', decided, kind <> 'standard' AND decided IS NOT NULL AND fate <> 'rejected'),
  (5, 'reject', 'awaiting', 'rejected', NULL, '{"round": 1}', decided, fate = 'rejected'),
  (6, 'schedule', 'approved', 'scheduled', NULL, '{}', decided, scheduled), (7, 'start', 'scheduled', 'implementing', implementer, '{}', started, started IS NOT NULL),
  (8, CASE WHEN backed_out THEN 'back_out' ELSE 'implement' END, 'implementing', CASE WHEN backed_out THEN 'backed_out' ELSE 'implemented' END, implementer, '{"review_why": []}', finished, finished IS NOT NULL),
  (9, 'confirm_items', CASE WHEN backed_out THEN 'backed_out' ELSE 'implemented' END, CASE WHEN backed_out THEN 'backed_out' ELSE 'implemented' END, implementer, jsonb_build_object('unchanged', (SELECT coalesce(jsonb_agg(t.item), '[]') FROM touched t WHERE t.n = plan.n))::text, closed - interval '2 h', closed IS NOT NULL),
  (10, 'look_back', CASE WHEN backed_out THEN 'backed_out' ELSE 'implemented' END, 'review', requester, '{}', closed - interval '1 h', closed IS NOT NULL AND review_due),
  (11, 'close', CASE WHEN review_due THEN 'review' ELSE 'implemented' END, 'closed', requester, jsonb_build_object('result', result)::text, closed, closed IS NOT NULL),
  (12, 'cancel', 'approved', 'cancelled', requester, '{}', decided + interval '1 h', fate = 'cancelled')
) s (place, step, source, target, person, details, at, taken) WHERE s.taken ORDER BY n, s.place;
UPDATE changes_change c SET steps_taken = s.taken FROM (SELECT object_id, count(*) AS taken FROM core_steptaken GROUP BY 1) s WHERE s.object_id = c.id;

-- notices
INSERT INTO notices_notice (id, person_id, kind, content_type_id, object_id, key, params, in_app, told_at, read_at)
SELECT gen_random_uuid(), p.requester, 'changes.decided', pg_temp.kind('change'), s.n, 'decision-' || d.id, jsonb_build_object('decision', d.id), true, d.at, CASE WHEN d.at < pg_temp.at() - interval '5 days' THEN d.at END
FROM changes_decision d JOIN seat s ON s.id = d.seat_id JOIN plan p ON p.n = s.n ORDER BY d.id;

-- deliveries
INSERT INTO notices_delivery (notice_id, owed_at, next_try_at, tries, accepted_at) SELECT id, told_at, told_at, 1, told_at + interval '2 s' FROM notices_notice;

-- freezes
INSERT INTO changes_freezewindow (id, name, name_en, reason, starts_at, ends_at, set_by_id)
SELECT f.no, '封网 ' || f.no, 'Freeze ' || f.no, '重要时段 Important days', f.day + interval '8 h', f.day + interval '3 days', 1
FROM (SELECT no, date_trunc('day', s.opens) + (no - 0.5) * ((SELECT max(shuts) FROM bench_stretch) - s.opens) / 30 AS day FROM generate_series(1, 30) no CROSS JOIN (SELECT min(opens) AS opens FROM bench_stretch) s) f;
INSERT INTO changes_freezewindow_services (freezewindow_id, service_id)
SELECT f.id, s.id FROM changes_freezewindow f JOIN bench_service s ON pg_temp.pick(s.i, 60 + f.id::int, 20) = 0 WHERE f.id % 6 <> 0;

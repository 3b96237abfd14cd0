WITH asked AS (
  SELECT r.change_id, x.id, (SELECT count(*) FROM changes_decision d WHERE d.seat_id = x.id AND d.choice IN ('approve', 'reject')) AS finals
  FROM changes_seat x JOIN changes_stage s ON s.id = x.stage_id JOIN changes_approvalround r ON r.id = s.round_id WHERE r.change_id = ANY(%(changes)s)
), ended AS (
  SELECT c.id, c.status, c.status IN ('approved', 'scheduled') AND r.outcome = 'approved' AND bool_and(s.outcome = 'approved') AS is_right,
         EXISTS (SELECT 1 FROM changes_booking b WHERE b.change_id = c.id AND b.active) AS is_booked,
         (SELECT count(*) FROM core_steptaken t JOIN django_content_type k ON k.id = t.content_type_id AND k.app_label = 'changes' AND k.model = 'change'
          WHERE t.object_id = c.id AND t.step = 'approve') AS approved
  FROM changes_change c JOIN changes_approvalround r ON r.change_id = c.id JOIN changes_stage s ON s.round_id = r.id
  WHERE c.id = ANY(%(changes)s) GROUP BY c.id, r.outcome
), told AS (
  SELECT d.id, (SELECT count(*) FROM notices_notice n WHERE n.kind = 'changes.decided' AND n.object_id = c.id AND n.person_id = c.requester_id
                AND n.key = 'decision-' || d.id) AS times
  FROM changes_decision d JOIN asked a ON a.id = d.seat_id JOIN changes_change c ON c.id = a.change_id
)
SELECT (SELECT count(*) FROM asked), (SELECT count(*) FROM asked WHERE finals = 0), (SELECT count(*) FROM asked WHERE finals > 1),
       (SELECT count(*) FROM ended WHERE NOT is_right), (SELECT count(*) FROM ended WHERE approved <> 1),
       (SELECT count(*) FROM ended WHERE is_booked <> (status = 'scheduled')), (SELECT count(*) FROM told WHERE times <> 1)

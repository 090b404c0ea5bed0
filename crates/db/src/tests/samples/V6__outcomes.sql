insert into decision (id, number, review_id, round, outcome, stop_reason, stop_words, reason, come_back_when, look_again_on, document_version_id, decided_by, decided_at, recorded_at) values ('de1', 1, 'r1', 1, 'go-ahead', null, '', 'It is worth its cost.', '', '2027-01-01', 'v1', 'p1', 40, 41);
insert into dissent (decision_id, person_id, words) values ('de1', 'p2', 'too early');
insert into agreement (id, review_id, round, component, body, record_id, withdrawn_at, version, created_by, created_at) values ('ag1', 'r1', 1, 'the queue', 'one partition a shop', 'rr1', null, 1, 'p1', 40);
insert into learning (id, number, review_id, round, body, applies_to, version, created_by, created_at) values ('le1', 1, 'r1', 1, 'Count before you choose.', 'queues', 1, 'p1', 40);
insert into minutes (review_id, round, document_id, composed, composed_at, sent_at, sent_by, created_at) values ('r1', 1, 'd2', 'notes', 40, 41, 'p1', 40);

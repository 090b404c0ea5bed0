insert into event (at, actor_id, origin, kind, subject_kind, subject_id, review_id, data) values (10, 'p1', 'web 127.0.0.1', 'review.created', 'review', 'r1', 'r1', '{"title":"Second queue"}');
insert into event_cursor (reader, seq, at) values ('inbox', 1, 10);
insert into link (id, from_kind, from_id, relation, to_kind, to_id, note, created_by, created_at) values ('k1', 'review', 'r1', 'see-also', 'review', 'r0', '', 'p1', 10);
insert into inbox_item (id, person_id, event_seq, kind, review_id, actor_id, summary, href, created_at, read_at) values ('i1', 'p1', 1, 'circulated', 'r1', 'p2', 'circulated', '/reviews/1', 10, null);
insert into idempotency (person_id, key, request_hash, status, headers, body, created_at) values ('p1', 'k', 'hash', 201, '{}', {a byte}, 10);
insert into counter (name, value) values ('review', 1);

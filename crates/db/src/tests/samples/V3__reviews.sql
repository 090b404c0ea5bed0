insert into document (id, review_id, syntax, text, html, outline, sections, words, version, updated_by, updated_at, created_at) values
  ('d1', 'r1', 'markdown', '# Problem', '<h1>Problem</h1>', '[]', '[]', 1, 1, 'p1', 10, 10),
  ('d2', 'r1', 'markdown', 'notes', '<p>notes</p>', '[]', '[]', 1, 1, 'p1', 10, 10);
insert into document_update (document_id, seq, content, author_id, at) values ('d1', 1, {a byte}, 'p1', 10);
insert into document_version (id, document_id, number, name, text, author_id, at) values ('v1', 'd1', 1, 'first draft', '# Problem', 'p1', 10);
insert into review (id, number, kind, title, title_key, state, outcome, round, visibility, author_id, document_id, feedback_wanted, comments_until, last_call_until, meeting_at, look_again_on, written_on, source_format, source_key, source_hash, source_version, source_state, version, created_at, active_at, open_threads, blocking_threads, comment_count, open_questions, question_count, reader_count) values
  ('r1', 1, 'architecture', 'Second queue', 'second queue', 'circulating', null, 1, 'private', 'p1', 'd1', 'the costs', 20, null, null, null, null, null, null, null, null, null, 1, 10, 10, 1, 0, 1, 1, 1, 1);
insert into review_step (id, review_id, round, from_state, to_state, reason, document_version_id, actor_id, at) values ('st1', 'r1', 1, 'draft', 'circulating', 'ready', 'v1', 'p1', 10);
insert into review_round (review_id, round, document_version_id, opened_at, closed_at) values ('r1', 1, 'v1', 10, null);
insert into review_person (review_id, principal_kind, principal_id, role, added_by, added_at) values ('r1', 'team', 't1', 'stakeholder', 'p1', 10);
insert into review_grant (review_id, principal_kind, principal_id) values ('r1', 'person', 'p1');
insert into review_reader (review_id, person_id, round, document_version, at) values ('r1', 'p1', 1, 1, 10);
insert into review_record (id, review_id, kind, title, detail, state, state_note, position, named_under, version, created_by, created_at, removed_at) values ('rr1', 'r1', 'departure', 'A second queue', '', 'open', '', 1, 'problem', 1, 'p1', 10, null);
insert into review_record_version (record_id, version, title, detail, state, state_note, change, author_id, at) values ('rr1', 1, 'A second queue', '', 'open', '', 'added', 'p1', 10);

insert into thread (id, review_id, number, round, title, heading, heading_slug, blocking, state, raised_by, resolved_by, resolved_reason, resolved_at, decided_comment_id, comment_count, version, created_at, active_at) values ('th1', 'r1', 1, 1, 'Ordering', 'Problem', 'problem', true, 'open', 'p1', null, null, null, null, 1, 1, 10, 10);
insert into comment (id, thread_id, review_id, round, author_id, body, html, version, created_at, edited_at) values ('c1', 'th1', 'r1', 1, 'p1', 'Are orders kept?', '<p>Are orders kept?</p>', 2, 10, 11);
insert into comment_version (comment_id, version, body, at) values ('c1', 1, 'Are they?', 10);
insert into question (id, review_id, number, round, origin, prompt_id, body, anonymous, state, answer, closed_by, closed_at, owner_id, merged_into, carried_from, up, down, score, version, created_at) values
  ('qu1', 'r1', 1, 1, 'prompt', 'q1', 'Is it new?', false, 'open', '', null, null, null, null, null, 1, 0, 0.2065, 1, 10),
  ('qu2', 'r1', 2, 1, 'person', null, 'Is it different?', true, 'merged', '', null, null, null, 'qu1', null, 0, 0, 0.0, 1, 10);
insert into question_asker (question_id, person_id, anonymous, merged_from, at) values ('qu2', 'p1', true, null, 10);
insert into question_vote (question_id, person_id, value, merged_from, at) values ('qu1', 'p1', 1, null, 10);
insert into stance (review_id, round, person_id, value, words, at) values ('r1', 1, 'p1', 'yes-if', 'if it is measured', 10);
insert into condition (id, review_id, round, source, raised_by, body, owner_id, state, closed_by, closed_reason, closed_at, version, created_at) values ('co1', 'r1', 1, 'stance', 'p1', 'measure it', 'p1', 'open', null, null, null, 1, 10);

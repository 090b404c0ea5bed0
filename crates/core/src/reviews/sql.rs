//! Statements over reviews, their steps, rounds, people and readers.

pub const NEXT_NUMBER: &str = "
insert into counter (name, value) values ($1, 1)
on conflict (name) do update set value = counter.value + 1
returning value";

pub const INSERT: &str = "
insert into review (id, number, kind, title, title_key, state, round, visibility, author_id, document_id,
  feedback_wanted, version, created_at, active_at, open_threads, blocking_threads, comment_count, open_questions,
  question_count, reader_count)
values ($1, $2, $3, $4, $5, $6, 1, $7, $8, $9, $10, 1, $11, $11, 0, 0, 0, 0, 0, 0)";

pub const GET: &str = "
select r.id, r.number, r.kind, r.title, r.state, r.outcome, r.round, r.visibility, r.author_id, p.name, p.handle,
  r.document_id, r.feedback_wanted, r.comments_until, r.last_call_until, r.meeting_at, r.look_again_on, r.written_on,
  r.source_format, r.source_state, r.version, r.created_at, r.active_at, r.open_threads, r.blocking_threads,
  r.comment_count, r.open_questions, r.question_count, r.reader_count
from review r join person p on p.id = r.author_id
where r.id = $1";

pub const RENAME: &str = "
update review set title = $2, title_key = $3, version = version + 1, active_at = $4 where id = $1";

pub const ADD_PERSON: &str = "
insert into review_person (review_id, principal_kind, principal_id, role, added_by, added_at)
values ($1, $2, $3, $4, $5, $6)
on conflict (review_id, principal_id, role) do nothing";

pub const GRANT: &str = "
insert into review_grant (review_id, principal_kind, principal_id) values ($1, $2, $3)
on conflict (review_id, principal_id) do nothing";

pub const OPEN_ROUND: &str =
    "insert into review_round (review_id, round, opened_at) values ($1, $2, $3)";

pub const MARK_READ_AGAIN: &str = "
update review_reader set round = $3, at = $4,
  document_version = (select d.version from document d join review r on r.document_id = d.id where r.id = $1)
where review_id = $1 and person_id = $2";

pub const MARK_READ: &str = "
insert into review_reader (review_id, person_id, round, document_version, at)
select r.id, $2, $3, d.version, $4 from review r join document d on d.id = r.document_id where r.id = $1";

pub const COUNT_READER: &str = "update review set reader_count = reader_count + 1 where id = $1";

pub const INSERT_STEP: &str = "
insert into review_step (id, review_id, round, from_state, to_state, reason, document_version_id, actor_id, at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";

pub const STEPS: &str = "
select s.round, s.from_state, s.to_state, s.reason, s.actor_id, p.name, p.handle, s.at
from review_step s left join person p on p.id = s.actor_id
where s.review_id = $1 order by s.at, s.id";

pub const SET_STATE: &str = "
update review set state = $3, version = version + 1, active_at = $4 where id = $1 and state = $2";

pub const LIST_COLUMNS: &str = "
select r.id, r.number, r.kind, r.title, r.state, r.outcome, r.round, r.visibility, r.author_id, p.name, p.handle,
  r.active_at, r.meeting_at, r.comments_until, r.open_threads, r.blocking_threads, r.comment_count, r.open_questions,
  r.question_count
from review r join person p on p.id = r.author_id ";

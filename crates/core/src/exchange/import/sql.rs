//! Statements that write proposals from files as reviews.

pub const BY_KEY: &str = "
select id, number, source_hash, document_id, source_version from review where source_key = $1";

pub const ID_BY_KEY: &str = "select id from review where source_key = $1";

pub const INSERT: &str = "
insert into review (id, number, kind, title, title_key, state, outcome, round, visibility, author_id, document_id,
  feedback_wanted, written_on, source_format, source_key, source_hash, source_version, source_state, version,
  created_at, active_at, open_threads, blocking_threads, comment_count, open_questions, question_count, reader_count)
values ($1, $2, $3, $4, $5, $6, $7, 1, $8, $9, $10, '', $11, $12, $13, $14, 1, $15, 1, $16, $16, 0, 0, 0, 0, 0, 0)";

pub const UPDATE: &str = "
update review set source_hash = $2, source_version = $3, source_state = $4, written_on = $5, version = version + 1,
  active_at = $6 where id = $1";

pub const INSERT_DECISION: &str = "
insert into decision (id, number, review_id, round, outcome, reason, come_back_when, document_version_id, decided_at,
  recorded_at)
values ($1, $2, $3, 1, $4, $5, '', $6, $7, $8)";

pub const PEOPLE_NAMED: &str = "select id from person where name_key = $1 order by id limit 2";

pub const QUESTIONS: &str = "select body from question where review_id = $1 and origin = 'import'";

pub const RESOLVE: &str = "
update link set
  from_kind = case when from_kind = $1 and from_id = $2 then $3 else from_kind end,
  from_id = case when from_kind = $1 and from_id = $2 then $4 else from_id end,
  to_kind = case when to_kind = $1 and to_id = $2 then $3 else to_kind end,
  to_id = case when to_kind = $1 and to_id = $2 then $4 else to_id end
where (from_kind = $1 and from_id = $2) or (to_kind = $1 and to_id = $2)";

pub const UNRESOLVED: &str = "
select count(*) from link where from_kind = $1 or to_kind = $1";

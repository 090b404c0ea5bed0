//! Statements over minutes.

pub const GET: &str = "
select m.round, m.document_id, d.text, d.html, d.version, m.composed, m.composed_at, m.sent_at, m.sent_by, p.name,
  p.handle
from minutes m join document d on d.id = m.document_id left join person p on p.id = m.sent_by
where m.review_id = $1 and m.round = $2";

pub const SENT: &str = "
select sent_at from minutes where review_id = $1 and round = $2 and sent_at is not null";

pub const LATEST_ROUND: &str = "
select max(round) from (
  select max(round) as round from decision where review_id = $1
  union all select max(round) from meeting where review_id = $1 and started_at is not null
  union all select max(round) from minutes where review_id = $1
) rounds";

pub const INSERT: &str = "
insert into minutes (review_id, round, document_id, composed, composed_at, created_at) values ($1, $2, $3, $4, $5, $5)";

pub const SET_COMPOSED: &str = "
update minutes set composed = $3, composed_at = $4 where review_id = $1 and round = $2";

pub const SEND: &str = "
update minutes set sent_at = $3, sent_by = $4 where review_id = $1 and round = $2 and sent_at is null";

pub const TOUCH: &str = "update review set active_at = $2 where id = $1";

//! Statements over the event log and its readers' cursors.

pub const INSERT: &str = "
insert into event (at, actor_id, origin, kind, subject_kind, subject_id, review_id, data)
values ($1, $2, $3, $4, $5, $6, $7, $8)";

pub const AFTER: &str = "
select seq, at, actor_id, origin, kind, subject_kind, subject_id, review_id, data
from event where seq > $1 order by seq limit $2";

pub const AT: &str = "
select seq, at, actor_id, origin, kind, subject_kind, subject_id, review_id, data
from event where seq = $1";

pub const OF_REVIEW_AFTER: &str = "
select seq, at, actor_id, origin, kind, subject_kind, subject_id, review_id, data
from event where review_id = $1 and seq > $2 order by seq limit $3";

pub const NEWEST: &str = "select coalesce(max(seq), 0) from event";

pub const NEWEST_AT: &str = "select max(at) from event";

pub const CURSOR: &str = "select seq from event_cursor where reader = $1";

pub const START_CURSOR: &str = "
insert into event_cursor (reader, seq, at) values ($1, 0, $2) on conflict (reader) do nothing";

pub const MOVE_CURSOR: &str = "
update event_cursor set seq = $3, at = $4 where reader = $1 and seq = $2";

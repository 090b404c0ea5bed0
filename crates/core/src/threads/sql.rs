//! Statements over threads and comments. Where `$1` is a reader, privacy is part of the statement.

use crate::sees;

pub const NEXT_NUMBER: &str =
    "select coalesce(max(number), 0) + 1 from thread where review_id = $1";

pub const INSERT: &str = "
insert into thread (id, review_id, number, round, title, heading, heading_slug, blocking, state, raised_by,
  comment_count, version, created_at, active_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, 'open', $9, 1, 1, $10, $10)";

pub const INSERT_COMMENT: &str = "
insert into comment (id, thread_id, review_id, round, author_id, body, html, version, created_at)
values ($1, $2, $3, $4, $5, $6, $7, 1, $8)";

/// What answering in a thread needs to know, in one question to the database.
pub const TO_ANSWER: &str = concat!(
    "select t.review_id, r.number, r.round, t.title, t.number, r.visibility
     from thread t join review r on r.id = t.review_id where t.id = $2 and ",
    sees!("$1")
);

pub const COUNT_COMMENT: &str = "
update thread set comment_count = comment_count + 1, active_at = $2 where id = $1";

pub const COUNT_IN_REVIEW: &str = "
update review set comment_count = comment_count + 1, active_at = $2 where id = $1";

pub const COUNT_OPENED: &str = "
update review set comment_count = comment_count + 1, open_threads = open_threads + 1,
  blocking_threads = blocking_threads + $3, active_at = $2 where id = $1";

pub const COUNT_OPEN: &str = "
update review set open_threads = open_threads + $3, blocking_threads = blocking_threads + $4, active_at = $2
where id = $1";

pub const REVIEW_OF: &str = "select review_id from thread where id = $1";

pub const THREAD_OF_COMMENT: &str = "select thread_id from comment where id = $1";

pub const COLUMNS: &str = "
select t.id, t.review_id, t.number, t.round, t.title, t.heading, t.heading_slug, t.blocking, t.state,
  t.raised_by, p.name, p.handle, t.resolved_by, s.name, s.handle, t.resolved_reason, t.resolved_at,
  t.decided_comment_id, t.comment_count, t.version, t.created_at, t.active_at,
  a.thread_id, a.first_position, a.last_position, a.quote, a.quote_before, a.quote_after, a.starts_at, a.ends_at,
  a.shown_from, a.shown_to, g.state, g.replacement, g.decided_by, d.name, d.handle, g.decided_at
from thread t join person p on p.id = t.raised_by left join person s on s.id = t.resolved_by
left join anchor a on a.thread_id = t.id
left join suggestion g on g.thread_id = t.id left join person d on d.id = g.decided_by ";

pub const SUGGEST: &str = "
insert into suggestion (thread_id, replacement, state) values ($1, $2, 'open')";

pub const SETTLE: &str = "
update suggestion set state = $2, decided_by = $3, decided_at = $4 where thread_id = $1 and state = 'open'";

pub const BLOCKING: &str = "
select t.id, t.number, t.title, t.raised_by, p.name, p.handle, t.created_at
from thread t join person p on p.id = t.raised_by
where t.review_id = $1 and t.blocking = true and t.state = 'open'
order by t.created_at, t.id limit 100";

pub const BY_HEADING: &str = "
select heading_slug, count(*) from thread
where review_id = $1 and state = 'open' and heading_slug is not null
group by heading_slug order by heading_slug limit 1000";

pub const COUNTS: &str = "
select
  cast(coalesce(sum(case when t.state = 'open' then 1 else 0 end), 0) as bigint),
  cast(coalesce(sum(case when t.state = 'open' and t.blocking = true then 1 else 0 end), 0) as bigint),
  cast(coalesce(sum(case when t.state = 'resolved' then 1 else 0 end), 0) as bigint),
  cast(coalesce(sum(case when t.decided_comment_id is not null then 1 else 0 end), 0) as bigint),
  cast(coalesce(sum(case when t.raised_by = $2
    or exists (select 1 from comment c where c.thread_id = t.id and c.author_id = $2)
    then 1 else 0 end), 0) as bigint)
from thread t where t.review_id = $1";

pub const COMMENT_COLUMNS: &str = "
select c.id, c.thread_id, c.round, c.author_id, p.name, p.handle, c.body, c.html, c.version, c.created_at, c.edited_at
from comment c join person p on p.id = c.author_id ";

pub const KEEP_VERSION: &str = "
insert into comment_version (comment_id, version, body, at)
select id, version, body, coalesce(edited_at, created_at) from comment where id = $1";

pub const EDIT: &str = "
update comment set body = $3, html = $4, version = version + 1, edited_at = $5 where id = $1 and version = $2";

pub const VERSIONS: &str = "
select version, body, at from comment_version where comment_id = $1 order by version limit 200";

pub const RESOLVE: &str = "
update thread set state = 'resolved', resolved_by = $2, resolved_reason = $3, resolved_at = $4, active_at = $4,
  version = version + 1
where id = $1 and state = 'open'";

pub const REOPEN: &str = "
update thread set state = 'open', resolved_by = null, resolved_reason = null, resolved_at = null, active_at = $2,
  version = version + 1
where id = $1 and state = 'resolved'";

pub const DECIDE: &str = "
update thread set decided_comment_id = cast($2 as text), active_at = $3, version = version + 1 where id = $1";

/// Who a handle names, among those who may see review $2, and in which part of the site they are shown.
pub const NAMED: &str = "
select p.id, 'people' from person p cross join review r
where r.id = $2 and p.handle = $1 and p.state = 'active'
  and (r.visibility = 'open'
    or p.id in (select g.principal_id from review_grant g where g.review_id = $2)
    or p.id in (select m.person_id from team_member m join review_grant g on g.principal_id = m.team_id
      where g.review_id = $2))
union all
select t.id, 'teams' from team t cross join review r
where r.id = $2 and t.handle = $1
  and (r.visibility = 'open' or t.id in (select g.principal_id from review_grant g where g.review_id = $2))";

pub const UNTIE: &str = "delete from anchor where thread_id = $1";

pub const MARKS: &str = "
select a.thread_id, coalesce(a.shown_from, 0), coalesce(a.shown_to, 0)
from anchor a join thread t on t.id = a.thread_id
where a.document_id = $1 and t.state = 'open' order by a.thread_id limit 1000";

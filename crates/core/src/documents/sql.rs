//! Statements over documents, their updates and their versions.

pub const INSERT: &str = "
insert into document (id, review_id, syntax, text, html, outline, sections, words, version, updated_by, updated_at,
  created_at, changed_since)
values ($1, $2, $3, $4, $5, $6, $7, $8, 1, $9, $10, $10, $10)";

pub const GET: &str = "
select id, review_id, syntax, text, html, outline, words, version, updated_by, updated_at
from document where id = $1";

pub const READ: &str = "
select d.html, d.outline, d.sections, d.syntax, d.words, d.version, d.updated_at, d.updated_by, p.name, p.handle
from document d left join person p on p.id = d.updated_by
where d.id = $1";

pub const WRITE: &str = "
update document set text = $3, html = $4, outline = $5, sections = $6, words = $7, updated_by = $8, updated_at = $9,
  version = $10, changed_since = coalesce(changed_since, $9)
where id = $1 and version = $2";

pub const APPEND: &str = "
insert into document_update (document_id, seq, content, author_id, at) values ($1, $2, $3, $4, $5)";

/// Several rows of one document: the document and the time, then number, content and author of each.
pub fn append_many(rows: usize) -> String {
    let values: Vec<String> = (0..rows)
        .map(|row| {
            let at = 3 + 3 * row;
            format!("($1, ${at}, ${}, ${}, $2)", at + 1, at + 2)
        })
        .collect();
    let values = values.join(", ");
    format!(
        "insert into document_update (document_id, seq, content, author_id, at) values {values}"
    )
}

/// Which of so many documents have updates after a number: pairs of a document and the number.
pub fn ahead(documents: usize) -> String {
    let pairs: Vec<String> = (0..documents)
        .map(|at| {
            format!(
                "(u.document_id = ${} and u.seq > ${})",
                2 * at + 1,
                2 * at + 2
            )
        })
        .collect();
    let pairs = pairs.join(" or ");
    format!(
        "select u.document_id, max(u.seq) from document_update u where {pairs} group by u.document_id"
    )
}

pub const SHOWN: &str = "select version from document where id = $1";

pub const SNAPSHOT: &str = "select seq, content from document_snapshot where document_id = $1";

/// Only a newer one takes the place of an older.
pub const KEEP_SNAPSHOT: &str = "
insert into document_snapshot (document_id, seq, content, at) values ($1, $2, $3, $4)
on conflict (document_id) do update set seq = excluded.seq, content = excluded.content, at = excluded.at
where document_snapshot.seq < excluded.seq";

pub const TRIM: &str = "
delete from document_update where (document_id, seq) in (
  select u.document_id, u.seq
  from document_snapshot s join document_update u on u.document_id = s.document_id and u.seq <= s.seq
  where u.at < $1 limit $2)";

/// Documents to which something was typed that their pages do not show, because the program ended too early.
pub const UNSHOWN: &str = "
select d.id from document d
where exists (select 1 from document_update u where u.document_id = d.id and u.seq > d.version and u.at < $1)
order by d.id limit $2";

/// The updates between two numbers, the second included.
pub const UPDATES_BETWEEN: &str = "
select seq, content from document_update where document_id = $1 and seq > $2 and seq <= $3 order by seq";

pub const UPDATES_AFTER: &str = "
select seq, content from document_update where document_id = $1 and seq > $2 order by seq";

/// The same text at a later number.
pub const ADVANCE: &str = "update document set version = $2 where id = $1 and version < $2";

pub const TOUCH_REVIEW_QUIETLY: &str = "update review set active_at = $2 where id = $1";

pub const TOUCH_REVIEW: &str = "
update review set active_at = $2 where id = $1 returning title, number, document_id";

pub const HANDLE: &str = "
select '/people/' || handle from person where handle = $1
union all select '/teams/' || handle from team where handle = $1";

/// A text that is kept already waits for no pause.
pub const IS_KEPT: &str = "update document set changed_since = null where id = $1";

pub const CUT: &str = "
insert into document_version (id, document_id, number, name, text, author_id, at, kind)
select $1, d.id, (select coalesce(max(v.number), 0) + 1 from document_version v where v.document_id = d.id), $3, d.text,
  $4, $5, $6
from document d where d.id = $2
returning number";

pub const KEEP: &str = "
insert into document_version (id, document_id, number, name, text, author_id, at, kind)
select $1, d.id, (select coalesce(max(v.number), 0) + 1 from document_version v where v.document_id = d.id), $3, $4, $5,
  $6, $7
from document d where d.id = $2
returning number";

pub const VERSIONS: &str = "
select v.id, v.document_id, v.number, v.name, v.author_id, p.name, p.handle, v.at, v.kind
from document_version v left join person p on p.id = v.author_id
where v.document_id = $1 order by v.number";

pub const VERSION_TEXT: &str = "
select text from document_version where document_id = $1 and number = $2";

pub const ANCHOR_COLUMNS: &str =
    "a.thread_id, a.first_position, a.last_position, a.quote, a.quote_before, a.quote_after,
  a.starts_at, a.ends_at, a.shown_from, a.shown_to";

pub const ANCHORS: &str = "
select a.thread_id, a.first_position, a.last_position, a.quote, a.quote_before, a.quote_after, a.starts_at, a.ends_at,
  a.shown_from, a.shown_to
from anchor a where a.document_id = $1 order by a.thread_id limit 2000";

/// Ties a thread to its words, or to others in their place.
pub const TIE: &str = "
insert into anchor (thread_id, document_id, first_position, last_position, quote, quote_before, quote_after, starts_at,
  ends_at, shown_from, shown_to)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";

pub const FOLLOW: &str = "
update anchor set first_position = $2, last_position = $3, starts_at = $4, ends_at = $5, shown_from = $6, shown_to = $7
where thread_id = $1";
pub const LATEST_TEXT: &str = "
select text from document_version where document_id = $1 order by number desc limit 1";

/// Rested, or written for long.
pub const IN_PAUSE: &str = "
select id, updated_at <= $1, updated_at from document
where changed_since is not null and (updated_at <= $1 or changed_since <= $2)
order by changed_since limit 1";

/// Whoever changes the row has claimed the document.
pub const CLAIM: &str = "
update document set changed_since = null where id = $1 and updated_at = $2 and changed_since is not null";

/// The last of each day (of UTC) stays.
pub const THIN: &str = "
delete from document_version
where kind = 'automatic' and at >= $1 and at < $2 and exists (
  select 1 from document_version l
  where l.document_id = document_version.document_id and l.kind = 'automatic' and l.number > document_version.number
    and l.at / 86400000 = document_version.at / 86400000)";

pub const EXTEND_AUTHOR: &str = "
update document_author set clock_to = $4
where document_id = $1 and client = $2 and clock_to = $3 and (author_id = $5 or (author_id is null and $5 is null))";

/// What somebody brought first stays theirs.
pub const ADD_AUTHOR: &str = "
insert into document_author (document_id, client, clock_from, clock_to, author_id) values ($1, $2, $3, $4, $5)
on conflict do nothing";

pub const AUTHORS: &str = "
select a.client, a.clock_from, a.clock_to, a.author_id, p.name, p.handle
from document_author a left join person p on p.id = a.author_id
where a.document_id = $1 order by a.client, a.clock_from";

pub const CREDIT: &str =
    "update document_author set author_id = $2 where document_id = $1 and author_id is null";

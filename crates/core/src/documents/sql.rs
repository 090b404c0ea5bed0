//! Statements over documents, their updates and their versions.

pub const INSERT: &str = "
insert into document (id, review_id, syntax, text, html, outline, sections, words, version, updated_by, updated_at,
  created_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, 1, $9, $10, $10)";

pub const GET: &str = "
select id, review_id, syntax, text, html, outline, words, version, updated_by, updated_at
from document where id = $1";

pub const READ: &str = "
select d.html, d.outline, d.sections, d.syntax, d.words, d.version, d.updated_at, d.updated_by, p.name, p.handle
from document d left join person p on p.id = d.updated_by
where d.id = $1";

pub const WRITE: &str = "
update document set text = $3, html = $4, outline = $5, sections = $6, words = $7, updated_by = $8, updated_at = $9,
  version = $10
where id = $1 and version = $2";

pub const APPEND: &str = "
insert into document_update (document_id, seq, content, author_id, at) values ($1, $2, $3, $4, $5)";

pub const UPDATES: &str = "
select content from document_update where document_id = $1 and seq <= $2 order by seq";

pub const UPDATES_AFTER: &str = "
select seq, content from document_update where document_id = $1 and seq > $2 order by seq";

/// The same text at a later number.
pub const ADVANCE: &str = "update document set version = $2 where id = $1 and version < $2";

pub const TOUCH_REVIEW_QUIETLY: &str = "update review set active_at = $2 where id = $1";

pub const CUT: &str = "
insert into document_version (id, document_id, number, name, text, author_id, at)
select $1, d.id, (select coalesce(max(v.number), 0) + 1 from document_version v where v.document_id = d.id), $3, d.text, $4, $5
from document d where d.id = $2";

pub const KEEP: &str = "
insert into document_version (id, document_id, number, name, text, author_id, at)
select $1, d.id, (select coalesce(max(v.number), 0) + 1 from document_version v where v.document_id = d.id), $3, $4, $5, $6
from document d where d.id = $2
returning number";

pub const VERSIONS: &str = "
select v.id, v.document_id, v.number, v.name, v.author_id, p.name, p.handle, v.at
from document_version v left join person p on p.id = v.author_id
where v.document_id = $1 order by v.number";

pub const TOUCH_REVIEW: &str = "
update review set active_at = $2 where id = $1 returning title, number, document_id";

pub const HANDLE: &str = "
select '/people/' || handle from person where handle = $1
union all select '/teams/' || handle from team where handle = $1";

pub const VERSION_TEXT: &str = "
select text from document_version where document_id = $1 and number = $2";

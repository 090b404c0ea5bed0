//! Statements over people and teams.

pub const FACE: &str = "select id, name, handle from person where id = $1";

pub const INSERT: &str = "
insert into person (id, name, name_key, handle, email, email_key, role, state, zone, locale, about, version, created_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, '', 1, $11)";

pub const HANDLES_LIKE: &str = "
select handle from person where handle = $1 or handle like $2
union all select handle from team where handle = $1 or handle like $2";

pub const BY_HANDLE: &str = "select id from person where handle = $1";

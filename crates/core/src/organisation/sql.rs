//! Statements over the organisation's one row, its templates and its prompts.

pub const EXISTS: &str = "select id from organisation where id = 1";

pub const INSERT: &str = "
insert into organisation (id, name, zone, settings, version, created_at) values (1, $1, $2, $3, 1, $4)";

pub const GET: &str = "select name, zone, settings, version from organisation where id = 1";

pub const CHANGE: &str = "
update organisation set name = $1, zone = $2, settings = $3, version = version + 1 where id = 1";

pub const TEMPLATES: &str = "
select id, review_kind, name, body, position, retired_at, version from template
where cast($1 as text) = '' or review_kind = $1
order by review_kind, position, id limit 500";

pub const TEMPLATE: &str = "
select id, review_kind, name, body, position, retired_at, version from template where id = $1";

pub const NEXT_TEMPLATE_POSITION: &str =
    "select coalesce(max(position), 0) + 1 from template where review_kind = $1";

pub const INSERT_TEMPLATE: &str = "
insert into template (id, review_kind, name, body, position, version, created_at)
values ($1, $2, $3, $4, $5, 1, $6)";

pub const CHANGE_TEMPLATE: &str = "
update template set name = $2, body = $3, version = version + 1 where id = $1";

pub const PLACE_TEMPLATE: &str = "update template set position = $2 where id = $1";

pub const RETIRE_TEMPLATE: &str =
    "update template set retired_at = $2, version = version + 1 where id = $1";

pub const PROMPTS: &str = "
select id, review_kind, body, position, retired_at, version from prompt
where cast($1 as text) = '' or review_kind = $1
order by review_kind, position, id limit 500";

pub const PROMPT: &str = "
select id, review_kind, body, position, retired_at, version from prompt where id = $1";

pub const NEXT_PROMPT_POSITION: &str =
    "select coalesce(max(position), 0) + 1 from prompt where review_kind = $1";

pub const INSERT_PROMPT: &str = "
insert into prompt (id, review_kind, body, position, version, created_at) values ($1, $2, $3, $4, 1, $5)";

pub const CHANGE_PROMPT: &str = "update prompt set body = $2, version = version + 1 where id = $1";

pub const PLACE_PROMPT: &str = "update prompt set position = $2 where id = $1";

pub const RETIRE_PROMPT: &str =
    "update prompt set retired_at = $2, version = version + 1 where id = $1";

pub const OLD_ADDRESSES: &str = "
select seq from event where seq > $1 and at < $2 order by seq limit $3";

pub const FORGET_ADDRESSES: &str = "
update event set origin = 'web' where seq > $1 and seq <= $2 and origin like 'web %'";

pub const FORGET_SESSIONS: &str = "delete from session where expires_at < $1 or seen_at < $2";

pub const FORGET_IDEMPOTENCY: &str = "delete from idempotency where created_at < $1";

pub const FORGET_LINKS: &str = "delete from sign_in_link where expires_at < $1";

//! Statements over the organisation's one row, its templates and its prompts.

pub const EXISTS: &str = "select id from organisation where id = 1";

pub const INSERT: &str = "
insert into organisation (id, name, zone, settings, version, created_at) values (1, $1, $2, $3, 1, $4)";

pub const GET: &str = "select name, zone, settings, version from organisation where id = 1";

pub const CHANGE: &str = "
update organisation set name = $1, zone = $2, settings = $3, version = version + 1 where id = 1";

/// The statements over one shelf; templates and prompts differ by the name that a template has.
pub struct Shelf {
    pub all: &'static str,
    pub one: &'static str,
    pub next_position: &'static str,
    pub insert: &'static str,
    pub change: &'static str,
    pub place: &'static str,
    pub retire: &'static str,
}

macro_rules! shelf {
    ($table:literal, $name:literal, insert: $insert:literal, change: $change:literal) => {
        Shelf {
            all: concat!(
                "select id, review_kind, ",
                $name,
                ", body, position, retired_at, version from ",
                $table,
                " where cast($1 as text) = '' or review_kind = $1
                order by review_kind, position, id limit 500"
            ),
            one: concat!(
                "select id, review_kind, ",
                $name,
                ", body, position, retired_at, version from ",
                $table,
                " where id = $1"
            ),
            next_position: concat!(
                "select coalesce(max(position), 0) + 1 from ",
                $table,
                " where review_kind = $1"
            ),
            insert: $insert,
            change: $change,
            place: concat!("update ", $table, " set position = $2 where id = $1"),
            retire: concat!(
                "update ",
                $table,
                " set retired_at = $2, version = version + 1 where id = $1"
            ),
        }
    };
}

pub const TEMPLATES: Shelf = shelf!("template", "name",
insert: "
insert into template (id, review_kind, position, version, created_at, body, name)
values ($1, $2, $3, 1, $4, $5, $6)",
change: "
update template set body = $2, name = $3, version = version + 1 where id = $1");

pub const PROMPTS: Shelf = shelf!("prompt", "''",
insert: "
insert into prompt (id, review_kind, position, version, created_at, body) values ($1, $2, $3, 1, $4, $5)",
change: "
update prompt set body = $2, version = version + 1 where id = $1");

pub const OLD_ADDRESSES: &str = "
select seq from event where seq > $1 and at < $2 order by seq limit $3";

pub const FORGET_ADDRESSES: &str = "
update event set origin = 'web' where seq > $1 and seq <= $2 and origin like 'web %'";

pub const FORGET_SESSIONS: &str = "delete from session where expires_at < $1 or seen_at < $2";

pub const FORGET_IDEMPOTENCY: &str = "delete from idempotency where created_at < $1";

pub const FORGET_LINKS: &str = "delete from sign_in_link where expires_at < $1";

//! Statements over sessions, passwords, one-time links and tokens.

pub const VISITOR: &str = "
select p.id, s.id, p.name, p.handle, p.role, p.zone, p.locale,
  (select count(*) from (select 1 from inbox_item i where i.person_id = p.id and i.read_at is null limit 100) few),
  o.name, o.zone, o.settings, s.seen_at
from session s join person p on p.id = s.person_id cross join organisation o
where s.secret_hash = $1 and s.expires_at > $2 and p.state = 'active'";

/// The same columns as [`VISITOR`], then the token's name and scope.
pub const TOKEN_VISITOR: &str = "
select p.id, t.id, p.name, p.handle, p.role, p.zone, p.locale,
  (select count(*) from (select 1 from inbox_item i where i.person_id = p.id and i.read_at is null limit 100) few),
  o.name, o.zone, o.settings, coalesce(t.used_at, 0), t.name, t.scope
from api_token t join person p on p.id = t.person_id cross join organisation o
where t.secret_hash = $1 and t.expires_at > $2 and t.revoked_at is null and p.state = 'active'";

pub const INSERT_SESSION: &str = "
insert into session (id, secret_hash, person_id, created_at, seen_at, expires_at, address, agent)
values ($1, $2, $3, $4, $4, $5, $6, $7)";

pub const TOUCH_SESSION: &str =
    "update session set seen_at = $2, expires_at = $3 where id = $1 and seen_at < $2";

pub const SESSIONS: &str = "
select id, created_at, seen_at, expires_at, address, agent from session
where person_id = $1 and expires_at > $2 order by created_at desc, id desc limit 200";

pub const END_SESSION: &str = "delete from session where id = $1 and person_id = $2";

pub const FORGET_SESSION: &str = "delete from session where secret_hash = $1";

pub const END_SESSIONS: &str = "delete from session where person_id = $1 and id <> $2";

pub const ACCOUNT: &str =
    "select id, password_hash from person where email_key = $1 and state = 'active'";

pub const PASSWORD: &str = "select password_hash from person where id = $1";

pub const SET_PASSWORD: &str = "
update person set password_hash = $2, version = version + 1 where id = $1 and state = 'active'";

pub const INSERT_LINK: &str = "
insert into sign_in_link (id, secret_hash, kind, person_id, email, role, team_id, created_by, created_at, expires_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";

pub const VOID_SET_UP_LINKS: &str = "
update sign_in_link set revoked_at = $1 where kind = 'setup' and used_at is null and revoked_at is null";

pub const VOID_SIGN_IN_LINKS: &str = "
update sign_in_link set revoked_at = $2
where kind = 'sign-in' and person_id = $1 and used_at is null and revoked_at is null";

pub const LINK: &str = "
select l.id, l.kind, l.person_id, l.email, l.role, l.team_id, t.name, l.created_by
from sign_in_link l left join team t on t.id = l.team_id
where l.secret_hash = $1 and l.kind = $2 and l.expires_at > $3 and l.used_at is null and l.revoked_at is null";

pub const USE_LINK: &str = "
update sign_in_link set used_at = $2 where id = $1 and used_at is null and revoked_at is null";

pub const LINK_USED_BY: &str = "update sign_in_link set person_id = $2 where id = $1";

pub const INVITATIONS: &str = "
select l.id, l.email, l.role, t.name, p.id, p.name, p.handle, l.created_at, l.expires_at
from sign_in_link l left join team t on t.id = l.team_id left join person p on p.id = l.created_by
where l.kind = 'invitation' and l.used_at is null and l.revoked_at is null and l.expires_at > $1
  and (cast($2 as text) = '*' or l.created_by = $2)
order by l.created_at desc, l.id desc limit 200";

pub const REVOKE_INVITATION: &str = "
update sign_in_link set revoked_at = $2
where id = $1 and kind = 'invitation' and used_at is null and revoked_at is null
  and (cast($3 as text) = '*' or created_by = $3)";

pub const INSERT_TOKEN: &str = "
insert into api_token (id, secret_hash, person_id, name, scope, created_at, expires_at)
values ($1, $2, $3, $4, $5, $6, $7)";

pub const TOUCH_TOKEN: &str = "update api_token set used_at = $2 where id = $1";

pub const TOKENS_OF: &str = "
select t.id, t.person_id, p.name, p.handle, t.name, t.scope, t.created_at, t.expires_at, t.used_at
from api_token t join person p on p.id = t.person_id
where t.person_id = $1 and t.revoked_at is null and t.scope <> 'calendar'
order by t.created_at desc, t.id desc limit 200";

pub const TOKENS: &str = "
select t.id, t.person_id, p.name, p.handle, t.name, t.scope, t.created_at, t.expires_at, t.used_at
from api_token t join person p on p.id = t.person_id
where t.revoked_at is null and t.scope <> 'calendar'
order by t.created_at desc, t.id desc limit 200";

pub const TOKEN_OWNER: &str =
    "select person_id, name from api_token where id = $1 and revoked_at is null";

pub const REVOKE_TOKEN: &str =
    "update api_token set revoked_at = $2 where id = $1 and revoked_at is null";

pub const NEWEST_OF_SCOPE: &str = "
select created_at, used_at from api_token
where person_id = $1 and scope = $2 and revoked_at is null and expires_at > $3
order by created_at desc, id desc limit 1";

pub const LASTING_OF_SCOPE: &str = "
select id from api_token
where person_id = $1 and scope = $2 and revoked_at is null and expires_at > $3 order by id limit 1000";

pub const REVOKE_ALL_TOKENS: &str =
    "update api_token set revoked_at = $2 where person_id = $1 and revoked_at is null";

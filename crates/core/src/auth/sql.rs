//! Statements over sessions, sign-in links and tokens.

pub const VISITOR: &str = "
select p.id, s.id, p.name, p.handle, p.role, p.zone, p.locale,
  (select count(*) from inbox_item i where i.person_id = p.id and i.read_at is null),
  o.name, o.zone, s.seen_at
from session s join person p on p.id = s.person_id cross join organisation o
where s.secret_hash = $1 and s.expires_at > $2 and p.state = 'active'";

pub const INSERT_SESSION: &str = "
insert into session (id, secret_hash, person_id, created_at, seen_at, expires_at, address, agent)
values ($1, $2, $3, $4, $4, $5, $6, $7)";

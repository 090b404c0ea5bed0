//! Statements over people and teams.

pub const FACE: &str = "select id, name, handle from person where id = $1";

pub const INSERT: &str = "
insert into person (id, name, name_key, handle, email, email_key, role, state, zone, locale, about, version, created_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, '', 1, $11)";

pub const HANDLES_LIKE: &str = "
select handle from person where handle = $1 or handle like $2
union all select handle from team where handle = $1 or handle like $2";

pub const BY_HANDLE: &str = "select id from person where handle = $1";

pub const EMAIL_HOLDER: &str = "select id from person where email_key = $1";

pub const NAME_KEY: &str = "select name_key from person where id = $1";

pub const LIST_COLUMNS: &str = "
select p.id, p.name, p.handle, p.email, p.role, p.state, p.zone, p.locale, p.about, p.version, p.created_at,
  p.deactivated_at
from person p ";

pub const BY_ID: &str = "
select p.id, p.name, p.handle, p.email, p.role, p.state, p.zone, p.locale, p.about, p.version, p.created_at,
  p.deactivated_at
from person p where p.id = $1";

pub const WITH_HANDLE: &str = "
select p.id, p.name, p.handle, p.email, p.role, p.state, p.zone, p.locale, p.about, p.version, p.created_at,
  p.deactivated_at
from person p where p.handle = $1";

pub const NAMED: &str = "
select p.id, p.name, p.handle, p.email, p.role, p.state, p.zone, p.locale, p.about, p.version, p.created_at,
  p.deactivated_at
from person p where p.handle = $1 or p.email_key = $2";

pub const CHANGE_PROFILE: &str = "
update person set name = $2, name_key = $3, zone = $4, locale = $5, about = $6, version = version + 1 where id = $1";

pub const SET_ROLE: &str = "update person set role = $2, version = version + 1 where id = $1";

pub const SET_STATE: &str = "
update person set state = $2, deactivated_at = $3, version = version + 1 where id = $1";

pub const OTHER_ADMINISTRATORS: &str = "
select count(*) from person where role = 'administrator' and state = 'active' and id <> $1";

pub const TEAM_FACE: &str = "select id, name, handle from team where id = $1";

pub const TEAM_COLUMNS: &str = "
select t.id, t.name, t.handle, t.purpose, t.version,
  (select count(*) from team_member m where m.team_id = t.id)
from team t ";

pub const TEAM_BY_HANDLE: &str = "
select t.id, t.name, t.handle, t.purpose, t.version,
  (select count(*) from team_member m where m.team_id = t.id)
from team t where t.handle = $1";

pub const TEAM_BY_ID: &str = "
select t.id, t.name, t.handle, t.purpose, t.version,
  (select count(*) from team_member m where m.team_id = t.id)
from team t where t.id = $1";

pub const TEAM_NAME_KEY: &str = "select name_key from team where id = $1";

pub const TEAM_HOLDER: &str = "select id from team where name_key = $1";

pub const TEAMS_OF: &str = "
select t.id, t.name, t.handle from team t join team_member m on m.team_id = t.id
where m.person_id = $1 order by t.name_key, t.id limit 200";

pub const INSERT_TEAM: &str = "
insert into team (id, name, name_key, handle, purpose, version, created_at) values ($1, $2, $3, $4, $5, 1, $6)";

pub const CHANGE_TEAM: &str = "
update team set name = $2, name_key = $3, purpose = $4, version = version + 1 where id = $1";

pub const IS_MEMBER: &str = "select 1 from team_member where team_id = $1 and person_id = $2";

pub const ADD_MEMBER: &str = "
insert into team_member (team_id, person_id, added_at) values ($1, $2, $3)
on conflict (team_id, person_id) do nothing";

pub const REMOVE_MEMBER: &str = "delete from team_member where team_id = $1 and person_id = $2";

pub const MEMBERS: &str = "
select p.id, p.name, p.handle from team_member m join person p on p.id = m.person_id
where m.team_id = $1 order by p.name_key, p.id limit 500";

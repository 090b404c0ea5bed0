//! Statements over stances and conditions.

pub const TAKE: &str = "
insert into stance (review_id, round, person_id, value, words, at) values ($1, $2, $3, $4, $5, $6)
on conflict (review_id, round, person_id) do update
set value = excluded.value, words = excluded.words, at = excluded.at";

pub const WITHDRAW: &str =
    "delete from stance where review_id = $1 and round = $2 and person_id = $3";

pub const LIST: &str = "
select s.person_id, p.name, p.handle, s.value, s.words, s.at
from stance s join person p on p.id = s.person_id
where s.review_id = $1 and s.round = $2
order by p.name_key, p.id limit 2000";

pub const OPEN_OWN: &str = "
select body from condition
where review_id = $1 and round = $2 and raised_by = $3 and source = 'stance' and state = 'open'";

pub const RAISE: &str = "
insert into condition (id, review_id, round, source, raised_by, body, owner_id, state, version, created_at)
values ($1, $2, $3, $4, $5, $6, $7, 'open', 1, $8)";

pub const REVIEW_OF: &str = "select review_id from condition where id = $1";

pub const CONDITIONS: &str = "
select c.id, c.review_id, c.round, c.source, c.raised_by, r.name, r.handle, c.body, c.owner_id, o.name, o.handle,
  c.state, c.closed_by, d.name, d.handle, c.closed_reason, c.closed_at, c.version, c.created_at
from condition c left join person r on r.id = c.raised_by left join person o on o.id = c.owner_id
  left join person d on d.id = c.closed_by ";

pub const ASSIGN: &str =
    "update condition set owner_id = cast($2 as text), version = version + 1 where id = $1";

pub const CLOSE: &str = "
update condition set state = $2, closed_by = $3, closed_reason = $4, closed_at = $5, version = version + 1
where id = $1 and state = 'open'";

pub const REOPEN: &str = "
update condition set state = 'open', closed_by = null, closed_reason = null, closed_at = null, version = version + 1
where id = $1 and state <> 'open'";

pub const TOUCH: &str = "update review set active_at = $2 where id = $1";

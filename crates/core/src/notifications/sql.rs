//! Statements over the inbox and over who is concerned by an event.

pub const INSERT: &str = "
insert into inbox_item (id, person_id, event_seq, kind, review_id, actor_id, summary, href, created_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
on conflict (person_id, event_seq, kind) do nothing";

pub const COLUMNS: &str = "
select i.id, i.event_seq, i.kind, p.name, i.summary, i.href, i.created_at, i.read_at
from inbox_item i left join person p on p.id = i.actor_id ";

pub const READ: &str = "
update inbox_item set read_at = $3 where id = $1 and person_id = $2 and read_at is null";

pub const HREF: &str = "select href from inbox_item where id = $1 and person_id = $2";

pub const READ_ABOUT: &str = "
update inbox_item set read_at = $3 where person_id = $1 and review_id = $2 and read_at is null";

pub const READ_ALL: &str = "
update inbox_item set read_at = $2 where person_id = $1 and read_at is null";

pub const READ_UNTIL: &str = "
update inbox_item set read_at = $2 where created_at < $1 and read_at is null";

/// Everybody active who takes part in review $1, themselves or by a team, and may see it.
pub const PARTICIPANTS: &str = "
select p.id from person p cross join review r
where r.id = $1 and p.state = 'active'
  and (p.id in (select b.principal_id from review_person b where b.review_id = $1)
    or p.id in (select m.person_id from team_member m join review_person b on b.principal_id = m.team_id
      where b.review_id = $1))
  and (r.visibility = 'open'
    or p.id in (select g.principal_id from review_grant g where g.review_id = $1)
    or p.id in (select m.person_id from team_member m join review_grant g on g.principal_id = m.team_id
      where g.review_id = $1))
limit 10000";

/// The same for those who present, wrote or lead it.
pub const LEADS: &str = "
select distinct p.id from person p join review_person b on b.principal_id = p.id
where b.review_id = $1 and p.state = 'active' and b.role in ('author', 'presenter', 'facilitator')
limit 1000";

/// Principal $2 as people, as far as they may see review $1.
pub const PEOPLE_OF: &str = "
select p.id from person p cross join review r
where r.id = $1 and p.state = 'active'
  and (p.id = $2 or p.id in (select m.person_id from team_member m where m.team_id = $2))
  and (r.visibility = 'open'
    or p.id in (select g.principal_id from review_grant g where g.review_id = $1)
    or p.id in (select m.person_id from team_member m join review_grant g on g.principal_id = m.team_id
      where g.review_id = $1))
limit 10000";

pub const REVIEW: &str = "select number, title from review where id = $1";

/// Everybody who wrote in thread $2 of review $1.
pub const SPEAKERS: &str = "
select distinct c.author_id from comment c join person p on p.id = c.author_id
where c.review_id = $1 and c.thread_id = $2 and p.state = 'active' limit 1000";

/// Everybody who asked question $1.
pub const ASKERS: &str = "
select a.person_id from question_asker a join person p on p.id = a.person_id
where a.question_id = $1 and p.state = 'active' limit 1000";

//! Statements over reviews, their steps, rounds, people and readers.

pub const NEXT_NUMBER: &str = "
insert into counter (name, value) values ($1, 1)
on conflict (name) do update set value = counter.value + 1
returning value";

pub const INSERT: &str = "
insert into review (id, number, kind, title, title_key, state, round, visibility, author_id, document_id,
  feedback_wanted, version, created_at, active_at, open_threads, blocking_threads, comment_count, open_questions,
  question_count, reader_count)
values ($1, $2, $3, $4, $5, $6, 1, $7, $8, $9, $10, 1, $11, $11, 0, 0, 0, 0, 0, 0)";

pub const GET: &str = "
select r.id, r.number, r.kind, r.title, r.state, r.outcome, r.round, r.visibility, r.author_id, p.name, p.handle,
  r.document_id, r.feedback_wanted, r.comments_until, r.last_call_until, r.meeting_at, r.look_again_on, r.written_on,
  r.source_format, r.source_state, r.version, r.created_at, r.active_at, r.open_threads, r.blocking_threads,
  r.comment_count, r.open_questions, r.question_count, r.reader_count
from review r join person p on p.id = r.author_id
where r.id = $1";

pub const RENAME: &str = "
update review set title = $2, title_key = $3, version = version + 1, active_at = $4 where id = $1";

pub const ADD_PERSON: &str = "
insert into review_person (review_id, principal_kind, principal_id, role, added_by, added_at)
values ($1, $2, $3, $4, $5, $6)
on conflict (review_id, principal_id, role) do nothing";

pub const GRANT: &str = "
insert into review_grant (review_id, principal_kind, principal_id) values ($1, $2, $3)
on conflict (review_id, principal_id) do nothing";

pub const OPEN_ROUND: &str =
    "insert into review_round (review_id, round, opened_at) values ($1, $2, $3)";

pub const MARK_READ_AGAIN: &str = "
update review_reader set round = $3, at = $4,
  document_version = (select d.version from document d join review r on r.document_id = d.id where r.id = $1)
where review_id = $1 and person_id = $2";

pub const MARK_READ: &str = "
insert into review_reader (review_id, person_id, round, document_version, at)
select r.id, $2, $3, d.version, $4 from review r join document d on d.id = r.document_id where r.id = $1
on conflict (review_id, person_id) do nothing";

pub const COUNT_READER: &str = "update review set reader_count = reader_count + 1 where id = $1";

pub const INSERT_STEP: &str = "
insert into review_step (id, review_id, round, from_state, to_state, reason, document_version_id, actor_id, at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";

pub const STEPS: &str = "
select s.round, s.from_state, s.to_state, s.reason, s.actor_id, p.name, p.handle, s.at, v.number
from review_step s
left join person p on p.id = s.actor_id
left join document_version v on v.id = s.document_version_id
where s.review_id = $1 order by s.at, s.id";

pub const SET_STATE: &str = "
update review set state = $3, version = version + 1, active_at = $4 where id = $1 and state = $2";

pub const LIST_COLUMNS: &str = "
select r.id, r.number, r.kind, r.title, r.state, r.outcome, r.round, r.visibility, r.author_id, p.name, p.handle,
  r.active_at, r.meeting_at, r.comments_until, r.open_threads, r.blocking_threads, r.comment_count, r.open_questions,
  r.question_count
from review r join person p on p.id = r.author_id ";

pub const SET_CIRCULATION: &str = "
update review set comments_until = $2, last_call_until = $3, feedback_wanted = $4, version = version + 1, active_at = $5
where id = $1";

pub const TOUCH: &str = "update review set active_at = $2 where id = $1";

pub const PARTICIPANTS: &str = "
select i.principal_kind, i.principal_id, coalesce(p.name, t.name), coalesce(p.handle, t.handle), i.role
from review_person i
left join person p on i.principal_kind = 'person' and p.id = i.principal_id
left join team t on i.principal_kind = 'team' and t.id = i.principal_id
where i.review_id = $1
order by coalesce(p.name_key, t.name_key), i.principal_id, i.role limit 1000";

pub const PRINCIPALS: &str = "
select kind, id, name, handle from (
  select 'team' as kind, id, name, handle, name_key from team
  union all
  select 'person' as kind, id, name, handle, name_key from person where state = 'active'
) offered order by kind desc, name_key, id limit 500";

pub const PRINCIPAL_BY_HANDLE: &str = "
select 'person', id, name, handle from person where handle = $1 and state = 'active'
union all select 'team', id, name, handle from team where handle = $1";

pub const PRINCIPAL_BY_NAME: &str = "
select 'person', id, name, handle from person where name_key = $1 and state = 'active'
union all select 'team', id, name, handle from team where name_key = $1
order by 4 limit 10";

pub const REMOVE_PERSON: &str = "
delete from review_person where review_id = $1 and principal_id = $2 and role = $3";

pub const REMOVE_PERSON_WHOLLY: &str = "
delete from review_person where review_id = $1 and principal_id = $2";

pub const GRANTS: &str = "
select g.principal_kind, g.principal_id, coalesce(p.name, t.name), coalesce(p.handle, t.handle)
from review_grant g
left join person p on g.principal_kind = 'person' and p.id = g.principal_id
left join team t on g.principal_kind = 'team' and t.id = g.principal_id
where g.review_id = $1
order by coalesce(p.name_key, t.name_key), g.principal_id limit 1000";

pub const CLEAR_GRANTS: &str = "delete from review_grant where review_id = $1";

pub const REVOKE: &str = "delete from review_grant where review_id = $1 and principal_id = $2";

pub const SET_VISIBILITY: &str = "
update review set visibility = $2, version = version + 1, active_at = $3 where id = $1";

pub const READ_BY: &str = "
select round, document_version from review_reader where review_id = $1 and person_id = $2";

/// Those who were asked: in any role but author and follower, themselves or through a team, and not whoever opened it.
pub const REACH: &str = "
select count(*), coalesce(sum(case when d.round = $2 then 1 else 0 end), 0)
from (
  select i.principal_id as person_id from review_person i
  where i.review_id = $1 and i.principal_kind = 'person' and i.role not in ('author', 'follower')
  union
  select m.person_id from review_person i join team_member m on m.team_id = i.principal_id
  where i.review_id = $1 and i.principal_kind = 'team' and i.role not in ('author', 'follower')
) asked
join person p on p.id = asked.person_id and p.state = 'active'
  and p.id <> (select r.author_id from review r where r.id = $1)
left join review_reader d on d.review_id = $1 and d.person_id = asked.person_id";

pub const READERS: &str = "
select p.id, p.name, p.handle
from review_reader d join person p on p.id = d.person_id
where d.review_id = $1 and d.round = $2
order by p.name_key, p.id limit 2000";

pub const ASKED_NOT_READ: &str = "
select p.id, p.name, p.handle
from (
  select i.principal_id as person_id from review_person i
  where i.review_id = $1 and i.principal_kind = 'person' and i.role not in ('author', 'follower')
  union
  select m.person_id from review_person i join team_member m on m.team_id = i.principal_id
  where i.review_id = $1 and i.principal_kind = 'team' and i.role not in ('author', 'follower')
) asked
join person p on p.id = asked.person_id and p.state = 'active'
  and p.id <> (select r.author_id from review r where r.id = $1)
where not exists (
  select 1 from review_reader d where d.review_id = $1 and d.person_id = asked.person_id and d.round = $2
)
order by p.name_key, p.id limit 2000";

pub const ROUNDS: &str = "
select o.round, o.opened_at, o.closed_at,
  coalesce(
    (select v.number from document_version v where v.id = o.document_version_id),
    (select max(v.number) from review_step s join document_version v on v.id = s.document_version_id
     where s.review_id = o.review_id and s.round = o.round))
from review_round o where o.review_id = $1 order by o.round";

pub const ROUND_QUESTIONS: &str = "
select number, body, state, answer, up, down from question
where review_id = $1 and round = $2 and state <> 'merged' order by number limit 1000";

pub const ROUND_COMMENTS: &str = "
select t.number, t.title, t.heading, t.blocking, t.state, p.id, p.name, p.handle, c.html, c.created_at
from thread t join comment c on c.thread_id = t.id join person p on p.id = c.author_id
where t.review_id = $1 and t.round = $2
order by t.number, c.created_at, c.id limit 2000";

pub const RECORDS: &str = "
select id, kind, title, detail, state, state_note, position, named_under, version, removed_at
from review_record where review_id = $1 and removed_at is null
order by kind, position, id limit 1000";

pub const RECORD: &str = "
select id, kind, title, detail, state, state_note, position, named_under, version, removed_at
from review_record where review_id = $1 and id = $2";

pub const INSERT_RECORD: &str = "
insert into review_record (id, review_id, kind, title, detail, state, state_note, named_under, position, version,
  created_by, created_at)
select $1, $2, $3, $4, $5, $6, '', $7,
  (select coalesce(max(o.position), 0) + 1 from review_record o where o.review_id = $2 and o.kind = $3), 1, $8, $9
from review r where r.id = $2";

pub const CHANGE_RECORD: &str = "
update review_record set title = $3, detail = $4, named_under = $5, version = version + 1
where id = $1 and version = $2";

pub const SET_RECORD_STATE: &str = "
update review_record set state = $2, state_note = $3, version = version + 1 where id = $1";

pub const REMOVE_RECORD: &str = "
update review_record set removed_at = $2, version = version + 1 where id = $1";

pub const PLACE_RECORD: &str = "update review_record set position = $2 where id = $1";

pub const NAME_RECORD: &str = "update review_record set named_under = $2 where id = $1";

pub const KEEP_RECORD: &str = "
insert into review_record_version (record_id, version, title, detail, state, state_note, change, author_id, at)
select id, version, title, detail, state, state_note, $2, $3, $4 from review_record where id = $1";

pub const RECORD_VERSIONS: &str = "
select v.version, v.title, v.detail, v.state, v.state_note, v.change, v.at, p.id, p.name, p.handle
from review_record_version v left join person p on p.id = v.author_id
where v.record_id = $1 order by v.version limit 500";

pub const RELATED: &str = concat!(
    "select l.relation, l.from_here, r.number, r.title, r.state, r.outcome, l.note
from (
  select relation, 1 as from_here, to_id as other, note from link
  where from_kind = 'review' and from_id = $1 and to_kind = 'review'
  union all
  select relation, 0 as from_here, from_id as other, note from link
  where to_kind = 'review' and to_id = $1 and from_kind = 'review'
) l join review r on r.id = l.other
where l.relation in ('supersedes', 'requires', 'amends', 'see-also') and ",
    crate::sees!("$2"),
    " order by l.relation, l.from_here desc, r.number limit 200"
);

pub const THREADS_BY_HEADING: &str = "
select heading_slug, count(*) from thread
where review_id = $1 and state = 'open' and heading_slug is not null
group by heading_slug";

pub const BLOCKING: &str = "
select t.id, t.title, p.name, t.created_at
from thread t join person p on p.id = t.raised_by
where t.review_id = $1 and t.blocking = true and t.state = 'open'
order by t.created_at, t.id limit 50";

pub const STANCES: &str = "
select value, count(*) from stance where review_id = $1 and round = $2 group by value
order by case value when 'yes' then 1 when 'yes-if' then 2 when 'not-yet' then 3 else 4 end";

pub const TEMPLATES: &str = "
select id, name, body from template
where review_kind = $1 and retired_at is null order by position, id limit 100";

/// One statement for the whole board: the newest reviews of each state, each part by its own index. `$1` reader, `$2` how
/// many, `$3` kind or null, `$4` person or null, then the states.
pub fn board(states: usize) -> String {
    let column = |place: usize| {
        format!(
            "select * from ({LIST_COLUMNS} where r.state = ${} and {BOARD_CONDITIONS}
             order by r.active_at desc, r.id desc limit $2) c{place}",
            place + 5
        )
    };
    (0..states)
        .map(column)
        .collect::<Vec<_>>()
        .join(" union all ")
}

const BOARD_CONDITIONS: &str = concat!(
    "(cast($3 as text) is null or r.kind = $3)
     and (cast($4 as text) is null or r.id in (select i.review_id from review_person i where i.principal_id = $4)) and ",
    crate::sees!("$1")
);

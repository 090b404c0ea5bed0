//! Statements over meetings, who is in them, notes, the parking lot and polls. Where `$1` is a reader, privacy is part
//! of the statement.

use crate::sees;

macro_rules! columns {
    () => {
        "m.id, m.review_id, m.round, m.starts_at, m.presentation_minutes, m.question_minutes, m.zone, m.place, m.state,
  m.phase, m.phase_started_at, m.current_question_id, m.question_started_at, m.notes_document_id, m.revision, m.version,
  m.created_at, m.started_at, m.ended_at, m.cancelled_reason"
    };
}

pub const INSERT: &str = "
insert into meeting (id, review_id, round, starts_at, presentation_minutes, question_minutes, zone, place, state, phase,
  notes_document_id, revision, version, created_by, created_at, cancelled_reason, notes_told_version, notes_told_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, 'planned', 'waiting', $9, 0, 1, $10, $11, '', 1, 0)";

pub const SET_MEETING_AT: &str =
    "update review set meeting_at = $2, version = version + 1, active_at = $3 where id = $1";

pub const MOVE: &str = "
update meeting set starts_at = $3, presentation_minutes = $4, question_minutes = $5, zone = $6, place = $7,
  revision = revision + 1, version = version + 1
where id = $1 and version = $2 and state = 'planned'";

pub const CANCEL: &str = "
update meeting set state = 'cancelled', phase = 'over', cancelled_reason = $2, revision = revision + 1,
  version = version + 1
where id = $1 and state = 'planned'";

pub const GET: &str = concat!("select ", columns!(), " from meeting m where m.id = $1");

pub const CURRENT: &str = concat!(
    "select ",
    columns!(),
    " from meeting m where m.review_id = $1
order by case when m.state in ('planned', 'running') then 0 else 1 end, m.created_at desc, m.id desc limit 1"
);

pub const ALL: &str = concat!(
    "select ",
    columns!(),
    " from meeting m where m.review_id = $1 order by m.starts_at, m.id limit 200"
);

pub const OF_ROUND: &str = concat!(
    "select ",
    columns!(),
    " from meeting m where m.review_id = $1 and m.round = $2 and m.state <> 'cancelled' order by m.starts_at, m.id limit 200"
);

pub const ENTER: &str = "
update meeting set state = $2, phase = $3, phase_started_at = $4, started_at = coalesce(started_at, $4),
  ended_at = $5, version = version + 1
where id = $1";

pub const SET_QUESTION: &str = "
update meeting set current_question_id = $2, question_started_at = $3, version = version + 1 where id = $1";

/// The open questions of a round, the first to be discussed first.
pub const OPEN: &str = "
select q.id, q.number, q.body, q.state, q.up, q.down from question q
where q.review_id = $1 and q.round = $2 and q.state = 'open'
order by q.score desc, q.id desc limit 200";

/// What this meeting has come to the end of.
pub const DONE: &str = "
select q.id, q.number, q.body, q.state, q.up, q.down from question q
where q.review_id = $1 and q.round = $2 and q.state in ('answered', 'followed-up', 'unresolved')
  and q.closed_at >= $3
order by q.closed_at, q.id limit 200";

pub const QUESTION: &str = "
select q.id, q.number, q.body, q.state, q.up, q.down from question q where q.id = $1 and q.review_id = $2";

pub const ASKERS: &str = "
select p.id, p.name, p.handle from question_asker a join person p on p.id = a.person_id
where a.question_id = $1 and a.anonymous = false order by a.at, p.id limit 50";

/// Everybody who is named in the review, themselves or by a team, with what they said to the meeting `$2` (or to none).
pub const INVITED: &str = "
select p.id, p.name, p.handle, p.zone, m.answer, m.joined_at
from person p left join meeting_person m on m.person_id = p.id and m.meeting_id = $2
where p.state = 'active' and (
  p.id in (select i.principal_id from review_person i where i.review_id = $1)
  or p.id in (select t.person_id from team_member t join review_person i on i.principal_id = t.team_id
    where i.review_id = $1))
order by p.name_key, p.id limit 2000";

pub const ZONE: &str = "select zone from person where id = $1";

pub const ANSWER: &str = "
insert into meeting_person (meeting_id, person_id, answer) values ($1, $2, $3)
on conflict (meeting_id, person_id) do update set answer = excluded.answer";

pub const OWN: &str =
    "select answer, joined_at from meeting_person where meeting_id = $1 and person_id = $2";

pub const JOIN: &str = "
insert into meeting_person (meeting_id, person_id, answer, joined_at, seen_at) values ($1, $2, 'none', $3, $3)
on conflict (meeting_id, person_id) do update
  set joined_at = coalesce(meeting_person.joined_at, excluded.joined_at), seen_at = excluded.seen_at";

pub const PRESENT: &str = "
select p.id, p.name, p.handle from meeting_person m join person p on p.id = m.person_id
where m.meeting_id = $1 and m.joined_at is not null order by m.joined_at, p.id limit $2";

pub const COUNT_PRESENT: &str =
    "select count(*) from meeting_person where meeting_id = $1 and joined_at is not null";

pub const PARK: &str = "
insert into parked_item (id, meeting_id, review_id, body, state, added_by, created_at)
values ($1, $2, $3, $4, 'parked', $5, $6)";

pub const PARKED: &str = "
select i.id, i.meeting_id, i.body, i.state, i.added_by, p.name, p.handle, i.created_at
from parked_item i left join person p on p.id = i.added_by
where i.meeting_id = $1 order by i.created_at, i.id limit 500";

pub const PARKED_ONE: &str = "
select i.id, i.meeting_id, i.body, i.state, i.added_by, p.name, p.handle, i.created_at
from parked_item i left join person p on p.id = i.added_by where i.id = $1";

pub const SET_PARKED: &str = "update parked_item set state = $3 where id = $1 and state = $2";

pub const OPEN_POLL: &str = "
insert into poll (id, review_id, meeting_id, round, statement, state, opened_by, opened_at)
values ($1, $2, $3, $4, $5, 'open', $6, $7)";

pub const CLOSE_POLL: &str =
    "update poll set state = 'closed', closed_at = $2 where id = $1 and state = 'open'";

pub const POLLS: &str = "
select l.id, l.review_id, l.meeting_id, l.round, l.statement, l.state, l.opened_at, l.closed_at
from poll l where l.review_id = $1 and l.round = $2 order by l.opened_at, l.id limit 200";

pub const POLL: &str = "
select l.id, l.review_id, l.meeting_id, l.round, l.statement, l.state, l.opened_at, l.closed_at
from poll l where l.id = $1";

pub const TALLY: &str =
    "select v.choice, count(*) from poll_vote v where v.poll_id = $1 group by v.choice";

pub const WORDS: &str = "
select p.id, p.name, p.handle, v.choice, v.words from poll_vote v join person p on p.id = v.person_id
where v.poll_id = $1 and v.words <> '' order by v.at, p.id limit 500";

pub const VOTE: &str = "
insert into poll_vote (poll_id, person_id, choice, words, at) values ($1, $2, $3, $4, $5)
on conflict (poll_id, person_id) do update set choice = excluded.choice, words = excluded.words, at = excluded.at";

pub const OWN_VOTE: &str =
    "select choice, words from poll_vote where poll_id = $1 and person_id = $2";

pub const NOTES_TOLD: &str = "
select d.version, m.notes_told_version, m.notes_told_at from meeting m join document d on d.id = m.notes_document_id
where m.id = $1";

pub const TELL_NOTES: &str =
    "update meeting set notes_told_version = $2, notes_told_at = $3 where id = $1";

/// What somebody is invited to, or said that they come to, from an instant on.
pub const ENTRIES: &str = concat!(
    "select ",
    columns!(),
    ", r.number, r.title,
  coalesce((select a.answer from meeting_person a where a.meeting_id = m.id and a.person_id = $1), 'none')
from meeting m join review r on r.id = m.review_id
where m.starts_at >= $2
  and (r.id in (select i.review_id from review_person i where i.principal_id = $1)
    or r.id in (select i.review_id from review_person i join team_member t on t.team_id = i.principal_id
      where t.person_id = $1)
    or m.id in (select a.meeting_id from meeting_person a where a.person_id = $1 and a.answer in ('coming', 'maybe')))
  and ",
    sees!("$1"),
    " order by m.starts_at, m.id limit 500"
);

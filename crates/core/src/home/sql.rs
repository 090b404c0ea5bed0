//! Statements that find what needs somebody. `$1` is who asks; each carries privacy in itself.

use crate::sees;

/// Reviews in which the reader has one of these roles, themselves or through a team.
macro_rules! takes_part {
    ($roles:literal) => {
        concat!(
            "r.id in (select i.review_id from review_person i where i.role in (",
            $roles,
            ") and (i.principal_id = $1
    or i.principal_id in (select t.team_id from team_member t where t.person_id = $1)))"
        )
    };
}

macro_rules! leads {
    () => {
        takes_part!("'author', 'presenter', 'facilitator', 'note-taker'")
    };
}

macro_rules! asked {
    () => {
        takes_part!("'presenter', 'stakeholder', 'facilitator', 'note-taker'")
    };
}

pub const TO_COMMENT: &str = concat!(
    "
select r.number, r.title, p.name, r.feedback_wanted, r.comments_until
from review r join person p on p.id = r.author_id
where r.state = 'circulating' and r.author_id <> $1
  and not exists (
    select 1 from review_reader d where d.review_id = r.id and d.person_id = $1 and d.round = r.round
  )
  and ",
    asked!(),
    " and ",
    sees!("$1"),
    " order by coalesce(r.comments_until, r.active_at), r.id limit 20"
);

pub const TO_VOTE: &str = concat!(
    "
select r.number, r.title, count(*), r.meeting_at, r.comments_until
from review r join question q on q.review_id = r.id and q.round = r.round and q.state = 'open'
where r.state in ('circulating', 'scheduled', 'in-review')
  and not exists (select 1 from question_vote v where v.question_id = q.id and v.person_id = $1)
  and ",
    asked!(),
    " and ",
    sees!("$1"),
    " group by r.id, r.number, r.title, r.meeting_at, r.comments_until, r.active_at
order by coalesce(r.meeting_at, r.comments_until, r.active_at), r.id limit 20"
);

pub const OWNED: &str = concat!(
    "
select r.number, r.title, 'condition', c.id, c.body, c.created_at
from condition c join review r on r.id = c.review_id
where c.owner_id = $1 and c.state = 'open' and ",
    sees!("$1"),
    "
union all
select r.number, r.title, 'question', q.id, q.body, q.closed_at
from question q join review r on r.id = q.review_id
where q.owner_id = $1 and q.state = 'followed-up' and ",
    sees!("$1"),
    " order by 6, 4 limit 20"
);

pub const CONCERNS: &str = concat!(
    "
select r.number, r.title, t.id, t.title, t.active_at
from thread t join review r on r.id = t.review_id
where t.raised_by = $1 and t.blocking = true and t.state = 'open' and t.comment_count > 1 and r.state <> 'closed' and ",
    sees!("$1"),
    " order by t.active_at, t.id limit 20"
);

/// Reviews that the reader leads: their state, whether a meeting of the present round has ended, whether minutes of a
/// meeting are not sent, how many conditions are open, whether it was imported.
pub const LED: &str = concat!(
    "
select r.number, r.title, r.state, r.active_at,
  case when exists (
    select 1 from meeting m where m.review_id = r.id and m.round = r.round and m.state = 'ended'
  ) then 1 else 0 end,
  case when exists (
    select 1 from meeting m where m.review_id = r.id and m.state = 'ended' and not exists (
      select 1 from minutes n where n.review_id = r.id and n.round = m.round and n.sent_at is not null)
  ) then 1 else 0 end,
  (select count(*) from condition c where c.review_id = r.id and c.state = 'open'),
  case when r.source_key is null then 0 else 1 end
from review r
where r.state in ('draft', 'circulating', 'scheduled', 'in-review', 'decided') and ",
    leads!(),
    " and ",
    sees!("$1"),
    " order by r.active_at desc, r.id desc limit 50"
);

/// Decisions that hold and were to be looked at again by the day `$2`, of reviews that the reader leads.
pub const LOOK_AGAIN: &str = concat!(
    "
select r.number, r.title, d.number, d.outcome, d.look_again_on
from decision d join review r on r.id = d.review_id
where d.look_again_on is not null and d.look_again_on <= $2
  and not exists (select 1 from decision n where n.review_id = d.review_id and n.number > d.number)
  and not exists (
    select 1 from link l where l.to_kind = 'decision' and l.to_id = d.id and l.relation = 'supersedes'
  )
  and ",
    leads!(),
    " and ",
    sees!("$1"),
    " order by d.look_again_on, d.id limit 20"
);

pub const COMING_UP: &str = concat!(
    "
select r.number, r.title, m.starts_at, m.presentation_minutes + m.question_minutes, m.state
from meeting m join review r on r.id = m.review_id
where m.state in ('planned', 'running') and m.starts_at >= $2 and m.starts_at < $3
  and (",
    takes_part!("'author', 'presenter', 'stakeholder', 'facilitator', 'note-taker', 'follower'"),
    "
    or m.id in (select a.meeting_id from meeting_person a where a.person_id = $1 and a.answer in ('coming', 'maybe')))
  and ",
    sees!("$1"),
    " order by m.starts_at, m.id limit 10"
);

pub const ANY_REVIEW: &str = concat!("select 1 from review r where ", sees!("$1"), " limit 1");

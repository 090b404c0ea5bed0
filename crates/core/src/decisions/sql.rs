//! Statements over decisions, dissent and agreements. No statement changes a decision or a dissent. Where there is a
//! reader, it is `$1`.

use crate::sees;

pub const INSERT: &str = "
insert into decision (id, number, review_id, round, outcome, stop_reason, stop_words, reason, come_back_when,
  look_again_on, document_version_id, decided_by, decided_at, recorded_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";

pub const INSERT_DISSENT: &str =
    "insert into dissent (decision_id, person_id, words) values ($1, $2, $3)";

pub const SET_OUTCOME: &str = "
update review set outcome = $2, look_again_on = $3, version = version + 1, active_at = $4 where id = $1";

/// Shows the outcome of a review that was decided before as superseded; its decision stays as it was recorded.
pub const MARK_SUPERSEDED: &str = "
update review set outcome = 'superseded', version = version + 1 where id = $1 and state in ('decided', 'closed')";

pub const CLOSE_ROUND: &str = "
update review_round set document_version_id = $3, closed_at = $4 where review_id = $1 and round = $2";

pub const OPEN_ROUND: &str =
    "insert into review_round (review_id, round, opened_at) values ($1, $2, $3)";

/// The dates of the round before are over with it; a meeting that is still to come keeps its time.
pub const NEXT_ROUND: &str = "
update review set round = $2, comments_until = null, last_call_until = null,
  meeting_at = case when meeting_at > $3 then meeting_at else null end, version = version + 1
where id = $1";

/// The newest decision of a review.
pub const NEWEST: &str = "
select id, number, round from decision where review_id = $1 order by number desc limit 1";

macro_rules! superseding {
    () => {
        concat!(
            "exists (select 1 from link l join decision n on n.id = l.from_id join review r on r.id = n.review_id
    where l.to_kind = 'decision' and l.to_id = d.id and l.from_kind = 'decision' and l.relation = 'supersedes' and ",
            sees!("$1"),
            ")"
        )
    };
}

macro_rules! later {
    () => {
        "exists (select 1 from decision n where n.review_id = d.review_id and n.number > d.number)"
    };
}

pub const IS_SUPERSEDED: &str = superseding!();
pub const NOT_SUPERSEDED: &str = concat!("not ", superseding!());
pub const IS_PAST: &str = later!();
pub const NOT_PAST: &str = concat!("not ", later!());
pub const SEEN: &str = sees!("$1");

macro_rules! columns {
    () => {
        concat!(
            "
select d.id, d.number, d.review_id, r.number, r.title, d.round, d.outcome, d.stop_reason, d.stop_words, d.reason,
  d.come_back_when, d.look_again_on, v.number, d.decided_by, p.name, p.handle, d.decided_at, d.recorded_at,
  case when ",
            superseding!(),
            " then 'superseded' when ",
            later!(),
            " then 'past' else 'valid' end
from decision d join review r on r.id = d.review_id
join document_version v on v.id = d.document_version_id
left join person p on p.id = d.decided_by "
        )
    };
}

pub const COLUMNS: &str = columns!();

pub const BY_NUMBER: &str = concat!(columns!(), "where d.number = $2 and ", sees!("$1"));

pub const OF_REVIEW: &str = concat!(
    columns!(),
    "where d.review_id = $2 and ",
    sees!("$1"),
    " order by d.number desc limit 50"
);

pub const CAN_SEE: &str = concat!("select 1 from review r where r.id = $2 and ", sees!("$1"));

pub const TEXT: &str = "
select v.text from decision d join document_version v on v.id = d.document_version_id where d.id = $1";

pub const DISSENT: &str = "
select p.id, p.name, p.handle, s.words from dissent s join person p on p.id = s.person_id
where s.decision_id = $1 order by p.name_key, p.id limit 200";

pub const SUPERSEDES: &str = concat!(
    "
select n.number, r.number, r.title, n.outcome, n.decided_at
from link l join decision n on n.id = l.to_id join review r on r.id = n.review_id
where l.from_kind = 'decision' and l.from_id = $2 and l.to_kind = 'decision' and l.relation = 'supersedes' and ",
    sees!("$1"),
    " order by n.number limit 50"
);

pub const SUPERSEDED_BY: &str = concat!(
    "
select n.number, r.number, r.title, n.outcome, n.decided_at
from link l join decision n on n.id = l.from_id join review r on r.id = n.review_id
where l.to_kind = 'decision' and l.to_id = $2 and l.from_kind = 'decision' and l.relation = 'supersedes' and ",
    sees!("$1"),
    " order by n.number limit 50"
);

pub const OVERLAPS: &str = concat!(
    "
select r.number, r.title from link l join review r on r.id = l.to_id
where l.from_kind = 'decision' and l.from_id = $2 and l.to_kind = 'review' and l.relation = 'see-also' and ",
    sees!("$1"),
    " order by r.number limit 50"
);

pub const TOUCH: &str = "update review set active_at = $2 where id = $1";

pub const INSERT_AGREEMENT: &str = "
insert into agreement (id, review_id, round, component, body, record_id, version, created_by, created_at)
values ($1, $2, $3, $4, $5, $6, 1, $7, $8)";

pub const AGREEMENTS: &str = "
select a.id, a.review_id, a.round, a.component, a.body, a.record_id, a.version, a.created_by, p.name, p.handle,
  a.created_at
from agreement a left join person p on p.id = a.created_by ";

pub const CHANGE_AGREEMENT: &str = "
update agreement set component = $3, body = $4, record_id = cast($5 as text), version = version + 1
where id = $1 and version = $2 and withdrawn_at is null";

pub const WITHDRAW_AGREEMENT: &str = "
update agreement set withdrawn_at = $2, version = version + 1 where id = $1 and withdrawn_at is null";

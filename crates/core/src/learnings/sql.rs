//! Statements over learnings, and over what else the organisation learns from. Where there is a reader, it is `$1`.

use crate::sees;

pub const INSERT: &str = "
insert into learning (id, number, review_id, round, body, applies_to, version, created_by, created_at)
values ($1, $2, $3, $4, $5, $6, 1, $7, $8)";

pub const CHANGE: &str = "
update learning set body = $3, applies_to = $4, version = version + 1 where id = $1 and version = $2";

pub const TOUCH: &str = "update review set active_at = $2 where id = $1";

macro_rules! columns {
    () => {
        "
select l.id, l.number, l.review_id, r.number, r.title, l.round, l.body, l.applies_to, l.version, l.created_by, p.name,
  p.handle, l.created_at
from learning l left join review r on r.id = l.review_id left join person p on p.id = l.created_by "
    };
}

/// What belongs to no review is for everybody who signed in.
macro_rules! seen {
    () => {
        concat!("(l.review_id is null or ", sees!("$1"), ")")
    };
}

pub const COLUMNS: &str = columns!();
pub const SEEN: &str = seen!();
pub const BY_NUMBER: &str = concat!(columns!(), "where l.number = $2 and ", seen!());

/// Assumptions in the state `$5`, newest first; `$2` and `$3` continue a list, `$4` limits it.
pub const ASSUMPTIONS: &str = concat!(
    "
select s.id, s.title, s.detail, s.state, r.number, r.title, r.state, r.outcome, s.created_at
from review_record s join review r on r.id = s.review_id
where s.kind = 'assumption' and s.removed_at is null and s.state = $5
  and (cast($2 as bigint) is null or (s.created_at, s.id) < ($2, $3)) and ",
    sees!("$1"),
    " order by s.created_at desc, s.id desc limit $4"
);

/// The decisions and learnings of some stretches of time, newest first; the stretches follow the reader.
pub fn on_days(stretches: usize) -> String {
    let during = |column: &str| {
        let parts: Vec<String> = (0..stretches)
            .map(|place| {
                let from = place * 2 + 2;
                format!("({column} >= ${from} and {column} < ${})", from + 1)
            })
            .collect();
        parts.join(" or ")
    };
    format!(
        "
select 'decision', d.number, r.title, d.outcome, d.decided_at
from decision d join review r on r.id = d.review_id where ({}) and {}
union all
select 'learning', l.number, l.body, '', l.created_at
from learning l left join review r on r.id = l.review_id where ({}) and {}
order by 5 desc, 1, 2 limit 20",
        during("d.decided_at"),
        sees!("$1"),
        during("l.created_at"),
        seen!()
    )
}

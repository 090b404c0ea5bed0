//! Statements over questions, their askers and their votes. Where `$1` is a reader, privacy is part of the statement.

use crate::sees;

pub const NEXT_NUMBER: &str =
    "select coalesce(max(number), 0) + 1 from question where review_id = $1";

pub const INSERT: &str = "
insert into question (id, review_id, number, round, origin, prompt_id, body, anonymous, state, answer, carried_from,
  up, down, score, version, created_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, 'open', '', $9, $10, $11, $12, 1, $13)";

/// All prompts of a new review $1, numbered from 1, in one statement: $2 is their score and $3 the time, then come id,
/// prompt and words of each.
pub fn insert_prompts(count: usize) -> String {
    let rows: Vec<String> = (0..count)
        .map(|row| {
            let (id, prompt, body) = (3 * row + 4, 3 * row + 5, 3 * row + 6);
            let number = row + 1;
            format!(
                "(${id}, $1, {number}, 1, 'prompt', ${prompt}, ${body}, false, 'open', '', 0, 0, $2, 1, $3)"
            )
        })
        .collect();
    format!(
        "insert into question (id, review_id, number, round, origin, prompt_id, body, anonymous, state, answer,
           up, down, score, version, created_at) values {}",
        rows.join(", ")
    )
}

pub const ADD_ASKER: &str = "
insert into question_asker (question_id, person_id, anonymous, at) values ($1, $2, $3, $4)";

pub const COUNT: &str = "
update review set open_questions = open_questions + $2, question_count = question_count + $3, active_at = $4
where id = $1";

pub const PROMPTS: &str = "
select id, body from prompt where review_kind = $1 and retired_at is null order by position, id limit 200";

pub const COLUMNS: &str = "
select q.id, q.review_id, q.number, q.round, q.origin, q.body, q.anonymous, q.state, q.answer,
  q.closed_by, c.name, c.handle, q.closed_at, q.owner_id, o.name, o.handle, q.merged_into, q.carried_from,
  q.up, q.down, q.score, q.version, q.created_at, v.value, q.prompt_id
from question q left join person c on c.id = q.closed_by left join person o on o.id = q.owner_id
  left join question_vote v on v.question_id = q.id and v.person_id = ";

/// Who asked, by themselves and not by a merge; nameless askers are in no list.
pub const ASKERS: &str = "
select a.question_id, p.id, p.name, p.handle
from question_asker a join person p on p.id = a.person_id
where a.anonymous = false and a.merged_from is null and a.question_id in ";

pub const ASKED: &str = "
select 1 from question_asker where question_id = $1 and person_id = $2 and merged_from is null";

/// What a vote needs to know, in one question to the database.
pub const TO_VOTE: &str = concat!(
    "select q.review_id, r.number, q.number, q.state, q.up, q.down, v.value, v.merged_from, q.body, q.round < r.round
     from question q join review r on r.id = q.review_id
       left join question_vote v on v.question_id = q.id and v.person_id = $1
     where q.id = $2 and ",
    sees!("$1")
);

pub const VOTE: &str = "
insert into question_vote (question_id, person_id, value, at) values ($1, $2, $3, $4)
on conflict (question_id, person_id) do update set value = excluded.value, merged_from = null, at = excluded.at";

pub const UNVOTE: &str = "delete from question_vote where question_id = $1 and person_id = $2";

pub const TALLY: &str = "update question set up = $2, down = $3, score = $4 where id = $1";

pub const RECOUNT: &str = "
select cast(coalesce(sum(case when value = 1 then 1 else 0 end), 0) as bigint),
  cast(coalesce(sum(case when value = -1 then 1 else 0 end), 0) as bigint)
from question_vote where question_id = $1";

pub const REVIEW_OF: &str = "select review_id from question where id = $1";

pub const END: &str = "
update question set state = $3, answer = $4, closed_by = $5, owner_id = $6, closed_at = $7, version = version + 1
where id = $1 and state = $2";

pub const REOPEN: &str = "
update question set state = 'open', closed_by = null, owner_id = null, closed_at = null, version = version + 1
where id = $1 and state = $2";

pub const MERGE_VOTES: &str = "
insert into question_vote (question_id, person_id, value, merged_from, at)
select $2, s.person_id, s.value, $1, s.at from question_vote s
where s.question_id = $1
  and s.person_id not in (select t.person_id from question_vote t where t.question_id = $2)";

pub const MERGE_ASKERS: &str = "
insert into question_asker (question_id, person_id, anonymous, merged_from, at)
select $2, s.person_id, s.anonymous, $1, s.at from question_asker s
where s.question_id = $1
  and s.person_id not in (select t.person_id from question_asker t where t.question_id = $2)";

pub const SPLIT_VOTES: &str = "
delete from question_vote where question_id = $2 and merged_from = $1";

pub const SPLIT_ASKERS: &str = "
delete from question_asker where question_id = $2 and merged_from = $1";

pub const MERGE: &str = "
update question set state = 'merged', merged_into = $2, closed_by = $3, closed_at = $4, version = version + 1
where id = $1 and state = 'open'";

pub const SPLIT: &str = "
update question set state = 'open', merged_into = null, closed_by = null, closed_at = null, version = version + 1
where id = $1 and state = 'merged'";

pub const TO_CARRY: &str = "
select q.id, q.number, q.body, q.anonymous, q.state, q.prompt_id, q.up, q.down, q.score
from question q
where q.review_id = $1 and q.round < $2 and q.state in ('open', 'unresolved')
  and not exists (select 1 from question n where n.review_id = $1 and n.carried_from = q.id)
order by q.number limit 1000";

pub const CARRY_VOTES: &str = "
insert into question_vote (question_id, person_id, value, at)
select $2, person_id, value, at from question_vote where question_id = $1";

pub const CARRY_ASKERS: &str = "
insert into question_asker (question_id, person_id, anonymous, merged_from, at)
select $2, person_id, anonymous, merged_from, at from question_asker where question_id = $1";

/// The open questions of a round that a person has not voted on.
pub const UNVOTED: &str = "
select q.id, q.number, q.up, q.down from question q
where q.review_id = $1 and q.round = $2 and q.state = 'open'
  and q.id not in (select v.question_id from question_vote v where v.person_id = $3)
order by q.number limit 1000";

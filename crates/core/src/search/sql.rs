//! Statements that read what can be found: review, number, visibility, state, title, body, person, time, own address.

pub const REVIEW: &str = "
select r.id, r.number, r.visibility, r.state, r.title, d.text, r.author_id, r.active_at, r.id,
  case when r.active_at = r.created_at then r.written_on end
from review r join document d on d.id = r.document_id where r.id = $1";

pub const THREAD: &str = "
select r.id, r.number, r.visibility, r.state, case when t.title = '' then r.title else t.title end, '', t.raised_by,
  t.active_at, t.id
from thread t join review r on r.id = t.review_id where t.id = $1";

pub const COMMENTS: &str = "
select body from comment where thread_id = $1 order by created_at, id limit 1000";

/// An anonymous question names nobody. A standard prompt stands in every review; it is found once somebody answered it.
pub const QUESTION: &str = "
select r.id, r.number, r.visibility, r.state, q.body, q.answer,
  (select a.person_id from question_asker a where a.question_id = q.id and a.anonymous = false
    order by a.at, a.person_id limit 1),
  q.created_at, q.id
from question q join review r on r.id = q.review_id
where q.id = $1 and q.state <> 'merged' and (q.origin <> 'prompt' or q.answer <> '')";

pub const DECISION: &str = "
select r.id, r.number, r.visibility, r.state, r.title, d.reason, d.decided_by, d.decided_at, cast(d.number as text)
from decision d join review r on r.id = d.review_id where d.id = $1";

pub const LEARNING: &str = "
select r.id, r.number, r.visibility, r.state, l.body, l.applies_to, l.created_by, l.created_at, cast(l.number as text)
from learning l left join review r on r.id = l.review_id where l.id = $1";

pub const PEOPLE: &str = "
select principal_id from review_person where review_id = $1 and principal_kind = 'person' limit 500";

pub const GRANTS: &str = "select principal_id from review_grant where review_id = $1";

pub const THREADS_OF: &str = "select id from thread where review_id = $1";
pub const QUESTIONS_OF: &str = "
select id from question where review_id = $1 and (origin <> 'prompt' or answer <> '')";
pub const DECISIONS_OF: &str = "select id from decision where review_id = $1";
pub const LEARNINGS_OF: &str = "select id from learning where review_id = $1";

pub const REVIEWS_AFTER: &str = "
select id from review where (cast($1 as text) is null or id > $1) order by id limit $2";

pub const LOOSE_LEARNINGS: &str =
    "select id from learning where review_id is null order by id limit 100000";

//! The statement behind the audit page.

pub const COLUMNS: &str = "
select e.seq, e.at, p.id, p.name, p.handle, e.origin, e.kind, e.subject_kind, e.subject_id, r.number, r.title, e.data
from event e left join person p on p.id = e.actor_id left join review r on r.id = e.review_id ";

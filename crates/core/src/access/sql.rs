//! Statements that find a review for a reader. `$1` is the reader.

use crate::sees;

pub const BY_ID: &str = concat!(
    "select r.id, r.number, r.kind, r.title, r.state, r.round, r.visibility, r.document_id, r.author_id
     from review r where r.id = $2 and ",
    sees!("$1")
);

pub const BY_NUMBER: &str = concat!(
    "select r.id, r.number, r.kind, r.title, r.state, r.round, r.visibility, r.document_id, r.author_id
     from review r where r.number = $2 and ",
    sees!("$1")
);

/// Whether everybody who sees `$1` sees the review of number `$2` too.
pub const SEEN_WITH: &str = "
select 1 from review r join review o on o.number = $2
where r.id = $1 and (o.visibility = 'open' or (r.visibility = 'private' and not exists (
  select 1 from review_grant g where g.review_id = r.id
    and g.principal_id not in (select h.principal_id from review_grant h where h.review_id = o.id))))";

pub const ROLES: &str = "
select distinct role from review_person
where review_id = $1
  and (principal_id = $2 or principal_id in (select team_id from team_member where person_id = $2))";

pub const TEAMS: &str = "select team_id from team_member where person_id = $1";

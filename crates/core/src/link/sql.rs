//! Statements over typed cross-references.

pub const INSERT: &str = "
insert into link (id, from_kind, from_id, relation, to_kind, to_id, note, created_by, created_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
on conflict (from_kind, from_id, relation, to_kind, to_id) do nothing";

pub const DELETE: &str = "
delete from link where from_kind = $1 and from_id = $2 and relation = $3 and to_kind = $4 and to_id = $5";

pub const OF: &str = "
select from_kind, from_id, relation, to_kind, to_id, note from link
where (from_kind = $1 and from_id = $2) or (to_kind = $1 and to_id = $2)
order by id limit 500";

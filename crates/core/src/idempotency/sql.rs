//! Statements over kept answers.

pub const FIND: &str = "
select request_hash, status, headers, body from idempotency
where person_id = $1 and key = $2 and created_at > $3";

pub const KEEP: &str = "
insert into idempotency (person_id, key, request_hash, status, headers, body, created_at)
values ($1, $2, $3, $4, $5, $6, $7)
on conflict (person_id, key) do update set request_hash = excluded.request_hash, status = excluded.status,
  headers = excluded.headers, body = excluded.body, created_at = excluded.created_at";

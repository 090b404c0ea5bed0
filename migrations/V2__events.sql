-- Every change records one event in its own transaction; what reacts to changes reads this table.
create table event (
  seq {serial},
  at {int} not null,
  actor_id text,
  origin text not null,
  kind text not null,
  subject_kind text not null,
  subject_id text not null,
  review_id text,
  data text not null
){strict};
create index event_by_review on event (review_id, seq);
create index event_by_actor on event (actor_id, seq);
create index event_by_time on event (at, seq);

-- How far each reader of the event log has come; a reader on another node sees the same cursor.
create table event_cursor (
  reader text primary key,
  seq {int} not null,
  at {int} not null
){keyed};

-- Typed cross-references between any two things.
create table link (
  id text primary key,
  from_kind text not null,
  from_id text not null,
  relation text not null,
  to_kind text not null,
  to_id text not null,
  note text not null,
  created_by text,
  created_at {int} not null,
  unique (from_kind, from_id, relation, to_kind, to_id)
){keyed};
create index link_by_target on link (to_kind, to_id, relation);

create table inbox_item (
  id text primary key,
  person_id text not null references person (id),
  event_seq {int} not null,
  kind text not null,
  review_id text,
  actor_id text,
  summary text not null,
  href text not null,
  created_at {int} not null,
  read_at {int},
  unique (person_id, event_seq, kind)
){keyed};
create index inbox_item_by_person on inbox_item (person_id, created_at, id);
create index inbox_item_unread on inbox_item (person_id, review_id) where read_at is null;

create table idempotency (
  person_id text not null,
  key text not null,
  request_hash text not null,
  status {int} not null,
  headers text not null,
  body {bytes} not null,
  created_at {int} not null,
  primary key (person_id, key)
){strict};
create index idempotency_by_age on idempotency (created_at);

-- Per-kind numbers for addresses such as /reviews/42.
create table counter (
  name text primary key,
  value {int} not null
){keyed};

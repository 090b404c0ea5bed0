-- A decision is written once: there is no statement that updates this table.
create table decision (
  id text primary key,
  number {int} not null unique,
  review_id text not null references review (id),
  round {int} not null,
  outcome text not null,
  -- Why a project stops: one of the named reasons, and words for it.
  stop_reason text,
  stop_words text not null default '',
  reason text not null,
  come_back_when text not null,
  look_again_on text,
  document_version_id text not null references document_version (id),
  decided_by text references person (id),
  decided_at {int} not null,
  recorded_at {int} not null
){strict};
create index decision_by_review on decision (review_id, recorded_at);
create index decision_by_time on decision (decided_at, id);
create index decision_to_look_at on decision (look_again_on) where look_again_on is not null;

create table dissent (
  decision_id text not null references decision (id),
  person_id text not null references person (id),
  words text not null,
  primary key (decision_id, person_id)
){keyed};

create table agreement (
  id text primary key,
  review_id text not null references review (id),
  round {int} not null,
  component text not null,
  body text not null,
  record_id text references review_record (id),
  withdrawn_at {int},
  version {int} not null,
  created_by text references person (id),
  created_at {int} not null
){strict};
create index agreement_by_review on agreement (review_id, created_at);

create table learning (
  id text primary key,
  number {int} not null unique,
  review_id text references review (id),
  round {int},
  body text not null,
  applies_to text not null,
  version {int} not null,
  created_by text references person (id),
  created_at {int} not null
){strict};
create index learning_by_review on learning (review_id, created_at);
create index learning_by_time on learning (created_at, id);

create table minutes (
  review_id text not null references review (id),
  round {int} not null,
  document_id text not null references document (id),
  -- What was composed last, so that composing anew can tell people's edits from it.
  composed text not null,
  composed_at {int} not null,
  sent_at {int},
  sent_by text references person (id),
  created_at {int} not null,
  primary key (review_id, round)
){strict};

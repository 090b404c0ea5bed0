-- A document is a log of Yjs updates plus the text they add up to.
create table document (
  id text primary key,
  review_id text,
  syntax text not null check (syntax in ('markdown', 'rst', 'plain')),
  text text not null,
  html text not null,
  outline text not null,
  -- Which standard sections the text has, found when it was written.
  sections text not null,
  words {int} not null,
  version {int} not null,
  updated_by text references person (id),
  updated_at {int} not null,
  created_at {int} not null
){strict};

create table document_update (
  document_id text not null references document (id),
  seq {int} not null,
  content {bytes} not null,
  author_id text references person (id),
  at {int} not null,
  primary key (document_id, seq)
){strict};

create table document_version (
  id text primary key,
  document_id text not null references document (id),
  number {int} not null,
  name text not null,
  text text not null,
  author_id text references person (id),
  at {int} not null,
  unique (document_id, number)
){strict};

create table review (
  id text primary key,
  number {int} not null unique,
  kind text not null check (kind in ('architecture', 'operability', 'post-mortem', 'study')),
  title text not null,
  title_key text not null,
  state text not null,
  outcome text,
  round {int} not null,
  visibility text not null check (visibility in ('open', 'private')),
  author_id text not null references person (id),
  document_id text not null references document (id),
  feedback_wanted text not null,
  comments_until {int},
  last_call_until {int},
  meeting_at {int},
  look_again_on text,
  written_on text,
  source_format text,
  source_key text unique,
  source_hash text,
  -- The number of the document's version that holds what the source said last.
  source_version {int},
  source_state text,
  version {int} not null,
  created_at {int} not null,
  active_at {int} not null,
  open_threads {int} not null,
  blocking_threads {int} not null,
  comment_count {int} not null,
  open_questions {int} not null,
  question_count {int} not null,
  reader_count {int} not null
){strict};
create index review_by_activity on review (active_at, id);
create index review_by_kind on review (kind, active_at, id);
create index review_by_state on review (state, active_at, id);
create index review_private on review (visibility) where visibility = 'private';

-- A life-cycle step; the first is the creation.
create table review_step (
  id text primary key,
  review_id text not null references review (id),
  round {int} not null,
  from_state text,
  to_state text not null,
  reason text not null,
  document_version_id text references document_version (id),
  actor_id text references person (id),
  at {int} not null
){keyed};
create index review_step_by_review on review_step (review_id, at, id);

create table review_round (
  review_id text not null references review (id),
  round {int} not null,
  document_version_id text references document_version (id),
  opened_at {int} not null,
  closed_at {int},
  primary key (review_id, round)
){keyed};

-- A principal is a person or a team.
create table review_person (
  review_id text not null references review (id),
  principal_kind text not null check (principal_kind in ('person', 'team')),
  principal_id text not null,
  role text not null check (role in ('author', 'presenter', 'stakeholder', 'facilitator', 'note-taker', 'follower')),
  added_by text references person (id),
  added_at {int} not null,
  primary key (review_id, principal_id, role)
){keyed};
create index review_person_by_principal on review_person (principal_id, review_id);

-- Who may see a private review.
create table review_grant (
  review_id text not null references review (id),
  principal_kind text not null check (principal_kind in ('person', 'team')),
  principal_id text not null,
  primary key (review_id, principal_id)
){keyed};
create index review_grant_by_principal on review_grant (principal_id, review_id);

create table review_reader (
  review_id text not null references review (id),
  person_id text not null references person (id),
  round {int} not null,
  document_version {int} not null,
  at {int} not null,
  primary key (review_id, person_id)
){keyed};
create index review_reader_by_person on review_reader (person_id, at);

-- What a review's document says, as records that can be linked from elsewhere.
create table review_record (
  id text primary key,
  review_id text not null references review (id),
  kind text not null check (kind in ('goal', 'departure', 'alternative', 'cost', 'assumption', 'tricky-component')),
  title text not null,
  detail text not null,
  state text not null check (state in ('kept', 'held', 'confirmed', 'contradicted', 'open', 'under-review', 'accepted',
    'declined', 'dismissed')),
  -- Why it is in this state, or the evidence.
  state_note text not null,
  position {int} not null,
  -- The slug of the heading under which the text names it; empty before the first heading, null where it does not.
  named_under text,
  version {int} not null,
  created_by text references person (id),
  created_at {int} not null,
  removed_at {int}
){strict};
create index review_record_by_review on review_record (review_id, kind, position);

create table review_record_version (
  record_id text not null references review_record (id),
  version {int} not null,
  title text not null,
  detail text not null,
  state text not null,
  state_note text not null,
  change text not null check (change in ('added', 'changed', 'removed', 'restored', 'state-set')),
  author_id text references person (id),
  at {int} not null,
  primary key (record_id, version)
){strict};

create table meeting (
  id text primary key,
  review_id text not null references review (id),
  round {int} not null,
  starts_at {int} not null,
  presentation_minutes {int} not null,
  question_minutes {int} not null,
  zone text not null,
  place text not null,
  state text not null check (state in ('planned', 'running', 'ended', 'cancelled')),
  phase text not null check (phase in ('waiting', 'presentation', 'questions', 'outcome', 'over')),
  phase_started_at {int},
  current_question_id text references question (id),
  question_started_at {int},
  notes_document_id text not null references document (id),
  revision {int} not null,
  version {int} not null,
  created_by text references person (id),
  created_at {int} not null,
  started_at {int},
  ended_at {int},
  cancelled_reason text not null,
  -- Which version of the notes the event log knows of, and since when.
  notes_told_version {int} not null,
  notes_told_at {int} not null
){strict};
create index meeting_by_review on meeting (review_id, starts_at);
create index meeting_by_time on meeting (starts_at, id);

create table meeting_person (
  meeting_id text not null references meeting (id),
  person_id text not null references person (id),
  answer text not null check (answer in ('none', 'coming', 'maybe', 'declined')),
  joined_at {int},
  seen_at {int},
  primary key (meeting_id, person_id)
){keyed};
create index meeting_person_by_person on meeting_person (person_id, meeting_id);

create table parked_item (
  id text primary key,
  meeting_id text not null references meeting (id),
  review_id text not null references review (id),
  body text not null,
  state text not null check (state in ('parked', 'taken-up', 'dropped')),
  added_by text references person (id),
  created_at {int} not null
){strict};
create index parked_item_by_meeting on parked_item (meeting_id, created_at);

create table poll (
  id text primary key,
  review_id text not null references review (id),
  meeting_id text references meeting (id),
  round {int} not null,
  statement text not null,
  state text not null check (state in ('open', 'closed')),
  opened_by text references person (id),
  opened_at {int} not null,
  closed_at {int}
){strict};
create index poll_by_review on poll (review_id, opened_at);

create table poll_vote (
  poll_id text not null references poll (id),
  person_id text not null references person (id),
  choice text not null check (choice in ('agree', 'agree-with-concerns', 'disagree')),
  words text not null,
  at {int} not null,
  primary key (poll_id, person_id)
){keyed};

create table thread (
  id text primary key,
  review_id text not null references review (id),
  number {int} not null,
  round {int} not null,
  title text not null,
  heading text,
  heading_slug text,
  blocking {bool} not null,
  state text not null check (state in ('open', 'resolved')),
  raised_by text not null references person (id),
  resolved_by text references person (id),
  resolved_reason text,
  resolved_at {int},
  decided_comment_id text,
  comment_count {int} not null,
  version {int} not null,
  created_at {int} not null,
  active_at {int} not null,
  unique (review_id, number)
){strict};
create index thread_by_review on thread (review_id, created_at, id);
create index thread_blocking on thread (review_id) where blocking = true and state = 'open';

create table comment (
  id text primary key,
  thread_id text not null references thread (id),
  review_id text not null references review (id),
  round {int} not null,
  author_id text not null references person (id),
  body text not null,
  html text not null,
  version {int} not null,
  created_at {int} not null,
  edited_at {int}
){strict};
create index comment_by_thread on comment (thread_id, created_at, id);
create index comment_by_author on comment (author_id, created_at);

create table comment_version (
  comment_id text not null references comment (id),
  version {int} not null,
  body text not null,
  at {int} not null,
  primary key (comment_id, version)
){strict};

create table question (
  id text primary key,
  review_id text not null references review (id),
  number {int} not null,
  round {int} not null,
  origin text not null check (origin in ('person', 'prompt', 'import', 'carried')),
  prompt_id text references prompt (id),
  body text not null,
  anonymous {bool} not null,
  state text not null check (state in ('open', 'answered', 'followed-up', 'unresolved', 'set-aside', 'merged')),
  answer text not null,
  closed_by text references person (id),
  closed_at {int},
  owner_id text references person (id),
  merged_into text references question (id),
  carried_from text references question (id),
  up {int} not null,
  down {int} not null,
  score {double} not null,
  version {int} not null,
  created_at {int} not null,
  unique (review_id, number)
){keyed};
create index question_by_review on question (review_id, state, score);
create index question_by_owner on question (owner_id) where owner_id is not null;

-- Who asked; after a merge both askers are here, the other with the question they came from in `merged_from`. Kept also
-- for anonymous questions, and never shown for them.
create table question_asker (
  question_id text not null references question (id),
  person_id text not null references person (id),
  anonymous {bool} not null,
  merged_from text references question (id),
  at {int} not null,
  primary key (question_id, person_id)
){keyed};

create table question_vote (
  question_id text not null references question (id),
  person_id text not null references person (id),
  value {int} not null check (value in (-1, 1)),
  merged_from text references question (id),
  at {int} not null,
  primary key (question_id, person_id)
){keyed};
create index question_vote_by_person on question_vote (person_id, question_id);

create table stance (
  review_id text not null references review (id),
  round {int} not null,
  person_id text not null references person (id),
  value text not null check (value in ('yes', 'yes-if', 'not-yet', 'abstain')),
  words text not null,
  at {int} not null,
  primary key (review_id, round, person_id)
){keyed};

create table condition (
  id text primary key,
  review_id text not null references review (id),
  round {int} not null,
  source text not null check (source in ('stance', 'decision')),
  raised_by text references person (id),
  body text not null,
  owner_id text references person (id),
  state text not null check (state in ('open', 'met', 'let-go')),
  closed_by text references person (id),
  closed_reason text,
  closed_at {int},
  version {int} not null,
  created_at {int} not null
){strict};
create index condition_by_review on condition (review_id, created_at);
create index condition_by_owner on condition (owner_id) where owner_id is not null;

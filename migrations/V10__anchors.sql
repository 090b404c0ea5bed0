-- Where in its document a thread stands: between two positions that move with the text, as the document engine writes them.
create table anchor (
  thread_id text primary key references thread (id),
  document_id text not null references document (id),
  first_position {bytes} not null,
  last_position {bytes} not null,
  -- The words as they were chosen, and what stood around them.
  quote text not null,
  quote_before text not null,
  quote_after text not null,
  -- Where they stand in the text as it is shown, in bytes, and in its rendering, in letters; null while they are deleted.
  starts_at {int},
  ends_at {int},
  shown_from {int},
  shown_to {int}
){strict};
create index anchor_by_document on anchor (document_id);

-- Other words that somebody proposes for those a thread stands at.
create table suggestion (
  thread_id text primary key references thread (id),
  replacement text not null,
  state text not null check (state in ('open', 'accepted', 'declined')),
  decided_by text references person (id),
  decided_at {int}
){strict};

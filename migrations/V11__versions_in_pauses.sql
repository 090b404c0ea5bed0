-- A version was named by somebody, kept at a step of the life cycle, or kept by itself in a pause.
alter table document_version add column kind text not null default 'named'
  check (kind in ('named', 'step', 'automatic'));
update document_version set kind = 'step'
where id in (select document_version_id from review_step) or id in (select document_version_id from decision);
create index document_version_automatic on document_version (at) where kind = 'automatic';

-- Since when the text has been changing without a version of it being kept.
alter table document add column changed_since {int};
create index document_changed on document (changed_since) where changed_since is not null;

-- Who wrote what: the stretch of one editing session's clock that one author brought. Extended while they type.
create table document_author (
  document_id text not null references document (id),
  client {int} not null,
  clock_from {int} not null,
  clock_to {int} not null,
  author_id text references person (id),
  primary key (document_id, client, clock_from)
){keyed};

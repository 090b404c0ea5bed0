-- What a document's log adds up to at a number, so that loading it is as long as the document and not as its history. Rows of
-- the log that a snapshot covers may be deleted.
create table document_snapshot (
  document_id text primary key references document (id),
  seq {int} not null,
  content {bytes} not null,
  at {int} not null
){strict};

insert into document_snapshot (document_id, seq, content, at) values ('d1', 1, {a byte}, 10);

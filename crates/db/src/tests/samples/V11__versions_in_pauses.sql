insert into document_version (id, document_id, number, name, text, author_id, at, kind) values ('v11', 'd1', 11, 'in a pause', '# Problem', null, 10, 'automatic');
update document set changed_since = 10 where id = 'd2';
insert into document_author (document_id, client, clock_from, clock_to, author_id) values ('d1', 7, 0, 9, 'p1');

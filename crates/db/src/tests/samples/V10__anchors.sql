insert into anchor (thread_id, document_id, first_position, last_position, quote, quote_before, quote_after, starts_at, ends_at, shown_from, shown_to) values ('th1', 'd1', {a byte}, {a byte}, 'orders', 'the', 'are', 4, 10, 3, 9);
insert into suggestion (thread_id, replacement, state, decided_by, decided_at) values ('th1', 'entries', 'accepted', 'p1', 12);

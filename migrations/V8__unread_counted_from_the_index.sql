-- Unread messages are counted with every request: with this column the index alone says how many there are.
drop index inbox_item_unread;
create index inbox_item_unread on inbox_item (person_id, review_id, read_at) where read_at is null;

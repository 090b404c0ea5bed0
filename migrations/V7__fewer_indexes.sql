-- Each of these lists has another index that begins alike, or belongs to one review and is short; every write paid for them.
drop index thread_by_review;
drop index comment_by_author;
drop index question_by_review;
drop index inbox_item_by_person;

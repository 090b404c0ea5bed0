//! Statements whose rows are a kind, a label, a detail and the Markdown that names it.

use crate::sees;

pub const PEOPLE: &str = "
select kind, name, '@' || handle, '@' || handle from (
  select 'person' as kind, p.name, p.name_key, p.handle from person p
  where p.state = 'active' and (p.name_key like $1 escape '\\' or p.name_key like $2 escape '\\')
  union all
  select 'team' as kind, t.name, t.name_key, t.handle from team t
  where t.name_key like $1 escape '\\' or t.name_key like $2 escape '\\'
) found order by name_key, handle limit 12";

/// `$1` is the reader. Only a learning of a review that they see, or of none, is theirs to name.
pub const REVIEWS: &str = concat!(
    "select kind, title, detail, insert_as from (
      select * from (
        select 1 as place, 'review' as kind, r.title, '#' || cast(r.number as text) as detail,
          '#' || cast(r.number as text) as insert_as, r.active_at as at
        from review r
        where (r.title_key like $3 escape '\\' or cast(r.number as text) like $2 escape '\\') and ",
    sees!("$1"),
    " order by r.active_at desc, r.id limit 8) reviews
      union all
      select * from (
        select 2 as place, 'learning' as kind, l.body as title, 'learning ' || cast(l.number as text) as detail,
          '[learning ' || cast(l.number as text) || '](/learnings/' || cast(l.number as text) || ')' as insert_as,
          l.created_at as at
        from learning l left join review r on r.id = l.review_id
        where (lower(l.body) like $3 escape '\\' or cast(l.number as text) like $2 escape '\\')
          and (l.review_id is null or ",
    sees!("$1"),
    ") order by l.created_at desc, l.id limit 5) learnings
    ) found order by place, at desc, insert_as"
);

pub const TEMPLATES: &str = "
select 'template', name, review_kind, body from template
where retired_at is null and lower(name) like $1 escape '\\' order by review_kind, position, id limit 12";

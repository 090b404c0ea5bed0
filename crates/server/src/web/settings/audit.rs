//! `/settings/audit`: who changed what, when, and from where.

use super::tabs;
use crate::app::App;
use crate::http::{Reply, SignedIn};
use crate::web::frame::{self, TabView};
use crate::web::page::{Page, html};
use crate::web::view::{ChoiceView, PersonView, WhenView};
use askama::Template;
use axum::extract::{Query, State};
use hardwon_core::audit::{self, Entry, Filter};
use hardwon_core::page::{Listed, Page as ListPage};
use hardwon_core::{Error, Role, people};
use serde::Deserialize;

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct ListQuery {
    person: String,
    subject: String,
    since: String,
    until: String,
    cursor: String,
    limit: Option<usize>,
}

struct RowView {
    what: String,
    detail: String,
    review: Option<i64>,
    actor: Option<PersonView>,
    /// Who voted is not kept.
    unnamed: bool,
    when: WhenView,
    origin: String,
}

#[derive(Template)]
#[template(path = "settings/audit.html")]
struct View {
    page: Page,
    tabs: Vec<TabView>,
    rows: Vec<RowView>,
    person: String,
    person_error: String,
    since: String,
    until: String,
    subjects: Vec<ChoiceView>,
    older: String,
}

const SUBJECTS: &[(&str, &str)] = &[
    ("", "Everything"),
    ("review", "Reviews"),
    ("document", "Documents"),
    ("thread", "Threads"),
    ("question", "Questions"),
    ("meeting", "Meetings"),
    ("decision", "Decisions"),
    ("person", "People"),
    ("session", "Sessions"),
    ("token", "Tokens"),
    ("invitation", "Invitations"),
    ("team", "Teams"),
    ("organisation", "The organisation"),
    ("template", "Templates"),
    ("prompt", "Prompts"),
];

pub async fn page(State(app): State<App>, user: SignedIn, Query(query): Query<ListQuery>) -> Reply {
    user.ctx.require(Role::Administrator)?;
    let part = ListPage::parse(query.limit, Some(&query.cursor))?;
    let clock = frame::clock(&user);
    let day = |field: &'static str| move |sentence| Error::invalid(field, sentence);
    let from = clock.day_start(&query.since).map_err(day("since"))?;
    let until = clock.day_end(&query.until).map_err(day("until"))?;
    let (ctx, who) = (user.ctx.clone(), query.person.clone());
    let subject = Some(query.subject.clone()).filter(|text| !text.is_empty());
    let (found, unknown) = app
        .db
        .read(move |tx| {
            let mut filter = Filter {
                person: None,
                subject: subject.clone(),
                from,
                until,
            };
            let mut unknown = false;
            if !who.trim().is_empty() {
                match people::named(tx, &who) {
                    Ok(person) => filter.person = Some(person.id),
                    Err(Error::NotFound) => unknown = true,
                    Err(error) => return Err(error),
                }
            }
            Ok((audit::list(&ctx, tx, &filter, &part)?, unknown))
        })
        .await?;
    let Listed { items, next } = found;
    html(&View {
        page: Page::new(&app, Some(&user.visitor), "Settings", "settings"),
        tabs: tabs(&user, "/settings/audit"),
        rows: items
            .iter()
            .map(|entry| RowView {
                what: words(&entry.kind),
                detail: detail(entry),
                review: entry.review.as_ref().map(|(number, _)| *number),
                actor: entry.actor.as_ref().map(PersonView::from),
                unnamed: entry.origin == "not kept",
                when: clock.exact(entry.at),
                origin: entry.origin.clone(),
            })
            .collect(),
        subjects: SUBJECTS
            .iter()
            .map(|(value, label)| ChoiceView::new(*value, *label, &query.subject))
            .collect(),
        older: next
            .map(|cursor| {
                let pairs = [
                    ("person", query.person.clone()),
                    ("subject", query.subject.clone()),
                    ("since", query.since.clone()),
                    ("until", query.until.clone()),
                    ("cursor", cursor.to_string()),
                ];
                format!(
                    "/settings/audit?{}",
                    serde_html_form::to_string(pairs).unwrap_or_default()
                )
            })
            .unwrap_or_default(),
        person_error: if unknown {
            "Nobody here has this handle or address; everybody is shown.".to_owned()
        } else {
            String::new()
        },
        person: query.person,
        since: query.since,
        until: query.until,
    })
}

/// "Person role changed", from `person.role-changed`.
fn words(kind: &str) -> String {
    let (subject, verb) = kind.split_once('.').unwrap_or(("", kind));
    let subject = subject.replace('-', " ");
    let mut letters = subject.chars();
    let subject: String = letters
        .next()
        .into_iter()
        .flat_map(char::to_uppercase)
        .chain(letters)
        .collect();
    format!("{subject} {}", verb.replace('-', " "))
}

/// What it was about: the title or name that the event kept, and which fields changed.
fn detail(entry: &Entry) -> String {
    let text = |key: &str| entry.data.get(key).and_then(|value| value.as_str());
    let name = text("title")
        .or_else(|| text("name"))
        .map(ToOwned::to_owned)
        .or_else(|| entry.review.as_ref().map(|(_, title)| title.clone()));
    let fields: Vec<&str> = entry
        .data
        .get("fields")
        .and_then(|value| value.as_array())
        .into_iter()
        .flatten()
        .filter_map(|value| value.as_str())
        .collect();
    let change = match (text("from"), text("to")) {
        (Some(from), Some(to)) => format!("{from} → {to}"),
        _ => fields.join(", "),
    };
    [name.unwrap_or_default(), change]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" · ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_told_in_words() {
        assert_eq!(words("person.role-changed"), "Person role changed");
        assert_eq!(words("review.circulated"), "Review circulated");
    }
}

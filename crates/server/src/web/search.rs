//! Search over everything the reader may see: a page, and JSON for the command palette.

use super::frame;
use super::json::{Id, Time};
use super::page::{Page, html};
use super::view::{ChoiceView, Clock, WhenView, state_words};
use crate::app::App;
use crate::http::api::{Limit, Params, found, limit, maybe_word, word};
use crate::http::{Reply, SignedIn};
use askama::Template;
use axum::extract::{Query, State};
use hardwon_core::search::EntryKind;
use hardwon_core::{Error, access, decisions, people, reviews};
use hardwon_search::{Answer, Cursor, Hit, Query as Ask};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

const PAGE: usize = 25;

#[derive(Deserialize, Default, Clone)]
#[serde(default)]
pub struct SearchQuery {
    q: String,
    kind: String,
    state: String,
    /// A handle.
    person: String,
    /// `YYYY-MM-DD`, in the reader's zone.
    from: String,
    to: String,
    cursor: String,
    limit: Option<usize>,
}

impl SearchQuery {
    fn address(&self, kind: &str, cursor: &str) -> String {
        let pairs = [
            ("q", self.q.as_str()),
            ("kind", kind),
            ("state", &self.state),
            ("person", &self.person),
            ("from", &self.from),
            ("to", &self.to),
            ("cursor", cursor),
        ];
        let pairs: Vec<_> = pairs
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .collect();
        format!(
            "/search?{}",
            serde_html_form::to_string(&pairs).unwrap_or_default()
        )
    }
}

/// Asks the index on a thread that may block, for what this reader may see.
async fn ask(app: &App, user: &SignedIn, query: &SearchQuery) -> Result<Answer, Error> {
    let ctx = user.ctx.clone();
    let handle = query.person.clone();
    let (reader, person) = app
        .db
        .read(move |tx| {
            let reader = access::principals(&ctx, tx)?;
            let person = if handle.is_empty() {
                None
            } else {
                people::by_handle(tx, &handle)?
            };
            Ok::<_, Error>((reader, person))
        })
        .await?;
    if person.is_none() && !query.person.is_empty() {
        return Err(Error::invalid("person", "Nobody has this handle."));
    }
    let clock = frame::clock(user);
    let from = clock
        .day_start(&query.from)
        .map_err(|wrong| Error::invalid("from", wrong))?;
    let to = clock
        .day_end(&query.to)
        .map_err(|wrong| Error::invalid("to", wrong))?;
    let after: Option<Cursor> =
        match query.cursor.as_str() {
            "" => None,
            text => Some(text.parse().map_err(|_| {
                Error::invalid("cursor", "This is not a cursor that a list gave out.")
            })?),
        };
    let (index, query) = (app.search.clone(), query.clone());
    tokio::task::spawn_blocking(move || {
        let kinds: Vec<&str> = EntryKind::parse(&query.kind)
            .map(EntryKind::as_str)
            .into_iter()
            .collect();
        let states: Vec<&str> = reviews::State::parse(&query.state)
            .map(reviews::State::as_str)
            .into_iter()
            .collect();
        let person = person.map(|id| id.to_string());
        index.search(&Ask {
            text: &query.q,
            kinds: &kinds,
            states: &states,
            group: None,
            person: person.as_deref(),
            from,
            to,
            reader: &reader,
            limit: query.limit.unwrap_or(PAGE).clamp(1, 200),
            after,
        })
    })
    .await
    .map_err(Error::bug)?
    .map_err(Error::bug)
}

struct HitView {
    kind: &'static str,
    icon: &'static str,
    title: String,
    snippet: String,
    url: String,
    state: &'static str,
    when: WhenView,
}

struct KindView {
    label: &'static str,
    href: String,
    count: usize,
    current: bool,
}

#[derive(Template)]
#[template(path = "search.html")]
struct SearchPage {
    page: Page,
    query: SearchQuery,
    hits: Vec<HitView>,
    total: usize,
    kinds: Vec<KindView>,
    states: Vec<ChoiceView>,
    older: String,
    asked: bool,
}

pub async fn index(
    State(app): State<App>,
    user: SignedIn,
    Query(query): Query<SearchQuery>,
) -> Reply {
    let asked = !query.q.trim().is_empty() || !query.person.is_empty();
    let answer = if asked {
        ask(&app, &user, &query).await?
    } else {
        Answer::default()
    };
    let clock = frame::clock(&user);
    let all: usize = answer.kinds.iter().map(|(_, count)| count).sum();
    let mut kinds = vec![KindView {
        label: "Everything",
        href: query.address("", ""),
        count: all,
        current: query.kind.is_empty(),
    }];
    kinds.extend(answer.kinds.iter().filter_map(|(kind, count)| {
        let kind = EntryKind::parse(kind)?;
        Some(KindView {
            label: plural(kind),
            href: query.address(kind.as_str(), ""),
            count: *count,
            current: query.kind == kind.as_str(),
        })
    }));
    let mut states = vec![ChoiceView::new("", "Any state", &query.state)];
    states.extend(
        reviews::State::ALL
            .iter()
            .map(|&state| ChoiceView::new(state.as_str(), state_words(state), &query.state)),
    );
    html(&SearchPage {
        page: Page::new(&app, Some(&user.visitor), "Search", "search"),
        hits: answer
            .hits
            .into_iter()
            .map(|hit| hit_view(hit, &clock))
            .collect(),
        total: answer.total,
        kinds,
        states,
        older: answer
            .next
            .map(|next| query.address(&query.kind, &next.to_string()))
            .unwrap_or_default(),
        asked,
        query,
    })
}

fn hit_view(hit: Hit, clock: &Clock) -> HitView {
    let kind = EntryKind::parse(&hit.kind).unwrap_or(EntryKind::Review);
    HitView {
        kind: singular(kind),
        icon: icon(kind),
        title: hit.title,
        snippet: without_marks(&hit.snippet),
        url: hit.url,
        state: reviews::State::parse(&hit.state).map_or("", state_words),
        when: clock.date(hit.at),
    }
}

/// A stretch of Markdown as words: the marks of headings, of emphasis and of code say nothing without their page.
fn without_marks(snippet: &str) -> String {
    let mut words = snippet.replace("**", "").replace('`', "");
    for level in (1..=6).rev() {
        words = words.replace(&format!(" {} ", "#".repeat(level)), " · ");
    }
    words
}

fn plural(kind: EntryKind) -> &'static str {
    match kind {
        EntryKind::Review => "Reviews",
        EntryKind::Thread => "Threads",
        EntryKind::Question => "Questions",
        EntryKind::Decision => "Decisions",
        EntryKind::Learning => "Learnings",
    }
}

fn singular(kind: EntryKind) -> &'static str {
    match kind {
        EntryKind::Review => "Review",
        EntryKind::Thread => "Thread",
        EntryKind::Question => "Question",
        EntryKind::Decision => "Decision",
        EntryKind::Learning => "Learning",
    }
}

fn icon(kind: EntryKind) -> &'static str {
    match kind {
        EntryKind::Review => "i-file-text",
        EntryKind::Thread => "i-message-square",
        EntryKind::Question => "i-message-circle-question-mark",
        EntryKind::Decision => "i-gavel",
        EntryKind::Learning => "i-lightbulb",
    }
}

/// What is looked for over the API.
#[derive(Deserialize, utoipa::IntoParams, Default)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SearchParams {
    /// Words, prefixes of words, and phrases in double quotes.
    q: String,
    #[param(required = false, schema_with = word::<EntryKind>)]
    kind: Option<EntryKind>,
    /// Of the review it belongs to.
    #[param(required = false, schema_with = word::<reviews::State>)]
    state: Option<reviews::State>,
    /// The handle of somebody who wrote it or takes part in it.
    person: Option<String>,
    /// The first day, `YYYY-MM-DD`, in the reader's zone.
    #[param(format = Date)]
    from: Option<String>,
    /// The last day.
    #[param(format = Date)]
    to: Option<String>,
    #[param(required = false, schema_with = limit)]
    limit: Option<Limit>,
    /// What `next` of the page before says.
    cursor: Option<String>,
}

/// Something found.
#[derive(Serialize, ToSchema)]
#[schema(as = Hit)]
pub struct HitJson {
    #[schema(value_type = Id)]
    id: String,
    #[schema(schema_with = word::<EntryKind>)]
    kind: String,
    title: String,
    /// HTML in which everything is escaped and matches stand in `<mark>`.
    snippet: String,
    /// The address of its page.
    href: String,
    /// Of the review it belongs to; null for what belongs to none.
    #[schema(schema_with = maybe_word::<reviews::State>)]
    state: Option<reviews::State>,
    #[schema(value_type = Time)]
    at: i64,
}

/// One page of what was found.
#[derive(Serialize, ToSchema)]
#[schema(as = Found)]
pub struct SearchJson {
    items: Vec<HitJson>,
    /// How many there are on all pages.
    total: usize,
    /// The cursor of the next page; null on the last one.
    next: Option<String>,
}

/// Searches everything the reader may see, the best matches first.
#[utoipa::path(get, path = "/search", tag = "Search", params(SearchParams),
    responses((status = 200, description = "One page of what was found", body = SearchJson)))]
pub async fn api(
    State(app): State<App>,
    user: SignedIn,
    Params(params): Params<SearchParams>,
) -> Reply {
    for (name, day) in [("from", &params.from), ("to", &params.to)] {
        if day.as_deref().is_some_and(|day| !decisions::is_day(day)) {
            return Err(Error::invalid(name, "A date is written YYYY-MM-DD.").into());
        }
    }
    let query = SearchQuery {
        q: params.q,
        kind: params
            .kind
            .map(EntryKind::as_str)
            .unwrap_or_default()
            .to_owned(),
        state: params
            .state
            .map(reviews::State::as_str)
            .unwrap_or_default()
            .to_owned(),
        person: params.person.unwrap_or_default(),
        from: params.from.unwrap_or_default(),
        to: params.to.unwrap_or_default(),
        cursor: params.cursor.unwrap_or_default(),
        limit: params.limit.map(Limit::get),
    };
    let answer = ask(&app, &user, &query).await?;
    let items = answer
        .hits
        .into_iter()
        .map(|hit| HitJson {
            // The index knows things by kind and id together.
            id: hit.id.rsplit(':').next().unwrap_or_default().to_owned(),
            kind: hit.kind,
            title: plain(&hit.title),
            snippet: hit.snippet,
            href: hit.url,
            state: reviews::State::parse(&hit.state),
            at: hit.at,
        })
        .collect();
    let found_now = SearchJson {
        items,
        total: answer.total,
        next: answer.next.map(|next| next.to_string()),
    };
    Ok(found(&found_now, None))
}

/// A marked title as the text that it says.
fn plain(html: &str) -> String {
    html.replace("<mark>", "")
        .replace("</mark>", "")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&#x27;", "'")
        .replace("&amp;", "&")
}

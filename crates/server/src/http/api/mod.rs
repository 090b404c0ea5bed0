//! The JSON API under `/api/v1`: its routes in one list, and what they have in common. A resource's handlers stand with
//! its page (`web/<feature>/json.rs`); they read with [`Params`], change with [`Change`], and describe themselves to
//! utoipa with the answers that are theirs alone: what all share (problems, headers, who may ask) is added by
//! `document.rs`.

mod change;
mod document;
mod limit;
mod params;
mod problem;
pub mod reference;

pub(crate) use change::versioned;
pub use change::{Answer, Change, Nothing, Versioned, etag};
pub use limit::{Limits, limit as limit_requests};
pub use params::{Limit, Params, PartParams, limit, maybe_word, part, word};
pub use problem::{CONTENT_TYPE, Problem};

use crate::app::App;
use crate::web::{
    decisions, history, home, inbox, invitations, learnings, meetings, minutes, participants,
    people, questions, records, reviews, room, search, settings, stances, steps, teams, threads,
};
use axum::Router;
use axum::extract::Request;
use axum::http::{Method, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Every route of the API; each line is one address with its methods.
fn described() -> OpenApiRouter<App> {
    OpenApiRouter::default()
        .routes(routes!(reviews::json::list, reviews::json::create))
        .routes(routes!(reviews::json::show, reviews::json::change))
        .routes(routes!(
            reviews::json::document,
            reviews::json::save_document
        ))
        .routes(routes!(steps::json::list, steps::json::create))
        .routes(routes!(steps::json::circulate))
        .routes(routes!(history::json::list, history::json::create))
        .routes(routes!(history::json::show))
        .routes(routes!(history::restoration::restore))
        .routes(routes!(history::authors::show))
        .routes(routes!(history::json::show_difference))
        .routes(routes!(history::json::list_rounds))
        .routes(routes!(participants::json::list, participants::json::add))
        .routes(routes!(participants::json::remove))
        .routes(routes!(
            participants::json::show_access,
            participants::json::change_access
        ))
        .routes(routes!(participants::json::readers))
        .routes(routes!(records::json::list, records::json::create))
        .routes(routes!(
            records::json::show,
            records::json::change,
            records::json::remove
        ))
        .routes(routes!(records::json::restore))
        .routes(routes!(records::json::set_state))
        .routes(routes!(records::json::versions))
        .routes(routes!(
            records::json::suggested,
            records::json::create_suggested
        ))
        .routes(routes!(records::json::readiness))
        .routes(routes!(records::json::links, records::json::relate))
        .routes(routes!(records::json::unrelate))
        .routes(routes!(threads::json::list, threads::json::create))
        .routes(routes!(threads::json::show))
        .routes(routes!(threads::json::comments, threads::json::comment))
        .routes(routes!(threads::json::resolve, threads::json::reopen))
        .routes(routes!(threads::json::accept))
        .routes(routes!(threads::json::decline))
        .routes(routes!(
            threads::json::show_comment,
            threads::json::edit_comment
        ))
        .routes(routes!(threads::json::versions))
        .routes(routes!(threads::json::decide, threads::json::undecide))
        .routes(routes!(questions::json::list, questions::json::ask))
        .routes(routes!(questions::json::next))
        .routes(routes!(questions::json::show))
        .routes(routes!(questions::json::vote, questions::json::withdraw))
        .routes(routes!(questions::json::end, questions::json::reopen))
        .routes(routes!(questions::json::merge, questions::json::unmerge))
        .routes(routes!(
            stances::json::list,
            stances::json::take,
            stances::json::withdraw
        ))
        .routes(routes!(stances::json::conditions))
        .routes(routes!(stances::json::condition))
        .routes(routes!(stances::json::assign))
        .routes(routes!(stances::json::close, stances::json::reopen))
        .routes(routes!(decisions::json::list))
        .routes(routes!(decisions::json::show))
        .routes(routes!(decisions::json::create))
        .routes(routes!(decisions::json::agreements, decisions::json::agree))
        .routes(routes!(
            decisions::json::agreement,
            decisions::json::change_agreement,
            decisions::json::withdraw
        ))
        .routes(routes!(learnings::json::list, learnings::json::create))
        .routes(routes!(learnings::json::show, learnings::json::change))
        .routes(routes!(
            learnings::json::of_review,
            learnings::json::create_of_review
        ))
        .routes(routes!(learnings::json::assumptions))
        .routes(routes!(learnings::json::on_this_day))
        .routes(routes!(minutes::json::show, minutes::json::save))
        .routes(routes!(minutes::json::composition))
        .routes(routes!(minutes::json::send))
        .routes(routes!(search::api))
        .merge(in_meetings())
        .merge(organisation())
}

/// Meetings, their room and the calendar.
fn in_meetings() -> OpenApiRouter<App> {
    OpenApiRouter::default()
        .routes(routes!(meetings::json::list, meetings::json::create))
        .routes(routes!(meetings::json::show, meetings::json::change))
        .routes(routes!(meetings::json::cancel))
        .routes(routes!(meetings::json::enter))
        .routes(routes!(meetings::json::take_question))
        .routes(routes!(meetings::json::people))
        .routes(routes!(meetings::json::answer))
        .routes(routes!(meetings::json::end_question))
        .routes(routes!(meetings::json::join))
        .routes(routes!(meetings::json::entries))
        .routes(routes!(
            meetings::json::address,
            meetings::json::create_address,
            meetings::json::remove_address
        ))
        .routes(routes!(room::json::agenda))
        .routes(routes!(room::json::notes, room::json::save_notes))
        .routes(routes!(room::json::parked, room::json::park))
        .routes(routes!(room::json::set_parked))
        .routes(routes!(room::json::polls, room::json::open_poll))
        .routes(routes!(room::json::poll))
        .routes(routes!(room::json::vote))
        .routes(routes!(room::json::close_poll))
}

/// People, teams and what is set for all of them.
fn organisation() -> OpenApiRouter<App> {
    OpenApiRouter::default()
        .routes(routes!(people::json::me, people::json::change_me))
        .routes(routes!(settings::security::json::set_password))
        .routes(routes!(
            settings::security::json::list,
            settings::security::json::end_others
        ))
        .routes(routes!(settings::security::json::end))
        .routes(routes!(home::json::list))
        .routes(routes!(inbox::json::list))
        .routes(routes!(inbox::json::read_all))
        .routes(routes!(inbox::json::read))
        .routes(routes!(people::json::list))
        .routes(routes!(people::json::show))
        .routes(routes!(people::json::set_role))
        .routes(routes!(people::json::sign_in_link))
        .routes(routes!(people::json::deactivate, people::json::reactivate))
        .routes(routes!(teams::json::list, teams::json::create))
        .routes(routes!(teams::json::show, teams::json::change))
        .routes(routes!(teams::json::add, teams::json::remove))
        .routes(routes!(invitations::json::list, invitations::json::create))
        .routes(routes!(invitations::json::revoke))
        .routes(routes!(
            settings::json::list_tokens,
            settings::json::create_token
        ))
        .routes(routes!(settings::json::revoke_token))
        .routes(routes!(
            settings::json::organisation,
            settings::json::change_organisation
        ))
        .routes(routes!(
            settings::shelf::json::list_templates,
            settings::shelf::json::create_template
        ))
        .routes(routes!(
            settings::shelf::json::show_template,
            settings::shelf::json::change_template
        ))
        .routes(routes!(
            settings::shelf::json::retire_template,
            settings::shelf::json::restore_template
        ))
        .routes(routes!(
            settings::shelf::json::list_prompts,
            settings::shelf::json::create_prompt
        ))
        .routes(routes!(
            settings::shelf::json::show_prompt,
            settings::shelf::json::change_prompt
        ))
        .routes(routes!(
            settings::shelf::json::retire_prompt,
            settings::shelf::json::restore_prompt
        ))
        .routes(routes!(settings::json::audit))
}

pub fn router() -> Router<App> {
    let routes = Router::from(described()).route("/openapi.json", get(document::serve));
    Router::new()
        .nest("/api/v1", routes)
        .layer(from_fn(options))
}

/// The address of every route of the API.
pub fn paths() -> Vec<String> {
    let described = described().into_openapi();
    let own = described.paths.paths.into_keys();
    own.chain(["/openapi.json".to_owned()])
        .map(|path| format!("/api/v1{path}"))
        .collect()
}

/// The OpenAPI document, as it is served and as `docs/api/openapi.json` keeps it.
pub fn document() -> &'static str {
    document::text()
}

/// A 200 with something that counts its changes.
pub fn shown(body: &impl Versioned) -> Response {
    found(body, Some(body.version()))
}

/// A 200 with a body and, where the thing has a version, its entity tag.
pub fn found(body: &impl serde::Serialize, version: Option<i64>) -> Response {
    let mut response = axum::Json(body).into_response();
    if let Some(value) = version.and_then(|version| etag(version).parse().ok()) {
        response.headers_mut().insert(header::ETAG, value);
    }
    response
}

/// `OPTIONS` says which methods an address takes. Other sites' pages are let in nowhere, so there is nothing else to say.
async fn options(request: Request, next: Next) -> Response {
    let asked = request.method() == Method::OPTIONS;
    let response = next.run(request).await;
    if !asked || response.status() != StatusCode::METHOD_NOT_ALLOWED {
        return response;
    }
    // The router adds `Allow`.
    StatusCode::NO_CONTENT.into_response()
}

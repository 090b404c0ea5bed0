//! Every route of the program, in one list.

use super::{api, assets, error, guard};
use crate::app::App;
use crate::web::{
    calendar, comments, complete, decisions, document, history, home, inbox, invitations,
    learnings, live, madr, meetings, minutes, outcome, participants, people, proposals, question,
    questions, records, reviews, room, search, set_up, settings, sign_in, stances, steps, teams,
    threads, together,
};
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{MethodRouter, get, post, put};
use axum::{Extension, Router};
use hardwon_core::organisation::shelf::Shelf;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;

/// The largest body of a request: a document of 4 MiB as a form, percent-encoded.
pub const MAX_BODY: usize = 13 << 20;

pub fn router(app: App) -> Router {
    Router::new()
        .merge(pages().router)
        .merge(api::router())
        .fallback(|| async { error::Failure::from(hardwon_core::Error::NotFound) })
        .layer(from_fn_with_state(app.clone(), guard::forgery))
        .layer(CatchPanicLayer::custom(error::panicked))
        .layer(from_fn_with_state(app.clone(), error::dress))
        .layer(from_fn_with_state(app.clone(), api::limit_requests))
        .merge(bare().router)
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(from_fn(guard::headers))
        .layer(CompressionLayer::new())
        .with_state(app)
}

/// The address of every route, for the test that walks them all.
pub fn paths() -> Vec<String> {
    let own = pages().paths.into_iter().chain(bare().paths);
    own.map(ToOwned::to_owned).chain(api::paths()).collect()
}

/// A router that remembers its addresses.
#[derive(Default)]
struct Routes {
    router: Router<App>,
    paths: Vec<&'static str>,
}

impl Routes {
    fn route(mut self, path: &'static str, methods: MethodRouter<App>) -> Self {
        self.paths.push(path);
        Self {
            router: self.router.route(path, methods),
            paths: self.paths,
        }
    }

    fn merge(mut self, other: Self) -> Self {
        self.paths.extend(other.paths);
        Self {
            router: self.router.merge(other.router),
            paths: self.paths,
        }
    }
}

/// What has nothing to do with people: no session is looked up for it.
fn bare() -> Routes {
    Routes::default()
        .route("/assets/{name}", get(assets::serve))
        .route("/healthz", get(|| async { "ok\n" }))
}

/// Pages, and what their forms do.
fn pages() -> Routes {
    Routes::default()
        .route("/", get(home::index))
        .route("/search", get(search::index))
        .route("/complete", get(complete::list))
        .route("/api", get(api::reference::page))
        .route("/inbox", get(inbox::index))
        .route("/inbox/readings", post(inbox::read_all))
        .route("/inbox/{id}/reading", post(inbox::open))
        .merge(accounts())
        .merge(spine())
        .merge(talk())
        .merge(meetings())
        .merge(outcomes())
}

/// Tells the handlers of an address which shelf it is for.
fn on(shelf: Shelf, methods: MethodRouter<App>) -> MethodRouter<App> {
    methods.layer(Extension(shelf))
}

/// Getting in, people and teams, settings.
fn accounts() -> Routes {
    Routes::default()
        .route("/set-up/{secret}", get(set_up::page).post(set_up::create))
        .route("/join/{secret}", get(set_up::invitation).post(set_up::join))
        .route("/welcome", get(set_up::welcome))
        .route("/sign-in", get(sign_in::page).post(sign_in::create))
        .route(
            "/sign-in/{secret}",
            get(sign_in::link).post(sign_in::follow),
        )
        .route("/sign-out", post(sign_in::sign_out))
        .route("/people", get(people::list))
        .route("/people/{handle}", get(people::show))
        .route("/people/{handle}/role", post(people::set_role))
        .route("/people/{handle}/sign-in-link", post(people::sign_in_link))
        .route("/people/{handle}/deactivation", post(people::deactivate))
        .route(
            "/people/{handle}/deactivation/removal",
            post(people::reactivate),
        )
        .route("/teams", get(teams::list).post(teams::create))
        .route("/teams/new", get(teams::new))
        .route("/teams/{handle}", get(teams::show).post(teams::update))
        .route("/teams/{handle}/edit", get(teams::edit))
        .route("/teams/{handle}/members", post(teams::add))
        .route("/teams/{handle}/members/removal", post(teams::remove))
        .route(
            "/invitations",
            get(invitations::list).post(invitations::create),
        )
        .route("/invitations/new", get(invitations::new))
        .route("/invitations/{id}/revocation", post(invitations::revoke))
        .route(
            "/settings",
            get(settings::profile::page).post(settings::profile::update),
        )
        .route("/settings/sign-in", get(settings::security::page))
        .route("/settings/password", post(settings::security::set_password))
        .route(
            "/settings/sessions/removal",
            post(settings::security::end_others),
        )
        .route(
            "/settings/sessions/{id}/removal",
            post(settings::security::end),
        )
        .route(
            "/settings/tokens",
            get(settings::tokens::page).post(settings::tokens::create),
        )
        .route(
            "/settings/tokens/{id}/revocation",
            post(settings::tokens::revoke),
        )
        .route(
            "/settings/organisation",
            get(settings::organisation::page).post(settings::organisation::update),
        )
        .route(
            "/settings/templates",
            on(
                Shelf::Templates,
                get(settings::shelf::list).post(settings::shelf::create),
            ),
        )
        .route(
            "/settings/templates/new",
            on(Shelf::Templates, get(settings::shelf::new)),
        )
        .route(
            "/settings/templates/{id}",
            on(
                Shelf::Templates,
                get(settings::shelf::edit).post(settings::shelf::update),
            ),
        )
        .route(
            "/settings/templates/{id}/place",
            on(Shelf::Templates, post(settings::shelf::shift)),
        )
        .route(
            "/settings/templates/{id}/retirement",
            on(Shelf::Templates, post(settings::shelf::retire)),
        )
        .route(
            "/settings/templates/{id}/retirement/removal",
            on(Shelf::Templates, post(settings::shelf::restore)),
        )
        .route(
            "/settings/prompts",
            on(
                Shelf::Prompts,
                get(settings::shelf::list).post(settings::shelf::create),
            ),
        )
        .route(
            "/settings/prompts/new",
            on(Shelf::Prompts, get(settings::shelf::new)),
        )
        .route(
            "/settings/prompts/{id}",
            on(
                Shelf::Prompts,
                get(settings::shelf::edit).post(settings::shelf::update),
            ),
        )
        .route(
            "/settings/prompts/{id}/place",
            on(Shelf::Prompts, post(settings::shelf::shift)),
        )
        .route(
            "/settings/prompts/{id}/retirement",
            on(Shelf::Prompts, post(settings::shelf::retire)),
        )
        .route(
            "/settings/prompts/{id}/retirement/removal",
            on(Shelf::Prompts, post(settings::shelf::restore)),
        )
        .route("/settings/audit", get(settings::audit::page))
}

/// What every review has: its document, life cycle, people, records and history.
fn spine() -> Routes {
    Routes::default()
        .route("/reviews", get(reviews::list).post(proposals::create))
        .route("/reviews/new", get(proposals::new))
        .route("/reviews/board", get(reviews::board))
        .route("/reviews/{number}", get(document::show))
        .route("/reviews/{number}/edit", get(document::edit))
        .route("/reviews/{number}/document", post(document::save))
        .route("/reviews/{number}/document/sync", get(together::connect))
        .route("/reviews/{number}/document.md", get(document::download))
        .route("/reviews/{number}/document.rst", get(document::download))
        .route("/reviews/{number}/decision.madr.md", get(madr::record))
        .route("/reviews/{number}/preview", post(document::preview))
        .route("/reviews/{number}/tasks", post(document::tick))
        .route("/reviews/{number}/versions", post(document::keep_version))
        .route(
            "/reviews/{number}/versions/{version}",
            get(history::version),
        )
        .route(
            "/reviews/{number}/versions/{version}/restoration/new",
            get(history::restoration::new),
        )
        .route(
            "/reviews/{number}/versions/{version}/restoration",
            post(history::restoration::create),
        )
        .route("/reviews/{number}/authors", get(history::authors::page))
        .route("/reviews/{number}/difference", get(history::difference))
        .route("/reviews/{number}/history", get(history::list))
        .route("/reviews/{number}/rounds/{round}", get(history::round))
        .route(
            "/reviews/{number}/circulation/new",
            get(steps::new_circulation),
        )
        .route("/reviews/{number}/circulation", post(steps::circulate))
        .route("/reviews/{number}/steps/new", get(steps::new_step))
        .route("/reviews/{number}/steps", post(steps::step))
        .route(
            "/reviews/{number}/people",
            get(participants::list).post(participants::add),
        )
        .route(
            "/reviews/{number}/people/removal",
            post(participants::remove),
        )
        .route(
            "/reviews/{number}/visibility",
            post(participants::set_visibility),
        )
        .route("/reviews/{number}/access", post(participants::grant))
        .route(
            "/reviews/{number}/access/removal",
            post(participants::revoke),
        )
        .route("/reviews/{number}/readers", get(participants::readers))
        .route(
            "/reviews/{number}/records",
            get(records::list).post(records::create),
        )
        .route("/reviews/{number}/records/new", get(records::new))
        .route(
            "/reviews/{number}/records/suggested",
            post(records::create_suggested),
        )
        .route(
            "/reviews/{number}/records/{id}",
            get(records::show).post(records::change),
        )
        .route(
            "/reviews/{number}/records/{id}/state",
            post(records::set_state),
        )
        .route(
            "/reviews/{number}/records/{id}/position",
            post(records::place),
        )
        .route(
            "/reviews/{number}/records/{id}/removal",
            post(records::remove),
        )
        .route(
            "/reviews/{number}/records/{id}/removal/removal",
            post(records::restore),
        )
        .route("/reviews/{number}/links", post(records::relate))
        .route("/reviews/{number}/links/removal", post(records::unrelate))
}

/// Discussion, questions, stances.
fn talk() -> Routes {
    Routes::default()
        .route("/reviews/{number}/discussion", get(threads::list))
        .route("/reviews/{number}/threads", post(threads::create))
        .route("/reviews/{number}/threads/new", get(threads::margin::new))
        .route("/threads/{id}", get(threads::show))
        .route("/threads/{id}/comments", post(threads::comment))
        .route("/threads/{id}/resolution", post(threads::resolve))
        .route("/threads/{id}/resolution/new", get(threads::new_resolution))
        .route("/threads/{id}/resolution/removal", post(threads::reopen))
        .route("/threads/{id}/suggestion/acceptance", post(threads::accept))
        .route("/threads/{id}/suggestion/refusal", post(threads::decline))
        .route("/comments/{id}", get(comments::show).post(comments::update))
        .route("/comments/{id}/edit", get(comments::edit))
        .route("/comments/{id}/versions", get(comments::versions))
        .route("/comments/{id}/decision", post(threads::decide))
        .route("/comments/{id}/decision/removal", post(threads::undecide))
        .route(
            "/reviews/{number}/questions",
            get(questions::list).post(questions::ask),
        )
        .route("/questions/{id}", get(question::show))
        .route("/questions/{id}/vote", post(questions::vote))
        .route("/questions/{id}/ending", post(question::end))
        .route("/questions/{id}/ending/removal", post(question::reopen))
        .route("/questions/{id}/setting-aside", post(question::set_aside))
        .route("/questions/{id}/merge", post(question::merge))
        .route("/questions/{id}/merge/removal", post(question::unmerge))
        .route(
            "/reviews/{number}/stances",
            get(stances::list).post(stances::take),
        )
        .route("/reviews/{number}/stances/removal", post(stances::withdraw))
        .route("/conditions/{id}/owner", post(stances::assign))
        .route("/conditions/{id}/closing", post(stances::close))
        .route("/conditions/{id}/closing/removal", post(stances::reopen))
}

/// Meetings: their times, the room, calendars, and what a review's pages follow live.
fn meetings() -> Routes {
    Routes::default()
        .route("/reviews/{number}/meeting", get(room::show))
        .route("/reviews/{number}/meeting/new", get(meetings::new))
        .route("/reviews/{number}/meeting.ics", get(calendar::download))
        .route("/calendar", get(calendar::index))
        .route("/calendar/address", post(calendar::create))
        .route("/calendar/address/removal", post(calendar::remove))
        .route("/calendar/{file}", get(calendar::feed))
        .route("/reviews/{number}/meetings", post(meetings::create))
        .route("/reviews/{number}/live", get(live::listen))
        .route("/meetings/{id}/move", get(meetings::edit))
        .route("/meetings/{id}/times", post(meetings::update))
        .route(
            "/meetings/{id}/cancellation/new",
            get(meetings::new_cancellation),
        )
        .route("/meetings/{id}/cancellation", post(meetings::cancel))
        .route("/meetings/{id}/answer", post(meetings::answer))
        .route("/meetings/{id}/presence", post(room::join))
        .route("/meetings/{id}/phase", post(room::enter))
        .route("/meetings/{id}/question", post(room::take_question))
        .route("/meetings/{id}/question-ends", post(room::end_question))
        .route(
            "/meetings/{id}/notes",
            put(room::save_notes).post(room::save_notes_form),
        )
        .route("/meetings/{id}/parked", post(room::park))
        .route("/parked/{id}/state", post(room::set_parked))
        .route("/meetings/{id}/polls", post(room::open_poll))
        .route("/polls/{id}/votes", post(room::vote))
        .route("/polls/{id}/closing", post(room::close_poll))
}

/// What reviews come to: decisions, agreements, learnings, minutes.
fn outcomes() -> Routes {
    Routes::default()
        .route("/reviews/{number}/outcome", get(outcome::show))
        .route("/reviews/{number}/decision/new", get(decisions::new))
        .route("/reviews/{number}/decision", post(decisions::create))
        .route("/decisions", get(decisions::list))
        .route("/decisions/{number}", get(decisions::show))
        .route("/reviews/{number}/agreements", post(outcome::add_agreement))
        .route("/agreements/{id}", post(outcome::change_agreement))
        .route("/agreements/{id}/edit", get(outcome::edit_agreement))
        .route(
            "/agreements/{id}/removal",
            post(outcome::withdraw_agreement),
        )
        .route("/reviews/{number}/learnings", post(outcome::add_learning))
        .route("/learn", get(learnings::learn))
        .route("/assumptions", get(learnings::assumptions))
        .route("/learnings", post(learnings::create))
        .route(
            "/learnings/{number}",
            get(learnings::show).post(learnings::change),
        )
        .route("/learnings/{number}/edit", get(learnings::edit))
        .route(
            "/reviews/{number}/minutes",
            get(minutes::show).post(minutes::save),
        )
        .route("/reviews/{number}/minutes.md", get(minutes::markdown))
        .route("/reviews/{number}/minutes/edit", get(minutes::edit))
        .route(
            "/reviews/{number}/minutes/composition",
            get(minutes::composition).post(minutes::take_over),
        )
        .route("/reviews/{number}/minutes/sending", post(minutes::send))
}

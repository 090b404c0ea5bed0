//! Who gets through which door: a walk over every route × role × visibility. A route that nobody has declared here fails
//! the walk, and so does a declaration whose route is gone.

use crate::site::{Answer, Person, START, Site, everywhere};
use axum::body::Body;
use axum::http::{Method, StatusCode, header};
use hardwon::http::router;
use hardwon_core::Role;
use std::collections::BTreeSet;

/// What stands in the way of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Door {
    /// Anybody, without an account.
    Open,
    /// Everybody who is signed in.
    Everybody,
    /// Whoever may invite: facilitators and administrators, as the settings begin.
    Inviters,
    Administrators,
    /// Something of one person: to all others it does not exist.
    Own,
    /// Something of a review that everybody who sees it may do; to whoever may not see it, it does not exist.
    Review,
    /// The same for those who present or lead it, and for facilitators and administrators.
    Led,
    /// What somebody wrote in a review: everybody who sees it is refused but its writer.
    Written,
}
use Door::{Administrators, Everybody, Inviters, Led, Open, Own, Review, Written};

/// What a form is filled in with so that it is not refused for being empty before anybody looks who sent it.
type Fields = &'static [(&'static str, &'static str)];

#[rustfmt::skip]
const DOORS: &[(&str, Door, Fields)] = &[
    ("GET /", Everybody, &[]),
    ("GET /assets/{name}", Open, &[]),
    ("GET /healthz", Open, &[]),
    ("GET /api", Open, &[]),
    ("GET /set-up/{secret}", Open, &[]),
    ("POST /set-up/{secret}", Open, &[]),
    ("GET /join/{secret}", Open, &[]),
    ("POST /join/{secret}", Open, &[]),
    ("GET /sign-in", Open, &[]),
    ("POST /sign-in", Open, &[]),
    ("GET /sign-in/{secret}", Open, &[]),
    ("POST /sign-in/{secret}", Open, &[]),
    ("POST /sign-out", Open, &[]),
    ("GET /welcome", Everybody, &[]),
    ("GET /search", Everybody, &[]),
    ("GET /complete", Everybody, &[]),
    ("GET /api/v1/search", Everybody, &[]),
    ("GET /api/v1/openapi.json", Open, &[]),
    ("GET /api/v1/reviews", Everybody, &[]),
    ("POST /api/v1/reviews", Everybody, &[("title", "A queue")]),
    ("GET /api/v1/reviews/{number}", Review, &[]),
    ("PATCH /api/v1/reviews/{number}", Led, &[("title", "Another title")]),
    ("GET /api/v1/reviews/{number}/document", Review, &[]),
    ("PUT /api/v1/reviews/{number}/document", Led, &[("text", "x"), ("base", "1")]),
    ("GET /api/v1/reviews/{number}/steps", Review, &[]),
    ("POST /api/v1/reviews/{number}/steps", Led, &[("to", "closed"), ("reason", "Not needed")]),
    ("PUT /api/v1/reviews/{number}/circulation", Led, &[("note", "Please look")]),
    ("GET /api/v1/reviews/{number}/versions", Review, &[]),
    ("POST /api/v1/reviews/{number}/versions", Led, &[("name", "Before the meeting")]),
    ("GET /api/v1/reviews/{number}/versions/{version}", Review, &[]),
    ("POST /api/v1/reviews/{number}/versions/{version}/restoration", Led, &[]),
    ("GET /api/v1/reviews/{number}/authors", Review, &[]),
    ("GET /api/v1/reviews/{number}/people", Review, &[]),
    ("POST /api/v1/reviews/{number}/people", Review, &[("role", "follower")]),
    ("DELETE /api/v1/reviews/{number}/people/{id}/{role}", Led, &[]),
    ("GET /api/v1/reviews/{number}/access", Review, &[]),
    ("PATCH /api/v1/reviews/{number}/access", Led, &[("visibility", "open")]),
    ("GET /api/v1/reviews/{number}/readers", Review, &[]),
    ("GET /api/v1/reviews/{number}/records", Review, &[]),
    ("POST /api/v1/reviews/{number}/records", Led, &[("kind", "goal"), ("title", "Sooner")]),
    ("GET /api/v1/reviews/{number}/records/{id}", Review, &[]),
    ("PATCH /api/v1/reviews/{number}/records/{id}", Led, &[("title", "Later")]),
    ("DELETE /api/v1/reviews/{number}/records/{id}", Led, &[]),
    ("GET /api/v1/reviews/{number}/links", Review, &[]),
    ("POST /api/v1/reviews/{number}/links", Led, &[("relation", "see-also"), ("number", "1")]),
    ("DELETE /api/v1/reviews/{number}/links/{relation}/{other}", Led, &[]),
    ("GET /api/v1/decisions", Everybody, &[]),
    ("GET /api/v1/decisions/{number}", Review, &[]),
    ("POST /api/v1/reviews/{number}/decision", Led, &[("outcome", "go-ahead"), ("reason", "Yes")]),
    ("GET /api/v1/reviews/{number}/agreements", Review, &[]),
    ("POST /api/v1/reviews/{number}/agreements", Led, &[("component", "Cache"), ("body", "None")]),
    ("GET /api/v1/agreements/{id}", Review, &[]),
    ("PATCH /api/v1/agreements/{id}", Led, &[("body", "One")]),
    ("DELETE /api/v1/agreements/{id}", Led, &[]),
    ("GET /api/v1/learnings", Everybody, &[]),
    ("POST /api/v1/learnings", Everybody, &[("body", "It holds")]),
    ("GET /api/v1/learnings/{number}", Review, &[]),
    ("PATCH /api/v1/learnings/{number}", Led, &[("body", "It holds mostly")]),
    ("GET /api/v1/reviews/{number}/learnings", Review, &[]),
    ("POST /api/v1/reviews/{number}/learnings", Review, &[("body", "It holds")]),
    ("GET /api/v1/assumptions", Everybody, &[]),
    ("GET /api/v1/reviews/{number}/minutes", Review, &[]),
    ("PUT /api/v1/reviews/{number}/minutes", Led, &[("text", "x"), ("base", "0")]),
    ("POST /api/v1/reviews/{number}/minutes/sending", Led, &[("version", "0")]),
    ("GET /inbox", Everybody, &[]),
    ("POST /inbox/readings", Everybody, &[]),
    ("POST /inbox/{id}/reading", Own, &[]),
    ("GET /api/v1/me", Everybody, &[]),
    ("PATCH /api/v1/me", Everybody, &[]),
    ("GET /api/v1/inbox", Everybody, &[]),
    ("POST /api/v1/inbox/readings", Everybody, &[]),
    ("PUT /api/v1/inbox/{id}/reading", Own, &[]),
    ("GET /api/v1/people", Everybody, &[]),
    ("GET /api/v1/people/{handle}", Everybody, &[]),
    ("PUT /api/v1/people/{handle}/role", Administrators, &[("role", "member")]),
    ("PUT /api/v1/people/{handle}/deactivation", Administrators, &[]),
    ("DELETE /api/v1/people/{handle}/deactivation", Administrators, &[]),
    ("GET /api/v1/teams", Everybody, &[]),
    ("POST /api/v1/teams", Everybody, &[("name", "Weavers")]),
    ("GET /api/v1/teams/{handle}", Everybody, &[]),
    ("PATCH /api/v1/teams/{handle}", Administrators, &[]),
    ("PUT /api/v1/teams/{handle}/members/{person}", Administrators, &[]),
    ("DELETE /api/v1/teams/{handle}/members/{person}", Administrators, &[]),
    ("GET /api/v1/invitations", Everybody, &[]),
    ("POST /api/v1/invitations", Inviters, &[("role", "member")]),
    ("DELETE /api/v1/invitations/{id}", Own, &[]),
    ("GET /api/v1/tokens", Everybody, &[]),
    ("POST /api/v1/tokens", Everybody, &[("name", "nightly"), ("scope", "read"), ("days", "7")]),
    ("DELETE /api/v1/tokens/{id}", Own, &[]),
    ("GET /api/v1/organisation", Administrators, &[]),
    ("PATCH /api/v1/organisation", Administrators, &[]),
    ("GET /api/v1/templates", Everybody, &[]),
    ("POST /api/v1/templates", Administrators, &[("kind", "study"), ("name", "Study"), ("body", "Text")]),
    ("GET /api/v1/templates/{id}", Everybody, &[]),
    ("PATCH /api/v1/templates/{id}", Administrators, &[]),
    ("PUT /api/v1/templates/{id}/retirement", Administrators, &[]),
    ("DELETE /api/v1/templates/{id}/retirement", Administrators, &[]),
    ("GET /api/v1/prompts", Everybody, &[]),
    ("POST /api/v1/prompts", Administrators, &[("kind", "study"), ("body", "Why?")]),
    ("GET /api/v1/prompts/{id}", Everybody, &[]),
    ("PATCH /api/v1/prompts/{id}", Administrators, &[("body", "Why not?")]),
    ("PUT /api/v1/prompts/{id}/retirement", Administrators, &[]),
    ("DELETE /api/v1/prompts/{id}/retirement", Administrators, &[]),
    ("GET /api/v1/audit", Administrators, &[]),
    ("PUT /api/v1/me/password", Everybody, &[("password", "too short")]),
    ("GET /api/v1/sessions", Everybody, &[]),
    ("DELETE /api/v1/sessions", Everybody, &[]),
    ("DELETE /api/v1/sessions/{id}", Own, &[]),
    ("POST /api/v1/people/{handle}/sign-in-link", Administrators, &[]),
    ("GET /api/v1/needs", Everybody, &[]),
    ("GET /api/v1/on-this-day", Everybody, &[]),
    ("GET /api/v1/calendar/address", Everybody, &[]),
    ("POST /api/v1/calendar/address", Everybody, &[]),
    ("DELETE /api/v1/calendar/address", Everybody, &[]),
    ("PUT /api/v1/meetings/{id}/presence", Review, &[]),
    ("POST /api/v1/meetings/{id}/question-ends", Led, &[("question", "{question}"), ("state", "unresolved")]),
    ("GET /api/v1/reviews/{number}/difference", Review, &[]),
    ("GET /api/v1/reviews/{number}/rounds", Review, &[]),
    ("GET /api/v1/reviews/{number}/readiness", Review, &[]),
    ("GET /api/v1/reviews/{number}/records/suggested", Review, &[]),
    ("POST /api/v1/reviews/{number}/records/suggested", Led, &[("kind", "goal")]),
    ("GET /api/v1/reviews/{number}/records/{id}/versions", Review, &[]),
    ("PUT /api/v1/reviews/{number}/records/{id}/state", Led, &[("state", "kept")]),
    ("DELETE /api/v1/reviews/{number}/records/{id}/removal", Led, &[]),
    ("GET /api/v1/reviews/{number}/questions/next", Review, &[]),
    ("GET /api/v1/reviews/{number}/minutes/composition", Led, &[]),
    ("GET /people", Everybody, &[]),
    ("GET /people/{handle}", Everybody, &[]),
    ("POST /people/{handle}/role", Administrators, &[("role", "facilitator")]),
    ("POST /people/{handle}/sign-in-link", Administrators, &[]),
    ("POST /people/{handle}/deactivation", Administrators, &[]),
    ("POST /people/{handle}/deactivation/removal", Administrators, &[]),
    ("GET /teams", Everybody, &[]),
    ("POST /teams", Everybody, &[("name", "Weavers")]),
    ("GET /teams/new", Everybody, &[]),
    ("GET /teams/{handle}", Everybody, &[]),
    // Members of the team may do these too; a test in `accounts` shows it.
    ("POST /teams/{handle}", Administrators, &[("name", "Spinners"), ("version", "1")]),
    ("GET /teams/{handle}/edit", Administrators, &[]),
    ("POST /teams/{handle}/members", Administrators, &[("person", "target")]),
    ("POST /teams/{handle}/members/removal", Administrators, &[("person", "target")]),
    ("GET /invitations", Inviters, &[]),
    ("POST /invitations", Inviters, &[("role", "member")]),
    ("GET /invitations/new", Inviters, &[]),
    ("POST /invitations/{id}/revocation", Own, &[]),
    ("GET /settings", Everybody, &[]),
    ("POST /settings", Everybody, &[]),
    ("GET /settings/sign-in", Everybody, &[]),
    ("POST /settings/password", Everybody, &[]),
    ("POST /settings/sessions/removal", Everybody, &[]),
    ("POST /settings/sessions/{id}/removal", Own, &[]),
    ("GET /settings/tokens", Everybody, &[]),
    ("POST /settings/tokens", Everybody, &[]),
    ("POST /settings/tokens/{id}/revocation", Own, &[]),
    ("GET /settings/organisation", Administrators, &[]),
    ("POST /settings/organisation", Administrators, &[]),
    ("GET /settings/templates", Administrators, &[]),
    ("POST /settings/templates", Administrators, &[]),
    ("GET /settings/templates/new", Administrators, &[]),
    ("GET /settings/templates/{id}", Administrators, &[]),
    ("POST /settings/templates/{id}", Administrators, &[]),
    ("POST /settings/templates/{id}/place", Administrators, &[("direction", "down")]),
    ("POST /settings/templates/{id}/retirement", Administrators, &[]),
    ("POST /settings/templates/{id}/retirement/removal", Administrators, &[]),
    ("GET /settings/prompts", Administrators, &[]),
    ("POST /settings/prompts", Administrators, &[]),
    ("GET /settings/prompts/new", Administrators, &[]),
    ("GET /settings/prompts/{id}", Administrators, &[]),
    ("POST /settings/prompts/{id}", Administrators, &[]),
    ("POST /settings/prompts/{id}/place", Administrators, &[("direction", "down")]),
    ("POST /settings/prompts/{id}/retirement", Administrators, &[]),
    ("POST /settings/prompts/{id}/retirement/removal", Administrators, &[]),
    ("GET /settings/audit", Administrators, &[]),
    ("GET /reviews", Everybody, &[]),
    ("POST /reviews", Everybody, &[("title", "A queue")]),
    ("GET /reviews/new", Everybody, &[]),
    ("GET /reviews/board", Everybody, &[]),
    ("GET /reviews/{number}", Review, &[]),
    ("GET /reviews/{number}/edit", Led, &[]),
    ("POST /reviews/{number}/document", Led, &[("base", "1"), ("text", "x")]),
    ("GET /reviews/{number}/document.md", Review, &[]),
    ("GET /reviews/{number}/document/sync", Review, &[]),
    ("GET /reviews/{number}/decision.madr.md", Review, &[]),
    ("GET /reviews/{number}/document.rst", Review, &[]),
    ("POST /reviews/{number}/tasks", Led, &[("version", "1"), ("tick", "0")]),
    ("POST /reviews/{number}/preview", Led, &[("text", "x")]),
    ("POST /reviews/{number}/versions", Led, &[("name", "Before the meeting")]),
    ("GET /reviews/{number}/versions/{version}", Review, &[]),
    ("GET /reviews/{number}/versions/{version}/restoration/new", Led, &[]),
    ("POST /reviews/{number}/versions/{version}/restoration", Led, &[]),
    ("GET /reviews/{number}/authors", Review, &[]),
    ("GET /reviews/{number}/difference", Review, &[]),
    ("GET /reviews/{number}/history", Review, &[]),
    ("GET /reviews/{number}/rounds/{round}", Review, &[]),
    ("GET /reviews/{number}/circulation/new", Led, &[]),
    ("POST /reviews/{number}/circulation", Led, &[("comments_until", "2026-04-01T12:00")]),
    ("GET /reviews/{number}/steps/new", Led, &[]),
    ("POST /reviews/{number}/steps", Led, &[("to", "closed"), ("reason", "Not needed")]),
    ("GET /reviews/{number}/people", Review, &[]),
    ("POST /reviews/{number}/people", Review, &[("role", "follower")]),
    ("POST /reviews/{number}/people/removal", Led, &[("principal", "{author}"), ("role", "presenter")]),
    ("POST /reviews/{number}/visibility", Led, &[("visibility", "open")]),
    ("POST /reviews/{number}/access", Led, &[("who", "@target")]),
    ("POST /reviews/{number}/access/removal", Led, &[("principal", "{author}")]),
    ("GET /reviews/{number}/readers", Review, &[]),
    ("GET /reviews/{number}/records", Review, &[]),
    ("POST /reviews/{number}/records", Led, &[("kind", "goal"), ("title", "Sooner")]),
    ("GET /reviews/{number}/records/new", Led, &[]),
    ("POST /reviews/{number}/records/suggested", Led, &[("kind", "goal")]),
    ("GET /reviews/{number}/records/{id}", Review, &[]),
    ("POST /reviews/{number}/records/{id}", Led, &[("kind", "goal"), ("title", "Later"), ("version", "1")]),
    ("POST /reviews/{number}/records/{id}/state", Led, &[("state", "kept")]),
    ("POST /reviews/{number}/records/{id}/position", Led, &[("move", "up")]),
    ("POST /reviews/{number}/records/{id}/removal", Led, &[]),
    ("POST /reviews/{number}/records/{id}/removal/removal", Led, &[]),
    ("POST /reviews/{number}/links", Led, &[("relation", "see-also"), ("number", "1")]),
    ("POST /reviews/{number}/links/removal", Led, &[("relation", "requires"), ("number", "1")]),
    ("GET /reviews/{number}/discussion", Review, &[]),
    ("POST /reviews/{number}/threads", Review, &[("body", "Why?")]),
    ("GET /threads/{id}", Review, &[]),
    ("POST /threads/{id}/comments", Review, &[("body", "So.")]),
    ("POST /threads/{id}/resolution", Led, &[("reason", "Done")]),
    ("GET /threads/{id}/resolution/new", Review, &[]),
    ("POST /threads/{id}/resolution/removal", Review, &[]),
    ("GET /reviews/{number}/threads/new", Review, &[]),
    ("POST /threads/{id}/suggestion/acceptance", Led, &[]),
    ("POST /threads/{id}/suggestion/refusal", Led, &[]),
    ("GET /comments/{id}", Review, &[]),
    ("POST /comments/{id}", Written, &[("body", "Other words"), ("version", "1")]),
    ("GET /comments/{id}/edit", Written, &[]),
    ("GET /comments/{id}/versions", Review, &[]),
    ("POST /comments/{id}/decision", Led, &[]),
    ("POST /comments/{id}/decision/removal", Led, &[]),
    ("GET /reviews/{number}/questions", Review, &[]),
    ("POST /reviews/{number}/questions", Review, &[("body", "Why?")]),
    ("GET /questions/{id}", Review, &[]),
    ("POST /questions/{id}/vote", Review, &[("vote", "for")]),
    ("POST /questions/{id}/ending", Review, &[("ending", "answered"), ("answer", "So.")]),
    ("POST /questions/{id}/ending/removal", Review, &[]),
    ("POST /questions/{id}/setting-aside", Led, &[("reason", "Not here")]),
    ("POST /questions/{id}/merge", Led, &[("target", ABSENT)]),
    ("POST /questions/{id}/merge/removal", Led, &[]),
    ("GET /reviews/{number}/stances", Review, &[]),
    ("POST /reviews/{number}/stances", Review, &[("position", "yes")]),
    ("POST /reviews/{number}/stances/removal", Review, &[]),
    ("POST /conditions/{id}/owner", Led, &[("owner", "target")]),
    ("POST /conditions/{id}/closing", Led, &[("state", "met")]),
    ("POST /conditions/{id}/closing/removal", Led, &[]),
    ("GET /api/v1/reviews/{number}/threads", Review, &[]),
    ("POST /api/v1/reviews/{number}/threads", Review, &[("body", "Why?")]),
    ("GET /api/v1/threads/{id}", Review, &[]),
    ("GET /api/v1/threads/{id}/comments", Review, &[]),
    ("POST /api/v1/threads/{id}/comments", Review, &[("body", "So.")]),
    ("PUT /api/v1/threads/{id}/resolution", Led, &[("reason", "Done")]),
    ("DELETE /api/v1/threads/{id}/resolution", Review, &[]),
    ("PUT /api/v1/threads/{id}/suggestion/acceptance", Led, &[]),
    ("PUT /api/v1/threads/{id}/suggestion/refusal", Led, &[]),
    ("GET /api/v1/comments/{id}", Review, &[]),
    ("PATCH /api/v1/comments/{id}", Written, &[("body", "Other words")]),
    ("GET /api/v1/comments/{id}/versions", Review, &[]),
    ("PUT /api/v1/comments/{id}/decision", Led, &[]),
    ("DELETE /api/v1/comments/{id}/decision", Led, &[]),
    ("GET /api/v1/reviews/{number}/questions", Review, &[]),
    ("POST /api/v1/reviews/{number}/questions", Review, &[("body", "Why?")]),
    ("GET /api/v1/questions/{id}", Review, &[]),
    ("PUT /api/v1/questions/{id}/vote", Review, &[("vote", "for")]),
    ("DELETE /api/v1/questions/{id}/vote", Review, &[]),
    ("PUT /api/v1/questions/{id}/ending", Review, &[("state", "answered"), ("answer", "So.")]),
    ("DELETE /api/v1/questions/{id}/ending", Review, &[]),
    ("PUT /api/v1/questions/{id}/merge", Led, &[("target", ABSENT)]),
    ("DELETE /api/v1/questions/{id}/merge", Led, &[]),
    ("GET /api/v1/reviews/{number}/stances", Review, &[]),
    ("PUT /api/v1/reviews/{number}/stances", Review, &[("position", "yes")]),
    ("DELETE /api/v1/reviews/{number}/stances", Review, &[]),
    ("GET /api/v1/reviews/{number}/conditions", Review, &[]),
    ("GET /api/v1/conditions/{id}", Review, &[]),
    ("PUT /api/v1/conditions/{id}/owner", Led, &[("owner", "target")]),
    ("PUT /api/v1/conditions/{id}/closing", Led, &[("state", "met")]),
    ("DELETE /api/v1/conditions/{id}/closing", Led, &[]),
    ("GET /api/v1/reviews/{number}/meetings", Review, &[]),
    ("POST /api/v1/reviews/{number}/meetings", Led, &[("starts_at", "1772704800000")]),
    ("GET /api/v1/meetings/{id}", Review, &[]),
    ("PATCH /api/v1/meetings/{id}", Led, &[("place", "Room 4")]),
    ("PUT /api/v1/meetings/{id}/cancellation", Led, &[("reason", "Not needed")]),
    ("PUT /api/v1/meetings/{id}/phase", Led, &[("phase", "presentation")]),
    ("PUT /api/v1/meetings/{id}/question", Led, &[("question", "{question}")]),
    ("GET /api/v1/meetings/{id}/people", Review, &[]),
    ("PUT /api/v1/meetings/{id}/answer", Review, &[("answer", "coming")]),
    ("GET /api/v1/calendar", Everybody, &[]),
    ("GET /api/v1/meetings/{id}/agenda", Review, &[]),
    ("GET /api/v1/meetings/{id}/notes", Review, &[]),
    ("PUT /api/v1/meetings/{id}/notes", Review, &[("text", "x"), ("base", "1")]),
    ("GET /api/v1/meetings/{id}/parked", Review, &[]),
    ("POST /api/v1/meetings/{id}/parked", Review, &[("body", "Later")]),
    ("PUT /api/v1/parked/{id}/state", Review, &[("state", "dropped")]),
    ("GET /api/v1/reviews/{number}/polls", Review, &[]),
    ("POST /api/v1/reviews/{number}/polls", Led, &[("statement", "We build it.")]),
    ("GET /api/v1/polls/{id}", Review, &[]),
    ("PUT /api/v1/polls/{id}/vote", Review, &[("choice", "agree")]),
    ("PUT /api/v1/polls/{id}/closing", Led, &[]),
    ("GET /reviews/{number}/meeting", Review, &[]),
    ("GET /reviews/{number}/meeting/new", Led, &[]),
    ("GET /reviews/{number}/meeting.ics", Review, &[]),
    ("POST /reviews/{number}/meetings", Led, &[("date", "2026-03-05"), ("time", "10:00")]),
    ("GET /reviews/{number}/live", Review, &[]),
    ("GET /calendar", Everybody, &[]),
    ("POST /calendar/address", Everybody, &[]),
    ("POST /calendar/address/removal", Everybody, &[]),
    // Whoever has the secret in the address.
    ("GET /calendar/{file}", Open, &[]),
    ("GET /meetings/{id}/move", Led, &[]),
    ("POST /meetings/{id}/times", Led, &[("date", "2026-03-05"), ("time", "10:00"), ("version", "1")]),
    ("GET /meetings/{id}/cancellation/new", Led, &[]),
    ("POST /meetings/{id}/cancellation", Led, &[("reason", "Not needed")]),
    ("POST /meetings/{id}/answer", Review, &[("answer", "coming")]),
    ("POST /meetings/{id}/presence", Review, &[]),
    ("POST /meetings/{id}/phase", Led, &[("phase", "presentation")]),
    ("POST /meetings/{id}/question", Led, &[("question", "{question}")]),
    ("POST /meetings/{id}/question-ends", Led, &[("question", "{question}"), ("end", "unresolved")]),
    ("PUT /meetings/{id}/notes", Review, &[("text", "x")]),
    ("POST /meetings/{id}/notes", Review, &[("text", "x"), ("base", "1")]),
    ("POST /meetings/{id}/parked", Review, &[("park", "Later")]),
    ("POST /parked/{id}/state", Review, &[("state", "dropped")]),
    ("POST /meetings/{id}/polls", Led, &[("statement", "We build it.")]),
    ("POST /polls/{id}/votes", Review, &[("choice", "agree")]),
    ("POST /polls/{id}/closing", Led, &[]),
    ("GET /reviews/{number}/outcome", Review, &[]),
    ("GET /reviews/{number}/decision/new", Led, &[]),
    ("POST /reviews/{number}/decision", Led, &[("outcome", "go-ahead"), ("reason", "Yes")]),
    ("GET /decisions", Everybody, &[]),
    ("GET /decisions/{number}", Review, &[]),
    ("POST /reviews/{number}/agreements", Led, &[("component", "Cache"), ("agreed", "None")]),
    ("GET /agreements/{id}/edit", Led, &[]),
    ("POST /agreements/{id}", Led, &[("component", "Cache"), ("agreed", "One"), ("version", "1")]),
    ("POST /agreements/{id}/removal", Led, &[]),
    ("GET /learn", Everybody, &[]),
    ("GET /assumptions", Everybody, &[]),
    ("POST /learnings", Everybody, &[("body", "It holds")]),
    ("POST /reviews/{number}/learnings", Review, &[("body", "It holds")]),
    ("GET /learnings/{number}", Review, &[]),
    // Whoever noted it may do these too; a test in `outcome` shows it.
    ("GET /learnings/{number}/edit", Led, &[]),
    ("POST /learnings/{number}", Led, &[("body", "It holds mostly"), ("version", "1")]),
    ("GET /reviews/{number}/minutes", Review, &[]),
    ("GET /reviews/{number}/minutes.md", Review, &[]),
    ("GET /reviews/{number}/minutes/edit", Led, &[]),
    ("POST /reviews/{number}/minutes", Led, &[("text", "x")]),
    ("GET /reviews/{number}/minutes/composition", Led, &[]),
    ("POST /reviews/{number}/minutes/composition", Led, &[("text", "x")]),
    ("POST /reviews/{number}/minutes/sending", Led, &[("version", "0")]),
];

const METHODS: [Method; 5] = [
    Method::GET,
    Method::POST,
    Method::PUT,
    Method::PATCH,
    Method::DELETE,
];

/// An identifier that nothing has.
const ABSENT: &str = "0192f0c1d2e37abc8def0123456789ab";

/// The things that addresses name: those of an open review, of a private one, or of none.
struct Things {
    author: Person,
    review: String,
    record: String,
    thread: String,
    comment: String,
    question: String,
    condition: String,
    meeting: String,
    parked: String,
    poll: String,
    template: String,
    prompt: String,
    decision: String,
    agreement: String,
    learning: String,
}

impl Things {
    fn address(&self, path: &str) -> String {
        let filled = [
            ("/reviews/{number}", format!("/reviews/{}", self.review)),
            ("/records/{id}", format!("/records/{}", self.record)),
            ("/meetings/{id}", format!("/meetings/{}", self.meeting)),
            ("/parked/{id}", format!("/parked/{}", self.parked)),
            ("/polls/{id}", format!("/polls/{}", self.poll)),
            ("/calendar/{file}", "/calendar/nobody.ics".to_owned()),
            (
                "/decisions/{number}",
                format!("/decisions/{}", self.decision),
            ),
            (
                "/agreements/{id}",
                format!("/agreements/{}", self.agreement),
            ),
            (
                "/learnings/{number}",
                format!("/learnings/{}", self.learning),
            ),
            (
                "/people/{id}/{role}",
                format!("/people/{}/presenter", self.author.id),
            ),
            ("/links/{relation}/{other}", "/links/requires/1".to_owned()),
            ("/threads/{id}", format!("/threads/{}", self.thread)),
            ("/comments/{id}", format!("/comments/{}", self.comment)),
            ("/questions/{id}", format!("/questions/{}", self.question)),
            (
                "/conditions/{id}",
                format!("/conditions/{}", self.condition),
            ),
            ("/versions/{version}", "/versions/1".to_owned()),
            ("/rounds/{round}", "/rounds/1".to_owned()),
            ("/people/{handle}", "/people/target".to_owned()),
            ("/teams/{handle}", "/teams/spinners".to_owned()),
            ("/templates/{id}", format!("/templates/{}", self.template)),
            ("/prompts/{id}", format!("/prompts/{}", self.prompt)),
            ("/sessions/{id}", format!("/sessions/{ABSENT}")),
            ("/tokens/{id}", format!("/tokens/{ABSENT}")),
            ("/invitations/{id}", format!("/invitations/{ABSENT}")),
            ("/inbox/{id}", format!("/inbox/{ABSENT}")),
            ("/members/{person}", "/members/target".to_owned()),
            ("{secret}", "nobody-made-this-secret".to_owned()),
            ("{name}", "app.css".to_owned()),
        ]
        .iter()
        .fold(path.to_owned(), |path, (from, to)| path.replace(from, to));
        assert!(
            !filled.contains('{'),
            "say in `Things` what the address {path} names"
        );
        filled
    }
}

async fn request(site: &Site, who: &Person, route: &Route, things: &Things) -> Answer {
    let address = things.address(&route.path);
    let is_api = route.path.starts_with("/api/");
    let kind = if is_api {
        "application/json"
    } else {
        "application/x-www-form-urlencoded"
    };
    let kind = (header::CONTENT_TYPE.as_str(), kind);
    let body = if route.method == Method::GET {
        Body::empty()
    } else {
        let author = things.author.id.to_string();
        let fields: Vec<(&str, String)> = route
            .fields
            .iter()
            .map(|(name, value)| {
                let value = value.replace("{author}", &author);
                (*name, value.replace("{question}", &things.question))
            })
            .collect();
        if is_api {
            let json = |value: &str| value.parse::<i64>().map_or(value.into(), Into::into);
            let fields: serde_json::Map<String, serde_json::Value> = fields
                .iter()
                .map(|(name, value)| ((*name).to_owned(), json(value)))
                .collect();
            Body::from(serde_json::Value::Object(fields).to_string())
        } else {
            Body::from(serde_html_form::to_string(fields).unwrap())
        }
    };
    site.send(Some(who), route.method.clone(), &address, &[kind], body)
        .await
}

struct Route {
    method: Method,
    path: String,
    door: Door,
    fields: Fields,
}

fn routes() -> Vec<Route> {
    DOORS
        .iter()
        .map(|&(name, door, fields)| {
            let (method, path) = name.split_once(' ').unwrap();
            Route {
                method: method.parse().unwrap(),
                path: path.to_owned(),
                door,
                fields,
            }
        })
        .collect()
}

/// An organisation with an author and their first review, a team, and somebody to do things to.
async fn furnished(site: &Site) -> Person {
    let author = site.person("Ada Novak", Role::Member).await;
    site.person("Target", Role::Member).await;
    let chief = site.person("Cleo Marsh", Role::Administrator).await;
    site.follow(&chief, "/teams", &[("name", "Spinners")]).await;
    site.follow(&author, "/reviews", &[("title", "First"), ("text", "")])
        .await;
    author
}

/// A new review of the author's with one of everything that an address can name.
async fn things(site: &Site, author: &Person, visibility: &'static str) -> Things {
    let fields = [("title", "Acquisition"), ("text", "# Goals\n\n- Sooner\n")];
    let mut fields = fields.to_vec();
    if visibility == "private" {
        fields.push(("private", "yes"));
    }
    let review = site.follow(author, "/reviews", &fields).await;
    let goal = [("kind", "goal"), ("title", "Sooner")];
    site.follow(author, &format!("{review}/records"), &goal)
        .await;
    let first = [("relation", "requires"), ("number", "1")];
    site.follow(author, &format!("{review}/links"), &first)
        .await;
    let name = [("name", "First version")];
    site.follow(author, &format!("{review}/versions"), &name)
        .await;
    site.follow(author, &format!("{review}/threads"), &[("body", "Why?")])
        .await;
    site.follow(author, &format!("{review}/questions"), &[("body", "Why?")])
        .await;
    let unsure = [("position", "yes-if"), ("conditions", "It lasts")];
    site.follow(author, &format!("{review}/stances"), &unsure)
        .await;
    let number: i64 = review.rsplit('/').next().unwrap().parse().unwrap();
    // It opens the next round, so that everything can still be done with the review.
    let more = [("outcome", "gather-more-information"), ("reason", "Why?")];
    site.follow(author, &format!("{review}/decision"), &more)
        .await;
    let engine = site.app.engine.clone();
    let (meeting, parked, poll) = site
        .verb(author, move |ctx, tx| {
            use hardwon_core::{meetings, reviews};
            let review = reviews::get(ctx, tx, number)?.id;
            let form = meetings::MeetingForm {
                starts_at: START + 86_400_000,
                presentation_minutes: 10,
                question_minutes: 50,
                zone: "Europe/London".to_owned(),
                place: String::new(),
            };
            let meeting = meetings::schedule(ctx, tx, engine.as_ref(), review, &form)?;
            let parked = meetings::park(ctx, tx, meeting, "Later")?;
            let poll = meetings::open_poll(ctx, tx, review, Some(meeting), "We build it.")?;
            Ok((meeting.to_string(), parked.to_string(), poll.to_string()))
        })
        .await;
    let agreed = [("component", "Queue"), ("agreed", "One")];
    let agreement = site
        .follow(author, &format!("{review}/agreements"), &agreed)
        .await;
    let learned = [("body", "It waits")];
    let learning = site
        .follow(author, &format!("{review}/learnings"), &learned)
        .await;
    let after = |address: &str, mark: &str| address.split_once(mark).unwrap().1.to_owned();
    let (template, prompt, newest, decision) = site
        .app
        .db
        .read(move |tx| {
            use hardwon_core::organisation::shelf::{self, Shelf};
            let template = shelf::all(tx, Shelf::Templates, None)?[0].id.to_string();
            let prompt = shelf::all(tx, Shelf::Prompts, None)?[0].id.to_string();
            let mut newest = Vec::new();
            for table in [
                "review_record",
                "thread",
                "comment",
                "question",
                "condition",
            ] {
                let text = format!(
                    "select t.id from {table} t join review r on r.id = t.review_id
                     where r.number = $1 order by t.id desc limit 1"
                );
                let number = hardwon_db::params![number];
                newest.push(tx.query_one(&text, number, |row| row.get::<String>(0))?);
            }
            let latest = "select max(number) from decision";
            let decision: i64 = tx.query_one(latest, &[], |row| row.get(0))?;
            Ok::<_, hardwon_core::Error>((template, prompt, newest, decision.to_string()))
        })
        .await
        .unwrap();
    let [record, thread, comment, question, condition] = newest.try_into().unwrap();
    Things {
        author: author.clone(),
        thread,
        comment,
        question,
        condition,
        review: review.rsplit('/').next().unwrap().to_owned(),
        record,
        meeting,
        parked,
        poll,
        template,
        prompt,
        decision,
        agreement: after(&agreement, "#agreement-"),
        learning: after(&learning, "#learning-"),
    }
}

fn wants_sign_in(route: &Route, answer: &Answer) -> bool {
    if route.method == Method::GET && !route.path.starts_with("/api/") {
        let location = answer.headers.get(header::LOCATION);
        return answer.status.is_redirection()
            && location.is_some_and(|to| to.to_str().unwrap().starts_with("/sign-in"));
    }
    answer.status == StatusCode::UNAUTHORIZED
}

#[test]
fn every_route_is_declared() {
    everywhere(async |site| {
        let author = furnished(&site).await;
        let open = things(&site, &author, "open").await;
        let nobody = Person::nobody();
        let mut found = BTreeSet::new();
        for path in router::paths() {
            for method in METHODS {
                let address = open.address(&path);
                let answer = site
                    .send(Some(&nobody), method.clone(), &address, &[], Body::empty())
                    .await;
                if answer.status != StatusCode::METHOD_NOT_ALLOWED {
                    found.insert(format!("{method} {path}"));
                }
            }
        }
        let declared: BTreeSet<String> =
            DOORS.iter().map(|(name, ..)| (*name).to_owned()).collect();
        let new: Vec<_> = found.difference(&declared).collect();
        assert!(new.is_empty(), "say in DOORS who may use {new:#?}");
        let gone: Vec<_> = declared.difference(&found).collect();
        assert!(gone.is_empty(), "DOORS declares what is gone: {gone:#?}");
    });
}

#[test]
fn nobody_gets_in_without_signing_in() {
    everywhere(async |site| {
        let author = furnished(&site).await;
        let open = things(&site, &author, "open").await;
        let private = things(&site, &author, "private").await;
        let nobody = Person::nobody();
        for route in routes() {
            for things in [&open, &private] {
                let answer = request(&site, &nobody, &route, things).await;
                let told = wants_sign_in(&route, &answer);
                let name = format!("{} {}: {}", route.method, route.path, answer.status);
                assert!(!answer.status.is_server_error(), "{name}");
                if route.door == Open {
                    assert!(
                        route.path == "/sign-out" || !told,
                        "{name}: needs no account"
                    );
                } else {
                    assert!(told, "{name}: must ask to sign in");
                }
            }
        }
    });
}

/// Who is let through, by role. Everybody asks with a fresh session, since some routes end it.
#[test]
fn each_role_opens_its_doors() {
    everywhere(async |site| {
        let author = furnished(&site).await;
        let mut number = 0;
        for route in routes() {
            for &role in Role::ALL {
                number += 1;
                let open = things(&site, &author, "open").await;
                let who = site.person(&format!("Walker {number}"), role).await;
                let answer = request(&site, &who, &route, &open).await;
                let name = format!(
                    "{} {} as {role}: {}",
                    route.method, route.path, answer.status
                );
                assert!(
                    !answer.status.is_server_error() && answer.status != StatusCode::UNAUTHORIZED,
                    "{name}"
                );
                let needed = match route.door {
                    Administrators => Role::Administrator,
                    Inviters | Led => Role::Facilitator,
                    Open | Everybody | Own | Review | Written => Role::Member,
                };
                let refused = answer.status == StatusCode::FORBIDDEN;
                assert_eq!(refused, role < needed || route.door == Written, "{name}");
                if route.door == Own {
                    assert_eq!(answer.status, StatusCode::NOT_FOUND, "{name}");
                }
            }
        }
    });
}

#[test]
fn what_is_private_looks_absent_to_every_role() {
    everywhere(async |site| {
        let author = furnished(&site).await;
        for &role in Role::ALL {
            let outsider = site.person(&format!("Outsider {role}"), role).await;
            for route in routes()
                .iter()
                .filter(|route| matches!(route.door, Review | Led | Written))
            {
                let private = things(&site, &author, "private").await;
                let absent = Things {
                    author: author.clone(),
                    review: "999999".to_owned(),
                    record: ABSENT.to_owned(),
                    thread: ABSENT.to_owned(),
                    comment: ABSENT.to_owned(),
                    question: ABSENT.to_owned(),
                    condition: ABSENT.to_owned(),
                    meeting: ABSENT.to_owned(),
                    parked: ABSENT.to_owned(),
                    poll: ABSENT.to_owned(),
                    template: String::new(),
                    prompt: String::new(),
                    decision: "999999".to_owned(),
                    agreement: ABSENT.to_owned(),
                    learning: "999999".to_owned(),
                };
                let hidden = request(&site, &outsider, route, &private).await;
                let nothing = request(&site, &outsider, route, &absent).await;
                let name = format!("{} {} as {role}", route.method, route.path);
                assert_eq!(hidden.status, StatusCode::NOT_FOUND, "{name}");
                assert_eq!(hidden.body, nothing.body, "{name}");
                let own = request(&site, &author, route, &private).await;
                assert_ne!(own.status, StatusCode::NOT_FOUND, "{name}: its author");
            }
        }
    });
}

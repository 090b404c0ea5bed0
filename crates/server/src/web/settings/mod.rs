//! Settings: one's own profile, sign-in and tokens for everybody; organisation, templates, prompts and audit for
//! administrators. One file per page.

pub mod audit;
pub mod json;
pub mod organisation;
pub mod profile;
pub mod security;
pub mod shelf;
pub mod tokens;

use super::frame::TabView;
use crate::http::SignedIn;
use hardwon_core::Role;

/// The tabs of the settings; those of administration only for whom they open.
fn tabs(user: &SignedIn, current: &str) -> Vec<TabView> {
    let all = [
        ("/settings", "You", Role::Member),
        ("/settings/sign-in", "Sign-in", Role::Member),
        ("/settings/tokens", "Tokens", Role::Member),
        (
            "/settings/organisation",
            "Organisation",
            Role::Administrator,
        ),
        ("/settings/templates", "Templates", Role::Administrator),
        ("/settings/prompts", "Prompts", Role::Administrator),
        ("/settings/audit", "Audit", Role::Administrator),
    ];
    all.into_iter()
        .filter(|(_, _, role)| user.visitor.role >= *role)
        .map(|(href, label, _)| TabView {
            href: href.to_owned(),
            label,
            current: href == current,
            count: 0,
        })
        .collect()
}

//! Style, script and pictures, embedded in the binary. File names carry a hash of their content, so browsers keep them
//! for good.

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;
use std::collections::HashMap;

#[derive(RustEmbed)]
#[folder = "../../ui/dist"]
#[allow_missing = true]
struct Dist;

/// The addresses of what every page loads.
#[derive(Debug, Clone)]
pub struct Assets {
    pub css: String,
    pub js: String,
    pub mark: String,
}

impl Assets {
    /// By the manifest that the interface's build wrote. A binary built without the interface still serves pages.
    pub fn embedded() -> Self {
        let manifest: HashMap<String, String> = Dist::get("manifest.json")
            .and_then(|file| serde_json::from_slice(&file.data).ok())
            .unwrap_or_default();
        let address = |name: &str| {
            format!(
                "/assets/{}",
                manifest.get(name).map_or(name, String::as_str)
            )
        };
        Self {
            css: address("app.css"),
            js: address("app.js"),
            mark: address("mark.svg"),
        }
    }
}

pub async fn serve(Path(name): Path<String>) -> Response {
    let Some(file) = Dist::get(&name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let kind = match name.rsplit_once('.').map(|(_, ending)| ending) {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("json") => "application/json",
        Some("png") => "image/png",
        _ => "application/octet-stream",
    };
    (
        [
            (header::CONTENT_TYPE, kind),
            (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
        ],
        file.data,
    )
        .into_response()
}

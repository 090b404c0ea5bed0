//! A review as a MADR record, for those who keep decision records beside their code.

use crate::app::App;
use crate::http::{Reply, SignedIn};
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::IntoResponse;
use hardwon_core::Error;
use hardwon_core::access::{self, Need};
use hardwon_core::exchange::export::{self, madr};
use hardwon_core::reviews::relations;

pub async fn record(State(app): State<App>, user: SignedIn, Path(number): Path<i64>) -> Reply {
    let ctx = user.ctx.clone();
    let record = app
        .db
        .read(move |tx| {
            let review = access::review_numbered(&ctx, tx, number, Need::See)?.id;
            let related: Vec<madr::Related> = relations::related(&ctx, tx, review)?
                .into_iter()
                .map(|one| madr::Related {
                    relation: one.relation.as_str().to_owned(),
                    from_here: one.from_here,
                    number: one.number,
                    title: one.title,
                })
                .collect();
            let dump = export::review(tx, review)?;
            Ok::<_, Error>(madr::render(&dump, &export::names(tx)?, &related))
        })
        .await?;
    let name = format!("attachment; filename=\"{number}-decision.madr.md\"");
    Ok((
        [
            (
                header::CONTENT_TYPE,
                "text/markdown; charset=utf-8".to_owned(),
            ),
            (header::CONTENT_DISPOSITION, name),
        ],
        record,
    )
        .into_response())
}

//! The product at its HTTP boundary: every test goes through the real router, in process, on every database there is.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod accounts;
mod api;
mod doors;
mod exchange;
mod import;
mod kept;
mod live;
mod margin;
mod meetings;
mod outcome;
mod reliability;
mod reviews;
mod rounds;
mod said;
mod site;
mod spine;
mod talk;
mod together;
mod versions;
mod writing;

//! Hardwon as plain synchronous Rust: what an organisation's reviews, people and learnings are and what may
//! be done with them, one module per feature. It knows no web framework, no async runtime, no search engine and
//! no document engine; it speaks to a database through `hardwon-db` and to prose through `hardwon-prose`.

pub mod access;
pub mod ctx;
pub mod error;
pub mod event;
pub mod id;
pub mod link;
pub mod page;
pub mod word;

pub mod audit;
pub mod auth;
pub mod completion;
pub mod decisions;
pub mod documents;
pub mod exchange;
pub mod home;
pub mod idempotency;
pub mod learnings;
pub mod meetings;
pub mod minutes;
pub mod notifications;
pub mod organisation;
pub mod people;
pub mod questions;
pub mod reviews;
pub mod search;
pub mod stances;
pub mod threads;

pub use ctx::{Actor, Ctx, Role, World};
pub use error::{Error, Fields, Result};
pub use hardwon_db::{Db, Tx};

//! HTTP as every feature needs it: routes, who is asking, errors, forms, headers.

pub mod api;
pub mod assets;
pub mod auth;
pub mod error;
pub mod forms;
pub mod gate;
pub mod guard;
pub mod router;

pub use auth::{Caller, SignedIn};
pub use error::{Failure, Reply};
pub use forms::Form;

//! Tests of the crate as a whole; those of one rule stand beside it.

mod bounds;
mod constructs;
pub mod corpus;
mod hostile;
mod inspect;
mod properties;
mod vectors;
mod xss;

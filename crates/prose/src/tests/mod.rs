//! Tests of the crate as a whole; those of one rule stand beside it.

mod bounds;
mod constructs;
mod hostile;
mod inspect;
mod properties;
mod vectors;
mod xss;

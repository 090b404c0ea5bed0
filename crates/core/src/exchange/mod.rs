//! What goes in and out of Hardwon as files: readers, which are pure (files in, what they say out), and what writes it
//! into the database.

pub mod export;
pub mod import;
pub mod proposals;

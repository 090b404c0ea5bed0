//! What goes in and out of Hardwon as files. Here are the readers, which are pure: files in, what they say out.
//! Writing it into the database is not done here.

pub mod proposals;

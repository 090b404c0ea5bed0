//! Statements over people and teams.

pub const FACE: &str = "select id, name, handle from person where id = $1";

//! Statements over the organisation's one row.

pub const EXISTS: &str = "select id from organisation where id = 1";

pub const INSERT: &str = "
insert into organisation (id, name, zone, settings, version, created_at) values (1, $1, $2, $3, 1, $4)";

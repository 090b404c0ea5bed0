//! Pages and their JSON, one file per resource.

pub mod comments;
pub mod document;
pub mod frame;
pub mod history;
pub mod home;
pub mod inbox;
pub mod invitations;
pub mod json;
pub mod page;
pub mod participants;
pub mod people;
pub mod proposals;
pub mod question;
pub mod questions;
pub mod records;
pub mod reviews;
pub mod search;
pub mod set_up;
pub mod settings;
pub mod sign_in;
pub mod stances;
pub mod steps;
pub mod teams;
pub mod threads;
pub mod view;
pub mod zones;

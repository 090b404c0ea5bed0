//! Pages and their JSON, one file per resource.

pub mod frame;
pub mod home;
pub mod inbox;
pub mod page;
pub mod reviews;
pub mod search;
pub mod set_up;
pub mod sign_in;
pub mod view;
pub mod zones;

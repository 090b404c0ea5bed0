//! The shape of the repository: what a review would otherwise have to notice every time.

mod arrows;
mod dependencies;
mod sources;

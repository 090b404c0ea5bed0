//! What every request shares: database, clock, configuration, document engine, live updates.

use crate::config::Config;
use crate::http::assets::Assets;
use crate::realtime::{Live, YrsEngine};
use hardwon_core::documents::Engine;
use hardwon_core::{Db, World};
use std::sync::Arc;

#[derive(Clone)]
pub struct App(Arc<Shared>);

pub struct Shared {
    pub db: Db,
    pub world: World,
    pub config: Config,
    pub assets: Assets,
    pub engine: Arc<dyn Engine>,
    pub live: Live,
}

impl App {
    pub fn new(db: Db, world: World, config: Config) -> Self {
        Self(Arc::new(Shared {
            db,
            world,
            config,
            assets: Assets::embedded(),
            engine: Arc::new(YrsEngine),
            live: Live::default(),
        }))
    }
}

impl std::ops::Deref for App {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

//! What every request shares: database, clock, configuration, document engine, live updates.

use crate::config::Config;
use crate::http::api::Limits;
use crate::http::assets::Assets;
use crate::http::gate::Gate;
use crate::realtime::{Live, Rooms, YrsEngine};
use hardwon_core::documents::Engine;
use hardwon_core::{Db, World};
use hardwon_search::Index;
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
    pub rooms: Rooms,
    pub search: Arc<Index>,
    pub gate: Gate,
    pub limits: Limits,
}

impl App {
    /// Opens the search index beside the data; a database that is open already is given.
    pub fn new(db: Db, world: World, config: Config) -> Result<Self, hardwon_search::Error> {
        let search = Index::open(&config.data.join("search"), hardwon_core::search::SHAPE)?.index;
        let gate = Gate::new(&world);
        let limits = Limits::new(&world, config.api_requests_per_minute);
        Ok(Self(Arc::new(Shared {
            db,
            world,
            config,
            assets: Assets::embedded(),
            engine: Arc::new(YrsEngine),
            live: Live::default(),
            rooms: Rooms::default(),
            search: Arc::new(search),
            gate,
            limits,
        })))
    }
}

impl std::ops::Deref for App {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

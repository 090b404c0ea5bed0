//! `hardwon serve`

use super::{Complaint, make_folder};
use crate::app::App;
use crate::config::Config;
use crate::http::router::router;
use crate::jobs;
use axum::serve::ListenerExt as _;
use hardwon_core::auth::links;
use hardwon_core::{Ctx, World};
use hardwon_db::{Db, Options};
use std::net::SocketAddr;
use tokio::net::TcpListener;

pub fn run(config: Config) -> Result<(), Complaint> {
    block_on(serve(config))
}

pub fn block_on(work: impl Future<Output = Result<(), Complaint>>) -> Result<(), Complaint> {
    // What blocks is searching, indexing and hashing: more threads than processors would only hold memory each.
    let aside = std::thread::available_parallelism().map_or(4, |count| 2 * count.get() + 2);
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .max_blocking_threads(aside)
        .build()?
        .block_on(work)
}

async fn serve(config: Config) -> Result<(), Complaint> {
    // The port first: a second start on the same data says so before it opens anything.
    let listener = listen(&config).await?;
    let db = open(&config)?;
    let base_url = config.base_url.clone();
    let world = World::machine();
    let ctx = Ctx::operator(&world);
    let set_up = db.write(move |tx| links::set_up_link(&ctx, tx)).await?;
    let app = App::new(db, world, config)?;
    println!("Hardwon is at {base_url}");
    if let Some(secret) = set_up {
        println!(
            "Open {base_url}/set-up/{} to set it up. The link works once.",
            secret.text
        );
    }
    run_on(listener, app).await
}

pub async fn listen(config: &Config) -> Result<TcpListener, Complaint> {
    TcpListener::bind(config.listen)
        .await
        .map_err(|error| taken(config.listen, &error))
}

pub fn open(config: &Config) -> Result<Db, Complaint> {
    make_folder(config)?;
    Ok(Db::open(
        &config.database,
        &Options {
            readers: config.database_connections,
            ..Options::default()
        },
    )?)
}

/// Serves until the program is told to stop.
pub async fn run_on(listener: TcpListener, app: App) -> Result<(), Complaint> {
    allow_many_connections();
    jobs::start(&app);
    let live = app.live.clone();
    let prompt = listener.tap_io(|stream| {
        // What is typed is a few bytes, and must not wait for more.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "a connection gathers what it sends");
        }
    });
    axum::serve(
        prompt,
        router(app).into_make_service_with_connect_info::<SocketAddr>(),
    )
    .with_graceful_shutdown(async move {
        stopped().await;
        // Streams last as long as somebody looks; without this they would hold the program.
        live.close();
    })
    .await?;
    Ok(())
}

/// A meeting of hundreds keeps a connection open for each of them, and the usual limit of 1,024 open files is low for
/// that; a process may raise its own as far as the system's administrator lets it.
fn allow_many_connections() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        ..limit
    };
    if let Err(error) = setrlimit(Resource::Nofile, raised) {
        tracing::warn!(%error, current = limit.current, "the limit on open files stays as it is");
    }
}

fn taken(listen: SocketAddr, error: &std::io::Error) -> Complaint {
    Complaint::new(match error.kind() {
        std::io::ErrorKind::AddrInUse => format!(
            "Port {} is taken by another program; stop it, or choose another port with --listen {}:PORT.",
            listen.port(),
            listen.ip()
        ),
        _ => format!("The address {listen} cannot be listened on: {error}."),
    })
}

async fn stopped() {
    let interrupt = tokio::signal::ctrl_c();
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())
        .expect("a process may always handle its signals");
    tokio::select! {
        _ = interrupt => {}
        _ = terminate.recv() => {}
    }
}

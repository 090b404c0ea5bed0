//! Configuration: command-line flags, then `HARDWON_*` variables, then one optional TOML file, then the defaults. The
//! same struct is read from all of them, so every key has the same name everywhere; secrets come from files or the
//! environment and are never printed.

use clap::Args;
use hardwon_db::Target;
use serde::Deserialize;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

/// Where the data is and where the configuration file may be; every command takes these.
#[derive(Args, Deserialize, Debug, Clone, Default)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Flags {
    /// Folder of the embedded database and the search index [default: ./hardwon-data]
    #[arg(long, env = "HARDWON_DATA", value_name = "DIR", global = true)]
    pub data: Option<PathBuf>,

    /// Use this PostgreSQL database instead of the embedded one (`postgres://…`)
    #[arg(
        long,
        env = "HARDWON_DATABASE_URL",
        value_name = "URL",
        hide_env_values = true,
        global = true
    )]
    pub database_url: Option<String>,

    /// File that holds the database's address, for keeping its password out of the environment
    #[arg(
        long,
        env = "HARDWON_DATABASE_URL_FILE",
        value_name = "FILE",
        global = true
    )]
    pub database_url_file: Option<PathBuf>,

    /// TOML file with any of these keys
    #[arg(long, env = "HARDWON_CONFIG", value_name = "FILE", global = true)]
    #[serde(skip)]
    pub config: Option<PathBuf>,

    /// Address and port to listen on [default: 127.0.0.1:7400]
    #[arg(
        long,
        env = "HARDWON_LISTEN",
        value_name = "ADDRESS:PORT",
        global = true
    )]
    pub listen: Option<SocketAddr>,

    /// The address under which people reach this server; `https://…` makes cookies `Secure` [default: http://localhost:PORT]
    #[arg(long, env = "HARDWON_BASE_URL", value_name = "URL", global = true)]
    pub base_url: Option<String>,

    /// Proxies (addresses, separated by commas) whose `X-Forwarded-For` is believed [default: none]
    #[arg(
        long,
        env = "HARDWON_TRUSTED_PROXIES",
        value_delimiter = ',',
        value_name = "ADDRESSES",
        global = true
    )]
    pub trusted_proxies: Option<Vec<IpAddr>>,

    /// Days until a session that is not used ends [default: 30]
    #[arg(long, env = "HARDWON_SESSION_DAYS", value_name = "DAYS", global = true)]
    pub session_days: Option<u32>,

    /// Requests that one token or session may make in a minute over the API [default: 600]
    #[arg(
        long,
        env = "HARDWON_API_REQUESTS_PER_MINUTE",
        value_name = "N",
        global = true
    )]
    pub api_requests_per_minute: Option<u32>,

    /// What to log, such as `info` or `hardwon=debug,warn` [default: info,refinery_core=warn]
    #[arg(long, env = "HARDWON_LOG", value_name = "FILTER", global = true)]
    pub log: Option<String>,

    /// `text` for people, `json` for machines [default: text]
    #[arg(long, env = "HARDWON_LOG_FORMAT", value_name = "FORMAT", global = true)]
    pub log_format: Option<LogFormat>,

    /// Database connections (PostgreSQL) or reading threads (SQLite) [default: 4]
    #[arg(
        long,
        env = "HARDWON_DATABASE_CONNECTIONS",
        value_name = "N",
        global = true
    )]
    pub database_connections: Option<usize>,
}

#[derive(clap::ValueEnum, Deserialize, Debug, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum LogFormat {
    Text,
    Json,
}

/// The configuration in force.
#[derive(Debug, Clone)]
pub struct Config {
    pub data: PathBuf,
    pub database: Target,
    pub listen: SocketAddr,
    pub base_url: String,
    pub trusted_proxies: Vec<IpAddr>,
    pub session_days: u32,
    pub api_requests_per_minute: u32,
    pub log: String,
    pub log_format: LogFormat,
    pub database_connections: usize,
}

impl Config {
    /// Puts flags, variables and file together. The error is one sentence for the person at the terminal.
    pub fn load(flags: Flags) -> Result<Self, String> {
        let file = flags
            .config
            .as_deref()
            .map(read_file)
            .transpose()?
            .unwrap_or_default();
        let data = flags
            .data
            .or(file.data)
            .unwrap_or_else(|| PathBuf::from("hardwon-data"));
        let url_file = flags.database_url_file.or(file.database_url_file);
        let url = match (flags.database_url, url_file) {
            (Some(url), _) => Some(url),
            (None, Some(path)) => Some(read_secret(&path)?),
            (None, None) => file.database_url,
        };
        let database = match url {
            Some(url) if url.contains("://") && !url.starts_with("postgres") => {
                return Err(
                    "The database's address begins with postgres://, or is the path of a file."
                        .to_owned(),
                );
            }
            Some(url) => Target::parse(&url),
            None => Target::Sqlite(data.join("hardwon.db")),
        };
        let listen = flags
            .listen
            .or(file.listen)
            .unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 7400)));
        let base_url = flags
            .base_url
            .or(file.base_url)
            .unwrap_or_else(|| format!("http://localhost:{}", listen.port()));
        if !(base_url.starts_with("http://") || base_url.starts_with("https://")) {
            return Err(format!(
                "The base URL must begin with http:// or https://; it is {base_url}."
            ));
        }
        Ok(Self {
            data,
            database,
            listen,
            base_url: base_url.trim_end_matches('/').to_owned(),
            trusted_proxies: flags
                .trusted_proxies
                .or(file.trusted_proxies)
                .unwrap_or_default(),
            session_days: flags
                .session_days
                .or(file.session_days)
                .unwrap_or(30)
                .max(1),
            api_requests_per_minute: flags
                .api_requests_per_minute
                .or(file.api_requests_per_minute)
                .unwrap_or(600)
                .max(1),
            log: flags
                .log
                .or(file.log)
                .unwrap_or_else(|| "info,refinery_core=warn".to_owned()),
            log_format: flags
                .log_format
                .or(file.log_format)
                .unwrap_or(LogFormat::Text),
            database_connections: flags
                .database_connections
                .or(file.database_connections)
                .unwrap_or(4)
                .clamp(1, 64),
        })
    }

    /// Whether people reach the server over TLS, so that cookies must stay on it.
    pub fn is_secure(&self) -> bool {
        self.base_url.starts_with("https://")
    }
}

fn read_file(path: &Path) -> Result<Flags, String> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        format!(
            "The configuration file {} cannot be read: {error}.",
            path.display()
        )
    })?;
    toml::from_str(&text).map_err(|error| {
        format!(
            "The configuration file {} is not right: {error}",
            path.display()
        )
    })
}

fn read_secret(path: &Path) -> Result<String, String> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| format!("The secret in {} cannot be read: {error}.", path.display()))?;
    Ok(text.trim().to_owned())
}

/// The reference of every key, as `docs/guide/configuration.md` has it.
pub fn reference() -> String {
    let mut text = String::from(
        "# Configuration\n\n\
         Each key is a flag, a variable of the environment, or a key of the TOML file that `--config` names; the first of \
         these that has it counts. In the file a key is written as the flag is, without the dashes before it. This page is \
         generated.\n\n| flag | variable | what it does |\n| --- | --- | --- |\n",
    );
    for argument in Flags::augment_args(clap::Command::new("hardwon")).get_arguments() {
        let (Some(long), Some(help)) = (argument.get_long(), argument.get_help()) else {
            continue;
        };
        let value = argument
            .get_value_names()
            .map_or_else(String::new, |names| {
                names.iter().map(|name| format!(" {name}")).collect()
            });
        let variable = argument
            .get_env()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default();
        text.push_str(&format!("| `--{long}{value}` | `{variable}` | {help} |\n"));
    }
    text
}

#[cfg(test)]
mod tests {
    /// Written anew with `UPDATE=1 cargo test -p hardwon configuration`.
    #[test]
    fn the_configuration_reference_is_what_the_program_takes() {
        let path = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../docs/guide/configuration.md"
        );
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(path, super::reference()).unwrap();
        }
        assert_eq!(
            std::fs::read_to_string(path).unwrap_or_default(),
            super::reference()
        );
    }
}

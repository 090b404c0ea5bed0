//! The load generator, which speaks the Yjs sync protocol to any server: copied aside, run with node, and its report read.

use super::peers::npm;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const SCRIPT: &str = "collab-bench.mjs";
/// It names its documents by a word and a number, and Hardwon's are numbers.
const NAMES: (&str, &str) = ("`${opt.prefix}-${n}`", "String(Number(opt.prefix) + n)");

pub struct Generator {
    folder: PathBuf,
}

/// Where the load goes.
pub struct Target<'a> {
    pub url: String,
    pub cookie: Option<&'a str>,
    pub hocuspocus: bool,
    pub pid: u32,
}

impl Generator {
    pub fn install(from: &Path, folder: PathBuf) -> Result<Self, String> {
        let failed = |error: std::io::Error| format!("{}: {error}", from.display());
        std::fs::create_dir_all(&folder).map_err(failed)?;
        let package = std::fs::read_to_string(from.join("package.json")).map_err(failed)?;
        let script = std::fs::read_to_string(from.join(SCRIPT)).map_err(failed)?;
        if !script.contains(NAMES.0) {
            return Err("the load generator names its documents otherwise than it did".to_owned());
        }
        let script = script.replace(NAMES.0, NAMES.1);
        std::fs::write(folder.join("package.json"), package).map_err(failed)?;
        std::fs::write(folder.join(SCRIPT), script).map_err(failed)?;
        npm(&folder, &[])?;
        Ok(Self { folder })
    }

    /// Its report. One that says that something was lost is a failure.
    pub fn run(
        &self,
        target: &Target<'_>,
        scenario: &str,
        options: &[(&str, String)],
    ) -> Result<Value, String> {
        let mut command = Command::new("node");
        command
            .args(["--max-old-space-size=4096", SCRIPT, scenario])
            .args(["--url", &target.url, "--pid", &target.pid.to_string()])
            .current_dir(&self.folder)
            .stderr(Stdio::inherit());
        if let Some(secret) = target.cookie {
            command.args(["--header", &format!("Cookie: hardwon_session={secret}")]);
        }
        if target.hocuspocus {
            command.args(["--proto", "hocuspocus"]);
        }
        for (name, value) in options {
            command.args([&format!("--{name}"), value]);
        }
        let output = command
            .output()
            .map_err(|error| format!("node cannot be run: {error}"))?;
        let report: Value = serde_json::from_slice(&output.stdout).map_err(|error| {
            format!("{scenario}: the load generator said nothing that can be read: {error}")
        })?;
        if report["ok"] != true {
            return Err(format!("{scenario} failed: {report}"));
        }
        Ok(report)
    }
}

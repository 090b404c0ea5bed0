use std::process::ExitCode;

fn main() -> ExitCode {
    hardwon::cli::run()
}

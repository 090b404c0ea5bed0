use std::process::ExitCode;

/// Every thread of glibc's allocator keeps freed memory to itself, which under load adds up to half of what is resident.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    hardwon::cli::run()
}

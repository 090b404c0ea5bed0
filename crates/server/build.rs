//! Builds nothing: says that the binary embeds the interface, so that a new interface makes a new binary.

fn main() {
    println!("cargo:rerun-if-changed=../../ui/dist");
}

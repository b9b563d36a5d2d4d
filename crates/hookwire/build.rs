//! Has cargo build the program again when the dashboard in `web/dist` was built.

use std::path::Path;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let web = Path::new("../../web");
    if !web.is_dir() {
        return;
    }
    // A path that does not exist counts as changed, always: every build would compile this crate
    // again. An empty directory is no dashboard either. Where nothing may be written, nothing but
    // time is lost.
    let dist = web.join("dist");
    let _ = std::fs::create_dir_all(&dist);
    println!("cargo::rerun-if-changed={}", dist.display());
}

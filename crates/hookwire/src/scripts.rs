//! Where the scripts of webhooks run: tenants write them, so they get processes of their own, which
//! have nothing of the server's.

use hookwire_engine::ScriptSettings;

/// Scripts run in processes of this program, started with [`crate::cli::RUN_SCRIPTS`].
#[cfg(unix)]
pub fn settings() -> anyhow::Result<ScriptSettings> {
    use anyhow::Context as _;
    use hookwire_engine::{ScriptCommand, ScriptIsolation};

    // Where there is this link, it names the very program that runs, also after its file was
    // replaced by another version, whose processes might speak another language.
    let link = std::path::Path::new("/proc/self/exe");
    let program = if link.exists() {
        link.to_owned()
    } else {
        std::env::current_exe().context("where this program is")?
    };
    let command = ScriptCommand {
        program,
        arguments: vec![crate::cli::RUN_SCRIPTS.into()],
    };
    Ok(ScriptSettings {
        isolation: ScriptIsolation::Processes(command),
        ..ScriptSettings::default()
    })
}

/// Where a process cannot be handed a socket, scripts run on threads of this one.
#[cfg(not(unix))]
#[expect(
    clippy::unnecessary_wraps,
    reason = "the same signature on every system"
)]
pub fn settings() -> anyhow::Result<ScriptSettings> {
    Ok(ScriptSettings::default())
}

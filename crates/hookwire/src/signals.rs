//! The signals that end a server.

use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::oneshot;

/// Ends when SIGTERM or SIGINT arrives. From then on another one ends the process at once: whoever
/// sends it again does not want to wait.
pub fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let (first, stopped) = oneshot::channel();
    tokio::spawn(async move {
        let name = next(&mut terminate, &mut interrupt).await.0;
        tracing::info!(signal = name, "stopping: what is in flight may finish");
        let _ = first.send(());
        let (name, number) = next(&mut terminate, &mut interrupt).await;
        eprintln!("hookwire: ended at once by a second {name}");
        // What shells report for a process that a signal has ended.
        std::process::exit(128 + number);
    });
    Ok(async move {
        // An error means that the runtime ends, which is as good a reason to stop.
        let _ = stopped.await;
    })
}

async fn next(terminate: &mut Signal, interrupt: &mut Signal) -> (&'static str, i32) {
    tokio::select! {
        _ = terminate.recv() => ("SIGTERM", SignalKind::terminate().as_raw_value()),
        _ = interrupt.recv() => ("SIGINT", SignalKind::interrupt().as_raw_value()),
    }
}

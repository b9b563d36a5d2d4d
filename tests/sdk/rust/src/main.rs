//! Walks through Hookwire's compatible API with the official Rust SDK, step by step as
//! `../steps.txt` says; what it is given and what it prints, `../README.md` says.

mod access;
mod applications;
mod attempts;
mod check;
mod endpoints;
mod environment;
mod event_types;
mod expunging;
mod messages;
mod operational;
mod pages;
mod polling;
mod recovery;
mod walk;

use std::process::ExitCode;

use anyhow::Result;

use crate::walk::{Walk, World};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match walk().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn walk() -> Result<()> {
    let world = World::from_environment()?;
    let mut walk = Walk::new();
    walk.step("health.get: answers", async {
        Ok(world.svix.health().get().await?)
    })
    .await?;
    operational::walk(&mut walk, &world).await?;
    event_types::walk(&mut walk, &world).await?;
    applications::walk(&mut walk, &world).await?;
    endpoints::walk(&mut walk, &world).await?;
    messages::walk(&mut walk, &world).await?;
    attempts::walk(&mut walk, &world).await?;
    recovery::walk(&mut walk, &world).await?;
    expunging::walk(&mut walk, &world).await?;
    polling::walk(&mut walk, &world).await?;
    access::walk(&mut walk, &world).await?;
    environment::walk(&mut walk, &world).await?;
    applications::end(&mut walk, &world).await?;
    walk.end()
}

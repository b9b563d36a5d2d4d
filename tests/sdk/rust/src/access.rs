//! Access to the portal: tokens that reach what they may, and end.

use anyhow::{Result, ensure};
use svix::{
    Error, Svix,
    models::{AppPortalAccessIn, AppPortalCapability, ApplicationTokenExpireIn},
};

use crate::{
    check::{eventually, refused},
    walk::{Walk, World},
};

fn app() -> String {
    "acme".into()
}

/// A client with a new token of the portal.
async fn visitor(world: &World, session: &str) -> Result<Svix> {
    let access = AppPortalAccessIn {
        capabilities: Some(
            [
                AppPortalCapability::ViewBase,
                AppPortalCapability::ManageEndpoint,
            ]
            .into(),
        ),
        expiry: Some(3600),
        session_id: Some(session.into()),
        ..AppPortalAccessIn::new()
    };
    let authentication = world.svix.authentication();
    let access = authentication.app_portal_access(app(), access, None);
    let access = access.await?;
    ensure!(!access.url.is_empty() && !access.token.is_empty());
    Ok(world.svix.with_token(access.token))
}

pub async fn walk(walk: &mut Walk, world: &World) -> Result<()> {
    // Until the first step has made them, they are nobody.
    let mut one = world.svix.with_token("nobody".into());
    let mut two = one.clone();
    walk.step("authentication.app-portal-access: gives a token", async {
        one = visitor(world, "s1").await?;
        two = visitor(world, "s2").await?;
        Ok(())
    })
    .await?;
    walk.step(
        "authentication.app-portal-access: the token reaches what it may",
        async {
            let got = one.endpoint().list(app(), None).await?;
            ensure!(!got.data.is_empty());
            refused(one.application().list(None).await, 403)?;
            refused(one.endpoint().get_secret(app(), "hook".into()).await, 403)
        },
    )
    .await?;
    walk.step(
        "authentication.expire-all: ends the sessions that are named",
        async {
            let sessions = ApplicationTokenExpireIn {
                expiry: Some(0),
                session_ids: Some(vec!["s1".into()]),
            };
            let authentication = world.svix.authentication();
            authentication.expire_all(app(), sessions, None).await?;
            ended(&one).await?;
            two.endpoint().list(app(), None).await?;
            Ok(())
        },
    )
    .await?;
    walk.step("authentication.logout: ends the token itself", async {
        two.authentication().logout(None).await?;
        refused(two.endpoint().list(app(), None).await, 401)
    })
    .await?;
    walk.step("application.list: a bad token is refused with 401", async {
        let stranger = world.svix.with_token("nonsense".into());
        refused(stranger.application().list(None).await, 401)
    })
    .await
}

/// Waits until a token is refused.
async fn ended(visitor: &Svix) -> Result<()> {
    eventually("the token has ended", async || {
        match visitor.endpoint().list(app(), None).await {
            Ok(_) => Ok(None),
            Err(Error::Http(error)) if error.status.as_u16() == 401 => Ok(Some(())),
            Err(error) => Err(error.into()),
        }
    })
    .await
}

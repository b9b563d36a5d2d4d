//! What steps expect: refusals, things that come in a while, and values in the SDK's own types.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Debug,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use svix::{
    Error, Svix,
    models::{BackgroundTaskOut, BackgroundTaskStatus},
};

/// How long a thing that should happen at once may take on a busy machine.
const SOON: Duration = Duration::from_secs(20);
const PAUSE: Duration = Duration::from_millis(20);

/// The answer was an error of this status, and the SDK has read its code and detail.
pub fn refused<T: Debug>(answer: svix::Result<T>, status: u16) -> Result<()> {
    match answer {
        Ok(answer) => bail!("it was not refused: {answer:?}"),
        Err(Error::Http(error)) if error.status.as_u16() == status => {
            let error = error.payload.context("the SDK could not read the error")?;
            ensure!(!error.code.is_empty(), "the error has no code");
            ensure!(!error.detail.is_empty(), "the error has no detail");
            Ok(())
        }
        Err(error) => Err(error).with_context(|| format!("it should be refused with {status}")),
    }
}

/// The answer was a 422 that names this field first.
pub fn invalid<T: Debug>(answer: svix::Result<T>, field: &str) -> Result<()> {
    match answer {
        Ok(answer) => bail!("it was not refused: {answer:?}"),
        Err(Error::Validation(error)) => {
            let error = error.payload.context("the SDK could not read the error")?;
            let first = error
                .detail
                .first()
                .context("the error's detail is empty")?;
            let named = first.loc.iter().any(|part| part == field);
            ensure!(named, "{:?} does not name {field}", first.loc);
            Ok(())
        }
        Err(error) => Err(error).context("it should be refused with 422"),
    }
}

/// Asks until there is something, and gives that.
pub async fn eventually<T>(
    what: &str,
    mut ask: impl AsyncFnMut() -> Result<Option<T>>,
) -> Result<T> {
    let deadline = Instant::now() + SOON;
    loop {
        if let Some(found) = ask().await? {
            return Ok(found);
        }
        ensure!(Instant::now() < deadline, "not within {SOON:?}: {what}");
        tokio::time::sleep(PAUSE).await;
    }
}

/// Follows a background task until it is finished.
pub async fn finished(svix: &Svix, task_id: &str) -> Result<BackgroundTaskOut> {
    eventually("the task is finished", async || {
        let task = svix.background_task().get(task_id.to_owned()).await?;
        Ok(match task.status {
            BackgroundTaskStatus::Running => None,
            BackgroundTaskStatus::Finished => Some(task),
            BackgroundTaskStatus::Failed => bail!("the task failed: {:?}", task.data),
        })
    })
    .await
}

/// A secret of 32 bytes, as a user would bring one; `letter` is base64 and makes it differ.
pub fn secret(letter: char) -> String {
    format!("whsec_{}A=", letter.to_string().repeat(42))
}

/// A set of texts.
pub fn set<const N: usize>(items: [&str; N]) -> Option<BTreeSet<String>> {
    Some(items.map(str::to_owned).into())
}

/// A map of texts.
pub fn map<const N: usize>(entries: [(&str, &str); N]) -> BTreeMap<String, String> {
    entries
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
}

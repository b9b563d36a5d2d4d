//! Work that goes on to its end when whoever asked for it goes away.

use hookwire_store::StoreError;

/// Does the work in a task of its own. A caller that is dropped in the meantime, as a handler is
/// when its client hangs up, does not take it along half done.
pub(crate) async fn to_its_end<T, E>(
    work: impl Future<Output = Result<T, E>> + Send + 'static,
) -> Result<T, E>
where
    T: Send + 'static,
    E: From<StoreError> + Send + 'static,
{
    // It ends early only by a panic.
    let broke_off = |_| Err(StoreError::Unavailable("it broke off".into()).into());
    tokio::spawn(work).await.unwrap_or_else(broke_off)
}

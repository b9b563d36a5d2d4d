//! Paging, the same for every list: forward by `iterator`, back by `prevIterator`, both orders.

use std::collections::BTreeSet;

use anyhow::{Context, Result, ensure};
use svix::models::{
    ListResponseApplicationOut, ListResponseBackgroundTaskOut, ListResponseEndpointMessageOut,
    ListResponseEndpointOut, ListResponseEventTypeOut, ListResponseMessageAttemptOut,
    ListResponseMessageOut, ListResponseOperationalWebhookEndpointOut, Ordering,
};

/// The most that a list gives at once; every list of the walk is shorter.
const ALL: u64 = 250;

/// What a list is asked for.
#[derive(Default)]
pub struct Ask {
    pub limit: Option<u64>,
    pub iterator: Option<String>,
    pub order: Option<Ordering>,
}

/// What a list answers, whatever it lists.
pub struct Page {
    ids: Vec<String>,
    iterator: Option<String>,
    prev_iterator: Option<String>,
    done: bool,
}

macro_rules! pages {
    ($($list:ident by $id:ident),* $(,)?) => {$(
        impl From<$list> for Page {
            fn from(list: $list) -> Self {
                Self {
                    ids: list.data.into_iter().map(|item| item.$id).collect(),
                    iterator: list.iterator,
                    prev_iterator: list.prev_iterator,
                    done: list.done,
                }
            }
        }
    )*};
}

pages! {
    ListResponseApplicationOut by id,
    ListResponseBackgroundTaskOut by id,
    ListResponseEndpointMessageOut by id,
    ListResponseEndpointOut by id,
    ListResponseEventTypeOut by name,
    ListResponseMessageAttemptOut by id,
    ListResponseMessageOut by id,
    ListResponseOperationalWebhookEndpointOut by id,
}

/// Page after page there is everything, once, in the order of one large page.
pub async fn forward<L: Into<Page>>(
    limit: u64,
    list: impl AsyncFn(Ask) -> svix::Result<L>,
) -> Result<()> {
    let pages = walk(limit, &list).await?;
    ensure!(pages.len() > 1, "there is one page only");
    for page in &pages[..pages.len() - 1] {
        ensure!(
            page.ids.len() as u64 == limit,
            "a page before the last has {} items",
            page.ids.len()
        );
    }
    let seen: Vec<String> = pages.into_iter().flat_map(|page| page.ids).collect();
    let distinct: BTreeSet<&String> = seen.iter().collect();
    ensure!(distinct.len() == seen.len(), "an id comes twice: {seen:?}");
    let whole = all(&list, None).await?;
    ensure!(seen == whole, "page by page {seen:?}, at once {whole:?}");
    Ok(())
}

/// From the last page back, every page is the one before.
pub async fn back<L: Into<Page>>(
    limit: u64,
    list: impl AsyncFn(Ask) -> svix::Result<L>,
) -> Result<()> {
    let mut pages = walk(limit, &list).await?;
    // Behind a last page that was full there may be an empty one, which has no way back.
    pages.pop_if(|page| page.ids.is_empty());
    ensure!(pages.len() > 1, "there is one page only");
    let mut from = pages.pop().context("there is no page")?;
    while let Some(before) = pages.pop() {
        let iterator = from.prev_iterator.context("a page has no prevIterator")?;
        let got: Page = list(Ask {
            limit: Some(limit),
            iterator: Some(iterator),
            order: None,
        })
        .await?
        .into();
        ensure!(
            got.ids == before.ids,
            "{:?} instead of {:?}",
            got.ids,
            before.ids
        );
        from = got;
    }
    Ok(())
}

/// One order is the other's reverse.
pub async fn order<L: Into<Page>>(list: impl AsyncFn(Ask) -> svix::Result<L>) -> Result<()> {
    let ascending = all(&list, Some(Ordering::Ascending)).await?;
    let mut descending = all(&list, Some(Ordering::Descending)).await?;
    descending.reverse();
    ensure!(ascending.len() > 1, "too few to have an order");
    ensure!(
        ascending == descending,
        "ascending {ascending:?}, descending, reversed {descending:?}"
    );
    Ok(())
}

async fn all<L: Into<Page>>(
    list: &impl AsyncFn(Ask) -> svix::Result<L>,
    order: Option<Ordering>,
) -> Result<Vec<String>> {
    let page: Page = list(Ask {
        limit: Some(ALL),
        iterator: None,
        order,
    })
    .await?
    .into();
    Ok(page.ids)
}

async fn walk<L: Into<Page>>(
    limit: u64,
    list: &impl AsyncFn(Ask) -> svix::Result<L>,
) -> Result<Vec<Page>> {
    let mut pages: Vec<Page> = Vec::new();
    let mut iterator = None;
    loop {
        let page: Page = list(Ask {
            limit: Some(limit),
            iterator,
            order: None,
        })
        .await?
        .into();
        let (done, next) = (page.done, page.iterator.clone());
        pages.push(page);
        if done {
            return Ok(pages);
        }
        ensure!(pages.len() as u64 <= ALL, "the list has no end");
        iterator = Some(next.context("a page that is not the last has no iterator")?);
    }
}

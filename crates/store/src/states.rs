//! Messages by what became of them: how many deliveries of a message are in which state, and which
//! messages have one in a state.

use async_trait::async_trait;
use hookwire_types::*;

use crate::{DeliveryCounts, MessageFilter, Payloads, StoreError};

/// Messages that were looked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FoundMessages {
    /// The messages, in the list's order.
    pub list: Vec<Message>,
    /// The last message that was looked at, where the list ended before all that could belong to
    /// the page was: what was asked for is searched for in steps of bounded cost.
    pub looked_up_to: Option<MessageId>,
}

/// What is told of messages by their deliveries. What [`crate::Store`] promises holds here too.
#[async_trait]
pub trait StateStore: Send + Sync + 'static {
    /// How many deliveries of each of these messages are in which state, in the order in which the
    /// messages are named. Costs by the number of deliveries.
    async fn delivery_counts(
        &self,
        messages: Vec<MessageId>,
    ) -> Result<Vec<DeliveryCounts>, StoreError>;

    /// Those of the application's messages, by id, that have a delivery in one of these states.
    async fn messages_in(
        &self,
        application: ApplicationId,
        statuses: Vec<DeliveryStatus>,
        filter: MessageFilter,
        page: Page<MessageId>,
        payloads: Payloads,
    ) -> Result<FoundMessages, StoreError>;
}

//! The store: what must not be forgotten.
//!
//! One trait, [`Store`], and behind it SQLite ([`sqlite`]). Every store passes the same
//! `conformance` suite (a test module); a capability exists when all of them have it.
//!
//! What a store promises:
//!
//! - **Accepted means durable.** When [`Store::append`] returns `Ok`, the messages survive
//!   `kill -9` and the loss of power.
//! - **Group commit, no timer.** Calls that wait at the same time share one commit. The commit
//!   itself is the wait that forms the next batch.
//! - **Ownership.** A pending delivery is either owned by one node, which has it in memory, or by
//!   nobody and due at some moment. Only its owner can complete it.
//! - **Credentials are sealed.** An endpoint's credentials and secret values are kept encrypted,
//!   by a [`Sealer`] that is given to the store when it is opened; so are kept answers, which may
//!   show them.
//! - **Tenants are apart.** Finders take the organization or application that a thing must belong
//!   to; a thing of another tenant is not found.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod bins;
#[cfg(test)]
mod conformance;
mod error;
mod request;
mod seal;
pub mod sqlite;
mod states;
mod traffic;

use async_trait::async_trait;
use hookwire_types::*;

pub use bins::BinStore;
pub use error::{Conflict, StoreError};
pub use request::{
    Accepted, AnswerPlace, AttemptFilter, BinCount, BinUsage, CaptureFilter, Captures, Change,
    Claim, Claimed, Consumer, Counted, DeliveryCounts, DeliveryFilter, Expunged, Forget, Forgotten,
    Hold, KeptCapture, MessageFilter, Messages, NewCapture, NewDelivery, Payloads, RecentAnswer,
    SeenKey, Waiting, Want, WhichCredentials,
};
pub use seal::{KEY_BYTES, SealError, Sealer};
pub use states::{FoundMessages, StateStore};
pub use traffic::{
    EndpointTotal, EndpointTraffic, Pending, Resolution, TrafficPoint, TrafficScope, TrafficStore,
    TrafficWindow,
};

/// Where Hookwire keeps everything. See the module's page for what every implementation promises.
#[async_trait]
pub trait Store: BinStore + StateStore + TrafficStore + Send + Sync + 'static {
    // ---- the way of a message -------------------------------------------------------------

    /// Keeps messages and their deliveries, durably, before it returns. One answer for each, in
    /// order: [`Conflict::EventId`] where the application already has a message with that
    /// `event_id`; such a message and its deliveries are not kept, the others are.
    async fn append(&self, batch: Vec<Accepted>) -> Result<Vec<Result<(), Conflict>>, StoreError>;

    /// Records how attempts ended. An outcome whose delivery is not owned by `node` changes
    /// nothing and is answered with `false`: another node has taken the delivery over.
    async fn complete(&self, node: NodeId, batch: Vec<Outcome>) -> Result<Vec<bool>, StoreError>;

    /// Gives deliveries that `node` holds in memory back to nobody, due as before. Those that it
    /// does not own are left alone. A release that is called after an `append` of the same
    /// deliveries was begun takes effect after it, even if nobody waits for that `append` any more.
    async fn release(&self, node: NodeId, batch: Vec<DeliveryKey>) -> Result<(), StoreError>;

    /// Endpoints that have unowned pending deliveries, each once with its earliest due moment,
    /// by endpoint id after `after`. Costs by the number of endpoints, not of deliveries.
    async fn waiting(
        &self,
        after: Option<EndpointId>,
        limit: usize,
    ) -> Result<Vec<Waiting>, StoreError>;

    /// Takes unowned deliveries that are due at `now`, for each want at most its limit, the
    /// earliest due first (then by message id), and makes `node` their owner. Stops taking once
    /// the payloads taken, with raw bodies, add up to `payload_bytes_max`, but takes at least one
    /// delivery if any is due. Deliveries of messages that are gone are not taken but forgotten.
    async fn claim(
        &self,
        node: NodeId,
        now: Timestamp,
        wants: Vec<Want>,
        payload_bytes_max: usize,
    ) -> Result<Claim, StoreError>;

    /// Puts deliveries on their way again, due at `now` (or before, if they were) with trigger [`Trigger::Manual`] and a
    /// fresh schedule; one that did not exist is made. One that a node holds in memory stays as
    /// it is: it is being sent already.
    async fn requeue(&self, now: Timestamp, batch: Vec<DeliveryKey>) -> Result<(), StoreError>;

    /// Makes those of these deliveries that do not exist, due at `now` with trigger
    /// [`Trigger::Manual`], and leaves the others as they are. Returns how many it made.
    async fn begin(&self, now: Timestamp, batch: Vec<DeliveryKey>) -> Result<u64, StoreError>;

    /// Ends a message's pending deliveries that nobody has in memory as canceled. Returns how many.
    async fn cancel(&self, message: MessageId) -> Result<u64, StoreError>;

    // ---- answers to requests that may come again ------------------------------------------

    /// Keeps an answer, durably, before it returns. The body of a response is kept sealed.
    async fn keep_answer(&self, answer: KeptAnswer) -> Result<AnswerPlace, StoreError>;

    /// The answer at a place, if it is one to such requests. One whose body was sealed with
    /// another key counts as none, here and in [`Store::answer`]: the request is carried out again.
    async fn answer_at(
        &self,
        place: AnswerPlace,
        scope: AnswerScope,
    ) -> Result<Option<KeptAnswer>, StoreError>;

    /// The latest answer to such requests among those that are not
    /// [`automatic`](KeptAnswer::automatic).
    async fn answer(&self, scope: AnswerScope) -> Result<Option<KeptAnswer>, StoreError>;

    /// The automatic answers given at `since` or later, the latest first.
    async fn recent_answers(
        &self,
        since: Timestamp,
        limit: usize,
    ) -> Result<Vec<RecentAnswer>, StoreError>;

    // ---- nodes ----------------------------------------------------------------------------

    /// Makes `node` known, or says that it is still alive.
    async fn heartbeat(&self, node: NodeId, now: Timestamp) -> Result<(), StoreError>;

    /// The latest heartbeat of any node that is known. No id was made much later than that: whoever
    /// starts with a clock that says less knows that it was set back.
    async fn last_heartbeat(&self) -> Result<Option<Timestamp>, StoreError>;

    /// Takes the deliveries of all nodes but `node` whose last heartbeat is before `stale_before`
    /// away from them, due at `now` at the latest, and forgets those nodes. Returns how many.
    async fn adopt(
        &self,
        node: NodeId,
        stale_before: Timestamp,
        now: Timestamp,
    ) -> Result<u64, StoreError>;

    // ---- configuration --------------------------------------------------------------------

    /// Carries out all changes in one commit, or none of them. A conflict is
    /// [`StoreError::Conflict`].
    async fn change(&self, changes: Vec<Change>) -> Result<(), StoreError>;

    /// An application of this organization.
    async fn application(
        &self,
        organization: OrganizationId,
        reference: &Reference<ApplicationId>,
    ) -> Result<Option<Application>, StoreError>;

    /// The organization's applications, by id.
    async fn applications(
        &self,
        organization: OrganizationId,
        page: Page<ApplicationId>,
    ) -> Result<Vec<Application>, StoreError>;

    /// The application that holds the organization's operational webhooks. No other finder or list
    /// names it, but [`Store::application_of`] one of its endpoints.
    async fn operational_application(
        &self,
        organization: OrganizationId,
    ) -> Result<Option<Application>, StoreError>;

    /// The application's endpoints, by id.
    async fn endpoints(
        &self,
        application: ApplicationId,
        page: Page<EndpointId>,
    ) -> Result<Vec<Endpoint>, StoreError>;

    /// The application that an endpoint belongs to; `None` when either was deleted. For callers
    /// that hold a delivery, which names only its endpoint.
    async fn application_of(&self, endpoint: EndpointId)
    -> Result<Option<Application>, StoreError>;

    /// An entry of the organization's catalogue.
    async fn event_type(
        &self,
        organization: OrganizationId,
        name: &str,
    ) -> Result<Option<EventType>, StoreError>;

    /// The organization's catalogue, by name.
    async fn event_types(
        &self,
        organization: OrganizationId,
        include_archived: bool,
        page: Page<String>,
    ) -> Result<Vec<EventType>, StoreError>;

    /// Tasks of this organization, by id.
    async fn tasks(
        &self,
        organization: OrganizationId,
        page: Page<TaskId>,
    ) -> Result<Vec<Task>, StoreError>;

    /// A task of this organization.
    async fn task(
        &self,
        organization: OrganizationId,
        id: TaskId,
    ) -> Result<Option<Task>, StoreError>;

    /// Tasks of all organizations that are still running.
    async fn running_tasks(&self) -> Result<Vec<Task>, StoreError>;

    /// The credential with this hash, whether it has ended or not.
    async fn credential(&self, hash: CredentialHash) -> Result<Option<Credential>, StoreError>;

    /// The organization's credentials of a kind, by id, whether they have ended or not.
    async fn credentials(
        &self,
        organization: OrganizationId,
        kind: CredentialKind,
        page: Page<CredentialId>,
    ) -> Result<Vec<Credential>, StoreError>;

    /// Up to where a consumer has read; `None` for one that has not begun.
    async fn consumer_place(&self, consumer: &Consumer) -> Result<Option<MessageId>, StoreError>;

    /// Notes up to where a consumer has read, further back too.
    async fn set_consumer_place(
        &self,
        consumer: Consumer,
        place: MessageId,
    ) -> Result<(), StoreError>;

    /// How many consumers of this application have a place. Costs by their number.
    async fn consumers(&self, application: ApplicationId) -> Result<u64, StoreError>;

    // ---- what happened --------------------------------------------------------------------

    /// A message of this application; a uid is its `event_id`.
    async fn message(
        &self,
        application: ApplicationId,
        reference: &Reference<MessageId>,
        payloads: Payloads,
    ) -> Result<Option<Message>, StoreError>;

    /// Those of the named messages that this application has, in the order in which they are
    /// named. When they end early, no message named after the last one was looked at.
    async fn messages_by_id(
        &self,
        application: ApplicationId,
        ids: Vec<MessageId>,
        payloads: Payloads,
    ) -> Result<Messages, StoreError>;

    /// The application's messages, by id. A page that lies before its cursor and ends early has
    /// those nearest to the cursor.
    async fn messages(
        &self,
        application: ApplicationId,
        filter: MessageFilter,
        page: Page<MessageId>,
        payloads: Payloads,
    ) -> Result<Messages, StoreError>;

    /// A message's deliveries, by endpoint id.
    async fn deliveries_of_message(
        &self,
        message: MessageId,
        page: Page<EndpointId>,
    ) -> Result<Vec<Delivery>, StoreError>;

    /// An endpoint's deliveries, by message id.
    async fn deliveries_of_endpoint(
        &self,
        endpoint: EndpointId,
        filter: DeliveryFilter,
        page: Page<MessageId>,
    ) -> Result<Vec<Delivery>, StoreError>;

    /// A message's attempts, by id.
    async fn attempts_of_message(
        &self,
        message: MessageId,
        filter: AttemptFilter,
        page: Page<AttemptId>,
    ) -> Result<Vec<Attempt>, StoreError>;

    /// An endpoint's attempts, by id.
    async fn attempts_of_endpoint(
        &self,
        endpoint: EndpointId,
        filter: AttemptFilter,
        page: Page<AttemptId>,
    ) -> Result<Vec<Attempt>, StoreError>;

    /// One attempt of a message.
    async fn attempt(
        &self,
        message: MessageId,
        id: AttemptId,
    ) -> Result<Option<Attempt>, StoreError>;

    /// Counts an endpoint's deliveries of messages accepted after and before the given moments, in
    /// parts: at most `limit` of them, those that follow the message `from`.
    async fn count_deliveries(
        &self,
        endpoint: EndpointId,
        after: Option<Timestamp>,
        before: Option<Timestamp>,
        from: Option<MessageId>,
        limit: usize,
    ) -> Result<Counted, StoreError>;

    // ---- forgetting -----------------------------------------------------------------------

    /// Forgets the payloads of the named messages, raw bodies as well, for each answering whether
    /// the application has that message.
    async fn expunge(
        &self,
        application: ApplicationId,
        messages: Vec<MessageId>,
    ) -> Result<Vec<bool>, StoreError>;

    /// Forgets the payloads of some of the application's messages that were accepted before
    /// `before`: of at most `limit` of those that follow `after`, the oldest first.
    async fn expunge_before(
        &self,
        application: ApplicationId,
        before: Timestamp,
        after: Option<MessageId>,
        limit: usize,
    ) -> Result<Expunged, StoreError>;

    /// Forgets what a receiver answered; `false` when the message has no such attempt.
    async fn expunge_attempt(
        &self,
        message: MessageId,
        attempt: AttemptId,
    ) -> Result<bool, StoreError>;

    /// Forgets some of what is kept too long: at most `limit` things with what hangs on them, and
    /// fewer where those are large, so that nobody waits long for the step.
    async fn forget(&self, what: Forget, limit: usize) -> Result<Forgotten, StoreError>;

    /// How much room it takes, in bytes, with what was freed and can be used again.
    async fn size_bytes(&self) -> Result<u64, StoreError>;

    /// Whether the store answers and can write.
    async fn ping(&self) -> Result<(), StoreError>;
}

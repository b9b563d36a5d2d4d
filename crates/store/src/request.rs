//! What is handed to a store, and what it hands back.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use hookwire_types::*;

/// A message to keep, with the deliveries that it was planned to have.
#[derive(Debug, Clone)]
pub struct Accepted {
    /// The message; shared with whoever delivers it from memory.
    pub message: Arc<Message>,
    /// Where it goes.
    pub deliveries: Vec<NewDelivery>,
    /// The answer that is kept with it, for a request that may come again.
    pub answer: Option<KeptAnswer>,
    /// Something of the caller's, dropped as soon as it is certain whether this is kept: also
    /// when the caller does not wait for that any more.
    pub hold: Hold,
}

/// A capture to keep.
#[derive(Debug, Clone)]
pub struct NewCapture {
    /// The capture. What it repeats is found out while it is kept; its `message` is only kept with
    /// [`Self::forward`].
    pub capture: Arc<Capture>,
    /// What tells that it came before, if the bin asks for that.
    pub seen: Option<SeenKey>,
    /// The message that it becomes, unless it is a duplicate.
    pub forward: Option<Accepted>,
    /// As that of [`Accepted`].
    pub hold: Hold,
}

/// What tells that a capture came before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeenKey {
    /// A digest of what it is known by.
    pub digest: [u8; 16],
    /// What came before this moment does not count.
    pub since: Timestamp,
    /// Until when it counts for those that come later; then it is forgotten.
    pub until: Timestamp,
}

/// What became of a capture that was kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeptCapture {
    /// The first capture with its key, when there was one: then its message is not kept.
    pub duplicate_of: Option<CaptureId>,
}

/// How much a bin has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct BinUsage {
    /// Captures.
    pub captures: u64,
    /// What they take up, in bytes, see [`Capture::kept_bytes`].
    pub bytes: u64,
}

/// The bins of an organization together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct BinCount {
    /// Bins.
    pub bins: u64,
    /// Their definitions as JSON, in bytes.
    pub definition_bytes: u64,
}

/// Narrows a list of captures. An empty filter keeps all.
#[derive(Debug, Clone, Default)]
pub struct CaptureFilter {
    /// Only with this in target, headers or body; capitals and small letters of ASCII are alike.
    pub text: Option<String>,
    /// Only with this method.
    pub method: Option<String>,
    /// Only those that are duplicates, or those that are not.
    pub duplicate: Option<bool>,
    /// Only those whose signature is good, or those whose is not.
    pub verified: Option<bool>,
    /// Only received before this moment.
    pub before: Option<Timestamp>,
    /// Only received after this moment.
    pub after: Option<Timestamp>,
    /// Only below this id.
    pub below: Option<CaptureId>,
}

/// Captures of a list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Captures {
    /// The captures, in the list's order.
    pub list: Vec<Capture>,
    /// The last capture that was looked at, where the list ended before all that could belong to
    /// the page was: what was asked for is searched for in steps of bounded cost.
    pub looked_up_to: Option<CaptureId>,
}

/// Something that a store holds on to and never looks at.
#[derive(Clone, Default)]
pub struct Hold(Option<Arc<dyn Any + Send + Sync>>);

impl Hold {
    /// Holds on to this.
    pub fn on(it: impl Any + Send + Sync) -> Self {
        Self(Some(Arc::new(it)))
    }
}

impl fmt::Debug for Hold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() {
            "Hold"
        } else {
            "Hold(nothing)"
        })
    }
}

/// A delivery that begins.
#[derive(Debug, Clone, Copy)]
pub struct NewDelivery {
    /// Where the message goes.
    pub endpoint: EndpointId,
    /// The node that keeps it in memory; `None` leaves it to be claimed when it is due.
    pub owner: Option<NodeId>,
    /// Who asked for the first attempt.
    pub trigger: Trigger,
    /// When the first attempt is due.
    pub due_at: Timestamp,
}

/// An endpoint with deliveries that nobody owns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    /// The endpoint.
    pub endpoint: EndpointId,
    /// When the earliest of them is due.
    pub due_at: Timestamp,
}

/// How many deliveries of an endpoint a node has room for.
#[derive(Debug, Clone, Copy)]
pub struct Want {
    /// The endpoint.
    pub endpoint: EndpointId,
    /// How many at most.
    pub limit: usize,
}

/// A delivery that was claimed, with all that is needed to send it.
#[derive(Debug, Clone)]
pub struct Claimed {
    /// The delivery.
    pub delivery: Delivery,
    /// Its message. Deliveries of one message in one claim share it.
    pub message: Arc<Message>,
}

/// What a claim took, and what it left.
#[derive(Debug, Clone, Default)]
pub struct Claim {
    /// The deliveries taken, each want's in the order in which they are to be sent.
    pub deliveries: Vec<Claimed>,
    /// For each wanted endpoint that still has unowned pending deliveries, whether due or not:
    /// when the earliest of them is due.
    pub left: Vec<Waiting>,
}

/// A change of configuration. Creating makes a thing or conflicts; updating replaces the thing
/// whose stored version is one less than the given one, or conflicts; deleting what is not there
/// is [`crate::Conflict::Version`].
#[derive(Debug, Clone)]
pub enum Change {
    /// A new application. A second operational one of an organization is
    /// [`crate::Conflict::Uid`].
    CreateApplication(Application),
    /// A changed application.
    UpdateApplication(Application),
    /// Deletes an application with its endpoints, and ends the credentials that reach nothing else.
    /// Pending deliveries end when they are claimed.
    DeleteApplication(OrganizationId, ApplicationId),
    /// A new endpoint.
    CreateEndpoint(Endpoint),
    /// A changed endpoint.
    UpdateEndpoint(Endpoint),
    /// Deletes an endpoint. Its pending deliveries end when they are claimed.
    DeleteEndpoint(ApplicationId, EndpointId),
    /// A new entry of the catalogue.
    CreateEventType(EventType),
    /// A changed entry of the catalogue.
    UpdateEventType(EventType),
    /// Deletes an entry of the catalogue.
    DeleteEventType(OrganizationId, String),
    /// A new background task.
    CreateTask(Task),
    /// A background task that moved; tasks have no version, their one runner writes them.
    UpdateTask(Task),
    /// A new bin.
    CreateBin(Bin),
    /// A changed bin.
    UpdateBin(Bin),
    /// Deletes a bin and ends the credentials that reach nothing else. What it received is
    /// forgotten later.
    DeleteBin(OrganizationId, BinId),
    /// A new credential.
    CreateCredential(Credential),
    /// Ends credentials at a moment, unless they have ended before. It conflicts with nothing:
    /// there may be none.
    ExpireCredentials(WhichCredentials, Timestamp),
    /// Tells the organization's operational webhooks of the other changes. One that was told
    /// before, by its `event_id`, is not told again.
    Announce(Announcement),
}

impl Change {
    /// Whether it is about a bin.
    pub const fn is_of_bin(&self) -> bool {
        matches!(
            self,
            Self::CreateBin(_) | Self::UpdateBin(_) | Self::DeleteBin(..)
        )
    }
}

/// Whether messages are read with their payloads, which may be large.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Payloads {
    /// They are not read: every message comes without one.
    Omitted,
    /// They are read. A list ends early once those that it has, with raw bodies, add up to this
    /// many bytes, but has at least one message if there is any.
    UpTo(usize),
}

/// Messages of a list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Messages {
    /// The messages, in the list's order.
    pub list: Vec<Message>,
    /// The list ended early because of its payloads: there may be more that was asked for.
    pub ended_early: bool,
}

/// Credentials of one organization. What is `None` narrows nothing.
#[derive(Debug, Clone)]
pub struct WhichCredentials {
    /// The tenant that they belong to.
    pub organization: OrganizationId,
    /// What they are for.
    pub kind: CredentialKind,
    /// Only this one.
    pub id: Option<CredentialId>,
    /// Only those that reach no more than this application.
    pub application: Option<ApplicationId>,
    /// Only those that reach no more than this bin.
    pub bin: Option<BinId>,
    /// Only those of these sessions.
    pub sessions: Option<Vec<String>>,
}

/// How many of an endpoint's deliveries are in which state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DeliveryCounts {
    /// The receiver has it.
    pub success: u64,
    /// Waits for its next attempt or is being sent.
    pub pending: u64,
    /// Given up.
    pub fail: u64,
    /// No longer wanted.
    pub canceled: u64,
}

/// The part of a count that one read made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    /// What was counted.
    pub counts: DeliveryCounts,
    /// Where the next read goes on; `None` when all was counted.
    pub next: Option<MessageId>,
}

/// What became of a step that forgets payloads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expunged {
    /// Payloads that were there and are no more.
    pub count: u64,
    /// Where the next step goes on; `None` when nothing is left.
    pub next: Option<MessageId>,
}

/// What is kept too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Forget {
    /// Messages that were accepted before a moment, with their deliveries and attempts.
    Messages {
        /// The moment.
        before: Timestamp,
        /// Applications up to this one were dealt with.
        after: Option<ApplicationId>,
    },
    /// Payloads whose time is over at a moment.
    Payloads(Timestamp),
    /// Answers given before a moment.
    Answers(Timestamp),
    /// Bins whose time is over at a moment, and captures of deleted bins. A bin that received
    /// something since its time was noted gets a new one instead.
    Bins(Timestamp),
    /// Numbers of attempts that are too old at a moment, and those of deleted endpoints and
    /// applications.
    Traffic(Timestamp),
    /// What ended before a moment and is named by nothing that is still kept: tasks, credentials,
    /// deleted endpoints and applications. With them goes the place of a consumer that read nothing
    /// since, if no message is left before it: it stands where a new one begins.
    Ended(Timestamp),
}

/// What became of a step of forgetting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Forgotten {
    /// Things that are gone; what hangs on them is not counted.
    pub count: u64,
    /// The next step; `None` when nothing of the kind is left.
    pub next: Option<Forget>,
}

/// A consumer of a polled list of messages: its place is kept under these names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consumer {
    /// The application whose messages it reads.
    pub application: ApplicationId,
    /// The list, as the tenant names it.
    pub sink: String,
    /// The consumer, as the tenant names it.
    pub name: String,
}

/// Where an answer is kept, in the order in which answers were kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct AnswerPlace(pub i64);

/// An answer that was kept lately, without its body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecentAnswer {
    /// Where it is.
    pub place: AnswerPlace,
    /// Which requests it answers.
    pub scope: AnswerScope,
    /// When it was given.
    pub created_at: Timestamp,
}

/// Narrows a list of messages. An empty filter keeps all.
#[derive(Debug, Clone, Default)]
pub struct MessageFilter {
    /// Only these event types.
    pub event_types: Option<Vec<String>>,
    /// Only with this channel.
    pub channel: Option<String>,
    /// Only with this tag.
    pub tag: Option<String>,
    /// Only accepted before this moment.
    pub before: Option<Timestamp>,
    /// Only accepted after this moment.
    pub after: Option<Timestamp>,
    /// Only those that are for all endpoints, without tests and examples.
    pub to_all: bool,
    /// Only with a payload that is still kept at this moment.
    pub payload_kept_at: Option<Timestamp>,
}

/// Narrows a list of deliveries. An empty filter keeps all.
#[derive(Debug, Clone, Default)]
pub struct DeliveryFilter {
    /// Only deliveries in one of these states; empty keeps all.
    pub statuses: Vec<DeliveryStatus>,
    /// Only deliveries with an attempt whose status code is of this class: 200 stands for 200 to
    /// 299, 0 for no answer.
    pub status_code_class: Option<u16>,
    /// Only deliveries of such messages.
    pub message: MessageFilter,
}

/// Narrows a list of attempts. An empty filter keeps all. `message.before` and `message.after`
/// are about the attempt's own moment.
#[derive(Debug, Clone, Default)]
pub struct AttemptFilter {
    /// Only attempts that ended so.
    pub status: Option<AttemptStatus>,
    /// Only status codes of this class: 200 stands for 200 to 299, 0 for no answer.
    pub status_code_class: Option<u16>,
    /// Only attempts at this endpoint.
    pub endpoint: Option<EndpointId>,
    /// Only attempts of such messages.
    pub message: MessageFilter,
}

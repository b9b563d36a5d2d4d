//! What is handed to a store, and what it hands back.

use std::sync::Arc;

use hookwire_types::*;

/// A message to keep, with the deliveries that it was planned to have.
#[derive(Debug, Clone)]
pub struct Accepted {
    /// The message; shared with whoever delivers it from memory.
    pub message: Arc<Message>,
    /// Where it goes.
    pub deliveries: Vec<NewDelivery>,
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
    /// A new application.
    CreateApplication(Application),
    /// A changed application.
    UpdateApplication(Application),
    /// Deletes an application with its endpoints. Pending deliveries end when they are claimed.
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
}

/// Whether messages are read with their payloads, which may be large.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Payloads {
    /// They are not read: every message comes without one.
    Omitted,
    /// They are read. A list ends early once those that it has add up to this many bytes, but has
    /// at least one message if there is any.
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
}

/// Narrows a list of deliveries. An empty filter keeps all.
#[derive(Debug, Clone, Default)]
pub struct DeliveryFilter {
    /// Only deliveries in one of these states; empty keeps all.
    pub statuses: Vec<DeliveryStatus>,
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

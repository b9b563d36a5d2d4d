//! Attempts and deliveries.

use http::StatusCode;

use super::operation::{delete, get};
use super::{Group, Operation};
use crate::access::Access;
use crate::page::ListResponse;
use crate::resource::attempt::{self, AttemptOut};
use crate::resource::attempt_stream;
use crate::resource::delivery::{self, DeliveryOut};
use crate::resource::endpoint_out::EndpointSummary;
use crate::resource::expunge;
use crate::resource::message_model::MessageOut;

/// Operations on attempts and deliveries.
pub fn group() -> Group {
    let mut operations = records();
    operations.extend(streams());
    Group {
        name: "Message Attempt",
        about: "What happened to messages: each HTTP exchange with a receiver, and how far the \
                delivery of a message to an endpoint is.",
        operations,
    }
}

fn records() -> Vec<Operation> {
    vec![
        get(
            "/app/{app_id}/attempt/endpoint/{endpoint_id}",
            "v1.message-attempt.list-by-endpoint",
            Access::View,
            "List attempts at an endpoint",
            attempt::list_by_endpoint,
        )
        .answers::<ListResponse<AttemptOut>>(StatusCode::OK),
        get(
            "/app/{app_id}/attempt/msg/{msg_id}",
            "v1.message-attempt.list-by-msg",
            Access::View,
            "List attempts to deliver a message",
            attempt::list_by_message,
        )
        .answers::<ListResponse<AttemptOut>>(StatusCode::OK),
        get(
            "/app/{app_id}/msg/{msg_id}/attempt/{attempt_id}",
            "v1.message-attempt.get",
            Access::View,
            "Show an attempt",
            attempt::get,
        )
        .answers::<AttemptOut>(StatusCode::OK),
        delete(
            "/app/{app_id}/msg/{msg_id}/attempt/{attempt_id}/content",
            "v1.message-attempt.expunge-content",
            Access::Organization,
            "Forget what a receiver answered",
            expunge::attempt_content,
        )
        .details("The body of its answer, at once and for good; its status stays.")
        .answers_nothing(),
        get(
            "/app/{app_id}/endpoint/{endpoint_id}/msg",
            "v1.message-attempt.list-attempted-messages",
            Access::View,
            "List the messages that go to an endpoint",
            delivery::list_of_endpoint,
        )
        .answers::<ListResponse<DeliveryOut<MessageOut>>>(StatusCode::OK),
        get(
            "/app/{app_id}/msg/{msg_id}/endpoint",
            "v1.message-attempt.list-attempted-destinations",
            Access::View,
            "List the endpoints that a message goes to",
            delivery::list_of_message,
        )
        .details("Deleted endpoints are left out.")
        .answers::<ListResponse<DeliveryOut<EndpointSummary>>>(StatusCode::OK),
    ]
}

fn streams() -> Vec<Operation> {
    vec![
        get(
            "/app/{app_id}/stream",
            "hookwire.attempt.stream",
            Access::View,
            "Follow an application's attempts",
            attempt_stream::of_application,
        )
        .details(
            "Server-sent events for a person who watches: each is called `attempts`, at most four \
             a second. Its data is an object with `attempts`, at most 100 that were written down \
             since the event before (`id`, `timestamp`, `applicationId`, `endpointId`, \
             `endpointName`, `messageId`, `eventType`, `status`, `statusText`, \
             `responseStatusCode`, `responseDurationMs`, `attemptNumber`, `error`), and \
             `skippedCount`, how many more there were. What happened before or between two \
             connections is in the lists of attempts. At most 16 callers follow an application at \
             the same time.",
        )
        .bounded()
        .answers_text("text/event-stream"),
        get(
            "/stream",
            "hookwire.attempt.stream-all",
            Access::Organization,
            "Follow all attempts",
            attempt_stream::of_organization,
        )
        .details(
            "Those of all applications, in the same form. At most 16 callers follow an \
             organization at the same time.",
        )
        .bounded()
        .answers_text("text/event-stream"),
    ]
}

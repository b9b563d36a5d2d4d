//! Endpoints, and what belongs to one.

use http::StatusCode;

use super::operation::{delete, get, patch, post, put};
use super::{Group, Operation};
use crate::access::Access;
use crate::page::ListResponse;
use crate::resource::EmptyOut;
use crate::resource::endpoint;
use crate::resource::endpoint_headers::{self, HeadersOut};
use crate::resource::endpoint_out::EndpointOut;
use crate::resource::endpoint_secret::{self, SecretOut};
use crate::resource::endpoint_stats::{self, StatsOut};
use crate::resource::message_model::MessageOut;
use crate::resource::task::TaskOut;
use crate::resource::test_send::{self, TestOut};
use crate::resource::transformation::{self, TransformationOut};
use crate::resource::{recovery, send_example};

/// Operations on endpoints.
pub fn group() -> Group {
    let mut operations = definition();
    operations.extend(parts());
    operations.extend(sending());
    Group {
        name: "Endpoint",
        about: "What people call a webhook: a URL that messages are sent to, which messages it \
                wants, and how its requests are composed, signed and retried.",
        operations,
    }
}

fn definition() -> Vec<Operation> {
    vec![
        get(
            "/app/{app_id}/endpoint",
            "v1.endpoint.list",
            Access::View,
            "List endpoints",
            endpoint::list,
        )
        .answers::<ListResponse<EndpointOut>>(StatusCode::OK),
        post(
            "/app/{app_id}/endpoint",
            "v1.endpoint.create",
            Access::ManageEndpoint,
            "Create an endpoint",
            endpoint::create,
        )
        .details(
            "The URL is enough. What else can be said: which event types and channels it wants, \
             a filter over the payload, method, headers and body with placeholders, credentials, \
             and its own way of retrying. With `recipe` it begins as a ready-made one.",
        )
        .answers::<EndpointOut>(StatusCode::CREATED),
        get(
            "/app/{app_id}/endpoint/{endpoint_id}",
            "v1.endpoint.get",
            Access::View,
            "Show an endpoint",
            endpoint::get,
        )
        .answers::<EndpointOut>(StatusCode::OK),
        put(
            "/app/{app_id}/endpoint/{endpoint_id}",
            "v1.endpoint.upsert",
            Access::ManageEndpoint,
            "Replace or create an endpoint",
            endpoint::upsert,
        )
        .details(
            "Creates it when nothing has the uid that the path names. Name, headers, secret and \
             what only Hookwire knows (`request`, `filter`, `retry`, `ordered`, `credentials`, \
             `secrets`) stay as they are unless the body has them; null clears them.",
        )
        .answers::<EndpointOut>(StatusCode::OK)
        .answers::<EndpointOut>(StatusCode::CREATED),
        patch(
            "/app/{app_id}/endpoint/{endpoint_id}",
            "v1.endpoint.patch",
            Access::ManageEndpoint,
            "Change an endpoint",
            endpoint::patch,
        )
        .details("Only what the body mentions is changed; null clears what can be absent.")
        .answers::<EndpointOut>(StatusCode::OK),
        delete(
            "/app/{app_id}/endpoint/{endpoint_id}",
            "v1.endpoint.delete",
            Access::ManageEndpoint,
            "Delete an endpoint",
            endpoint::delete,
        )
        .details("What was on its way to it ends as canceled.")
        .answers_nothing(),
    ]
}

fn parts() -> Vec<Operation> {
    vec![
        get(
            "/app/{app_id}/endpoint/{endpoint_id}/secret",
            "v1.endpoint.get-secret",
            Access::ViewEndpointSecret,
            "Show an endpoint's secret",
            endpoint_secret::get,
        )
        .details(
            "What receivers verify signatures with: the shared secret, or the public half of a \
             key pair.",
        )
        .answers::<SecretOut>(StatusCode::OK),
        post(
            "/app/{app_id}/endpoint/{endpoint_id}/secret/rotate",
            "v1.endpoint.rotate-secret",
            Access::ManageEndpointSecret,
            "Replace an endpoint's secret",
            endpoint_secret::rotate,
        )
        .details(
            "Until the grace period ends, requests are signed with the old secret as well, so \
             that receivers can change in between. SDKs from before 2.0, which expect no body, get \
             204 without one, and so does who may not see the secret and did not give it.",
        )
        .answers::<SecretOut>(StatusCode::OK)
        .answers_nothing(),
        get(
            "/app/{app_id}/endpoint/{endpoint_id}/headers",
            "v1.endpoint.get-headers",
            Access::View,
            "Show an endpoint's headers",
            endpoint_headers::get,
        )
        .details("Of headers that usually carry credentials, only the names are shown.")
        .answers::<HeadersOut>(StatusCode::OK),
        put(
            "/app/{app_id}/endpoint/{endpoint_id}/headers",
            "v1.endpoint.set-headers",
            Access::ManageEndpoint,
            "Replace an endpoint's headers",
            endpoint_headers::set,
        )
        .answers_nothing(),
        patch(
            "/app/{app_id}/endpoint/{endpoint_id}/headers",
            "v1.endpoint.patch-headers",
            Access::ManageEndpoint,
            "Change an endpoint's headers",
            endpoint_headers::patch,
        )
        .details("Headers that the body mentions are set, or removed by null.")
        .answers_nothing(),
        get(
            "/app/{app_id}/endpoint/{endpoint_id}/transformation",
            "v1.endpoint.transformation.get",
            Access::ManageTransformations,
            "Show an endpoint's script",
            transformation::get,
        )
        .answers::<TransformationOut>(StatusCode::OK),
        patch(
            "/app/{app_id}/endpoint/{endpoint_id}/transformation",
            "v1.endpoint.transformation.patch",
            Access::ManageTransformations,
            "Change an endpoint's script",
            transformation::patch,
        )
        .details(
            "JavaScript with a function `handler(webhook)` that returns the webhook, changed or \
             canceled.",
        )
        .answers_nothing(),
    ]
}

fn sending() -> Vec<Operation> {
    vec![
        post(
            "/app/{app_id}/endpoint/{endpoint_id}/send-example",
            "v1.endpoint.send-example",
            Access::CreateAttempts,
            "Send an event type's example",
            send_example::send_example,
        )
        .details("As a real message for this endpoint alone, whatever it listens to.")
        .answers::<MessageOut>(StatusCode::ACCEPTED),
        post(
            "/app/{app_id}/endpoint/{endpoint_id}/test",
            "hookwire.endpoint.test",
            Access::CreateAttempts,
            "Send a test and wait for the answer",
            test_send::test,
        )
        .details(
            "Sends now, past queue and retries, and shows what was sent and what came back. \
             Without a body, an event that the endpoint wants is made up. Who may not see the \
             endpoint's secret does not see signatures.",
        )
        .keeps_no_answer()
        .answers::<TestOut>(StatusCode::OK),
        post(
            "/app/{app_id}/endpoint/{endpoint_id}/recover",
            "v1.endpoint.recover",
            Access::CreateAttempts,
            "Send again what failed",
            recovery::recover,
        )
        .details("In the background: the answer is the task that does it.")
        .answers::<TaskOut>(StatusCode::ACCEPTED),
        post(
            "/app/{app_id}/endpoint/{endpoint_id}/replay-missing",
            "v1.endpoint.replay-missing",
            Access::CreateAttempts,
            "Send what was never sent",
            recovery::replay_missing,
        )
        .details(
            "Messages that the endpoint wants and has had no delivery of, because it was made, \
             enabled or changed after they came. In the background: the answer is the task that \
             does it.",
        )
        .answers::<TaskOut>(StatusCode::ACCEPTED),
        post(
            "/app/{app_id}/endpoint/{endpoint_id}/bulk-replay",
            "v1.endpoint.bulk-replay",
            Access::CreateAttempts,
            "Send again what matches",
            recovery::bulk_replay,
        )
        .details(
            "Whatever became of it, also what was received. In the background: the answer is the \
             task that does it.",
        )
        .answers::<TaskOut>(StatusCode::ACCEPTED),
        get(
            "/app/{app_id}/endpoint/{endpoint_id}/stats",
            "v1.endpoint.get-stats",
            Access::View,
            "Count an endpoint's deliveries by state",
            endpoint_stats::stats,
        )
        .details("Of messages accepted between two moments, both included; without, of all.")
        .answers::<StatsOut>(StatusCode::OK),
        post(
            "/app/{app_id}/msg/{msg_id}/endpoint/{endpoint_id}/resend",
            "v1.message-attempt.resend",
            Access::CreateAttempts,
            "Send a message again",
            recovery::resend,
        )
        .details(
            "Now, whether or not it arrived before. If it fails, the retry schedule begins anew.",
        )
        .answers::<EmptyOut>(StatusCode::ACCEPTED),
    ]
}

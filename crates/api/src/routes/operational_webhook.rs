//! Operational webhooks.

use http::StatusCode;

use super::Group;
use super::operation::{delete, get, post, put};
use crate::access::Access;
use crate::page::ListResponse;
use crate::resource::endpoint_headers::HeadersOut;
use crate::resource::endpoint_out::EndpointOut;
use crate::resource::endpoint_secret::SecretOut;
use crate::resource::operational;

/// Operations on operational webhooks.
pub fn group() -> Group {
    Group {
        name: "Operational Webhook",
        about: "Webhooks that tell the organization itself what happens to its endpoints: made, \
                changed, switched off, failing, working again.",
        operations: vec![
            get(
                "/operational-webhook/endpoint",
                "v1.operational-webhook.endpoint.list",
                Access::Organization,
                "List operational webhooks",
                operational::list,
            )
            .answers::<ListResponse<EndpointOut>>(StatusCode::OK),
            post(
                "/operational-webhook/endpoint",
                "v1.operational-webhook.endpoint.create",
                Access::Organization,
                "Create an operational webhook",
                operational::create,
            )
            .details(
                "Its event types are `endpoint.created`, `endpoint.updated`, `endpoint.deleted`, \
                 `endpoint.enabled`, `endpoint.disabled`, `message.attempt.exhausted`, \
                 `message.attempt.failing` and `message.attempt.recovered`; without a list it is \
                 told all of them. What other endpoints can define it can define too, except for \
                 channels.",
            )
            .answers::<EndpointOut>(StatusCode::CREATED),
            get(
                "/operational-webhook/endpoint/{endpoint_id}",
                "v1.operational-webhook.endpoint.get",
                Access::Organization,
                "Show an operational webhook",
                operational::get,
            )
            .answers::<EndpointOut>(StatusCode::OK),
            put(
                "/operational-webhook/endpoint/{endpoint_id}",
                "v1.operational-webhook.endpoint.upsert",
                Access::Organization,
                "Replace or create an operational webhook",
                operational::upsert,
            )
            .details("Creates it when nothing has the uid that the path names.")
            .answers::<EndpointOut>(StatusCode::OK),
            delete(
                "/operational-webhook/endpoint/{endpoint_id}",
                "v1.operational-webhook.endpoint.delete",
                Access::Organization,
                "Delete an operational webhook",
                operational::delete,
            )
            .answers_nothing(),
            get(
                "/operational-webhook/endpoint/{endpoint_id}/secret",
                "v1.operational-webhook.endpoint.get-secret",
                Access::Organization,
                "Show an operational webhook's secret",
                operational::secret,
            )
            .answers::<SecretOut>(StatusCode::OK),
            post(
                "/operational-webhook/endpoint/{endpoint_id}/secret/rotate",
                "v1.operational-webhook.endpoint.rotate-secret",
                Access::Organization,
                "Replace an operational webhook's secret",
                operational::rotate,
            )
            .details("Until the grace period ends the old secret signs as well.")
            .answers_nothing(),
            get(
                "/operational-webhook/endpoint/{endpoint_id}/headers",
                "v1.operational-webhook.endpoint.get-headers",
                Access::Organization,
                "Show an operational webhook's headers",
                operational::headers,
            )
            .details("Of headers that usually carry credentials, only the names are shown.")
            .answers::<HeadersOut>(StatusCode::OK),
            put(
                "/operational-webhook/endpoint/{endpoint_id}/headers",
                "v1.operational-webhook.endpoint.set-headers",
                Access::Organization,
                "Replace an operational webhook's headers",
                operational::set_headers,
            )
            .answers_nothing(),
        ],
    }
}

//! Event types.

use http::StatusCode;

use super::Group;
use super::operation::{delete, get, patch, post, put};
use crate::access::Access;
use crate::page::ListResponse;
use crate::resource::event_type::{self, EventTypeOut};
use crate::resource::event_type_import::{self, ImportOut};

/// Operations on the catalogue of event types.
pub fn group() -> Group {
    Group {
        name: "Event Type",
        about: "The catalogue from which endpoints choose: what kinds of events there are, what \
                they mean and what their payloads look like.",
        operations: vec![
            get(
                "/event-type",
                "v1.event-type.list",
                Access::View,
                "List event types",
                event_type::list,
            )
            .details("By name. Archived ones and schemas are shown when asked for.")
            .answers::<ListResponse<EventTypeOut>>(StatusCode::OK),
            post(
                "/event-type",
                "v1.event-type.create",
                Access::Organization,
                "Create an event type",
                event_type::create,
            )
            .details("Creating an archived one brings it back, with what the body says about it.")
            .answers::<EventTypeOut>(StatusCode::CREATED),
            post(
                "/event-type/import/openapi",
                "v1.event-type.import-openapi",
                Access::Organization,
                "Import event types from an OpenAPI document",
                event_type_import::import_openapi,
            )
            .details(
                "Each entry of the document's `webhooks` (or `x-webhooks`) becomes an event type, \
                 with the schema of its body and all that it refers to. Those that are there are \
                 changed, and come back when they were archived; a schema that differs becomes a \
                 new version. All of it is done, or nothing.",
            )
            .answers::<ImportOut>(StatusCode::OK),
            get(
                "/event-type/{event_type_name}",
                "v1.event-type.get",
                Access::View,
                "Show an event type",
                event_type::get,
            )
            .details("Archived or not.")
            .answers::<EventTypeOut>(StatusCode::OK),
            put(
                "/event-type/{event_type_name}",
                "v1.event-type.upsert",
                Access::Organization,
                "Replace or create an event type",
                event_type::upsert,
            )
            .answers::<EventTypeOut>(StatusCode::OK)
            .answers::<EventTypeOut>(StatusCode::CREATED),
            patch(
                "/event-type/{event_type_name}",
                "v1.event-type.patch",
                Access::Organization,
                "Change an event type",
                event_type::patch,
            )
            .details("Only what the body mentions is changed; null clears what can be absent.")
            .answers::<EventTypeOut>(StatusCode::OK),
            delete(
                "/event-type/{event_type_name}",
                "v1.event-type.delete",
                Access::Organization,
                "Archive an event type",
                event_type::delete,
            )
            .details(
                "Endpoints that ask for it go on receiving it, and new ones cannot ask for it. \
                 With `expunge` it is removed altogether.",
            )
            .answers_nothing(),
        ],
    }
}

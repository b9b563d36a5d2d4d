//! Messages.

use http::StatusCode;

use super::operation::{delete, get, post};
use super::{Group, Operation};
use crate::access::Access;
use crate::page::ListResponse;
use crate::resource::cancel::{self, CancelOut};
use crate::resource::expunge::{self, BulkExpungeOut};
use crate::resource::message;
use crate::resource::message_list;
use crate::resource::message_model::MessageOut;
use crate::resource::precheck::{self, PrecheckOut};
use crate::resource::task::TaskOut;

/// Operations on messages.
pub fn group() -> Group {
    let mut operations = sending();
    operations.extend(taking_back());
    Group {
        name: "Message",
        about: "An event that was handed over, to be sent to every endpoint of its application \
                that wants it.",
        operations,
    }
}

fn sending() -> Vec<Operation> {
    vec![
        post(
            "/app/{app_id}/msg",
            "v1.message.create",
            Access::Produce,
            "Send an event",
            message::create,
        )
        .details(
            "With the 202 the message is stored safely and on its way. The payload is sent \
             byte for byte as it came. An `eventId` that another message of the application \
             has is refused with 409.",
        )
        .answers::<MessageOut>(StatusCode::ACCEPTED),
        get(
            "/app/{app_id}/msg",
            "v1.message.list",
            Access::View,
            "List messages",
            message_list::list,
        )
        .details(
            "The latest first. A page may be short because its payloads are large. With `status`, \
             only messages with a delivery in that state: 0 success, 1 pending, 2 fail, 3 sending, \
             4 canceled. They are looked for in a part of what there is: an answer may be short, or \
             empty, without being the last; `done` says whether it is, `iterator` leads on.",
        )
        .answers::<ListResponse<MessageOut>>(StatusCode::OK),
        get(
            "/app/{app_id}/msg/{msg_id}",
            "v1.message.get",
            Access::View,
            "Show a message",
            message_list::get,
        )
        .answers::<MessageOut>(StatusCode::OK),
        post(
            "/app/{app_id}/msg/precheck/active",
            "v1.message.precheck",
            Access::Produce,
            "Ask whether an event would go anywhere",
            precheck::precheck,
        )
        .details(
            "True when an endpoint that is not disabled listens to the event type and the \
             channels. Filters read the payload and are not asked. It is the answer of this \
             moment: whoever wants an event to be there for polling or replay sends it anyway.",
        )
        .keeps_no_answer()
        .answers::<PrecheckOut>(StatusCode::OK),
    ]
}

fn taking_back() -> Vec<Operation> {
    vec![
        post(
            "/app/{app_id}/msg/{msg_id}/cancel",
            "hookwire.message.cancel",
            Access::Produce,
            "Cancel what has not been sent yet",
            cancel::cancel,
        )
        .details(
            "Ends deliveries that wait for `deliverAt` or for their next attempt. What is being \
             sent at the moment, or is about to be, goes on.",
        )
        .answers::<CancelOut>(StatusCode::OK),
        delete(
            "/app/{app_id}/msg/{msg_id}/content",
            "v1.message.expunge-content",
            Access::Organization,
            "Forget a message's payload",
            expunge::content,
        )
        .details(
            "At once and for good. The message is still listed; its payload reads \
             `{\"expired\": true}`, and what still waits to be sent fails.",
        )
        .answers_nothing(),
        post(
            "/app/{app_id}/msg/bulk-expunge",
            "v1.message.bulk-expunge-content",
            Access::Organization,
            "Forget the payloads of several messages",
            expunge::bulk,
        )
        .answers::<BulkExpungeOut>(StatusCode::OK),
        post(
            "/app/{app_id}/msg/expunge-all-contents",
            "v1.message.expunge-all-contents",
            Access::Organization,
            "Forget the payloads of all messages",
            expunge::all,
        )
        .details(
            "Of those that the application has by now, in the background: the answer is the task \
             that does it.",
        )
        .answers::<TaskOut>(StatusCode::ACCEPTED),
    ]
}

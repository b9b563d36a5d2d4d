//! Polling.

use http::StatusCode;

use super::Group;
use super::operation::{get, post};
use crate::access::Access;
use crate::resource::poller::{self, SeekOut};
use crate::resource::poller_read::PolledOut;

/// Operations for receivers that cannot be called.
pub fn group() -> Group {
    Group {
        name: "Message Poller",
        about: "Messages for receivers that cannot be called: they come and read, in the order in \
                which messages were accepted, without missing any. A sink is a name of your own \
                choice for what is read; nothing has to be made first.",
        operations: vec![
            get(
                "/app/{app_id}/poller/{sink_id}",
                "v1.message.poller.poll",
                Access::View,
                "Read messages in order",
                poller::poll,
            )
            .details(
                "Begins with the oldest message that is kept, or the first one after `after`, and \
                 goes on with the `iterator` of the answer before. With a filter, an answer may be \
                 empty without being the last: its iterator leads on. The iterator belongs to this \
                 sink alone.",
            )
            .answers::<PolledOut>(StatusCode::OK),
            get(
                "/app/{app_id}/poller/{sink_id}/consumer/{consumer_id}",
                "v1.message.poller.consumer-poll",
                // It moves a place that is kept, which a customer's browser must not.
                Access::Produce,
                "Read messages from a place that is kept",
                poller::consume,
            )
            .details(
                "Without an `iterator`, reads what follows the consumer's place; a new consumer \
                 begins with the oldest message that is kept. With the `iterator` of an answer, \
                 moves the place to the end of that answer first: until then it comes again.",
            )
            .answers::<PolledOut>(StatusCode::OK),
            post(
                "/app/{app_id}/poller/{sink_id}/consumer/{consumer_id}/seek",
                "v1.message.poller.consumer-seek",
                Access::Produce,
                "Move a consumer's place",
                poller::seek,
            )
            .details("Further back too, as far as messages are kept.")
            .answers::<SeekOut>(StatusCode::OK),
        ],
    }
}

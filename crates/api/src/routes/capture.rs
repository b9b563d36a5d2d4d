//! What bins received.

use super::Group;
use super::operation::{delete, get, post};
use crate::access::Access;
use http::StatusCode;

use crate::capture::{CaptureDetailOut, CaptureOut, HarOut};
use crate::page::ListResponse;
use crate::resource::bin_replay::{self, ReplayManyOut, ReplayOut};
use crate::resource::{bin_answer, bin_request, bin_stream};

/// Operations on the requests that bins received.
pub fn group() -> Group {
    Group {
        name: "Bin Request",
        about: "The requests that a bin received, as they were received. Whatever the sender wrote \
                is data: show it as text.",
        operations: vec![
            get(
                "/bin/{bin_id}/request",
                "hookwire.bin.request.list",
                Access::ViewBins,
                "List what a bin received",
                bin_request::list,
            )
            .details(
                "The newest first, unless `order` says otherwise. `text` is searched for in path, \
                 query, headers and body, whatever the case of its letters. A search looks at a \
                 part of what there is: an answer may be short, or empty, without being the last; \
                 `done` says whether it is, `iterator` leads on.",
            )
            .answers::<ListResponse<CaptureOut>>(StatusCode::OK),
            get(
                "/bin/{bin_id}/har",
                "hookwire.bin.har",
                Access::ViewBins,
                "Export what a bin received",
                bin_request::har,
            )
            .details(
                "As an HTTP archive (HAR 1.2), which browsers' tools open: the same requests as in \
                 the list, with their bodies, up to 8 MiB of them.",
            )
            .answers::<HarOut>(StatusCode::OK),
            get(
                "/bin/{bin_id}/request/{request_id}",
                "hookwire.bin.request.get",
                Access::ViewBins,
                "Show a request in full",
                bin_request::get,
            )
            .answers::<CaptureDetailOut>(StatusCode::OK),
            get(
                "/bin/{bin_id}/request/{request_id}/body",
                "hookwire.bin.request.get-body",
                Access::ViewBins,
                "Download a request's body",
                bin_request::body,
            )
            .details(
                "Byte for byte, always as a download. Its content type, as the sender says, is in \
                 the header `hookwire-content-type`.",
            )
            .answers_text("application/octet-stream"),
            get(
                "/bin/{bin_id}/request/{request_id}/curl",
                "hookwire.bin.request.get-curl",
                Access::ViewBins,
                "Show the command that sends a request again",
                bin_request::command,
            )
            .answers_text("text/plain"),
            delete(
                "/bin/{bin_id}/request/{request_id}",
                "hookwire.bin.request.delete",
                Access::ManageBins,
                "Forget a request",
                bin_request::delete,
            )
            .answers_nothing(),
            post(
                "/bin/{bin_id}/request/{request_id}/replay",
                "hookwire.bin.request.replay",
                Access::ReplayCaptures,
                "Send a request to somebody else",
                bin_replay::replay,
            )
            .details(
                "To a URL: once, now, with the method, headers and bytes that were received or \
                 those that are given instead; the answer shows what came back. To an endpoint: as \
                 a message that is kept, signed anew, and tried again if it fails.",
            )
            .answers::<ReplayOut>(StatusCode::OK),
            post(
                "/bin/{bin_id}/replay",
                "hookwire.bin.replay",
                Access::ReplayCaptures,
                "Send many requests to somebody else",
                bin_replay::replay_many,
            )
            .details(
                "One after another, in the order in which they are named, within a minute: those \
                 for which no time was left say so.",
            )
            .answers::<ReplayManyOut>(StatusCode::OK),
            get(
                "/bin/{bin_id}/stream",
                "hookwire.bin.stream",
                Access::ViewBins,
                "Follow what a bin receives",
                bin_stream::stream,
            )
            .details(
                "Server-sent events: each is called `request`, its data is a request as in lists, \
                 its id the request's. With `Last-Event-ID`, or else `after`, the stream goes on \
                 after that request; without, it begins with what comes now. With `listen`, \
                 senders who wait for a listener's answer wait for this caller's. At most 16 \
                 callers follow a bin at the same time.",
            )
            .bounded()
            .answers_text("text/event-stream"),
            post(
                "/bin/{bin_id}/request/{request_id}/answer",
                "hookwire.bin.request.answer",
                Access::ManageBins,
                "Answer a sender who waits",
                bin_answer::answer,
            )
            .keeps_no_answer()
            .answers_nothing(),
        ],
    }
}

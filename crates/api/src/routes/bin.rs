//! Bins: addresses that take any request.

use http::StatusCode;

use super::Group;
use super::operation::{delete, get, patch, post};
use crate::access::Access;
use crate::page::ListResponse;
use crate::resource::bin_out::BinOut;
use crate::resource::bin_share::ShareOut;
use crate::resource::public_bin::NewPublicBinOut;
use crate::resource::{bin, bin_share, public_bin};

/// Operations on bins.
pub fn group() -> Group {
    Group {
        name: "Bin",
        about: "A bin is an address that takes any request, whatever its method, path and body, \
                and keeps it before it is answered. It can check who sends, tell repetitions \
                apart, and pass requests on as messages of an application.",
        operations: vec![
            post(
                "/bin",
                "hookwire.bin.create",
                Access::Organization,
                "Create a bin",
                bin::create,
            )
            .details("Every field may be absent: no body at all makes a bin that takes everything.")
            .answers::<BinOut>(StatusCode::CREATED),
            post(
                "/public-bin",
                "hookwire.bin.create-public",
                Access::Public,
                "Create a bin without an account",
                public_bin::create,
            )
            .details(
                "Where the operator permits it. The answer is the only one that has the token \
                 which reaches the bin. Such a bin keeps and takes less than others, forwards \
                 nothing, and cannot have requests sent to somebody else.",
            )
            .answers::<NewPublicBinOut>(StatusCode::CREATED),
            get(
                "/bin",
                "hookwire.bin.list",
                Access::ViewBins,
                "List bins",
                bin::list,
            )
            .details("The newest first. A credential for one bin sees that one.")
            .answers::<ListResponse<BinOut>>(StatusCode::OK),
            get(
                "/bin/{bin_id}",
                "hookwire.bin.get",
                Access::ViewBins,
                "Show a bin",
                bin::get,
            )
            .answers::<BinOut>(StatusCode::OK),
            patch(
                "/bin/{bin_id}",
                "hookwire.bin.patch",
                Access::ManageBins,
                "Change a bin",
                bin::patch,
            )
            .details(
                "A field that is given replaces what was there as a whole; null stands for what a \
                 new bin has. Secrets of `verify` stay where none are given and the provider is \
                 the same.",
            )
            .answers::<BinOut>(StatusCode::OK),
            delete(
                "/bin/{bin_id}",
                "hookwire.bin.delete",
                Access::ManageBins,
                "Delete a bin",
                bin::delete,
            )
            .details("With all that it received, its share links, and its own credential.")
            .answers_nothing(),
            delete(
                "/bin/{bin_id}/request",
                "hookwire.bin.clear",
                Access::ManageBins,
                "Forget what a bin received",
                bin::clear,
            )
            .details("All requests that it has at this moment; the bin itself stays.")
            .answers_nothing(),
            post(
                "/bin/{bin_id}/share",
                "hookwire.bin.share",
                Access::ManageBins,
                "Make a share link",
                bin_share::create,
            )
            .details(
                "Whoever has it looks at the bin and at what it receives, and changes nothing.",
            )
            .answers::<ShareOut>(StatusCode::OK),
            delete(
                "/bin/{bin_id}/share",
                "hookwire.bin.unshare",
                Access::ManageBins,
                "End all share links",
                bin_share::delete,
            )
            .answers_nothing(),
        ],
    }
}

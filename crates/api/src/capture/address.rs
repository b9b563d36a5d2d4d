//! The addresses of a capture: where it was sent, and where its body is.

use std::fmt::Write;

use hookwire_types::Capture;

/// Where the request was sent, as a URL that programs take. A request's target is shown as it was
/// received but for what cannot stand in one (white space, control characters, other bytes than
/// ASCII) and `#`, which would begin a fragment.
pub fn request_url(capture: &Capture, bin_url: &str) -> String {
    let mut url = String::with_capacity(bin_url.len() + capture.target.len());
    for byte in bin_url.bytes().chain(capture.target.iter().copied()) {
        match byte {
            b'!'..=b'~' if byte != b'#' => url.push(char::from(byte)),
            _ => {
                // Writing to a String cannot fail.
                let _ = write!(url, "%{byte:02X}");
            }
        }
    }
    url
}

/// Where the API gives out the body's bytes, beside the bin's public address.
pub fn body_url(capture: &Capture, bin_url: &str) -> String {
    let server = bin_url
        .rsplit_once("/in/")
        .map_or(bin_url, |(server, _)| server);
    let (bin, id) = (capture.bin, capture.id);
    format!(
        "{server}{}/bin/{bin}/request/{id}/body",
        crate::routes::BASE
    )
}

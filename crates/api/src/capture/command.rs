//! A capture as a command: `curl` with what it takes to send the same request again.
//!
//! The command says nothing about what `curl` itself must say (the host, the length) and takes
//! back what `curl` would add (a user agent, what it accepts, a form's content type). Secrets that
//! were captured are part of the request and stay in it; the caller's own token is only named.

use hookwire_types::Capture;

use super::address::{body_url, request_url};
use super::shell::{argument, inline, printf, quoted};

/// What a person still pastes, and a terminal's line takes. Larger bodies are fetched.
const INLINE_MAX_BYTES: usize = 4 * 1024;
/// What `curl` says by itself, for the connection that it makes.
const OF_THE_CONNECTION: [&str; 5] = [
    "host",
    "content-length",
    "transfer-encoding",
    "connection",
    "expect",
];

/// A command for a POSIX shell that sends the request of a capture again, to the bin's public
/// address. A body that is too large to paste is downloaded first, with the caller's token from
/// the variable `HOOKWIRE_TOKEN`. The body of a `HEAD` request is left out: `curl` sends none.
pub fn curl(capture: &Capture, bin_url: &str) -> String {
    let url = request_url(capture, bin_url);
    let body = if capture.method == "HEAD" {
        BodyArgument::None
    } else {
        BodyArgument::of(capture)
    };
    let mut words = vec![options(capture, &url) + &quoted(&url)];
    words.extend(headers(capture, body != BodyArgument::None));
    let before = match &body {
        BodyArgument::None => String::new(),
        BodyArgument::Text(text) => {
            words.push(format!("--data-raw {text}"));
            String::new()
        }
        BodyArgument::Printed(command) => {
            words.push("--data-binary @-".to_owned());
            format!("{command} | ")
        }
        BodyArgument::Fetched => {
            words.push(format!("--data-binary @{}", file_name(capture)));
            fetch(capture, bin_url)
        }
    };
    format!("{before}curl {}\n", words.join(" \\\n  "))
}

/// How a body gets into the command.
#[derive(PartialEq, Eq)]
enum BodyArgument {
    /// There is none.
    None,
    /// As an argument, quoted.
    Text(String),
    /// From a command that writes it.
    Printed(String),
    /// From a file that is downloaded first.
    Fetched,
}

impl BodyArgument {
    fn of(capture: &Capture) -> Self {
        let body = capture.body.as_deref().unwrap_or_default();
        if capture.body_bytes == 0 && body.is_empty() {
            // An empty body that was announced is announced again.
            return match capture.headers.get("content-length") {
                Some(_) => Self::Text(quoted("")),
                None => Self::None,
            };
        }
        if capture.body.is_none() || body.len() > INLINE_MAX_BYTES {
            return Self::Fetched;
        }
        let written = match inline(body) {
            Some(text) => Self::Text(quoted(text)),
            None => Self::Printed(printf(body)),
        };
        match &written {
            Self::Text(text) | Self::Printed(text) if text.len() > INLINE_MAX_BYTES => {
                Self::Fetched
            }
            _ => written,
        }
    }
}

fn options(capture: &Capture, url: &str) -> String {
    let mut options = String::new();
    match capture.method.as_str() {
        "HEAD" => options.push_str("--head "),
        "GET" if capture.body_bytes == 0 && capture.headers.get("content-length").is_none() => {}
        method if is_token(method.as_bytes()) => options.push_str(&format!("-X {} ", word(method))),
        method => options.push_str(&format!("-X {} ", argument(method.as_bytes()))),
    }
    if capture.is_http_10 {
        options.push_str("--http1.0 ");
    }
    if url.contains("/.") {
        options.push_str("--path-as-is ");
    }
    // What has a meaning in a pattern of URLs.
    if url.contains(['[', ']', '{', '}']) {
        options.push_str("--globoff ");
    }
    options
}

fn headers(capture: &Capture, has_body: bool) -> Vec<String> {
    let mut words = Vec::new();
    for (name, value) in capture.headers.iter() {
        // What no client can send was sent by none; a name with an @ would even name a file.
        let is_sendable = is_token(name) && !value.iter().any(|byte| b"\0\r\n".contains(byte));
        let is_own = OF_THE_CONNECTION
            .iter()
            .any(|own| name.eq_ignore_ascii_case(own.as_bytes()));
        if is_own || !is_sendable {
            continue;
        }
        let line = match value {
            // With a colon, curl would leave it out.
            b"" => [name, b";"].concat(),
            _ => [name, b": ", value].concat(),
        };
        words.push(format!("-H {}", argument(&line)));
    }
    let added = [
        ("User-Agent", true),
        ("Accept", true),
        ("Content-Type", has_body),
    ];
    for (name, is_added) in added {
        if is_added && capture.headers.get(name).is_none() {
            words.push(format!("-H '{name}:'"));
        }
    }
    words
}

fn fetch(capture: &Capture, bin_url: &str) -> String {
    format!(
        "curl -fsS -H \"Authorization: Bearer $HOOKWIRE_TOKEN\" \\\n  -o {} {} &&\n",
        file_name(capture),
        quoted(&body_url(capture, bin_url)),
    )
}

fn file_name(capture: &Capture) -> String {
    format!("{}.body", capture.id)
}

/// A word without quotes where it needs none.
fn word(token: &str) -> String {
    if token.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        token.to_owned()
    } else {
        quoted(token)
    }
}

/// Whether this is a token of RFC 9110, as methods and names of headers are.
fn is_token(bytes: &[u8]) -> bool {
    let is_of_token = |byte: &u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte);
    !bytes.is_empty() && bytes.iter().all(is_of_token)
}

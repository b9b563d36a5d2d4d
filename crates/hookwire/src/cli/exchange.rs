//! Requests and answers for people: what a test sent, and what a preview would send.

use std::fmt::Write as _;

use serde_json::Value;

use super::output::text;

/// A request's first line, headers and body as they are on the wire, each line after `indent`. At
/// most so many characters of the body.
pub fn request(request: &Value, indent: &str, body_chars_max: usize) -> String {
    let (method, url) = (text(&request["method"]), text(&request["url"]));
    format!("{indent}{method} {url}\n") + &half(request, indent, body_chars_max)
}

/// The headers and the body of a request or an answer.
pub fn half(half: &Value, indent: &str, body_chars_max: usize) -> String {
    let mut page = String::new();
    for (name, value) in half["headers"].as_object().into_iter().flatten() {
        let value = value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned);
        let _ = writeln!(page, "{indent}{name}: {value}");
    }
    page.push('\n');
    let body = text(&half["body"]);
    if body.is_empty() {
        return page;
    }
    let (body, rest) = match body.char_indices().nth(body_chars_max) {
        Some((end, _)) => (&body[..end], "…\n"),
        None => (body.as_str(), ""),
    };
    for line in body.lines() {
        let _ = writeln!(page, "{indent}{line}");
    }
    let _ = writeln!(page, "{rest}");
    page
}

/// What the webhook's script wrote to its console; nothing if it wrote nothing.
pub fn console(report: &Value) -> String {
    let mut page = String::new();
    for line in report["console"].as_array().into_iter().flatten() {
        if page.is_empty() {
            page += "Console of the script\n";
        }
        let level = text(&line["level"]);
        for written in text(&line["text"]).split('\n') {
            let _ = writeln!(page, "  {level:<5} {written}");
        }
    }
    if !page.is_empty() {
        page.push('\n');
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_request_is_shown_as_it_is_on_the_wire() {
        let sent = json!({
            "method": "PUT", "url": "https://crm.example/7?a=b",
            "headers": { "content-type": "text/csv", "x-a": "1" }, "body": "a;b\n1;2",
        });
        assert_eq!(
            request(&sent, "", usize::MAX),
            "PUT https://crm.example/7?a=b\ncontent-type: text/csv\nx-a: 1\n\na;b\n1;2\n\n"
        );
        assert_eq!(half(&sent, "  ", 4).lines().nth(3), Some("  a;b"));
        assert!(half(&sent, "  ", 4).ends_with("…\n\n"));
    }

    #[test]
    fn every_line_of_the_console_has_its_level() {
        let report = json!({ "console": [
            { "level": "log", "text": "a\nb" }, { "level": "error", "text": "c" },
        ]});
        assert_eq!(
            console(&report),
            "Console of the script\n  log   a\n  log   b\n  error c\n\n"
        );
        assert_eq!(console(&json!({ "console": [] })), "");
    }
}

//! What a person, or a program, sees of captures.
//!
//! What strangers sent is shown so that it cannot drive a terminal: control characters, and those
//! that turn the direction of writing or have no width, appear as what they are.

use std::cell::RefCell;
use std::fmt::Write as _;
use std::io::{ErrorKind, Write};

use clap::ValueEnum;
use serde_json::{Value, json};

use super::capture::Capture;
use crate::cli::output::moment;

/// Characters of one text that are shown of it; JSON has all of them.
const TEXT_CHARS_MAX: usize = 300;

/// For whom it is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Print {
    /// A line for people
    Plain,
    /// A JSON object a line, and nothing else on standard output
    Json,
}

/// Nobody reads what is printed any more.
#[derive(Debug, thiserror::Error)]
#[error("nobody reads standard output any more")]
pub struct NobodyReads;

/// What became of a capture.
#[derive(Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is shown, and nothing else.
    Shown,
    /// It was not forwarded, for this reason.
    Skipped(String),
    /// The local program has answered.
    Answered {
        /// With which status.
        status: u16,
        /// After how long.
        duration_ms: u64,
        /// Whether its answer is the sender's; `None` where it should not be.
        returned: Option<Returned>,
    },
}

/// What became of an answer for the sender.
#[derive(Debug, PartialEq, Eq)]
pub enum Returned {
    /// The sender gets it.
    Done,
    /// Nobody waits for it.
    NobodyWaits,
    /// It could not be returned, for this reason.
    Failed(String),
}

/// Where captures are shown.
pub struct Screen {
    print: Print,
    out: Output,
    notes: Output,
}

type Output = RefCell<Box<dyn Write>>;

impl Screen {
    /// One for people, or for programs: captures go to `out`, what is beside them to `notes` if
    /// that would disturb a program.
    pub fn new(print: Print, out: impl Write + 'static, notes: impl Write + 'static) -> Self {
        Self {
            print,
            out: RefCell::new(Box::new(out)),
            notes: RefCell::new(Box::new(notes)),
        }
    }

    /// Says something beside the captures.
    pub fn note(&self, text: &str) -> anyhow::Result<()> {
        let line = format!("{}\n", harmless(text));
        match self.print {
            Print::Plain => self.put(&line),
            Print::Json => {
                // Without anybody who reads it there is nobody to say so to.
                let _ = self.notes.borrow_mut().write_all(line.as_bytes());
                Ok(())
            }
        }
    }

    /// Shows a capture before it is dealt with. Programs see it afterwards, with what became of it.
    pub fn arrived(&self, capture: &Capture) -> anyhow::Result<()> {
        match self.print {
            Print::Plain => self.put(&format!("{}\n", line(capture))),
            Print::Json => Ok(()),
        }
    }

    /// Shows what became of a capture.
    pub fn dealt_with(&self, capture: &Capture, outcome: &Outcome) -> anyhow::Result<()> {
        match self.print {
            Print::Plain => self.put(&result(outcome)),
            Print::Json => self.put(&object(capture, outcome)),
        }
    }

    fn put(&self, text: &str) -> anyhow::Result<()> {
        let mut out = self.out.borrow_mut();
        match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Err(NobodyReads.into()),
            result => Ok(result?),
        }
    }
}

fn line(capture: &Capture) -> String {
    let facts = &capture.facts;
    let time = shown(&moment(&facts.received_at));
    let mut line = format!("{time}  {}", shown(&facts.method));
    let query = facts.query.as_deref().filter(|query| !query.is_empty());
    let path = if facts.path.is_empty() {
        "/"
    } else {
        &facts.path
    };
    let target = query.map_or_else(|| path.to_owned(), |query| format!("{path}?{query}"));
    let _ = write!(
        line,
        " {}  {} bytes  {}",
        shown(&target),
        facts.body_bytes,
        shown(&facts.event_type)
    );
    match (
        facts.verification.status.as_str(),
        &facts.verification.reason,
    ) {
        ("unchecked", _) => {}
        ("valid", _) => line += "  verified",
        ("invalid", Some(reason)) => {
            let _ = write!(line, "  INVALID: {}", shown(reason));
        }
        (status, _) => {
            let _ = write!(line, "  {}", shown(status).to_uppercase());
        }
    }
    if let Some(first) = &facts.duplicate_of {
        let _ = write!(line, "  duplicate of {}", shown(first));
    }
    line
}

fn result(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Shown => String::new(),
        Outcome::Skipped(reason) => format!("  not forwarded: {}\n", shown(reason)),
        Outcome::Answered {
            status,
            duration_ms,
            returned,
        } => {
            let returned = match returned {
                None => String::new(),
                Some(Returned::Done) => ", returned to the sender".to_owned(),
                Some(Returned::NobodyWaits) => ", the sender did not wait".to_owned(),
                Some(Returned::Failed(reason)) => {
                    format!(", not returned to the sender: {}", shown(reason))
                }
            };
            format!("  → {status} in {duration_ms} ms{returned}\n")
        }
    }
}

fn object(capture: &Capture, outcome: &Outcome) -> String {
    let mut whole = capture.whole.clone();
    whole["forwarded"] = match outcome {
        Outcome::Shown => Value::Null,
        Outcome::Skipped(reason) => json!({ "skipped": reason }),
        Outcome::Answered {
            status,
            duration_ms,
            returned,
        } => json!({
            "status": status,
            "durationMs": duration_ms,
            "returned": match returned {
                None => Value::Null,
                Some(Returned::Done) => json!({ "ok": true }),
                Some(Returned::NobodyWaits) => {
                    json!({ "ok": false, "reason": "the sender did not wait" })
                }
                Some(Returned::Failed(reason)) => json!({ "ok": false, "reason": reason }),
            },
        }),
    };
    let mut line = String::new();
    // What is not harmless can only be within texts, where this way of writing it is JSON's own.
    for character in whole.to_string().chars() {
        if is_harmless(character) {
            line.push(character);
        } else {
            let mut units = [0; 2];
            for unit in character.encode_utf16(&mut units) {
                let _ = write!(line, "\\u{unit:04x}");
            }
        }
    }
    line.push('\n');
    line
}

/// A stranger's text on one line, without what is too much of it.
fn shown(text: &str) -> String {
    match text.char_indices().nth(TEXT_CHARS_MAX) {
        Some((end, _)) => harmless(&text[..end]) + "…",
        None => harmless(text),
    }
}

fn harmless(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for character in text.chars() {
        if is_harmless(character) {
            line.push(character);
        } else {
            line.extend(character.escape_default());
        }
    }
    line
}

fn is_harmless(character: char) -> bool {
    let is_unseen = matches!(
        character,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}'
    );
    !character.is_control() && !is_unseen
}

#[cfg(test)]
mod tests {
    use super::super::capture::tests::capture;
    use super::*;
    use proptest::prelude::*;

    const HOSTILE: &str = "\u{1b}]0;owned\u{7}\u{1b}[2J\u{9b}31m\r\n\u{202e}\u{7f}\u{e0041}\t";

    #[test]
    fn a_capture_is_a_line_with_all_that_matters() {
        let plain = capture(json!({}));
        assert_eq!(
            line(&plain),
            "2026-11-22 04:13:08Z  POST /hooks/1?a=1  5 bytes  push"
        );
        let marked = capture(json!({
            "path": "", "query": null, "duplicateOf": "cap_0", "verification": { "status": "valid" },
        }));
        assert!(
            line(&marked).contains("POST /  5 bytes"),
            "{}",
            line(&marked)
        );
        assert!(line(&marked).ends_with("  verified  duplicate of cap_0"));
        let invalid = json!({ "verification": { "status": "invalid", "reason": "too old" } });
        assert!(line(&capture(invalid)).ends_with("  INVALID: too old"));
    }

    #[test]
    fn a_result_is_shown_under_it() {
        let answered = |returned| Outcome::Answered {
            status: 503,
            duration_ms: 12,
            returned,
        };
        assert_eq!(result(&Outcome::Shown), "");
        assert_eq!(result(&answered(None)), "  → 503 in 12 ms\n");
        assert!(result(&answered(Some(Returned::NobodyWaits))).contains("the sender did not wait"));
        assert_eq!(
            result(&Outcome::Skipped("duplicate".to_owned())),
            "  not forwarded: duplicate\n"
        );
    }

    #[test]
    fn strangers_cannot_drive_the_terminal() {
        let hostile = capture(json!({
            "method": HOSTILE, "path": HOSTILE, "query": HOSTILE, "eventType": HOSTILE,
            "receivedAt": HOSTILE, "duplicateOf": HOSTILE, "headers": [[HOSTILE, HOSTILE]],
            "verification": { "status": "invalid", "reason": HOSTILE },
        }));
        let skipped = Outcome::Skipped(HOSTILE.to_owned());
        let returned = Some(Returned::Failed(HOSTILE.to_owned()));
        let answered = Outcome::Answered {
            status: 200,
            duration_ms: 0,
            returned,
        };
        for text in [
            line(&hostile),
            result(&skipped),
            result(&answered),
            object(&hostile, &skipped),
            object(&hostile, &answered),
        ] {
            let text = text.strip_suffix('\n').unwrap_or(&text);
            assert!(text.chars().all(is_harmless), "{text:?}");
        }
    }

    #[test]
    fn a_long_text_is_cut_for_people_only() {
        let long = capture(json!({ "path": "é".repeat(5_000) }));
        assert!(line(&long).chars().count() < 400 && line(&long).contains('…'));
        let object: Value = serde_json::from_str(&object(&long, &Outcome::Shown)).unwrap();
        assert_eq!(object["path"], long.whole["path"]);
    }

    proptest! {
        #[test]
        fn json_says_all_of_any_text_on_one_line(text in any::<String>()) {
            let text = text + HOSTILE;
            let capture = capture(json!({ "path": text, "headers": [[text, text]] }));
            let line = object(&capture, &Outcome::Shown);
            prop_assert_eq!(line.chars().filter(|char| !is_harmless(*char)).count(), 1);
            let mut read: Value = serde_json::from_str(&line).unwrap();
            prop_assert!(read.as_object_mut().unwrap().remove("forwarded").is_some());
            prop_assert_eq!(read, capture.whole);
        }
    }
}

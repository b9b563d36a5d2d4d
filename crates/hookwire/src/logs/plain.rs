//! A log line that no terminal shows: `moment  LEVEL target: message name=value …`, nothing else.
//!
//! A busy server writes tens of thousands of lines a second, so this does without styles, and
//! without spans, which nothing here opens. Values come from strangers, so nothing in them can
//! begin a line of its own or move a cursor: control characters are written as escapes.

use std::cell::RefCell;
use std::fmt::{self, Debug, Write};
use std::time::SystemTime;

use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

use super::moment::push_moment;

/// A line's room that is kept for the next one. Only errors in many words are longer.
const KEPT_BYTES_MAX: usize = 4 << 10;

thread_local! {
    /// Lines are put together here: a text of its own is written to at a fraction of what the
    /// layers of writers below a [`Writer`] cost for each piece.
    static ROOM: RefCell<String> = const { RefCell::new(String::new()) };
}

/// See the module's page.
#[derive(Debug)]
pub struct PlainLine;

impl<S, N> FormatEvent<S, N> for PlainLine
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        _: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        // Taken out, so that a value which logs while it is written finds it empty.
        let mut line = Line {
            text: ROOM.take(),
            result: Ok(()),
        };
        line.text.clear();
        push_moment(SystemTime::now(), &mut line.text);
        line.text.push_str(level(*event.metadata().level()));
        line.text.push_str(event.metadata().target());
        line.text.push(':');
        event.record(&mut line);
        line.text.push('\n');
        let written = line.result.and_then(|()| writer.write_str(&line.text));
        if line.text.capacity() <= KEPT_BYTES_MAX {
            ROOM.set(line.text);
        }
        written
    }
}

/// A level between two spaces, all of the same width.
const fn level(level: Level) -> &'static str {
    match level {
        Level::TRACE => " TRACE ",
        Level::DEBUG => " DEBUG ",
        Level::INFO => "  INFO ",
        Level::WARN => "  WARN ",
        Level::ERROR => " ERROR ",
    }
}

struct Line {
    text: String,
    result: fmt::Result,
}

impl Line {
    fn field(&mut self, field: &Field, write: impl FnOnce(&mut String) -> fmt::Result) {
        self.begin(field);
        let begin = self.text.len();
        self.result = self.result.and(write(&mut self.text));
        tame(&mut self.text, begin);
    }

    fn begin(&mut self, field: &Field) {
        self.text.push(' ');
        if field.name() != "message" {
            self.text.push_str(field.name());
            self.text.push('=');
        }
    }
}

impl Visit for Line {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "message" {
            return self.field(field, |out| out.write_str(value));
        }
        let is_simple = value
            .bytes()
            .all(|byte| byte >= b' ' && byte != b'"' && byte != b'\\');
        self.field(field, |out| {
            if is_simple {
                out.push('"');
                out.push_str(value);
                out.push('"');
                Ok(())
            } else {
                write!(out, "{value:?}")
            }
        });
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.begin(field);
        self.result = self.result.and(write!(self.text, "{value}"));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.field(field, |out| write!(out, "{value:?}"));
    }
}

/// Writes the control characters from `begin` on as escapes.
fn tame(text: &mut String, begin: usize) {
    let Some(added) = text.get(begin..) else {
        return;
    };
    // The common case, without looking at characters.
    if added.bytes().all(|byte| (b' '..0x7f).contains(&byte)) {
        return;
    }
    let mut tamed = String::with_capacity(added.len());
    for character in added.chars() {
        if character.is_control() {
            tamed.extend(character.escape_default());
        } else {
            tamed.push(character);
        }
    }
    text.truncate(begin);
    text.push_str(&tamed);
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Sink(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Sink {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn logged(log: impl FnOnce()) -> String {
        let sink = Sink::default();
        let writer = sink.clone();
        let subscriber = tracing_subscriber::fmt()
            .event_format(PlainLine)
            .with_max_level(tracing::Level::DEBUG)
            .with_writer(move || writer.clone())
            .finish();
        tracing::subscriber::with_default(subscriber, log);
        let bytes = sink.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn a_line_has_its_message_and_its_fields() {
        let line = logged(|| {
            tracing::info!(target: "t", name = "CRM", id = %"msg_1", count = 3, ok = true, "sent");
        });
        let (moment, rest) = line.split_once(' ').unwrap();
        assert!(moment.parse::<jiff::Timestamp>().is_ok(), "{line}");
        assert_eq!(
            rest,
            " INFO t: sent name=\"CRM\" id=msg_1 count=3 ok=true\n"
        );
    }

    #[test]
    fn every_level_is_as_wide_as_the_others() {
        let lines = logged(|| {
            tracing::debug!(target: "t", "a");
            tracing::warn!(target: "t", "b");
            tracing::error!(target: "t", "c");
        });
        let rests: Vec<_> = lines
            .lines()
            .map(|line| line.split_once('Z').unwrap().1)
            .collect();
        assert_eq!(rests, [" DEBUG t: a", "  WARN t: b", " ERROR t: c"]);
    }

    #[test]
    fn a_value_that_logs_while_it_is_shown_spoils_no_line() {
        struct Chatty;
        impl fmt::Display for Chatty {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                // Lost: the subscriber is busy with a line of its own.
                tracing::info!(target: "t", "inner");
                f.write_str("chatty")
            }
        }
        let lines = logged(|| {
            tracing::info!(target: "t", value = %Chatty, "outer");
            tracing::info!(target: "t", "next");
        });
        assert!(lines.contains("  INFO t: outer value=chatty\n"), "{lines}");
        assert!(lines.ends_with("  INFO t: next\n"), "{lines}");
    }

    #[test]
    fn escapes_say_which_character_it_was() {
        let line = logged(|| {
            tracing::info!(target: "t", text = "a\tb\u{7f}é", shown = %"a\n\u{1b}[2J\u{9b}", "m\r");
        });
        let rest = line.split_once("t: ").unwrap().1;
        assert_eq!(
            rest,
            "m\\r text=\"a\\tb\\u{7f}é\" shown=a\\n\\u{1b}[2J\\u{9b}\n"
        );
    }

    #[test]
    fn nothing_in_a_value_can_begin_a_line_or_move_a_cursor() {
        let evil = "a\nERROR forged \u{1b}[2J \u{9b}1A \"";
        let line = logged(|| {
            tracing::info!(target: "t", text = evil, shown = %evil, debug = ?evil, "{evil}");
        });
        assert_eq!(line.matches('\n').count(), 1, "{line}");
        assert!(
            line.trim_end()
                .chars()
                .all(|character| !character.is_control()),
            "{line}"
        );
    }
}

//! Fields of a log line that no terminal shows: `message name=value …`, nothing else.
//!
//! A busy server writes tens of thousands of lines a second, so this does without styles. Values
//! come from strangers, so nothing in them can begin a line of its own or move a cursor: control
//! characters are written as escapes.

use std::fmt::{self, Debug, Write};

use tracing::field::{Field, Visit};
use tracing_subscriber::field::RecordFields;
use tracing_subscriber::fmt::FormatFields;
use tracing_subscriber::fmt::format::Writer;

/// See the module's page.
#[derive(Debug)]
pub struct PlainFields;

impl<'writer> FormatFields<'writer> for PlainFields {
    fn format_fields<R: RecordFields>(&self, writer: Writer<'writer>, fields: R) -> fmt::Result {
        let mut line = Line {
            writer,
            is_empty: true,
            result: Ok(()),
        };
        fields.record(&mut line);
        line.result
    }
}

struct Line<'writer> {
    writer: Writer<'writer>,
    is_empty: bool,
    result: fmt::Result,
}

impl Line<'_> {
    fn field(&mut self, field: &Field, write: impl FnOnce(&mut Tame<'_, '_>) -> fmt::Result) {
        let begun = self.begin(field);
        self.result = self
            .result
            .and(begun)
            .and_then(|()| write(&mut Tame(&mut self.writer)));
    }

    fn begin(&mut self, field: &Field) -> fmt::Result {
        if !std::mem::take(&mut self.is_empty) {
            self.writer.write_char(' ')?;
        }
        if field.name() == "message" {
            return Ok(());
        }
        self.writer.write_str(field.name())?;
        self.writer.write_char('=')
    }
}

impl Visit for Line<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "message" {
            return self.field(field, |out| out.write_str(value));
        }
        let is_simple = value
            .bytes()
            .all(|byte| byte >= b' ' && byte != b'"' && byte != b'\\');
        self.field(field, |out| {
            if is_simple {
                out.write_char('"')?;
                out.write_str(value)?;
                out.write_char('"')
            } else {
                write!(out, "{value:?}")
            }
        });
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.field(field, |out| write!(out, "{value:?}"));
    }
}

/// Writes text with its control characters as escapes.
struct Tame<'a, 'writer>(&'a mut Writer<'writer>);

impl Write for Tame<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        // The common case, without looking at characters.
        if text.bytes().all(|byte| (b' '..0x7f).contains(&byte)) {
            return self.0.write_str(text);
        }
        for character in text.chars() {
            if character.is_control() {
                write!(self.0, "{}", character.escape_default())?;
            } else {
                self.0.write_char(character)?;
            }
        }
        Ok(())
    }
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
            .fmt_fields(PlainFields)
            .with_ansi(false)
            .without_time()
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
        assert_eq!(
            line,
            " INFO t: sent name=\"CRM\" id=msg_1 count=3 ok=true\n"
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

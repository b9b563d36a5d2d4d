//! Server-sent events, read from bytes in pieces of any size.
//!
//! As <https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation>
//! has it: lines end with CR, LF or both, a line that begins with a colon is a comment, `data` may
//! have many lines, an event without data is none, and an event that its empty line does not end
//! never was. `retry` is passed over: the pace of reconnecting is the reader's own.
//!
//! A server that ends no line or no event is cut off at a bound.

use std::collections::VecDeque;

/// The largest event: a capture's short form. A request's head, which it repeats, has less than a
/// MiB, and JSON makes at most six bytes of one.
pub const EVENT_BYTES_MAX: usize = 16 << 20;

/// One event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// What it is called; `message` where the server does not say.
    pub name: String,
    /// The id that the server gave last, which need not be with this event; may be empty.
    pub id: String,
    /// What it says.
    pub data: String,
}

/// An event, or a line of one, is larger than any of a server of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an event is larger than {0} bytes")]
pub struct TooLarge(usize);

/// Makes events of bytes. Belongs to one connection.
#[derive(Debug)]
pub struct EventReader {
    event_bytes_max: usize,
    /// The line that has not ended yet.
    line: Vec<u8>,
    /// The line before ended with CR: an LF that follows belongs to it.
    after_cr: bool,
    /// Nothing was read yet, so that a byte order mark is none of the first line's.
    at_start: bool,
    name: String,
    id: String,
    /// Lines of data, each ended by LF.
    data: String,
    ready: VecDeque<Event>,
}

impl EventReader {
    /// A reader at the beginning of a stream, of events up to so many bytes.
    pub fn new(event_bytes_max: usize) -> Self {
        Self {
            event_bytes_max,
            line: Vec::new(),
            after_cr: false,
            at_start: true,
            name: String::new(),
            id: String::new(),
            data: String::new(),
            ready: VecDeque::new(),
        }
    }

    /// Reads what came. Events that it completes wait for [`Self::next`].
    pub fn read(&mut self, mut bytes: &[u8]) -> Result<(), TooLarge> {
        while let Some(first) = bytes.first() {
            if std::mem::take(&mut self.after_cr) && *first == b'\n' {
                bytes = &bytes[1..];
                continue;
            }
            let end = bytes.iter().position(|byte| matches!(byte, b'\r' | b'\n'));
            let part = &bytes[..end.unwrap_or(bytes.len())];
            if self.line.len() + self.data.len() + part.len() > self.event_bytes_max {
                return Err(TooLarge(self.event_bytes_max));
            }
            self.line.extend_from_slice(part);
            let Some(end) = end else {
                return Ok(());
            };
            self.after_cr = bytes[end] == b'\r';
            bytes = &bytes[end + 1..];
            self.end_line();
        }
        Ok(())
    }

    /// The next event that is complete.
    pub fn next(&mut self) -> Option<Event> {
        self.ready.pop_front()
    }

    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        let mut line = line.as_slice();
        if std::mem::take(&mut self.at_start) {
            line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
        }
        if line.is_empty() {
            return self.end_event();
        }
        let line = String::from_utf8_lossy(line);
        let (field, value) = line.split_once(':').unwrap_or((&line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => value.clone_into(&mut self.name),
            "data" => {
                self.data.push_str(value);
                self.data.push('\n');
            }
            "id" if !value.contains('\0') => value.clone_into(&mut self.id),
            _ => {}
        }
    }

    fn end_event(&mut self) {
        let name = std::mem::take(&mut self.name);
        let mut data = std::mem::take(&mut self.data);
        // Every line of data ends with one that is none of the event's.
        if data.pop().is_none() {
            return;
        }
        let name = if name.is_empty() {
            "message".to_owned()
        } else {
            name
        };
        self.ready.push_back(Event {
            name,
            id: self.id.clone(),
            data,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(pieces: &[&[u8]]) -> Vec<Event> {
        let mut reader = EventReader::new(1_000);
        for piece in pieces {
            reader.read(piece).unwrap();
        }
        std::iter::from_fn(|| reader.next()).collect()
    }

    fn event(name: &str, id: &str, data: &str) -> Event {
        let (name, id, data) = (name.to_owned(), id.to_owned(), data.to_owned());
        Event { name, id, data }
    }

    #[test]
    fn the_examples_of_the_standard() {
        let lines = b"data: YHOO\ndata: +2\ndata: 10\n\n";
        assert_eq!(read(&[lines]), [event("message", "", "YHOO\n+2\n10")]);
        let ids = b": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n";
        assert_eq!(
            read(&[ids]),
            [
                event("message", "1", "first event"),
                event("message", "", "second event")
            ],
            "the third has not ended"
        );
        let empty = b"data\n\ndata\ndata\n\ndata:";
        assert_eq!(
            read(&[empty]),
            [event("message", "", ""), event("message", "", "\n")]
        );
        let space = b"data:test\n\ndata: test\n\n";
        assert_eq!(read(&[space]), vec![event("message", "", "test"); 2]);
    }

    #[test]
    fn names_ids_marks_and_what_is_passed_over() {
        let stream = b"\xef\xbb\xbfevent: request\r\nid: cap_1\r\ndata: {}\r\n\r\n\
            : ping\n\nretry: 5\nother: x\nevent: lost\n\nid: a\0b\ndata: \xff\n\n\xef\xbb\xbfdata: x\n\n";
        assert_eq!(
            read(&[stream]),
            [
                event("request", "cap_1", "{}"),
                event("message", "cap_1", "\u{fffd}")
            ]
        );
        assert_eq!(
            read(&[b"data: a\r", b"", b"\n\r", b"\ndata: b\r\r"]),
            [event("message", "", "a"), event("message", "", "b")]
        );
    }

    #[test]
    fn what_does_not_end_is_cut_off() {
        for piece in [&b"a"[..], b"data: a\n", b"data\r", b"id: a\n\n:"] {
            let mut reader = EventReader::new(1_000);
            let mut count = 0;
            let endless = piece.starts_with(b"id");
            while count < 2_000 && reader.read(piece).is_ok() {
                count += 1;
            }
            assert_eq!(count == 2_000, endless, "{piece:?}");
        }
    }

    fn line() -> impl Strategy<Value = String> {
        prop_oneof![
            "[a-zé:\u{0} ]{0,8}",
            "(data|id|event|retry)(:| |: ){0,2}[a-zé:\u{0} ]{0,8}",
            Just(String::new()),
        ]
    }

    proptest! {
        /// The same stream with any ends of lines and in any pieces is the same events as a plain
        /// reading, line by line, of all of it.
        #[test]
        fn pieces_and_ends_of_lines_do_not_matter(
            lines in proptest::collection::vec((line(), 0..3usize), 0..30),
            cuts in proptest::collection::vec(any::<proptest::sample::Index>(), 0..12),
        ) {
            let mut stream = Vec::new();
            for (number, (line, end)) in lines.iter().enumerate() {
                let next_is_empty = lines.get(number + 1).is_some_and(|next| next.0.is_empty());
                // A CR, and then the LF of an empty line, would be one end and not two.
                let end = ["\n", if next_is_empty { "\r\n" } else { "\r" }, "\r\n"][*end];
                stream.extend_from_slice(line.as_bytes());
                stream.extend_from_slice(end.as_bytes());
            }
            let mut cuts: Vec<_> = cuts.iter().map(|cut| cut.index(stream.len() + 1)).collect();
            cuts.extend([0, stream.len()]);
            cuts.sort_unstable();
            let pieces: Vec<_> = cuts.windows(2).map(|cut| &stream[cut[0]..cut[1]]).collect();
            let texts: Vec<_> = lines.iter().map(|(line, _)| line.as_str()).collect();
            prop_assert_eq!(read(&pieces), plainly(&texts));
        }
    }

    fn plainly(lines: &[&str]) -> Vec<Event> {
        let mut events = Vec::new();
        let (mut name, mut id, mut data) = (String::new(), String::new(), None::<String>);
        for line in lines {
            if line.is_empty() {
                if let Some(data) = data.take() {
                    let name = if name.is_empty() { "message" } else { &name };
                    events.push(event(name, &id, &data));
                }
                name.clear();
                continue;
            }
            let (field, value) = match line.find(':') {
                Some(at) => (&line[..at], &line[at + 1..]),
                None => (*line, ""),
            };
            let value = value.strip_prefix(' ').unwrap_or(value).to_owned();
            match field {
                "data" => {
                    data = Some(data.map_or(value.clone(), |data| format!("{data}\n{value}")))
                }
                "event" => name = value,
                "id" if !value.contains('\0') => id = value,
                _ => {}
            }
        }
        events
    }
}

//! What goes between the server and a script's process: frames of fields, lengths first.
//!
//! Both ends are the same program, so there are no versions. The reader still checks every length
//! against what there is: a script that broke out of its engine writes what it likes.

use hookwire_compose::{
    ConsoleLevel, ConsoleLine, Place, ScriptChanges, ScriptFailure, ScriptFailureKind, ScriptInput,
    ScriptOutput, ScriptRun,
};
use hookwire_types::{Metadata, RequestMethod};

/// A frame is at most this long, in bytes. A script, its input and what it returns are each a few
/// megabytes at most; a payload that is raised by configuration must fit too.
pub(super) const FRAME_MAX_BYTES: usize = 64 << 20;

/// A frame that is not one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a frame between the server and a script's process is broken")]
pub(super) struct Broken;

/// A script to run, and for how long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Request {
    pub(super) time_max_ms: u32,
    pub(super) code: String,
    pub(super) input: ScriptInput,
}

impl Request {
    /// Written from borrowed parts: the payload is copied once.
    pub(super) fn write(time_max_ms: u32, code: &str, input: &ScriptInput) -> Vec<u8> {
        let mut out = Writer::new();
        out.number(time_max_ms);
        out.text(code);
        out.text(input.method.name());
        out.text(&input.url);
        out.text(&input.event_type);
        out.bytes(&input.payload);
        out.map(&input.headers);
        out.optional(input.request.as_deref());
        out.map(&input.variables);
        out.frame()
    }

    pub(super) fn read(frame: &[u8]) -> Result<Self, Broken> {
        let mut fields = Reader(frame);
        Ok(Self {
            time_max_ms: fields.number()?,
            code: fields.text()?,
            input: ScriptInput {
                method: fields.method()?,
                url: fields.text()?,
                event_type: fields.text()?,
                payload: fields.bytes()?.to_vec().into(),
                headers: fields.map()?,
                request: fields.optional()?,
                variables: fields.map()?,
            },
        })
    }
}

/// Writes what came of a run.
pub(super) fn write_run(run: &ScriptRun) -> Vec<u8> {
    let mut out = Writer::new();
    match &run.result {
        Ok(ScriptOutput::Send(changes)) => {
            out.number(0);
            out.optional(changes.method.map(RequestMethod::name));
            out.optional(changes.url.as_deref());
            out.optional(changes.payload.as_deref());
            out.length(changes.headers.len());
            for (name, value) in &changes.headers {
                out.text(name);
                out.optional(value.as_deref());
            }
        }
        Ok(ScriptOutput::Cancel { reason }) => {
            out.number(1);
            out.text(reason);
        }
        Err(failure) => {
            out.number(2);
            out.index(&ScriptFailureKind::ALL, &failure.kind);
            out.text(&failure.message);
            let place = failure
                .place
                .map_or((0, 0), |place| (place.line, place.column));
            out.number(place.0);
            out.number(place.1);
        }
    }
    out.length(run.console.len());
    for line in &run.console {
        out.index(&ConsoleLevel::ALL, &line.level);
        out.text(&line.text);
    }
    out.frame()
}

/// Reads what came of a run.
pub(super) fn read_run(frame: &[u8]) -> Result<ScriptRun, Broken> {
    let mut fields = Reader(frame);
    let result = match fields.number()? {
        0 => Ok(ScriptOutput::Send(Box::new(ScriptChanges {
            method: match fields.optional()? {
                Some(name) => Some(RequestMethod::from_name(&name).ok_or(Broken)?),
                None => None,
            },
            url: fields.optional()?,
            payload: fields.optional()?,
            headers: fields.list(|fields| Ok((fields.text()?, fields.optional()?)))?,
        }))),
        1 => Ok(ScriptOutput::Cancel {
            reason: fields.text()?,
        }),
        2 => {
            let kind = fields.index(&ScriptFailureKind::ALL)?;
            let mut failure = ScriptFailure::new(kind, fields.text()?);
            let (line, column) = (fields.number()?, fields.number()?);
            failure.place = (line > 0).then_some(Place { line, column });
            Err(failure)
        }
        _ => return Err(Broken),
    };
    let console = fields.list(|fields| {
        Ok(ConsoleLine {
            level: fields.index(&ConsoleLevel::ALL)?,
            text: fields.text()?,
        })
    })?;
    Ok(ScriptRun { result, console })
}

/// A frame under construction: room for its length, then fields.
struct Writer(Vec<u8>);

impl Writer {
    fn new() -> Self {
        Self(vec![0; 4])
    }

    /// The frame. One that is too long for its length is refused by the reader.
    fn frame(mut self) -> Vec<u8> {
        let length = u32::try_from(self.0.len() - 4).unwrap_or(u32::MAX);
        self.0[..4].copy_from_slice(&length.to_le_bytes());
        self.0
    }

    fn number(&mut self, number: u32) {
        self.0.extend_from_slice(&number.to_le_bytes());
    }

    fn length(&mut self, length: usize) {
        self.number(u32::try_from(length).unwrap_or(u32::MAX));
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.length(bytes.len());
        self.0.extend_from_slice(bytes);
    }

    fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }

    fn optional(&mut self, text: Option<&str>) {
        self.number(text.is_some().into());
        self.text(text.unwrap_or_default());
    }

    fn map(&mut self, map: &Metadata) {
        self.length(map.len());
        for (name, value) in map {
            self.text(name);
            self.text(value);
        }
    }

    fn index<T: PartialEq>(&mut self, all: &[T], one: &T) {
        self.length(
            all.iter()
                .position(|known| known == one)
                .unwrap_or(usize::MAX),
        );
    }
}

/// What is left of a frame.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Result<&'a [u8], Broken> {
        let (taken, rest) = self.0.split_at_checked(length).ok_or(Broken)?;
        self.0 = rest;
        Ok(taken)
    }

    fn number(&mut self) -> Result<u32, Broken> {
        let bytes = self.take(4)?.try_into().map_err(|_| Broken)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn bytes(&mut self) -> Result<&'a [u8], Broken> {
        let length = self.number()?;
        self.take(usize::try_from(length).map_err(|_| Broken)?)
    }

    fn text(&mut self) -> Result<String, Broken> {
        let text = std::str::from_utf8(self.bytes()?).map_err(|_| Broken)?;
        Ok(text.to_owned())
    }

    fn optional(&mut self) -> Result<Option<String>, Broken> {
        let is_there = self.number()? != 0;
        let text = self.text()?;
        Ok(is_there.then_some(text))
    }

    fn method(&mut self) -> Result<RequestMethod, Broken> {
        RequestMethod::from_name(&self.text()?).ok_or(Broken)
    }

    /// Grows with what is there, not with what a length promises.
    fn list<T>(
        &mut self,
        mut entry: impl FnMut(&mut Self) -> Result<T, Broken>,
    ) -> Result<Vec<T>, Broken> {
        let length = self.number()?;
        (0..length).map(|_| entry(self)).collect::<Result<_, _>>()
    }

    fn map(&mut self) -> Result<Metadata, Broken> {
        let entries = self.list(|fields| Ok((fields.text()?, fields.text()?)))?;
        Ok(entries.into_iter().collect())
    }

    fn index<T: Copy>(&mut self, all: &[T]) -> Result<T, Broken> {
        let index = usize::try_from(self.number()?).map_err(|_| Broken)?;
        all.get(index).copied().ok_or(Broken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn place() -> impl Strategy<Value = Option<Place>> {
        prop::option::of((1u32.., any::<u32>()).prop_map(|(line, column)| Place { line, column }))
    }

    fn result() -> impl Strategy<Value = Result<ScriptOutput, ScriptFailure>> {
        let headers = prop::collection::vec((any::<String>(), any::<Option<String>>()), 0..4);
        let method = prop::option::of(prop::sample::select(&RequestMethod::ALL[..]));
        let kind = prop::sample::select(&ScriptFailureKind::ALL[..]);
        prop_oneof![
            (
                method,
                any::<Option<String>>(),
                headers,
                any::<Option<String>>()
            )
                .prop_map(|(method, url, headers, payload)| {
                    Ok(ScriptOutput::Send(Box::new(ScriptChanges {
                        method,
                        url,
                        headers,
                        payload,
                    })))
                }),
            any::<String>().prop_map(|reason| Ok(ScriptOutput::Cancel { reason })),
            (kind, any::<String>(), place()).prop_map(|(kind, message, place)| {
                let mut failure = ScriptFailure::new(kind, message);
                failure.place = place;
                Err(failure)
            }),
        ]
    }

    fn run() -> impl Strategy<Value = ScriptRun> {
        let level = prop::sample::select(&ConsoleLevel::ALL[..]);
        let line = (level, any::<String>()).prop_map(|(level, text)| ConsoleLine { level, text });
        (result(), prop::collection::vec(line, 0..4))
            .prop_map(|(result, console)| ScriptRun { result, console })
    }

    proptest! {
        #[test]
        fn runs_arrive_as_they_were_sent(run in run()) {
            let frame = write_run(&run);
            prop_assert_eq!(&frame[..4], &((frame.len() - 4) as u32).to_le_bytes());
            prop_assert_eq!(read_run(&frame[4..]), Ok(run));
        }

        #[test]
        fn requests_arrive_as_they_were_sent(
            time_max_ms: u32, code: String, url: String, event_type: String, payload: Vec<u8>,
            headers: Metadata, request: Option<String>, variables: Metadata,
        ) {
            let method = RequestMethod::Patch;
            let payload = payload.into();
            let input =
                ScriptInput { method, url, headers, event_type, payload, request, variables };
            let frame = Request::write(time_max_ms, &code, &input);
            prop_assert_eq!(Request::read(&frame[4..]), Ok(Request { time_max_ms, code, input }));
        }

        #[test]
        fn broken_frames_are_refused_and_nothing_worse(bytes: Vec<u8>, run in run(), cut in 0usize..100) {
            let _ = Request::read(&bytes);
            let _ = read_run(&bytes);
            let frame = write_run(&run);
            let end = (frame.len() - 1).saturating_sub(cut).max(4);
            prop_assert_eq!(read_run(&frame[4..end]), Err(Broken));
        }
    }
}

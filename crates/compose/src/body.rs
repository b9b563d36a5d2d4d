//! A request's body, prepared: what no template touches is written once, when the endpoint is
//! read, and is copied as it is.

use bytes::Bytes;
use hookwire_types::RequestBody;
use http::HeaderValue;

use crate::header;
use crate::liquid::{Globals, Template};
use crate::uses::Uses;
use crate::{Budget, ComposeError, Json, Place};

/// A first guess, so that most bodies are written without growing.
const OUTPUT_EXPECTED_BYTES: usize = 1024;

/// Why a body cannot be defined so. Never contains a value of the definition.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{message}", .place.map(|place| format!("{place}: ")).unwrap_or_default())]
pub struct BodyError {
    /// Where, below the body: `["fields", "user", "0"]`.
    pub path: Vec<String>,
    /// Where in the text at that path.
    pub place: Option<Place>,
    /// What is wrong.
    pub message: String,
}

/// Whether a body can be made of this.
pub fn check_body(definition: &RequestBody) -> Result<(), BodyError> {
    Body::parse(definition).map(drop)
}

/// A body that can be made, and its content type.
pub(crate) struct Body {
    /// Nothing has none.
    pub(crate) content_type: Option<HeaderValue>,
    content: Content,
}

enum Content {
    Payload,
    Fixed(Bytes),
    Made(Made),
}

/// A body that is made anew for each request.
pub(crate) enum Made {
    /// Any text.
    Text(Template),
    /// A JSON object.
    Json(Vec<Segment>),
}

/// A piece of a JSON text.
pub(crate) enum Segment {
    /// Written as it is.
    Literal(Vec<u8>),
    /// The value of a single expression, with its type.
    Value(Leaf),
    /// A text.
    Text(Leaf),
}

pub(crate) struct Leaf {
    template: Template,
    /// For people: `field "user.name"`.
    name: String,
}

impl Body {
    /// Reads a definition.
    pub(crate) fn parse(definition: &RequestBody) -> Result<Self, BodyError> {
        let json = || Some(HeaderValue::from_static("application/json"));
        Ok(match definition {
            RequestBody::Payload => Self {
                content_type: json(),
                content: Content::Payload,
            },
            RequestBody::None => Self {
                content_type: None,
                content: Content::Fixed(Bytes::new()),
            },
            RequestBody::Json { fields } => Self {
                content_type: json(),
                content: Content::of_segments(segments(fields)?),
            },
            RequestBody::Text {
                content_type,
                template,
            } => Self {
                content_type: Some(text_type(content_type)?),
                content: Content::of_text(template)?,
            },
        })
    }

    /// What its templates name.
    pub(crate) fn uses(&self) -> Uses {
        match &self.content {
            Content::Payload | Content::Fixed(_) => Uses::default(),
            Content::Made(Made::Text(template)) => template.uses(),
            Content::Made(Made::Json(segments)) => segments.iter().map(Segment::uses).collect(),
        }
    }

    /// Whether the payload is sent as it is.
    pub(crate) fn is_payload(&self) -> bool {
        matches!(self.content, Content::Payload)
    }

    /// The bytes to send, or what makes them. `payload` is the message's, or what a script made
    /// of it.
    pub(crate) fn of(&self, payload: &Bytes) -> Result<Bytes, &Made> {
        match &self.content {
            Content::Payload => Ok(payload.clone()),
            Content::Fixed(bytes) => Ok(bytes.clone()),
            Content::Made(made) => Err(made),
        }
    }
}

impl Made {
    /// The bytes to send.
    pub(crate) fn render(
        &self,
        globals: &Globals<'_>,
        budget: &mut Budget,
    ) -> Result<Bytes, ComposeError> {
        match self {
            Self::Text(template) => template
                .render(globals, budget)
                .map(Bytes::from)
                .map_err(|error| ComposeError::template("the body", error)),
            Self::Json(segments) => {
                let mut out = Vec::with_capacity(OUTPUT_EXPECTED_BYTES);
                for segment in segments {
                    segment.write(&mut out, globals, budget)?;
                }
                Ok(Bytes::from(out))
            }
        }
    }
}

impl Content {
    fn of_text(text: &str) -> Result<Self, BodyError> {
        let template = Template::parse(text).map_err(|error| BodyError {
            path: vec!["template".to_owned()],
            place: Some(error.place),
            message: error.message,
        })?;
        if template.is_literal() {
            return Ok(Self::Fixed(Bytes::copy_from_slice(text.as_bytes())));
        }
        Ok(Self::Made(Made::Text(template)))
    }

    fn of_segments(mut segments: Vec<Segment>) -> Self {
        match segments.as_mut_slice() {
            [Segment::Literal(text)] => Self::Fixed(Bytes::from(std::mem::take(text))),
            _ => Self::Made(Made::Json(segments)),
        }
    }
}

fn text_type(content_type: &str) -> Result<HeaderValue, BodyError> {
    let (_, value) = header::parse("content-type", content_type).map_err(|error| BodyError {
        path: vec!["contentType".to_owned()],
        place: None,
        message: error.to_string(),
    })?;
    Ok(value)
}

/// The object that was defined, cut where a template begins and ends.
fn segments(fields: &str) -> Result<Vec<Segment>, BodyError> {
    let at_fields = |place, message: String| BodyError {
        path: vec!["fields".to_owned()],
        place,
        message,
    };
    let document = Json::parse(fields.as_bytes())
        .map_err(|error| at_fields(Some(error.place), error.message.to_owned()))?;
    if document.as_object().is_none() {
        return Err(at_fields(None, "must be a JSON object".to_owned()));
    }
    let mut cutter = Cutter {
        segments: Vec::new(),
        literal: Vec::new(),
        path: vec!["fields".to_owned()],
    };
    cutter.value(&document)?;
    cutter.end_literal();
    Ok(cutter.segments)
}

/// Walks a definition. Recursion is bounded by the depth that [`Json::parse`] allows.
struct Cutter {
    segments: Vec<Segment>,
    literal: Vec<u8>,
    path: Vec<String>,
}

impl Cutter {
    fn value(&mut self, value: &Json<'_>) -> Result<(), BodyError> {
        match value {
            Json::String(text) => self.text(text),
            Json::Array(items) => {
                self.literal.push(b'[');
                for (index, item) in items.iter().enumerate() {
                    self.comma(index);
                    self.below(index.to_string(), item)?;
                }
                self.literal.push(b']');
                Ok(())
            }
            Json::Object(object) => {
                self.literal.push(b'{');
                for (index, (name, value)) in object.iter().enumerate() {
                    self.comma(index);
                    Json::from(name).write(&mut self.literal);
                    self.literal.push(b':');
                    self.below(name.to_owned(), value)?;
                }
                self.literal.push(b'}');
                Ok(())
            }
            Json::Null | Json::Bool(_) | Json::Number(_) => {
                value.write(&mut self.literal);
                Ok(())
            }
        }
    }

    fn below(&mut self, name: String, value: &Json<'_>) -> Result<(), BodyError> {
        self.path.push(name);
        self.value(value)?;
        self.path.pop();
        Ok(())
    }

    fn comma(&mut self, index: usize) {
        if index > 0 {
            self.literal.push(b',');
        }
    }

    fn text(&mut self, text: &str) -> Result<(), BodyError> {
        let template = Template::parse(text).map_err(|error| BodyError {
            path: self.path.clone(),
            place: Some(error.place),
            message: error.message,
        })?;
        if template.is_literal() {
            Json::from(text).write(&mut self.literal);
            return Ok(());
        }
        self.end_literal();
        let is_value = template.single_expression();
        let leaf = Leaf {
            template,
            name: format!("the body's field {:?}", self.path[1..].join(".")),
        };
        self.segments.push(match is_value {
            true => Segment::Value(leaf),
            false => Segment::Text(leaf),
        });
        Ok(())
    }

    fn end_literal(&mut self) {
        if !self.literal.is_empty() {
            let literal = std::mem::take(&mut self.literal);
            self.segments.push(Segment::Literal(literal));
        }
    }
}

impl Segment {
    fn uses(&self) -> Uses {
        match self {
            Self::Literal(_) => Uses::default(),
            Self::Value(leaf) | Self::Text(leaf) => leaf.template.uses(),
        }
    }

    fn write(
        &self,
        out: &mut Vec<u8>,
        globals: &Globals<'_>,
        budget: &mut Budget,
    ) -> Result<(), ComposeError> {
        match self {
            Self::Literal(text) => {
                budget
                    .output(text.len())
                    .map_err(|error| ComposeError::template("the body", error.into()))?;
                out.extend_from_slice(text);
            }
            Self::Value(leaf) => {
                let failed = |error| ComposeError::template(&leaf.name, error);
                let value = leaf.template.evaluate(globals, budget).map_err(failed)?;
                let before = out.len();
                value.write(out);
                // One value is no longer than the payload that it is taken from, so that paying
                // after it was written is early enough.
                let written = out.len() - before;
                budget
                    .output(written)
                    .map_err(|error| failed(error.into()))?;
            }
            Self::Text(leaf) => {
                let failed = |error| ComposeError::template(&leaf.name, error);
                let text = leaf.template.render(globals, budget).map_err(failed)?;
                let (before, plain) = (out.len(), text.len());
                Json::from(text).write(out);
                // The text itself is paid for; quotes and escapes are not yet.
                let more = out.len() - before - plain;
                budget.output(more).map_err(|error| failed(error.into()))?;
            }
        }
        Ok(())
    }
}

//! The `webhook` object that a handler is given.

use rquickjs::{Ctx, Object, Value};

use super::ScriptInput;
use super::failure::{ScriptFailure, ScriptFailureKind};
use super::watch::Watch;
use hookwire_types::Metadata;

/// The object, and what is needed afterwards to see what changed.
pub(super) struct Given<'js> {
    pub(super) webhook: Object<'js>,
    pub(super) headers: Object<'js>,
    /// The payload as the engine writes it.
    pub(super) payload_text: String,
}

impl<'js> Given<'js> {
    /// Made before the script is read, so that nothing of the script's is involved.
    pub(super) fn new(
        ctx: &Ctx<'js>,
        watch: &Watch,
        input: &ScriptInput,
    ) -> Result<Self, ScriptFailure> {
        let payload = parse_payload(ctx, watch, &input.payload)?;
        let given = || -> rquickjs::Result<Self> {
            let payload_text = match ctx.json_stringify(payload.clone())? {
                Some(text) => text.to_string()?,
                None => String::new(),
            };
            let headers = object_of(ctx, &input.headers)?;
            let webhook = Object::new(ctx.clone())?;
            webhook.set("method", input.method.name())?;
            webhook.set("url", input.url.as_str())?;
            webhook.set("headers", headers.clone())?;
            webhook.set("eventType", input.event_type.as_str())?;
            webhook.set("payload", payload)?;
            let request = input.request.as_deref().unwrap_or("null");
            webhook.set("request", ctx.json_parse(request)?)?;
            webhook.set("env", object_of(ctx, &input.variables)?)?;
            webhook.set("cancel", false)?;
            Ok(Self {
                webhook,
                headers,
                payload_text,
            })
        };
        given().map_err(|error| ScriptFailure::explain(ctx, watch, &error))
    }
}

fn parse_payload<'js>(
    ctx: &Ctx<'js>,
    watch: &Watch,
    payload: &[u8],
) -> Result<Value<'js>, ScriptFailure> {
    ctx.json_parse(payload).map_err(|error| {
        let failure = ScriptFailure::explain(ctx, watch, &error);
        match failure.kind {
            ScriptFailureKind::Time | ScriptFailureKind::Sandbox => failure,
            ScriptFailureKind::Memory => ScriptFailure::new(
                ScriptFailureKind::Payload,
                "the payload has too many values for a script",
            ),
            _ => ScriptFailure::new(
                ScriptFailureKind::Payload,
                format!("the payload is not JSON: {}", failure.message),
            ),
        }
    })
}

fn object_of<'js>(ctx: &Ctx<'js>, entries: &Metadata) -> rquickjs::Result<Object<'js>> {
    let object = Object::new(ctx.clone())?;
    for (name, value) in entries {
        object.set(name.as_str(), value.as_str())?;
    }
    Ok(object)
}

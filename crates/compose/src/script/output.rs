//! Reads what a handler returned: only what differs from what it was given.

use hookwire_types::{Metadata, RequestMethod};
use rquickjs::{Ctx, Error, Object, Value};

use super::console::cut;
use super::failure::ScriptFailure;
use super::input::Given;
use super::watch::Watch;
use super::{SCRIPT_PAYLOAD_MAX_BYTES, ScriptChanges, ScriptInput, ScriptOutput};
use crate::{HEADER_NAME_MAX_BYTES, HEADER_VALUE_MAX_BYTES, HEADERS_MAX_COUNT, URL_MAX_BYTES};

/// Characters kept of a script's reason to cancel: it becomes a line in a list.
const REASON_MAX_CHARS: usize = 500;

/// What that line says where the script gives no words.
const NO_REASON: &str = "canceled by the transformation";

type Outcome<T> = Result<T, ScriptFailure>;

/// See the module's page.
pub(super) struct Returned<'a, 'js> {
    pub(super) ctx: &'a Ctx<'js>,
    pub(super) watch: &'a Watch,
    pub(super) input: &'a ScriptInput,
    pub(super) given: &'a Given<'js>,
}

impl<'js> Returned<'_, 'js> {
    pub(super) fn read(&self, returned: &Value<'js>) -> Outcome<ScriptOutput> {
        if returned.is_undefined() || returned.is_null() {
            return Err(ScriptFailure::contract(
                "handler returned nothing: it must end with `return webhook`",
            ));
        }
        let Some(webhook) = returned.as_object().filter(|_| !returned.is_array()) else {
            return Err(ScriptFailure::contract(format!(
                "handler returned a value of type {}: it must return the webhook object",
                returned.type_name()
            )));
        };
        if let Some(reason) = self.cancel(webhook)? {
            return Ok(ScriptOutput::Cancel { reason });
        }
        let changes = ScriptChanges {
            method: self.method(webhook)?,
            url: self.url(webhook)?,
            headers: self.headers(webhook)?,
            payload: self.payload(webhook)?,
        };
        Ok(ScriptOutput::Send(Box::new(changes)))
    }

    fn cancel(&self, webhook: &Object<'js>) -> Outcome<Option<String>> {
        let cancel: Value<'js> = self.engine(webhook.get("cancel"))?;
        if let Some(reason) = cancel.as_string() {
            let given = self.text("webhook.cancel", reason)?;
            if given.is_empty() {
                return Ok(None);
            }
            let mut reason = match given.trim() {
                "" => NO_REASON.to_owned(),
                reason => reason.to_owned(),
            };
            cut(&mut reason, REASON_MAX_CHARS);
            return Ok(Some(reason));
        }
        match cancel.as_bool() {
            Some(true) => Ok(Some(NO_REASON.to_owned())),
            Some(false) => Ok(None),
            None if is_absent(&cancel) => Ok(None),
            None => Err(wrong_type(
                "webhook.cancel",
                "true, false or a reason",
                &cancel,
            )),
        }
    }

    fn method(&self, webhook: &Object<'js>) -> Outcome<Option<RequestMethod>> {
        let Some(name) = self.optional_text(webhook, "method")? else {
            return Ok(None);
        };
        let method = RequestMethod::from_name(&name).ok_or_else(|| {
            let known = RequestMethod::ALL.map(RequestMethod::name).join(", ");
            ScriptFailure::contract(format!(
                "webhook.method is {name:?}: it must be one of {known}"
            ))
        })?;
        Ok((method != self.input.method).then_some(method))
    }

    fn url(&self, webhook: &Object<'js>) -> Outcome<Option<String>> {
        let url = self.optional_text(webhook, "url")?;
        let url = url.filter(|url| *url != self.input.url);
        if url.as_ref().is_some_and(|url| url.len() > URL_MAX_BYTES) {
            return Err(ScriptFailure::contract(format!(
                "webhook.url is longer than {URL_MAX_BYTES} bytes"
            )));
        }
        Ok(url)
    }

    /// Names are compared regardless of case, as HTTP does. An entry that is missing means
    /// "leave it out" in the object that the handler was given, and nothing in another object:
    /// `webhook.headers = {"x-a": "1"}` adds to the endpoint's headers.
    fn headers(&self, webhook: &Object<'js>) -> Outcome<Vec<(String, Option<String>)>> {
        let value: Value<'js> = self.engine(webhook.get("headers"))?;
        if is_absent(&value) {
            return Ok(Vec::new());
        }
        let Some(object) = value.as_object().filter(|_| !value.is_array()) else {
            return Err(wrong_type("webhook.headers", "an object", &value));
        };
        let mut returned = Vec::new();
        for name in object.keys::<String>() {
            let name = self.engine(name)?;
            if returned.len() == HEADERS_MAX_COUNT {
                return Err(ScriptFailure::contract(format!(
                    "webhook.headers has more than {HEADERS_MAX_COUNT} entries"
                )));
            }
            let value = self.engine(object.get(name.as_str()))?;
            returned.push((name.clone(), self.header_value(&name, &value)?));
        }
        if *object == self.given.headers {
            for name in self.input.headers.keys() {
                if !returned
                    .iter()
                    .any(|(kept, _)| kept.eq_ignore_ascii_case(name))
                {
                    returned.push((name.clone(), None));
                }
            }
        }
        returned.retain(|(name, value)| value.as_ref() != find(&self.input.headers, name));
        Ok(returned)
    }

    fn header_value(&self, name: &str, value: &Value<'js>) -> Outcome<Option<String>> {
        if name.len() > HEADER_NAME_MAX_BYTES {
            return Err(ScriptFailure::contract(format!(
                "webhook.headers has a name that is longer than {HEADER_NAME_MAX_BYTES} bytes"
            )));
        }
        let place = format!("webhook.headers[{name:?}]");
        let value = match value.as_string() {
            _ if is_absent(value) => return Ok(None),
            Some(text) => self.text(&place, text)?,
            None if value.is_number() || value.is_bool() => {
                let text: rquickjs::Coerced<String> = self.engine(value.get())?;
                text.0
            }
            None => return Err(wrong_type(&place, "a text", value)),
        };
        if value.len() > HEADER_VALUE_MAX_BYTES {
            return Err(ScriptFailure::contract(format!(
                "{place} is longer than {HEADER_VALUE_MAX_BYTES} bytes"
            )));
        }
        Ok(Some(value))
    }

    /// Compared as the engine writes them: then a payload that was only looked at keeps its
    /// bytes. What that cannot see is a change between two numbers that are one to JavaScript.
    fn payload(&self, webhook: &Object<'js>) -> Outcome<Option<String>> {
        let value: Value<'js> = self.engine(webhook.get("payload"))?;
        let text = self.engine(self.ctx.json_stringify(value.clone()))?;
        let Some(text) = text else {
            return Err(wrong_type("webhook.payload", "a JSON value", &value));
        };
        let text = self.text("webhook.payload", &text)?;
        if text == self.given.payload_text {
            return Ok(None);
        }
        if text.len() > SCRIPT_PAYLOAD_MAX_BYTES {
            return Err(ScriptFailure::contract(format!(
                "webhook.payload is longer than {SCRIPT_PAYLOAD_MAX_BYTES} bytes as JSON"
            )));
        }
        Ok(Some(text))
    }

    fn optional_text(&self, webhook: &Object<'js>, name: &str) -> Outcome<Option<String>> {
        let value: Value<'js> = self.engine(webhook.get(name))?;
        let place = format!("webhook.{name}");
        match value.as_string() {
            Some(text) => self.text(&place, text).map(Some),
            None if is_absent(&value) => Ok(None),
            None => Err(wrong_type(&place, "a text", &value)),
        }
    }

    fn text(&self, place: &str, text: &rquickjs::String<'js>) -> Outcome<String> {
        match text.to_string() {
            Err(Error::Utf8(_)) => Err(ScriptFailure::contract(format!(
                "{place} is not valid Unicode: it has half of a surrogate pair"
            ))),
            text => self.engine(text),
        }
    }

    fn engine<T>(&self, result: rquickjs::Result<T>) -> Outcome<T> {
        result.map_err(|error| ScriptFailure::explain(self.ctx, self.watch, &error))
    }
}

fn find<'a>(headers: &'a Metadata, name: &str) -> Option<&'a String> {
    let mut entries = headers.iter();
    entries
        .find(|(known, _)| known.eq_ignore_ascii_case(name))
        .map(|(_, value)| value)
}

fn is_absent(value: &Value<'_>) -> bool {
    value.is_undefined() || value.is_null()
}

fn wrong_type(place: &str, wanted: &str, value: &Value<'_>) -> ScriptFailure {
    let message = format!(
        "{place} is of type {}: it must be {wanted}",
        value.type_name()
    );
    ScriptFailure::contract(message)
}

//! Answers of a server: JSON, in which a number may be larger than any type of ours.

use http::StatusCode;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::error::ClientError;

/// A JSON answer, as it came.
pub struct Answer {
    /// Who answered.
    pub server: String,
    /// With which status.
    pub status: StatusCode,
    /// What.
    pub text: Box<RawValue>,
}

impl Answer {
    /// The answer as a value. Numbers that do not fit one, such as 1e400 in a webhook's
    /// definition, become texts.
    pub fn value(&self) -> Result<Value, ClientError> {
        value(&self.text).map_err(|_| ClientError::NotJson {
            server: self.server.clone(),
            status: self.status,
        })
    }
}

/// Goes into an object or list only where something in it does not fit; the depth of JSON that has
/// been read is bounded.
fn value(text: &RawValue) -> Result<Value, serde_json::Error> {
    let text = text.get();
    if let Ok(value) = serde_json::from_str(text) {
        return Ok(value);
    }
    match text.as_bytes().first() {
        Some(b'{') => {
            let entries: Map<String, Value> = serde_json::from_str::<Entries>(text)?
                .0
                .into_iter()
                .map(|(name, entry)| Ok((name, value(&entry)?)))
                .collect::<Result<_, serde_json::Error>>()?;
            Ok(Value::Object(entries))
        }
        Some(b'[') => {
            let entries: Vec<Box<RawValue>> = serde_json::from_str(text)?;
            let entries = entries.iter().map(|entry| value(entry));
            Ok(Value::Array(entries.collect::<Result<_, _>>()?))
        }
        _ => Ok(Value::from(text)),
    }
}

/// The entries of an object in their order.
struct Entries(Vec<(String, Box<RawValue>)>);

impl<'de> serde::Deserialize<'de> for Entries {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Entries;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(
                self,
                mut map: A,
            ) -> Result<Entries, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Entries(entries))
            }
        }
        deserializer.deserialize_map(Visitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_that_no_type_holds_spoils_nothing_else() {
        let text = r#"{"z":[1e400,{"n":-1e999,"m":9007199254740993}],"a":"1e400"}"#;
        let text: Box<RawValue> = serde_json::from_str(text).unwrap();
        assert_eq!(
            value(&text).unwrap().to_string(),
            r#"{"z":["1e400",{"n":"-1e999","m":9007199254740993}],"a":"1e400"}"#
        );
    }
}

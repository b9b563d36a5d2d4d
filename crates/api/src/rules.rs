//! The rules that single values follow, in one place.
//!
//! Each is a function from text to the checked value or to what is wrong in words; the words never
//! repeat the text. What a rule refuses comes with what it would have taken, as a JSON schema: so
//! rules describe themselves. The patterns are those of the compatible API.

mod alphabet;
mod requests;

use std::str::FromStr;

use hookwire_compose::Place;
use hookwire_signing::Secret;
use hookwire_types::{
    ApplicationId, EndpointId, MessageId, Metadata, Order, SecretText, Timestamp,
};
use serde_json::{Value, json};

use self::alphabet::{Alphabet, CHANNEL, NAME, TAG};
pub use self::requests::{
    ID_PATTERN, absolute_url, capture_id, header, method, sent_method, truth,
};
pub use crate::wrong::Wrong;

/// What people call things, in characters.
const DISPLAY_NAME_MAX: usize = 256;
/// Free text such as descriptions, in bytes: a long paragraph.
const TEXT_BYTES_MAX: usize = 4_096;
/// An endpoint's URL, in bytes: servers commonly refuse a request line of more than 8 KiB.
const URL_BYTES_MAX: usize = 8_192;
/// Feature flags of one event type.
pub const FEATURE_FLAGS_MAX: usize = 50;
/// Metadata of one thing, keys and values together, in bytes. It is kept in memory with the
/// application or endpoint that it belongs to.
const METADATA_BYTES_MAX: usize = 32 << 10;
/// Entries of metadata.
pub const METADATA_ENTRIES_MAX: usize = 256;

/// A kind of thing whose uid must not look like its id.
pub trait Prefixed {
    /// What its ids begin with.
    const PREFIX: &str;
}

impl Prefixed for ApplicationId {
    const PREFIX: &str = ApplicationId::PREFIX;
}
impl Prefixed for EndpointId {
    const PREFIX: &str = EndpointId::PREFIX;
}
impl Prefixed for MessageId {
    const PREFIX: &str = MessageId::PREFIX;
}

/// A uid: a tenant's own name for a thing.
pub fn uid<Id: Prefixed>(text: &str) -> Result<String, Wrong> {
    let expecting = |wrong: Wrong| {
        let mut schema = NAME.schema();
        // With its type, so that it says nothing about null.
        schema["not"] = json!({ "type": "string", "pattern": format!("^{}", Id::PREFIX) });
        wrong.expecting(schema)
    };
    NAME.check(text).map_err(expecting)?;
    if text.starts_with(Id::PREFIX) {
        let wrong = format!("must not begin with `{}`, as ids do", Id::PREFIX);
        return Err(expecting(wrong.into()));
    }
    Ok(text.to_owned())
}

/// Whether a text could be a uid, whatever it names.
pub fn may_be_uid(text: &str) -> bool {
    NAME.refusal(text).is_none()
}

/// What is wrong with a text that names nothing by id or uid.
pub fn no_reference() -> Wrong {
    Wrong::from("is neither an id nor a uid").expecting(NAME.schema())
}

/// A name of the caller's own choice for something that need not be made first.
pub fn chosen_name(text: &str) -> Result<String, Wrong> {
    NAME.check(text)?;
    Ok(text.to_owned())
}

/// The name of an event type, of a group of them, or of a feature flag.
pub fn event_type_name(text: &str) -> Result<String, Wrong> {
    NAME.check(text)?;
    Ok(text.to_owned())
}

/// Event types that an endpoint wants: a name, `*`, or `*` for whatever follows a dot.
pub fn wanted_event_type(text: &str) -> Result<String, Wrong> {
    let expecting = |wrong: Wrong| {
        wrong.expecting(json!({
            "type": "string",
            "pattern": format!(r"^({class}+|\*|{class}+\.\*)$", class = NAME.class),
            "maxLength": NAME.characters_max,
        }))
    };
    match text.strip_suffix('*') {
        None => NAME.check(text).map_err(expecting)?,
        Some("") => {}
        Some(prefix) if prefix.ends_with('.') && prefix.len() > 1 => {
            let shorter = Alphabet {
                characters_max: NAME.characters_max - 1,
                ..NAME
            };
            shorter.check(prefix).map_err(expecting)?;
        }
        Some(_) => {
            let wrong = "`*` stands alone or after a dot: `*`, `payment.*`";
            return Err(expecting(wrong.into()));
        }
    }
    Ok(text.to_owned())
}

/// A channel.
pub fn channel(text: &str) -> Result<String, Wrong> {
    CHANNEL.check(text)?;
    Ok(text.to_owned())
}

/// A tag.
pub fn tag(text: &str) -> Result<String, Wrong> {
    TAG.check(text)?;
    Ok(text.to_owned())
}

/// What people call an application or endpoint.
pub fn display_name(text: &str) -> Result<String, Wrong> {
    let wrong = if text.trim().is_empty() {
        "must not be empty".into()
    } else if text.chars().count() > DISPLAY_NAME_MAX {
        format!("must have at most {DISPLAY_NAME_MAX} characters").into()
    } else if text.chars().any(char::is_control) {
        "must not contain control characters".into()
    } else {
        return Ok(text.to_owned());
    };
    Err(Wrong::expecting(
        wrong,
        json!({
            "type": "string",
            // Something else than white space, and nowhere a control character.
            "pattern": r"^[^\x00-\x1f\x7f-\x9f]*[^\s\x00-\x1f\x7f-\x9f][^\x00-\x1f\x7f-\x9f]*$",
            "maxLength": DISPLAY_NAME_MAX,
        }),
    ))
}

/// Free text.
pub fn description(text: &str) -> Result<String, Wrong> {
    bounded(text, TEXT_BYTES_MAX)
}

/// Text of at most so many bytes that every store can keep.
pub fn bounded(text: &str, bytes_max: usize) -> Result<String, Wrong> {
    let checked = if text.len() > bytes_max {
        Err(format!("must have at most {bytes_max} bytes").into())
    } else {
        without_nul(text)
    };
    checked.map_err(|wrong| {
        let mut schema = text_without_nul();
        // A character has at least one byte.
        schema["maxLength"] = bytes_max.into();
        wrong.expecting(schema)
    })
}

/// [`bounded`], and not empty.
pub fn bounded_and_not_empty(text: &str, bytes_max: usize) -> Result<String, Wrong> {
    let checked = if text.is_empty() {
        Err("must not be empty".into())
    } else {
        bounded(text, bytes_max)
    };
    checked.map_err(|wrong| {
        let mut schema = text_without_nul();
        schema["minLength"] = 1.into();
        schema["maxLength"] = bytes_max.into();
        wrong.expecting(schema)
    })
}

/// Text that every store can keep.
pub fn without_nul(text: &str) -> Result<String, Wrong> {
    if text.contains('\0') {
        let wrong = Wrong::from("must not contain the character U+0000");
        return Err(wrong.expecting(text_without_nul()));
    }
    Ok(text.to_owned())
}

/// What [`without_nul`] expects.
pub fn text_without_nul() -> Value {
    json!({ "type": "string", "pattern": r"^[^\x00]*$" })
}

/// A text that is one of a few.
pub fn one_of<T: Copy>(choices: &[(&'static str, T)], text: &str) -> Result<T, Wrong> {
    let found = choices.iter().find(|(name, _)| *name == text);
    found.map(|(_, value)| *value).ok_or_else(|| {
        let names: Vec<_> = choices.iter().map(|(name, _)| *name).collect();
        let wrong = format!("must be one of `{}`", names.join("`, `"));
        Wrong::from(wrong).expecting(json!({ "type": "string", "enum": names }))
    })
}

/// Whether metadata is small enough to be kept in memory.
pub fn metadata_size(metadata: &Metadata) -> Result<(), Wrong> {
    let bytes: usize = metadata
        .iter()
        .map(|(key, value)| key.len() + value.len())
        .sum();
    if bytes > METADATA_BYTES_MAX {
        return Err(format!(
            "must have at most {METADATA_BYTES_MAX} bytes, keys and values together"
        )
        .into());
    }
    if metadata.keys().any(|key| key.contains('\0')) {
        return Err("keys must not contain the character U+0000".into());
    }
    Ok(())
}

/// A date and time.
pub fn timestamp(text: &str) -> Result<Timestamp, Wrong> {
    Timestamp::from_str(text).map_err(|error| {
        let wrong = Wrong::from(error.to_string());
        wrong.expecting(json!({ "type": "string", "format": "date-time" }))
    })
}

/// What is wrong with a template, filter or script, after the place where it is wrong.
pub fn placed(place: Option<Place>, message: &str) -> Wrong {
    match place {
        Some(place) => format!("{place}: {message}").into(),
        None => message.to_owned().into(),
    }
}

/// A list's order.
pub fn order(text: &str) -> Result<Order, Wrong> {
    let orders = [
        ("ascending", Order::Ascending),
        ("descending", Order::Descending),
    ];
    one_of(&orders, text)
}

/// Where an endpoint's requests go.
pub fn url(text: &str) -> Result<String, Wrong> {
    let checked = if text.len() > URL_BYTES_MAX {
        Err(format!("must have at most {URL_BYTES_MAX} bytes"))
    } else {
        hookwire_compose::check_url(text).map_err(|error| error.to_string())
    };
    let expected = || {
        json!({
            "type": "string",
            "format": "uri",
            "pattern": r"^[hH][tT][tT][pP][sS]?://[^\s#]+$",
            "maxLength": URL_BYTES_MAX,
        })
    };
    match checked {
        Ok(()) => Ok(text.to_owned()),
        Err(wrong) => Err(Wrong::from(wrong).expecting(expected())),
    }
}

/// A signing secret; kept in the one spelling that signing gives it.
pub fn secret(text: &str) -> Result<SecretText, Wrong> {
    Secret::parse(text)
        .map(|secret| SecretText::new(secret.reveal()))
        .map_err(|error| {
            let expected = json!({
                "type": "string",
                "pattern": "^(whsec_|whsk_)?[A-Za-z0-9+/]+={0,2}$",
                "examples": ["whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"],
            });
            Wrong::from(error.to_string()).expecting(expected)
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn uids_end_where_the_pattern_ends() {
        assert!(uid::<ApplicationId>("a-Z_0.9").is_ok());
        for bad in ["", " ", "a b", "a/b", "ü", "a\0", "app_1", &"a".repeat(257)] {
            assert!(uid::<ApplicationId>(bad).is_err(), "{bad}");
        }
        assert!(uid::<ApplicationId>(&"a".repeat(256)).is_ok());
        // Only its own kind's prefix is taken.
        assert!(uid::<ApplicationId>("msg_1").is_ok());
        assert!(uid::<MessageId>("msg_1").is_err());
    }

    #[test]
    fn labels_know_their_own_characters() {
        assert!(channel("a:b+c").is_ok());
        assert!(channel("a/b").is_err());
        assert!(tag("a/b\\c#d").is_ok());
        assert!(tag("a:b").is_err());
        assert!(tag(&"a".repeat(129)).is_err());
    }

    #[test]
    fn a_star_stands_for_whole_words() {
        for good in ["a", "a.b", "*", "a.*", "a.b.*"] {
            assert!(wanted_event_type(good).is_ok(), "{good}");
        }
        let long = format!("{}.*", "a".repeat(255));
        for bad in ["", "a*", "*.a", ".*", "a.**", "a b.*", "a*b", &long] {
            assert!(wanted_event_type(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn metadata_is_bounded_as_a_whole() {
        let one = |size: usize| Metadata::from([("k".to_owned(), "v".repeat(size))]);
        assert!(metadata_size(&one(METADATA_BYTES_MAX - 1)).is_ok());
        assert!(metadata_size(&one(METADATA_BYTES_MAX)).is_err());
    }

    proptest! {
        #[test]
        fn complaints_never_repeat_the_value(text in "[!-~]{12,300}") {
            let said = [
                uid::<EndpointId>(&text).err(),
                channel(&text).err(),
                tag(&text).err(),
                timestamp(&text).err(),
                order(&text).err(),
                secret(&text).err(),
            ];
            for wrong in said.into_iter().flatten() {
                prop_assert!(!wrong.contains(&text));
            }
        }
    }
}

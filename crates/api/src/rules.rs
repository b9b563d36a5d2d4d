//! The rules that single values follow, in one place.
//!
//! Each is a function from text to the checked value or to what is wrong in words; the words never
//! repeat the text. The patterns are those of the compatible API, written as predicates on bytes
//! because they are checked for every message.

use std::borrow::Cow;
use std::str::FromStr;

use hookwire_compose::Place;
use hookwire_signing::Secret;
use hookwire_types::{
    ApplicationId, EndpointId, MessageId, Metadata, Order, SecretText, Timestamp,
};

/// What is wrong with a value.
pub type Wrong = Cow<'static, str>;

/// Names of event types, uids and the like, in characters.
const NAME_MAX: usize = 256;
/// Channels and tags, in characters.
const LABEL_MAX: usize = 128;
/// Free text such as descriptions, in bytes: a long paragraph.
const TEXT_BYTES_MAX: usize = 4_096;
/// An endpoint's URL, in bytes: servers commonly refuse a request line of more than 8 KiB.
const URL_BYTES_MAX: usize = 8_192;
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

const fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.')
}

const fn is_channel_byte(byte: u8) -> bool {
    is_name_byte(byte) || matches!(byte, b':' | b'+')
}

const fn is_tag_byte(byte: u8) -> bool {
    is_name_byte(byte) || matches!(byte, b'/' | b'\\' | b'#')
}

fn of_bytes(
    text: &str,
    max: usize,
    allowed: fn(u8) -> bool,
    which: &'static str,
) -> Result<(), Wrong> {
    if text.is_empty() {
        return Err("must not be empty".into());
    }
    if text.len() > max {
        return Err(format!("must have at most {max} characters").into());
    }
    if !text.bytes().all(allowed) {
        return Err(which.into());
    }
    Ok(())
}

const NAME_CHARACTERS: &str = "may contain letters a-z, digits, `-`, `_` and `.` only";

/// A uid: a tenant's own name for a thing.
pub fn uid<Id: Prefixed>(text: &str) -> Result<String, Wrong> {
    of_bytes(text, NAME_MAX, is_name_byte, NAME_CHARACTERS)?;
    if text.starts_with(Id::PREFIX) {
        return Err(format!("must not begin with `{}`, as ids do", Id::PREFIX).into());
    }
    Ok(text.to_owned())
}

/// Whether a text could be a uid, whatever it names.
pub fn may_be_uid(text: &str) -> bool {
    of_bytes(text, NAME_MAX, is_name_byte, NAME_CHARACTERS).is_ok()
}

/// The name of an event type, of a group of them, or of a feature flag.
pub fn event_type_name(text: &str) -> Result<String, Wrong> {
    of_bytes(text, NAME_MAX, is_name_byte, NAME_CHARACTERS)?;
    Ok(text.to_owned())
}

/// Event types that an endpoint wants: a name, `*`, or `*` for whatever follows a dot.
pub fn wanted_event_type(text: &str) -> Result<String, Wrong> {
    match text.strip_suffix('*') {
        None => event_type_name(text),
        Some("") => Ok(text.to_owned()),
        Some(prefix) if prefix.ends_with('.') && prefix.len() > 1 => {
            of_bytes(prefix, NAME_MAX - 1, is_name_byte, NAME_CHARACTERS)?;
            Ok(text.to_owned())
        }
        Some(_) => Err("`*` stands alone or after a dot: `*`, `payment.*`".into()),
    }
}

/// A channel.
pub fn channel(text: &str) -> Result<String, Wrong> {
    let which = "may contain letters a-z, digits, `-`, `_`, `.`, `:` and `+` only";
    of_bytes(text, LABEL_MAX, is_channel_byte, which)?;
    Ok(text.to_owned())
}

/// A tag.
pub fn tag(text: &str) -> Result<String, Wrong> {
    let which = "may contain letters a-z, digits, `-`, `_`, `.`, `/`, `\\` and `#` only";
    of_bytes(text, LABEL_MAX, is_tag_byte, which)?;
    Ok(text.to_owned())
}

/// What people call an application or endpoint.
pub fn display_name(text: &str) -> Result<String, Wrong> {
    if text.trim().is_empty() {
        return Err("must not be empty".into());
    }
    if text.chars().count() > NAME_MAX {
        return Err(format!("must have at most {NAME_MAX} characters").into());
    }
    if text.chars().any(char::is_control) {
        return Err("must not contain control characters".into());
    }
    Ok(text.to_owned())
}

/// Free text.
pub fn description(text: &str) -> Result<String, Wrong> {
    if text.len() > TEXT_BYTES_MAX {
        return Err(format!("must have at most {TEXT_BYTES_MAX} bytes").into());
    }
    without_nul(text)
}

/// Text that every store can keep.
pub fn without_nul(text: &str) -> Result<String, Wrong> {
    if text.contains('\0') {
        return Err("must not contain the character U+0000".into());
    }
    Ok(text.to_owned())
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
    Timestamp::from_str(text).map_err(|error| error.to_string().into())
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
    match text {
        "ascending" => Ok(Order::Ascending),
        "descending" => Ok(Order::Descending),
        _ => Err("must be `ascending` or `descending`".into()),
    }
}

/// Where an endpoint's requests go.
pub fn url(text: &str) -> Result<String, Wrong> {
    if text.len() > URL_BYTES_MAX {
        return Err(format!("must have at most {URL_BYTES_MAX} bytes").into());
    }
    hookwire_compose::check_url(text).map_err(|error| error.to_string())?;
    Ok(text.to_owned())
}

/// A signing secret; kept in the one spelling that signing gives it.
pub fn secret(text: &str) -> Result<SecretText, Wrong> {
    Secret::parse(text)
        .map(|secret| SecretText::new(secret.reveal()))
        .map_err(|error| error.to_string().into())
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

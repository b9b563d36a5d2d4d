//! Filters that encode, decode, digest and sign.

use aws_lc_rs::{digest, hmac};
use base64::Engine as _;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD, URL_SAFE};

use super::{Arguments, Context, Failure, Filtered};
use crate::liquid::url;
use crate::liquid::value::Value;

/// Reads with and without padding: both are written.
const INDIFFERENT: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
const READ_STANDARD: GeneralPurpose = GeneralPurpose::new(&base64::alphabet::STANDARD, INDIFFERENT);
const READ_URL_SAFE: GeneralPurpose = GeneralPurpose::new(&base64::alphabet::URL_SAFE, INDIFFERENT);

pub(super) fn json<'a>(
    input: Value<'a>,
    _: &Arguments<'a>,
    context: &mut Context<'_>,
) -> Filtered<'a> {
    Ok(input.json(context.budget)?.into())
}

pub(super) fn base64_encode<'a>(
    input: Value<'a>,
    _: &Arguments<'a>,
    context: &mut Context<'_>,
) -> Filtered<'a> {
    encoded(&input, &STANDARD, context)
}

pub(super) fn base64_url_safe_encode<'a>(
    input: Value<'a>,
    _: &Arguments<'a>,
    context: &mut Context<'_>,
) -> Filtered<'a> {
    encoded(&input, &URL_SAFE, context)
}

fn encoded<'a>(
    input: &Value<'_>,
    engine: &GeneralPurpose,
    context: &mut Context<'_>,
) -> Filtered<'a> {
    let text = context.text(input)?;
    context.make(text.len().saturating_mul(2))?;
    Ok(engine.encode(text.as_bytes()).into())
}

pub(super) fn base64_decode<'a>(
    input: Value<'a>,
    _: &Arguments<'a>,
    context: &mut Context<'_>,
) -> Filtered<'a> {
    decoded(&input, &READ_STANDARD, context)
}

pub(super) fn base64_url_safe_decode<'a>(
    input: Value<'a>,
    _: &Arguments<'a>,
    context: &mut Context<'_>,
) -> Filtered<'a> {
    decoded(&input, &READ_URL_SAFE, context)
}

fn decoded<'a>(
    input: &Value<'_>,
    engine: &GeneralPurpose,
    context: &mut Context<'_>,
) -> Filtered<'a> {
    let text = context.text(input)?;
    let bytes = engine
        .decode(text.as_bytes())
        .map_err(|_| Failure::from("the input is not Base64"))?;
    into_text(bytes)
}

fn into_text<'a>(bytes: Vec<u8>) -> Filtered<'a> {
    let text = String::from_utf8(bytes);
    Ok(text
        .map_err(|_| Failure::from("what comes out is not UTF-8 text"))?
        .into())
}

/// As in forms: a space becomes `+`.
pub(super) fn url_encode<'a>(
    input: Value<'a>,
    _: &Arguments<'a>,
    context: &mut Context<'_>,
) -> Filtered<'a> {
    if matches!(input, Value::Nil) {
        return Ok(input);
    }
    let text = percent_encoded(&input, false, context)?;
    Ok(text.replace("%20", "+").into())
}

/// For texts that are several steps of a path: `/` stays.
pub(super) fn url_path<'a>(
    input: Value<'a>,
    _: &Arguments<'a>,
    context: &mut Context<'_>,
) -> Filtered<'a> {
    Ok(percent_encoded(&input, true, context)?.into())
}

fn percent_encoded(
    input: &Value<'_>,
    keep_slash: bool,
    context: &mut Context<'_>,
) -> Result<String, Failure> {
    let text = context.text(input)?;
    context.make(text.len().saturating_mul(3))?;
    Ok(url::percent_encode(&text, keep_slash))
}

pub(super) fn url_decode<'a>(
    input: Value<'a>,
    _: &Arguments<'a>,
    context: &mut Context<'_>,
) -> Filtered<'a> {
    if matches!(input, Value::Nil) {
        return Ok(input);
    }
    let text = context.text(&input)?;
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        match (first, tail) {
            (b'+', _) => bytes.push(b' '),
            (b'%', [high, low, after @ ..]) => match (digit(*high), digit(*low)) {
                (Some(high), Some(low)) => {
                    bytes.push(high * 16 + low);
                    rest = after;
                }
                _ => bytes.push(b'%'),
            },
            _ => bytes.push(*first),
        }
    }
    into_text(bytes)
}

fn digit(byte: u8) -> Option<u8> {
    let value = char::from(byte).to_digit(16)?;
    u8::try_from(value).ok()
}

pub(super) fn sha256<'a>(
    input: Value<'a>,
    _: &Arguments<'a>,
    context: &mut Context<'_>,
) -> Filtered<'a> {
    digested(&input, &digest::SHA256, context)
}

pub(super) fn sha1<'a>(
    input: Value<'a>,
    _: &Arguments<'a>,
    context: &mut Context<'_>,
) -> Filtered<'a> {
    digested(&input, &digest::SHA1_FOR_LEGACY_USE_ONLY, context)
}

fn digested<'a>(
    input: &Value<'_>,
    algorithm: &'static digest::Algorithm,
    context: &mut Context<'_>,
) -> Filtered<'a> {
    let text = context.text(input)?;
    charge_digest(text.len(), context)?;
    Ok(hex(digest::digest(algorithm, text.as_bytes()).as_ref()).into())
}

/// `hmac_sha256: key`, in hexadecimal; with `'base64'` as second argument in Base64.
pub(super) fn hmac_sha256<'a>(
    input: Value<'a>,
    arguments: &Arguments<'a>,
    context: &mut Context<'_>,
) -> Filtered<'a> {
    authenticated(&input, hmac::HMAC_SHA256, arguments, context)
}

pub(super) fn hmac_sha1<'a>(
    input: Value<'a>,
    arguments: &Arguments<'a>,
    context: &mut Context<'_>,
) -> Filtered<'a> {
    authenticated(
        &input,
        hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
        arguments,
        context,
    )
}

fn authenticated<'a>(
    input: &Value<'_>,
    algorithm: hmac::Algorithm,
    arguments: &Arguments<'_>,
    context: &mut Context<'_>,
) -> Filtered<'a> {
    if matches!(arguments.first(), Value::Nil) {
        return Err("there is no key: is the name of the secret right?".into());
    }
    let (text, key) = (context.text(input)?, context.text(arguments.first())?);
    charge_digest(text.len() + key.len(), context)?;
    let key = hmac::Key::new(algorithm, key.as_bytes());
    let tag = hmac::sign(&key, text.as_bytes());
    match &arguments.second {
        None => Ok(hex(tag.as_ref()).into()),
        Some(format) => match format.as_str() {
            Some("hex") => Ok(hex(tag.as_ref()).into()),
            Some("base64") => Ok(STANDARD.encode(tag.as_ref()).into()),
            _ => Err("the second argument is 'hex' or 'base64'".into()),
        },
    }
}

/// A block of a digest costs some ten times as much as copying it.
fn charge_digest(bytes: usize, context: &mut Context<'_>) -> Result<(), Failure> {
    context.make(bytes.saturating_mul(2).saturating_add(512))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

//! A bin's `verify`: how its senders show who they are. What verifies them is never shown again.

use hookwire_signing::provider::Provider;
use hookwire_types::{
    Bin, BinSecrets, BinVerification, GenericSignature, SecretText, VerificationScheme,
};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;

use crate::error::ApiError;
use crate::extract::{Field, Fields, Patch};
use crate::problem::invalid;
use crate::rules::{self, Wrong};

/// What stands for a signature that is described by its parts.
const GENERIC: &str = "generic";
/// Secrets at a time: a new one, and old ones while senders change to it.
const SECRETS_MAX: usize = 5;
/// One secret, in bytes: room for any public key.
const SECRET_BYTES_MAX: usize = 4_096;
/// Names of headers, and what stands before a signature, in bytes.
const NAME_BYTES_MAX: usize = 128;
/// What is signed, in bytes: a line.
const TEMPLATE_BYTES_MAX: usize = 1_024;
/// How far the moment of signing may be away, in seconds: five minutes, as most have it.
const TOLERANCE_SECONDS_DEFAULT: u32 = 300;
/// At most a day: beyond that the moment of signing protects from nothing.
const TOLERANCE_SECONDS_MAX: i64 = 86_400;

/// What only a described signature has.
const GENERIC_FIELDS: [&str; 7] = [
    "header",
    "prefix",
    "encoding",
    "algorithm",
    "timestampHeader",
    "template",
    "toleranceSeconds",
];

/// A verification as it is taken.
#[derive(Debug, Clone)]
pub struct VerifyIn {
    scheme: VerificationScheme,
    reject: bool,
    /// Nothing where the body says nothing: those that there are stay.
    keys: Option<Vec<SecretText>>,
    handshake_token: Patch<SecretText>,
}

/// Reads a `verify`.
pub fn read_verify(field: &mut Field<'_, '_>) -> Option<VerifyIn> {
    field.object(|fields| {
        let known = ["provider", "secret", "secrets", "verifyToken", "reject"];
        let known: Vec<_> = known.into_iter().chain(GENERIC_FIELDS).collect();
        fields.only(&[&known[..], &["secretsCount"]].concat());
        let provider = read_provider(fields);
        let generic = read_generic(fields, provider == Some(None));
        let keys = read_keys(fields);
        let handshake_token = fields.patch("verifyToken", |f| {
            f.about("For `meta`: what it repeats when it asks whether it is expected.")
                .text(secret)
        });
        let has_token = matches!(handshake_token, Patch::Value(_));
        if has_token && provider.is_some_and(|it| it != Some(Provider::Meta)) {
            fields.report("verifyToken", "only `meta` has one");
        }
        let reject = fields.optional("reject", |f| {
            f.about(
                "Whether what does not verify is answered with 401; it is kept in any case. No if \
                 absent.",
            )
            .boolean()
        });
        fields.optional("secretsCount", |f| {
            f.about("As answers have it; without effect.")
                .integer(0..=SECRETS_MAX as i64)
        });
        let scheme = match provider.flatten() {
            Some(provider) => VerificationScheme::Provider(provider.name().to_owned()),
            None => VerificationScheme::Generic(generic),
        };
        VerifyIn {
            scheme,
            reject: reject.unwrap_or(false),
            keys,
            handshake_token,
        }
    })
}

/// A provider that is known, or none where the signature is described.
fn read_provider(fields: &mut Fields<'_, '_>) -> Option<Option<Provider>> {
    fields.required("provider", |f| {
        f.about("Who signs, or `generic` for a signature that is described here.");
        f.text(|text| {
            if text == GENERIC {
                return Ok(Some(None));
            }
            Provider::from_name(text)
                .map(|known| Some(Some(known)))
                .ok_or_else(|| {
                    let names = Provider::ALL.map(Provider::name);
                    let names: Vec<_> = names.into_iter().chain([GENERIC]).collect();
                    let wrong = format!("must be one of `{}`", names.join("`, `"));
                    Wrong::from(wrong).expecting(json!({ "type": "string", "enum": names }))
                })
        })
    })
}

/// The parts of a described signature; known providers have none of them.
fn read_generic(fields: &mut Fields<'_, '_>, is_generic: bool) -> GenericSignature {
    let header = fields.optional("header", |f| {
        f.about("For `generic`, and needed there: the header with the signature.")
            .text(|text| rules::bounded_and_not_empty(text, NAME_BYTES_MAX))
    });
    let prefix = fields.optional("prefix", |f| {
        f.about("For `generic`: what stands before the signature, such as `sha256=`.")
            .text(|text| rules::bounded(text, NAME_BYTES_MAX))
    });
    let encoding = fields.optional("encoding", |f| {
        f.about("For `generic`: how the signature is written; `hex` if absent.")
            .one_of(&[("hex", "hex"), ("base64", "base64")])
    });
    let algorithm = fields.optional("algorithm", |f| {
        f.about("For `generic`: the hash under the HMAC; `sha256` if absent.")
            .one_of(&[("sha1", "sha1"), ("sha256", "sha256"), ("sha512", "sha512")])
    });
    let timestamp_header = fields.optional("timestampHeader", |f| {
        f.about("For `generic`: the header with the moment of signing, in Unix seconds, if any.")
            .text(|text| rules::bounded_and_not_empty(text, NAME_BYTES_MAX))
    });
    let template = fields.optional("template", |f| {
        f.about(
            "For `generic`: what is signed, of `{timestamp}`, `{method}`, `{url}`, `{body}` and \
             texts between them; the body if absent.",
        )
        .text(|text| rules::bounded_and_not_empty(text, TEMPLATE_BYTES_MAX))
    });
    let tolerance = fields.optional("toleranceSeconds", |f| {
        f.about(
            "For `generic`: how far the moment of signing may be away, in seconds; 300 if absent.",
        )
        .integer(1..=TOLERANCE_SECONDS_MAX)
    });
    if !is_generic {
        for name in GENERIC_FIELDS {
            fields.refused(name, "only `generic` has this");
        }
    } else if !fields.has("header") {
        fields.report("header", "is missing: which header has the signature?");
    }
    GenericSignature {
        header: header.unwrap_or_default(),
        prefix: prefix.unwrap_or_default(),
        encoding: encoding.unwrap_or("hex").to_owned(),
        algorithm: algorithm.unwrap_or("sha256").to_owned(),
        timestamp_header,
        template: template.unwrap_or_else(|| "{body}".to_owned()),
        tolerance_seconds: tolerance.map_or(TOLERANCE_SECONDS_DEFAULT, |it| it as u32),
    }
}

fn read_keys(fields: &mut Fields<'_, '_>) -> Option<Vec<SecretText>> {
    let one = fields.optional("secret", |f| {
        f.about("What the sender signs with, as the provider shows it. Never shown again.")
            .text(secret)
    });
    let many = fields.optional("secrets", |f| {
        f.about("Instead of `secret`: several, while senders change from one to another.")
            .text_set(1..=SECRETS_MAX, secret_text)
    });
    match (one, many) {
        (Some(_), Some(_)) => {
            fields.report("secrets", "stands beside `secret`: give one of them");
            None
        }
        (Some(one), None) => Some(vec![one]),
        (None, many) => many.map(|texts| texts.into_iter().map(SecretText::new).collect()),
    }
}

fn secret(text: &str) -> Result<SecretText, Wrong> {
    secret_text(text).map(SecretText::new)
}

fn secret_text(text: &str) -> Result<String, Wrong> {
    rules::bounded_and_not_empty(text, SECRET_BYTES_MAX)
}

impl VerifyIn {
    /// Makes a bin verify so. What the body says nothing about stays, as nobody can read it back;
    /// unless it was for another provider.
    pub fn apply(&self, bin: &mut Bin) -> Result<(), ApiError> {
        let before = bin.definition.verification.take();
        let is_same = before.is_some_and(|before| is_same(&before.scheme, &self.scheme));
        let kept = std::mem::take(&mut bin.secrets);
        let mut secrets = if is_same { kept } else { BinSecrets::default() };
        if let Some(keys) = &self.keys {
            secrets.keys.clone_from(keys);
        }
        self.handshake_token.apply(&mut secrets.handshake_token);
        if secrets.keys.is_empty() {
            let wrong = "is missing: what does the sender sign with?";
            return Err(invalid(["body", "verify", "secret"], wrong));
        }
        bin.definition.verification = Some(BinVerification {
            scheme: self.scheme.clone(),
            reject: self.reject,
        });
        bin.secrets = secrets;
        Ok(())
    }

    /// Whether the body has a list of keys, of which one may be wrong.
    pub fn has_list(&self) -> bool {
        self.keys.as_ref().is_some_and(|keys| keys.len() > 1)
    }
}

/// Whether keys for the one are keys for the other.
fn is_same(one: &VerificationScheme, other: &VerificationScheme) -> bool {
    use VerificationScheme::{Generic, Provider};
    match (one, other) {
        (Provider(one), Provider(other)) => one == other,
        (Generic(_), Generic(_)) => true,
        _ => false,
    }
}

/// A `verify` as the API shows it.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct BinVerifyOut<'a> {
    /// Who signs, or `generic`.
    provider: &'a str,
    #[serde(flatten)]
    generic: Option<BinSignatureOut<'a>>,
    /// What does not verify is answered with 401.
    reject: bool,
    /// How many secrets there are; they themselves are never shown.
    secrets_count: usize,
}

/// A described signature as the API shows it.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct BinSignatureOut<'a> {
    /// The header with the signature.
    header: &'a str,
    /// What stands before the signature.
    prefix: &'a str,
    /// How the signature is written.
    encoding: &'a str,
    /// The hash under the HMAC.
    algorithm: &'a str,
    /// The header with the moment of signing, if any.
    #[serde(skip_serializing_if = "Option::is_none")]
    timestamp_header: Option<&'a str>,
    /// What is signed.
    template: &'a str,
    /// How far the moment of signing may be away, in seconds.
    tolerance_seconds: u32,
}

impl<'a> BinVerifyOut<'a> {
    /// What is shown of a verification.
    pub fn new(verification: &'a BinVerification, secrets: &BinSecrets) -> Self {
        let (provider, generic) = match &verification.scheme {
            VerificationScheme::Provider(name) => (name.as_str(), None),
            VerificationScheme::Generic(it) => (GENERIC, Some(BinSignatureOut::from(it))),
        };
        Self {
            provider,
            generic,
            reject: verification.reject,
            secrets_count: secrets.keys.len(),
        }
    }
}

impl<'a> From<&'a GenericSignature> for BinSignatureOut<'a> {
    fn from(it: &'a GenericSignature) -> Self {
        Self {
            header: &it.header,
            prefix: &it.prefix,
            encoding: &it.encoding,
            algorithm: &it.algorithm,
            timestamp_header: it.timestamp_header.as_deref(),
            template: &it.template,
            tolerance_seconds: it.tolerance_seconds,
        }
    }
}

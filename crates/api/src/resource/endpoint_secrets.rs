//! An endpoint's `secrets`: values that templates use by name and that are never shown again.

use std::collections::BTreeMap;

use hookwire_types::{SecretText, Secrets};
use serde_json::json;

use crate::extract::Field;
use crate::rules;

/// Secrets of one endpoint: services ask for one to three.
const SECRETS_MAX: usize = 32;
/// A secret, in bytes: more than any token has.
const VALUE_BYTES_MAX: usize = 4 << 10;
/// A secret's name, in characters.
const NAME_MAX: usize = 64;

/// What happens to an endpoint's secrets.
#[derive(Debug, Clone)]
pub struct SecretsPatch {
    /// What is not mentioned stays.
    merge: bool,
    /// Values by name; `None` removes.
    values: BTreeMap<String, Option<SecretText>>,
}

/// Reads secrets. With `merge`, null stands for a secret that is removed.
pub fn read_secrets(field: &mut Field<'_, '_>, merge: bool) -> Option<SecretsPatch> {
    // A patch may remove as many as there can be, beside all that it sets.
    let entries_max = if merge { 2 * SECRETS_MAX } else { SECRETS_MAX };
    let values = field.map(entries_max, |name, value| {
        if let Err(wrong) = check_name(name) {
            return value.refuse(wrong);
        }
        if merge && value.is_null() {
            return Some(None);
        }
        value.text(secret).map(Some)
    })?;
    Some(SecretsPatch { merge, values })
}

/// A name that Liquid reads as one word.
fn check_name(name: &str) -> Result<(), rules::Wrong> {
    let begins = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    let is_word = name
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if !begins || !is_word || name.len() > NAME_MAX {
        let wrong = format!(
            "a secret's name has letters a-z, digits and `_`, does not begin with a digit, \
             and has at most {NAME_MAX} characters"
        );
        let expected = json!({
            "type": "string",
            "pattern": "^[a-zA-Z_][a-zA-Z0-9_]*$",
            "maxLength": NAME_MAX,
        });
        return Err(rules::Wrong::from(wrong).expecting(expected));
    }
    Ok(())
}

fn secret(text: &str) -> Result<SecretText, rules::Wrong> {
    rules::bounded_and_not_empty(text, VALUE_BYTES_MAX).map(SecretText::new)
}

impl SecretsPatch {
    /// Changes secrets as asked; what is wrong then is about their number.
    pub fn apply(&self, secrets: &mut Secrets) -> Result<(), rules::Wrong> {
        if !self.merge {
            secrets.clear();
        }
        for (name, value) in &self.values {
            match value {
                Some(value) => secrets.insert(name.clone(), value.clone()),
                None => secrets.remove(name),
            };
        }
        if secrets.len() > SECRETS_MAX {
            return Err(format!("an endpoint has at most {SECRETS_MAX} secrets").into());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ApiError;
    use crate::extract::{Fields, FromBody, parse};

    struct Merged(Option<SecretsPatch>);
    impl FromBody for Merged {
        fn read(fields: &mut Fields<'_, '_>) -> Self {
            Self(fields.optional("secrets", |f| read_secrets(f, true)))
        }
    }

    fn read(body: &str) -> Result<SecretsPatch, Vec<String>> {
        match parse::<Merged>(&body.to_owned().into()) {
            Ok(Merged(patch)) => Ok(patch.unwrap()),
            Err(ApiError::Invalid(found)) => Err(found.iter().map(|it| it.loc.join(".")).collect()),
            Err(other) => panic!("{other}"),
        }
    }

    fn secrets(names: &[&str]) -> Secrets {
        let named = |name: &&str| ((*name).to_owned(), SecretText::new("old"));
        names.iter().map(named).collect()
    }

    #[test]
    fn a_patch_sets_and_removes_and_leaves_the_rest() {
        let mut all = secrets(&["a", "b"]);
        let patch = read(r#"{"secrets":{"b":null,"c":"new","d":null}}"#).unwrap();
        patch.apply(&mut all).unwrap();
        assert_eq!(all.keys().collect::<Vec<_>>(), ["a", "c"]);
        assert_eq!(all["c"].reveal(), "new");
    }

    #[test]
    fn names_are_words_and_values_are_texts() {
        let long = "n".repeat(NAME_MAX + 1);
        let body = format!(
            r#"{{"secrets":{{"":"v","1a":"v","a-b":"v","ü":"v","{long}":"v","A_1":"","_b":1}}}}"#
        );
        assert_eq!(read(&body).unwrap_err().len(), 7);
    }

    #[test]
    fn there_are_only_so_many() {
        let all: Vec<_> = (0..SECRETS_MAX).map(|n| format!("s{n}")).collect();
        let mut all = secrets(&all.iter().map(String::as_str).collect::<Vec<_>>());
        let one_more = read(r#"{"secrets":{"new":"v"}}"#).unwrap();
        assert!(one_more.apply(&mut all.clone()).is_err());
        let instead = read(r#"{"secrets":{"new":"v","s0":null}}"#).unwrap();
        instead.apply(&mut all).unwrap();
        assert_eq!(all.len(), SECRETS_MAX);
    }
}

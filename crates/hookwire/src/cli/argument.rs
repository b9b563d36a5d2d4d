//! Values of arguments: as they are written, from a file (`@FILE`), or from standard input (`-`).
//!
//! What must not be in the shell's history or in the list of processes is kept out of both this
//! way. `@@` begins a text that begins with `@`.

use std::io::Read;

use anyhow::Context as _;
use hookwire_types::SecretText;
use serde_json::value::RawValue;

/// More than any server takes; this only keeps a wrong file from filling the memory.
const BYTES_MAX: u64 = 64 << 20;

/// Reads arguments of one command. Standard input can be read once.
#[derive(Debug, Default)]
pub struct Arguments {
    stdin_read_by: Option<String>,
}

impl Arguments {
    /// The text that an argument stands for. `what` names the argument in errors; they never
    /// contain its value.
    pub fn text(&mut self, what: &str, argument: &str) -> anyhow::Result<String> {
        if let Some(literal) = argument.strip_prefix("@@") {
            return Ok(format!("@{literal}"));
        }
        if let Some(path) = argument.strip_prefix('@') {
            let file = std::fs::File::open(path);
            return file
                .and_then(read_bounded)
                .with_context(|| format!("{what}: cannot read {path}"));
        }
        if argument != "-" {
            return Ok(argument.to_owned());
        }
        if let Some(other) = &self.stdin_read_by {
            anyhow::bail!("{what}: standard input can be read once, and {other} reads it");
        }
        self.stdin_read_by = Some(what.to_owned());
        read_bounded(std::io::stdin())
            .with_context(|| format!("{what}: cannot read standard input"))
    }

    /// A value of one line, such as a token: the line break at a file's end is no part of it.
    pub fn line(&mut self, what: &str, argument: &str) -> anyhow::Result<String> {
        let mut text = self.text(what, argument)?;
        if text.ends_with('\n') {
            text.pop();
            if text.ends_with('\r') {
                text.pop();
            }
        }
        Ok(text)
    }

    /// A JSON object, as it was written: numbers and order of fields are kept.
    pub fn object(&mut self, what: &str, argument: &str) -> anyhow::Result<Box<RawValue>> {
        let text = self.text(what, argument)?;
        let value: Box<RawValue> =
            serde_json::from_str(&text).with_context(|| format!("{what} is not valid JSON"))?;
        if !value.get().starts_with('{') {
            anyhow::bail!("{what} must be a JSON object, such as {{\"payment_id\": 78}}");
        }
        Ok(value)
    }
}

fn read_bounded(source: impl Read) -> std::io::Result<String> {
    let mut text = String::new();
    source.take(BYTES_MAX + 1).read_to_string(&mut text)?;
    if text.len() as u64 > BYTES_MAX {
        return Err(std::io::Error::other("it is larger than 64 MiB"));
    }
    Ok(text)
}

/// `NAME=VALUE` as name and value, which may be a secret.
pub fn named(argument: &str) -> Result<(String, SecretText), String> {
    match argument.split_once('=') {
        Some((name, value)) if !name.trim().is_empty() => {
            Ok((name.trim().to_owned(), SecretText::new(value)))
        }
        // What was written may be a secret: it is not repeated.
        _ => Err("expected NAME=VALUE or NAME=@FILE".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scratch::Scratch;

    #[test]
    fn a_value_is_the_argument_or_what_is_in_a_file() {
        let scratch = Scratch::new();
        let path = scratch.path("v");
        std::fs::write(&path, "two\nlines\r\n").unwrap();
        let from_file = format!("@{}", path.display());
        let mut arguments = Arguments::default();
        assert_eq!(arguments.text("--body", " a ").unwrap(), " a ");
        assert_eq!(arguments.text("--body", "@@here").unwrap(), "@here");
        assert_eq!(
            arguments.text("--body", &from_file).unwrap(),
            "two\nlines\r\n"
        );
        assert_eq!(arguments.line("--set", &from_file).unwrap(), "two\nlines");
        let error = arguments.text("--body", "@/nowhere/b").unwrap_err();
        assert_eq!(error.to_string(), "--body: cannot read /nowhere/b");
    }

    #[test]
    fn objects_stay_as_they_were_written() {
        let mut arguments = Arguments::default();
        let raw = r#"{"b":1.0, "a":  1e400}"#;
        assert_eq!(arguments.object("the payload", raw).unwrap().get(), raw);
        for (bad, part) in [
            ("", "the payload is not valid JSON"),
            ("{", "the payload is not valid JSON"),
            ("[1]", "a JSON object"),
            ("\"a\"", "a JSON object"),
            ("@/nowhere/p.json", "/nowhere/p.json"),
        ] {
            let error = arguments
                .object("the payload", bad)
                .unwrap_err()
                .to_string();
            assert!(error.contains(part), "{error}");
        }
    }

    #[test]
    fn a_value_has_a_name() {
        let pair = |name: &str, value: &str| Ok((name.to_owned(), SecretText::new(value)));
        assert_eq!(named("a=b=c"), pair("a", "b=c"));
        assert_eq!(named("a="), pair("a", ""));
        for bad in ["a", "=a", " =a"] {
            assert!(named(bad).is_err(), "{bad}");
        }
    }
}

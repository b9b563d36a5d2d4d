//! What is wrong with a value, and what would have been right.

use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;

use serde_json::Value;

/// What is wrong with a value, in words that never repeat it; where it can be said for programs,
/// also what is expected.
///
/// The expectation is how rules describe themselves: the documentation asks each of them about a
/// text that no rule allows, and takes down what it would have wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    words: Cow<'static, str>,
    expected: Option<Box<Value>>,
}

impl Wrong {
    /// The same with what is expected, as a JSON schema.
    pub fn expecting(mut self, schema: Value) -> Self {
        self.expected = Some(Box::new(schema));
        self
    }

    /// What is expected, as a JSON schema.
    pub fn expected(self) -> Option<Value> {
        self.expected.map(|schema| *schema)
    }
}

impl From<&'static str> for Wrong {
    fn from(words: &'static str) -> Self {
        Cow::Borrowed(words).into()
    }
}

impl From<String> for Wrong {
    fn from(words: String) -> Self {
        Cow::<'static, str>::Owned(words).into()
    }
}

impl From<Cow<'static, str>> for Wrong {
    fn from(words: Cow<'static, str>) -> Self {
        Self {
            words,
            expected: None,
        }
    }
}

impl From<Wrong> for Cow<'static, str> {
    fn from(wrong: Wrong) -> Self {
        wrong.words
    }
}

impl Deref for Wrong {
    type Target = str;

    fn deref(&self) -> &str {
        &self.words
    }
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words)
    }
}

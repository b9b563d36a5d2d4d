//! Which of a file's forms a caller gets (RFC 9110, 12.5.3).

use http::header::ACCEPT_ENCODING;
use http::{HeaderMap, HeaderValue};

/// A form in which a file is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// As it was made.
    Identity,
    /// Compressed with Brotli.
    Brotli,
    /// Compressed with gzip.
    Gzip,
}

impl Encoding {
    /// The compressed forms, the smallest first.
    pub const COMPRESSED: [Self; 2] = [Self::Brotli, Self::Gzip];

    /// What the web build puts behind the name of a file for this form of it.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Identity => "",
            Self::Brotli => ".br",
            Self::Gzip => ".gz",
        }
    }

    /// Its name in `Accept-Encoding` and `Content-Encoding`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Brotli => "br",
            Self::Gzip => "gzip",
        }
    }

    /// Of the compressed forms that are there, the one that the caller prefers, and the smallest
    /// of equals. The plain one when none is welcome: also to who refuses that too, because an
    /// answer that can be read is better than none.
    pub fn chosen(asked: &HeaderMap, there: impl Fn(Self) -> bool) -> Self {
        let accepted = asked.get_all(ACCEPT_ENCODING).iter();
        let accepted: Vec<_> = accepted.filter_map(|it| it.to_str().ok()).collect();
        let plain = weight(&accepted, Self::Identity.name(), true).unwrap_or(0);
        let mut best = (plain, Self::Identity);
        // The last is the best of equals, so the smallest comes last.
        for encoding in Self::COMPRESSED.into_iter().rev() {
            let weight = weight(&accepted, encoding.name(), false).unwrap_or(0);
            if weight > 0 && weight >= best.0 && there(encoding) {
                best = (weight, encoding);
            }
        }
        best.1
    }

    /// The value of `Content-Encoding`; the plain form has none.
    pub fn header(self) -> Option<HeaderValue> {
        let is_plain = self == Self::Identity;
        (!is_plain).then(|| HeaderValue::from_static(self.name()))
    }
}

/// How welcome a form is, in thousandths; `None` when nothing is said about it. `*` stands for all
/// that are not named, except for one that has to be `named`: who takes anything takes it smaller.
fn weight(accepted: &[&str], name: &str, named: bool) -> Option<u16> {
    let entries = accepted.iter().flat_map(|list| list.split(','));
    let mut any = None;
    for entry in entries {
        let (coding, parameters) = entry.split_once(';').unwrap_or((entry, ""));
        let coding = coding.trim();
        if coding.eq_ignore_ascii_case(name) {
            return Some(thousandths(parameters));
        }
        if coding == "*" && !named {
            any = Some(thousandths(parameters));
        }
    }
    any
}

/// The `q` of an entry. What cannot be read counts as refused: plain is always right.
fn thousandths(parameters: &str) -> u16 {
    let parameters = parameters.trim();
    if parameters.is_empty() {
        return 1_000;
    }
    let value = parameters
        .strip_prefix("q=")
        .or_else(|| parameters.strip_prefix("Q="));
    let number = value.and_then(|value| value.trim().parse::<f32>().ok());
    match number.filter(|number| (0.0..=1.0).contains(number)) {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "from 0 to 1,000"
        )]
        Some(number) => (number * 1_000.0) as u16,
        None => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(accept: Option<&str>, there: &[Encoding]) -> Encoding {
        let mut asked = HeaderMap::new();
        if let Some(accept) = accept {
            asked.insert(ACCEPT_ENCODING, accept.parse().unwrap());
        }
        Encoding::chosen(&asked, |encoding| there.contains(&encoding))
    }

    #[test]
    fn the_caller_says_and_the_smallest_wins() {
        use Encoding::*;
        let both = [Brotli, Gzip];
        for (accept, expected) in [
            ("gzip, deflate, br, zstd", Brotli),
            ("gzip, deflate", Gzip),
            ("GZIP", Gzip),
            ("br;q=0.5, gzip", Gzip),
            ("br;q=0.5, gzip;q=0.5", Brotli),
            ("br;q=0, gzip;q=0", Identity),
            ("br; q=0.2, identity;q=0.9", Identity),
            ("identity", Identity),
            ("*", Brotli),
            ("*;q=0", Identity),
            ("br;q=0, *", Gzip),
            ("identity;q=0, *;q=0", Identity),
            ("br;q=loud", Identity),
            ("br;q=7", Identity),
            ("", Identity),
        ] {
            assert_eq!(chosen(Some(accept), &both), expected, "{accept}");
        }
        assert_eq!(chosen(None, &both), Identity);
        assert_eq!(chosen(Some("br, gzip"), &[Gzip]), Gzip);
        assert_eq!(chosen(Some("br, gzip"), &[]), Identity);
    }
}

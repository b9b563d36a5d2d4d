//! The address at which people reach the server.

use url::Url;

use super::kind::Kind;

/// An address that links begin with.
pub struct PublicUrl;

impl Kind for PublicUrl {
    type Value = Option<String>;

    fn read(&self, text: &str) -> Result<Option<String>, String> {
        // As `hookwire config` shows that there is none.
        if text.is_empty() {
            return Ok(None);
        }
        let url = Url::parse(text).map_err(|_| self.expects())?;
        let has_host = matches!(url.scheme(), "http" | "https") && url.has_host();
        let is_plain = url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none();
        if !has_host || !is_plain {
            return Err(self.expects());
        }
        Ok(Some(url.as_str().trim_end_matches('/').to_owned()))
    }

    fn show(&self, value: &Option<String>) -> String {
        value.clone().unwrap_or_default()
    }

    fn expects(&self) -> String {
        "an `http://` or `https://` address without user, query or fragment, such as \
         `https://hooks.example`"
            .to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_kept_without_the_slash_at_its_end() {
        for (text, kept) in [
            ("https://hooks.example", "https://hooks.example"),
            ("https://hooks.example/", "https://hooks.example"),
            ("http://[::1]:8071", "http://[::1]:8071"),
            ("https://example.com/hooks/", "https://example.com/hooks"),
        ] {
            assert_eq!(PublicUrl.read(text), Ok(Some(kept.to_owned())));
        }
        assert_eq!(PublicUrl.read(""), Ok(None));
        for bad in [
            "hooks.example",
            "ftp://hooks.example",
            "https://",
            "https://u:p@hooks.example",
            "https://hooks.example/?a",
            "https://hooks.example/#a",
        ] {
            assert!(PublicUrl.read(bad).is_err(), "{bad}");
        }
    }
}

//! The page that a share link opens: what a bin received and receives, for people.
//!
//! - The link's token is in the fragment of the page's address, which browsers keep to themselves:
//!   it reaches this server in the `Authorization` header of the page's own requests, and is in no
//!   URL that a server or a proxy writes down.
//! - Whatever was captured is a stranger's. The script puts it into the page as text only, and the
//!   policy lets nothing run, load or be sent anywhere that is not of this server. With Trusted
//!   Types demanded and no policy for them permitted, browsers that know them refuse to read any
//!   text as markup.
//! - Addresses within the page are relative: it works below whatever path a proxy puts it.

use std::sync::LazyLock;

use axum::Router;
use axum::routing::get;
use http::HeaderMap;

use crate::asset::Asset;
use crate::state::ApiState;

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
                      connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; \
                      form-action 'none'; require-trusted-types-for 'script'; \
                      trusted-types 'none'";

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const JAVASCRIPT: &str = "text/javascript; charset=utf-8";

/// The page, its style, and its script with the modules that it is made of.
const FILES: [(&str, &str, &str); 8] = [
    ("/bins", HTML, include_str!("page.html")),
    ("/bins/style.css", CSS, include_str!("style.css")),
    ("/bins/script.js", JAVASCRIPT, include_str!("script.js")),
    ("/bins/element.js", JAVASCRIPT, include_str!("element.js")),
    ("/bins/list.js", JAVASCRIPT, include_str!("list.js")),
    ("/bins/request.js", JAVASCRIPT, include_str!("request.js")),
    ("/bins/server.js", JAVASCRIPT, include_str!("server.js")),
    ("/bins/stream.js", JAVASCRIPT, include_str!("stream.js")),
];

static ASSETS: LazyLock<Vec<(&str, Asset)>> = LazyLock::new(|| {
    let asset =
        |(path, kind, text): (_, _, &str)| (path, Asset::new(text.to_owned(), kind, POLICY));
    FILES.map(asset).into()
});

/// The page and what it is made of.
pub fn routes() -> Router<ApiState> {
    ASSETS.iter().fold(Router::new(), |router, (path, asset)| {
        let answer = async move |asked: HeaderMap| asset.answer(&asked);
        router.route(path, get(answer))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page() -> &'static str {
        FILES[0].2
    }

    /// What stands in each `<name …>`, in lower case.
    fn tags(name: &str) -> Vec<String> {
        let page = page().to_lowercase();
        let begin = format!("<{name}");
        let after = page.split(begin.as_str()).skip(1);
        after
            .map(|rest| rest[..rest.find('>').unwrap()].to_owned())
            .collect()
    }

    #[test]
    fn nothing_in_the_page_is_inline() {
        let scripts = tags("script");
        assert_eq!(scripts.len(), 1);
        assert!(scripts[0].contains("src=\"bins/script.js\""));
        let after = page().split("<script").nth(1).unwrap();
        let content = &after[after.find('>').unwrap()..];
        assert!(content.starts_with("></script>"), "{content}");
        assert!(tags("style").is_empty());
        assert!(!page().contains("javascript:"));
        for attribute in page().split_whitespace().filter(|it| it.contains('=')) {
            let name = attribute.split('=').next().unwrap().to_lowercase();
            assert!(name != "style" && !name.starts_with("on"), "{attribute}");
        }
    }

    #[test]
    fn everything_is_of_this_server() {
        for (path, _, text) in FILES {
            for elsewhere in ["://", "\"//", "url(", "@import"] {
                assert!(!text.contains(elsewhere), "{path}: {elsewhere}");
            }
        }
    }

    #[test]
    fn every_module_that_is_imported_is_there() {
        let imports = FILES.iter().flat_map(|(_, _, text)| {
            let after = text.split("from \"./").skip(1);
            after.map(|rest| rest.split('"').next().unwrap())
        });
        let mut count = 0;
        for name in imports {
            let path = format!("/bins/{name}");
            assert!(FILES.iter().any(|file| file.0 == path), "{path}");
            count += 1;
        }
        assert!(count > 5, "{count}");
    }

    #[test]
    fn no_script_reads_a_text_as_markup_or_keeps_the_token() {
        let ways = [
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "setHTML",
            "parseFromString",
            "createContextualFragment",
            "document.write",
            "srcdoc",
            "eval(",
            "Function(",
            "localStorage",
            "sessionStorage",
            "document.cookie",
        ];
        for (path, _, text) in FILES {
            for way in ways {
                assert!(!text.contains(way), "{path}: {way}");
            }
        }
    }
}

//! What callers get, over a small dashboard of files as the web build makes them.

use super::*;
use http::StatusCode;
use http::header::*;
use http_body_util::BodyExt as _;

const PAGE: &str = "text/html,application/xhtml+xml,*/*;q=0.8";
const SCRIPT: &str = "assets/index-4f0c.js";

fn built() -> Dashboard {
    let files = [
        ("index.html", "index"),
        ("index.html.br", "index in brotli"),
        ("index.html.gz", "index in gzip"),
        ("portal.html", "portal"),
        ("share.html", "share"),
        ("portal.js", "element"),
        ("portal.js.br", "element in brotli"),
        (SCRIPT, "script"),
        ("assets/index-4f0c.js.gz", "script in gzip"),
        ("assets/lonely.gz", "an archive"),
        ("favicon.svg", "<svg/>"),
    ];
    dashboard(&files, "'self' https://app.example")
}

fn dashboard(files: &[(&str, &'static str)], ancestors: &str) -> Dashboard {
    let files = files.iter().map(|(path, content)| {
        let content = content.as_bytes();
        ((*path).to_owned(), content.into())
    });
    Dashboard::new(Files::new(files), &FrameAncestors::read(ancestors).unwrap())
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    text: String,
}

impl Answer {
    fn header(&self, name: impl AsHeaderName) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }
}

async fn ask(dashboard: &Dashboard, path: &str, headers: &[(HeaderName, &str)]) -> Answer {
    ask_by(Method::GET, dashboard, path, headers).await
}

async fn ask_by(
    method: Method,
    dashboard: &Dashboard,
    path: &str,
    headers: &[(HeaderName, &str)],
) -> Answer {
    let headers = headers
        .iter()
        .map(|(name, value)| (name.clone(), value.parse().unwrap()));
    let answer = dashboard.answer(&method, path, &headers.collect());
    let (parts, body) = answer.into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    Answer {
        status: parts.status,
        headers: parts.headers,
        text: String::from_utf8(bytes.to_vec()).unwrap(),
    }
}

#[tokio::test]
async fn every_path_that_a_person_opens_is_a_page() {
    let dashboard = built();
    for (path, page) in [
        ("/", "index"),
        ("/webhooks", "index"),
        ("/sign-in", "index"),
        ("/messages/msg_1/attempts", "index"),
        ("/portals", "index"),
        ("/inbox", "index"),
        ("/apiary", "index"),
        ("/portal", "portal"),
        ("/portal/", "portal"),
        ("/portal/messages", "portal"),
        ("/shared", "share"),
        ("/shared/", "share"),
        ("/shared/bin_1", "index"),
        ("/bins", "index"),
        ("/bins/bin_1", "index"),
        ("/index.html", "index"),
        ("/portal.html", "portal"),
    ] {
        let answer = ask(&dashboard, path, &[(ACCEPT, PAGE)]).await;
        assert_eq!(
            (answer.status.as_u16(), &*answer.text),
            (200, page),
            "{path}"
        );
        assert_eq!(answer.header(CONTENT_TYPE), "text/html; charset=utf-8");
        assert_eq!(answer.header(CACHE_CONTROL), "no-cache");
        assert_eq!(answer.header(VARY), "Accept, Accept-Encoding");
        assert_eq!(answer.header(X_CONTENT_TYPE_OPTIONS), "nosniff");
    }
}

#[tokio::test]
async fn what_is_no_page_stays_unknown() {
    let dashboard = built();
    for (path, accept) in [
        ("/webhooks", "*/*"),
        ("/webhooks", "application/json"),
        ("/api", PAGE),
        ("/api/v1/nothing", PAGE),
        ("/in/nothing", PAGE),
        ("/docs/nothing", PAGE),
        ("/dev/nothing", PAGE),
        ("/assets/index-old.js", PAGE),
        ("/assets/index-4f0c.js.gz", PAGE),
        ("/assets/../index.html", PAGE),
        ("/favicon.ico", "image/avif,*/*;q=0.8"),
    ] {
        let answer = ask(&dashboard, path, &[(ACCEPT, accept)]).await;
        assert_eq!(answer.status.as_u16(), 404, "{path}");
        assert!(
            answer.text.contains("\"code\":\"not_found\""),
            "{path}: {}",
            answer.text
        );
    }
    let program = ask(&dashboard, "/", &[]).await;
    assert_eq!(
        (program.status.as_u16(), program.header(LOCATION)),
        (307, "/docs")
    );
    for method in [Method::POST, Method::DELETE, Method::OPTIONS] {
        let answer = ask_by(method, &dashboard, "/webhooks", &[(ACCEPT, PAGE)]).await;
        assert_eq!(answer.status.as_u16(), 404);
    }
    let head = ask_by(Method::HEAD, &dashboard, "/webhooks", &[(ACCEPT, PAGE)]).await;
    assert_eq!(head.status.as_u16(), 200);
}

#[tokio::test]
async fn files_are_sent_in_the_form_that_was_made_for_it() {
    let dashboard = built();
    let both = [(ACCEPT, PAGE), (ACCEPT_ENCODING, "gzip, br")];
    let page = ask(&dashboard, "/", &both).await;
    assert_eq!(
        (&*page.text, page.header(CONTENT_ENCODING)),
        ("index in brotli", "br")
    );
    let path = format!("/{SCRIPT}");
    let script = ask(&dashboard, &path, &both).await;
    assert_eq!(
        (&*script.text, script.header(CONTENT_ENCODING)),
        ("script in gzip", "gzip")
    );
    assert_eq!(
        script.header(CONTENT_TYPE),
        "text/javascript; charset=utf-8"
    );
    assert_eq!(
        script.header(CACHE_CONTROL),
        "public, max-age=31536000, immutable"
    );
    assert_eq!(script.header(VARY), "Accept-Encoding");
    let plain = ask(&dashboard, &path, &[]).await;
    assert_eq!(
        (&*plain.text, plain.header(CONTENT_ENCODING)),
        ("script", "")
    );
    // Nothing is there of which this would be the compressed form.
    let archive = ask(&dashboard, "/assets/lonely.gz", &both).await;
    assert_eq!(
        (&*archive.text, archive.header(CONTENT_ENCODING)),
        ("an archive", "")
    );
    assert_eq!(archive.header(CONTENT_TYPE), "application/octet-stream");
    let picture = ask(&dashboard, "/favicon.svg", &[]).await;
    assert_eq!(picture.header(CONTENT_TYPE), "image/svg+xml");
    assert!(
        picture
            .header(CONTENT_SECURITY_POLICY)
            .starts_with("default-src 'none'")
    );
}

#[tokio::test]
async fn who_has_a_page_is_told_so() {
    let dashboard = built();
    let brotli = [(ACCEPT, PAGE), (ACCEPT_ENCODING, "br")];
    let first = ask(&dashboard, "/", &brotli).await;
    let etag = first.header(ETAG).to_owned();
    for known in [
        etag.clone(),
        format!("W/{etag}"),
        format!("\"other\", {etag}"),
    ] {
        let mut asked = brotli.to_vec();
        asked.push((IF_NONE_MATCH, &known));
        let again = ask(&dashboard, "/", &asked).await;
        assert_eq!((again.status.as_u16(), &*again.text), (304, ""), "{known}");
        assert_eq!(again.header(ETAG), etag);
        assert_eq!(again.header(CACHE_CONTROL), "no-cache");
    }
    // The same page in another form is not the one that the caller has.
    let other = [
        (ACCEPT, PAGE),
        (ACCEPT_ENCODING, "gzip"),
        (IF_NONE_MATCH, &*etag),
    ];
    assert_eq!(ask(&dashboard, "/", &other).await.text, "index in gzip");
    let changed = dashboard_with_index("another index");
    let plain = ask(&dashboard, "/", &[(ACCEPT, PAGE)]).await;
    let asked = [(ACCEPT, PAGE), (IF_NONE_MATCH, plain.header(ETAG))];
    assert_eq!(ask(&changed, "/", &asked).await.text, "another index");
}

fn dashboard_with_index(content: &'static str) -> Dashboard {
    dashboard(&[("index.html", content)], "'self'")
}

#[tokio::test]
async fn only_the_portal_may_be_framed_and_only_by_whom_the_operator_names() {
    let dashboard = built();
    let page = [(ACCEPT, PAGE)];
    for path in ["/portal", "/portal/x", "/portal.html"] {
        let portal = ask(&dashboard, path, &page).await;
        let policy = portal.header(CONTENT_SECURITY_POLICY);
        assert!(
            policy.ends_with("; frame-ancestors 'self' https://app.example"),
            "{policy}"
        );
        assert!(policy.contains("script-src 'self';"), "{policy}");
    }
    for path in [
        "/",
        "/shared",
        "/webhooks",
        "/portal.js",
        "/assets/index-4f0c.js",
    ] {
        let other = ask(&dashboard, path, &page).await;
        let policy = other.header(CONTENT_SECURITY_POLICY);
        assert!(
            policy.ends_with("; frame-ancestors 'none'"),
            "{path}: {policy}"
        );
        assert!(!policy.contains("unsafe"), "{policy}");
    }
}

#[tokio::test]
async fn the_element_loads_into_any_page_and_nothing_else_does() {
    let dashboard = built();
    let element = ask(&dashboard, "/portal.js", &[(ACCEPT_ENCODING, "br")]).await;
    assert_eq!(element.text, "element in brotli");
    assert_eq!(element.header(ACCESS_CONTROL_ALLOW_ORIGIN), "*");
    assert_eq!(
        element.header("cross-origin-resource-policy"),
        "cross-origin"
    );
    assert_eq!(element.header(CACHE_CONTROL), "public, max-age=300");
    for path in ["/", "/assets/index-4f0c.js", "/favicon.svg"] {
        let other = ask(&dashboard, path, &[(ACCEPT, PAGE)]).await;
        assert!(
            !other.headers.contains_key(ACCESS_CONTROL_ALLOW_ORIGIN),
            "{path}"
        );
        assert_eq!(other.header("cross-origin-resource-policy"), "same-origin");
    }
}

#[tokio::test]
async fn without_a_dashboard_a_person_is_told_how_to_build_it() {
    // A directory in which the web build leaves something else, too.
    for files in [&[][..], &[(".gitkeep", "")]] {
        let dashboard = dashboard(files, "'self'");
        assert!(!dashboard.is_built());
        for path in ["/", "/webhooks", "/portal", "/shared"] {
            let answer = ask(&dashboard, path, &[(ACCEPT, PAGE)]).await;
            assert_eq!(answer.status.as_u16(), 404);
            assert!(answer.text.contains("make build"), "{}", answer.text);
            assert!(answer.text.contains("npm run build"), "{}", answer.text);
        }
        let program = ask(&dashboard, "/webhooks", &[]).await;
        assert!(program.text.contains("not_found"), "{}", program.text);
    }
}

//! The page of a program that was built without the dashboard.

use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderValue, StatusCode};

const PAGE: &str = r#"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>Hookwire without a dashboard</title>
</head>
<body>
<h1>This Hookwire was built without its dashboard</h1>
<p>The API works: <a href="/docs">its documentation</a> is here, and the commands of
<code>hookwire</code> use it.</p>
<p>For the dashboard, build with</p>
<pre>make build</pre>
<p>or build it by itself (Node 20.19 or newer) and then the program again:</p>
<pre>cd web
npm ci
npm run build
cd ..
cargo build --release -p hookwire</pre>
</body>
</html>
"#;

/// Not found, for people.
pub fn answer() -> Response {
    let said = HeaderValue::from_static;
    let mut response = (StatusCode::NOT_FOUND, PAGE).into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, said("text/html; charset=utf-8"));
    headers.insert(CACHE_CONTROL, said("no-store"));
    let policy = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
    headers.insert(CONTENT_SECURITY_POLICY, said(policy));
    headers.insert(X_CONTENT_TYPE_OPTIONS, said("nosniff"));
    response
}

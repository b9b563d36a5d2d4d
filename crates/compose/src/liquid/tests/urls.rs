//! Templates that become URLs.

use super::{World, budget};
use crate::Json;
use crate::liquid::{RenderError, Template};
use proptest::prelude::*;

fn url(source: &str, payload: &str) -> Result<String, RenderError> {
    let json = Json::parse(payload.as_bytes()).unwrap();
    let template = Template::parse(source).unwrap();
    let world = World::new();
    template.render_url(&world.globals(&json), &mut budget())
}

#[test]
fn outputs_are_encoded_and_text_is_not() {
    let payload = r#"{"p":"a/b?c=d&e#f @é","n":"","s":"x y+z"}"#;
    let cases = [
        (
            "https://h/{{ payload.p }}?q={{ payload.p }}",
            "https://h/a%2Fb%3Fc%3Dd%26e%23f%20%40%C3%A9?q=a%2Fb%3Fc%3Dd%26e%23f%20%40%C3%A9",
        ),
        ("https://h/ä?a=b&c/{{ payload.n }}", "https://h/ä?a=b&c/"),
        (
            "https://h/{{ secrets.path | url_path }}",
            "https://h/T0/B1/x%20y",
        ),
        ("https://h/{{ secrets.path }}", "https://h/T0%2FB1%2Fx%20y"),
        (
            "https://h/{{ payload.s | url_encode }}",
            "https://h/x%20y%2Bz",
        ),
        (
            "https://h/{% capture x %}{{ payload.s }}&{% endcapture %}{{ x }}",
            "https://h/x%20y%2Bz%26",
        ),
        (
            "https://h/{% for i in (1..2) %}{% cycle '/', '?' %}{% increment c %}{% endfor %}",
            "https://h/%2F0%3F1",
        ),
        (
            "https://h/v1.0/{{ '...' }}/a.{{ 'b' }}",
            "https://h/v1.0/.../a.b",
        ),
        ("https://h/../{{ 'a' }}", "https://h/../a"),
        ("https://h/?x=../{{ '..' }}/", "https://h/?x=../../"),
    ];
    for (source, expected) in cases {
        assert_eq!(url(source, payload).as_deref(), Ok(expected), "{source}");
    }
}

#[test]
fn no_output_makes_a_step_of_dots() {
    let cases = [
        ("https://h/a/{{ '..' }}/b", 13),
        ("https://h/a/{{ '.' }}", 13),
        ("https://h/a/.{{ '.' }}", 14),
        ("https://h/a/{{ payload.zzz }}../b", 13),
        ("https://h/a/%2E{{ '.' }}", 16),
        ("https://h/{{ 'x/../../y' | url_path }}", 11),
        ("https://h/{{ 'x' }}{{ '/..' | url_path }}?a", 11),
    ];
    for (source, column) in cases {
        match url(source, "{}") {
            Err(RenderError::Failed { place, message }) => {
                assert_eq!(place.line, 1);
                assert!(place.column >= column, "{source}: {place}");
                assert!(message.contains(". or .."), "{source}: {message}");
            }
            other => panic!("{source}: {other:?}"),
        }
    }
}

proptest! {
    #[test]
    fn values_never_leave_their_place(value: String, key: String) {
        let payload = serde_json::json!({ "v": value, "k": key }).to_string();
        let source = "https://example.com/a/x{{ payload.v }}/b?k={{ payload.k }}&z=1";
        let rendered = url(source, &payload).unwrap();
        let parsed = url::Url::parse(&rendered).unwrap();
        prop_assert_eq!(parsed.host_str(), Some("example.com"));
        prop_assert_eq!(parsed.path_segments().unwrap().count(), 3);
        let query: Vec<(String, String)> = parsed.query_pairs().into_owned().collect();
        prop_assert_eq!(query, vec![("k".into(), key), ("z".into(), "1".into())]);
        prop_assert_eq!(parsed.fragment(), None);
    }
}

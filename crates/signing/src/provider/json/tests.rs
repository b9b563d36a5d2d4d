use proptest::prelude::*;

use super::Step::{First, Key, Only};
use super::*;

#[test]
fn finds_the_field_and_nothing_else() {
    let body =
        br#"{"a":{"b":"x","c":7},"l":[{"i":"1"},{"i":"2"}],"o":[{"i":-3}],"n":null,"t":true}"#;
    for (path, expected) in [
        (&[Key("a"), Key("b")] as &[_], Some("x")),
        (&[Key("a"), Key("c")], Some("7")),
        (&[Key("a")], None),
        (&[Key("b")], None),
        (&[Key("l"), First, Key("i")], Some("1")),
        (&[Key("l"), Only, Key("i")], None),
        (&[Key("o"), Only, Key("i")], Some("-3")),
        (&[Key("n")], None),
        (&[Key("t")], None),
        (&[Key("n"), Key("x")], None),
        (&[], None),
    ] {
        assert_eq!(text_at(body, path).as_deref(), expected, "{path:?}");
    }
}

#[test]
fn what_is_not_one_json_value_has_no_fields() {
    for body in [
        &b""[..],
        b"{",
        b"a=b",
        b"{\"a\":1}{",
        b"{\"a\":1,}",
        b"\xff",
    ] {
        assert_eq!(field(body, &["a"]), None);
    }
}

#[test]
fn depth_is_no_danger() {
    let nested = |depth: usize| {
        format!(
            "{{\"x\":{}1{},\"a\":2}}",
            "[".repeat(depth),
            "]".repeat(depth)
        )
    };
    assert_eq!(field(nested(50).as_bytes(), &["a"]).as_deref(), Some("2"));
    // Whatever the reader makes of it, it comes back.
    let _ = field(nested(1_000_000).as_bytes(), &["a"]);
    let _ = field("[".repeat(1_000_000).as_bytes(), &["a"]);
}

#[test]
fn the_last_of_two_counts_and_long_texts_do_not() {
    assert_eq!(field(br#"{"a":1,"a":2}"#, &["a"]).as_deref(), Some("2"));
    let long = format!("{{\"a\":\"{}\"}}", "x".repeat(1025));
    assert_eq!(field(long.as_bytes(), &["a"]), None);
}

#[test]
fn what_is_neither_object_nor_array_is_not_read() {
    let (a, first) = ([Key("a")], [First, Key("a")]);
    for (body, of_object, of_array) in [
        (&br#" {"a":1}"#[..], Some("1"), None),
        (b"\t\r\n[{\"a\":1}]", None, Some("1")),
        (br#""{\"a\":1}""#, None, None),
        (b"7", None, None),
        (b"null", None, None),
        (b"a={\"a\":1}", None, None),
        (b"\xef\xbb\xbf{\"a\":1}", None, None),
        (b"<a>1</a>", None, None),
        (b" \n", None, None),
    ] {
        let found = texts_at(body, [&a, &first]);
        let found = found.each_ref().map(Option::as_deref);
        assert_eq!(found, [of_object, of_array], "{}", body.escape_ascii());
    }
}

#[test]
fn several_fields_are_found_at_once() {
    let body = br#"{"a":{"b":"x","c":[7,8]},"b":"y","a":{"c":[9],"b":"z"},"l":[{"i":1},2]}"#;
    let found = texts_at(
        body,
        [
            &[Key("a"), Key("b")],
            &[Key("b")],
            &[Key("a"), Key("c"), Only],
            &[Key("a")],
            &[],
            &[Key("b")],
            &[Key("l"), First, Key("i")],
            &[Key("l"), Only, Key("i")],
        ],
    );
    assert_eq!(
        found.each_ref().map(Option::as_deref),
        [
            Some("z"),
            Some("y"),
            Some("9"),
            None,
            None,
            Some("y"),
            Some("1"),
            None
        ]
    );
}

/// JSON with few names, so that they occur again.
fn documents() -> impl Strategy<Value = String> {
    let plain = prop::sample::select(vec!["null", "true", "1", "-2", "2.5", r#""x""#, r#""""#]);
    let plain = plain.prop_map(str::to_owned);
    plain.prop_recursive(4, 40, 4, |value| {
        let named =
            ("[a-c]", value.clone()).prop_map(|(name, value)| format!("\"{name}\": {value}"));
        prop_oneof![
            prop::collection::vec(named, 0..5).prop_map(|all| format!("{{{}}}", all.join(","))),
            prop::collection::vec(value, 0..3).prop_map(|all| format!("[{}]", all.join(", "))),
        ]
    })
}

/// What is at the end of a path of a document that was read as a whole.
fn expected(mut value: &serde_json::Value, path: Path<'_>) -> Option<String> {
    for step in path {
        value = match step {
            Key(name) => value.as_object()?.get(*name)?,
            First => value.as_array()?.first()?,
            Only => value.as_array().filter(|all| all.len() == 1)?.first()?,
        };
    }
    let whole = value.as_i64().map(|number| number.to_string());
    value.as_str().map(str::to_owned).or(whole)
}

proptest! {
    #[test]
    fn the_answers_are_those_of_the_whole_document(document in documents(), end in "[\\]}, ]?") {
        let paths: [Path<'_>; 8] = [
            &[Key("a")],
            &[Key("a"), Key("b")],
            &[Key("a"), Key("b"), Key("a")],
            &[Key("b"), First],
            &[Key("b"), Only],
            &[Key("b"), Only, Key("a")],
            &[Only, Key("a")],
            &[First, First],
        ];
        let body = document + &end;
        let whole = serde_json::from_str::<serde_json::Value>(&body).ok();
        let expected = paths.map(|path| expected(whole.as_ref()?, path));
        prop_assert_eq!(texts_at(body.as_bytes(), paths), expected.clone());
        prop_assert_eq!(texts_in_beginning(body.as_bytes(), paths), expected);
    }
}

#[test]
fn of_long_bodies_the_beginning_counts() {
    let long = |front: &str, back: &str| {
        let rest = BEGINNING_BYTES - front.len();
        format!("{front}{}{back}", " ".repeat(rest))
    };
    let paths: [Path<'_>; 4] = [
        &[Key("a")],
        &[Key("b")],
        &[Key("l"), First],
        &[Key("l"), Only],
    ];
    for (body, expected) in [
        (
            long(r#"{"a":1,"l":[2]"#, r#","b":3}"#),
            [Some("1"), None, Some("2"), Some("2")],
        ),
        (
            long(r#"{"a":1,"l":[2"#, r#"],"b":3}"#),
            [Some("1"), None, Some("2"), None],
        ),
        (long(r#"{"a":1,"a":"#, "2}"), [None; 4]),
        // Whether the rest is JSON is not looked at, the beginning must be.
        (long(r#"{"a":1"#, "no"), [Some("1"), None, None, None]),
        (long(r#"{"a":1]"#, "}"), [None; 4]),
        (long(r#"{"a":1}"#, ""), [Some("1"), None, None, None]),
    ] {
        let found = texts_in_beginning(body.as_bytes(), paths);
        assert_eq!(
            found.each_ref().map(Option::as_deref),
            expected,
            "{}",
            body.trim()
        );
    }
}

#[test]
fn nothing_is_found_by_half() {
    for (value, whole) in [
        ("123", "123"),
        ("\"1-23\"", "1-23"),
        ("\"\u{e4}\\u00e4\"", "\u{e4}\u{e4}"),
    ] {
        // The beginning ends before, within and after the value.
        for within in 0..value.len() + 2 {
            let blank = " ".repeat(BEGINNING_BYTES - within - 5);
            let body = format!(r#"{{"a":{blank}{value} ,"b":1}}"#);
            let [found] = texts_in_beginning(body.as_bytes(), [&[Key("a")]]);
            let is_seen = within > value.len() || within == value.len() && value.ends_with('"');
            assert_eq!(
                found.as_deref(),
                is_seen.then_some(whole),
                "{value} {within}"
            );
        }
    }
}

#[test]
fn nobody_knows_an_only_element_that_does_not_end() {
    let body = format!(r#"[{{"a":"x",{}}}]"#, " ".repeat(BEGINNING_BYTES));
    let found = texts_in_beginning(body.as_bytes(), [&[First, Key("a")], &[Only, Key("a")]]);
    assert_eq!(found, [Some("x".to_owned()), None]);
}

//! Whatever a tenant writes or sends, a filter ends, soon and without much memory.

use super::*;
use proptest::prelude::*;

/// The expression ends within the budget of one filter: it gives an answer or is cut off.
fn ends(expression: &str, payload: &str) -> Result<bool, FilterFailure> {
    let result = evaluate(expression, payload);
    if let Err(FilterFailure::Failed { message, .. }) = &result {
        panic!("{expression:.60}: {message}");
    }
    result
}

fn list(length: usize) -> String {
    format!("{{\"l\":[{}]}}", vec!["1"; length].join(","))
}

#[test]
fn nested_macros_over_long_lists_are_cut_off() {
    let payload = list(100_000);
    for expression in [
        "payload.l.all(a, payload.l.all(b, payload.l.all(c, a + b + c > 0)))",
        "payload.l.map(a, payload.l.map(b, payload.l)).size() > 0",
        "payload.l.map(a, payload.l + payload.l).size() > 0",
        "payload.l.filter(a, payload.l == payload.l).size() > 0",
        "payload.l.all(a, !(2 in payload.l))",
        "payload.l.exists(a, payload.missing)",
    ] {
        assert_eq!(
            ends(expression, &payload),
            Err(FilterFailure::Budget),
            "{expression}"
        );
    }
    assert_eq!(
        ends(
            "payload.l[99999] == 1 && size(payload.l) == 100000",
            &payload
        ),
        Ok(true)
    );
    assert_eq!(ends("!(2 in payload.l)", &payload), Ok(true));
}

#[test]
fn what_multiplies_is_paid_for_before_it_is_made() {
    let doubled = |depth: usize, start: &str| {
        let mut text = start.to_owned();
        for _ in 0..depth {
            text = format!("[{text}].map(x, x + x)[0]");
        }
        text
    };
    let strings = format!("{}.size() > 0", doubled(28, "'aaaaaaaaaaaaaaaa'"));
    assert_eq!(ends(&strings, "{}"), Err(FilterFailure::Budget));
    let lists = format!("{}.size() > 0", doubled(28, "[1, 2, 3, 4, 5, 6, 7, 8]"));
    assert_eq!(ends(&lists, "{}"), Err(FilterFailure::Budget));
    let text = format!("{{\"t\":\"{}\"}}", "a".repeat(1 << 20));
    for expression in [
        "payload.t.replace('', payload.t).size() > 0",
        "payload.t.split('').map(c, payload.t).join(payload.t).size() > 0",
        "(payload.t + payload.t + payload.t + payload.t + payload.t).size() > 0",
        "payload.t.split('').all(c, payload.t.contains('b'))",
        "payload.t.upperAscii().lowerAscii().upperAscii().lowerAscii().upperAscii() == ''",
        "[1, 2, 3, 4, 5, 6, 7, 8].all(x, timestamp('2026-01-01T00:00:00Z').getHours(payload.t) == 0 || true)",
        "payload.t.matches('(a+)+b')",
        "payload.t.matches('(a?){50}a{50}$')",
    ] {
        assert_eq!(
            ends(expression, &text),
            Err(FilterFailure::Budget),
            "{expression}"
        );
    }
}

#[test]
fn the_memory_of_one_list_is_shared_not_copied() {
    // Each level refers to the one below twice: 2²⁰ elements to compare, 40 to keep.
    let mut expression = "payload".to_owned();
    for _ in 0..20 {
        expression = format!("[{expression}].map(x, [x, x])[0]");
    }
    assert_eq!(
        evaluate(&format!("{expression}.size() == 2"), "{}"),
        Ok(true)
    );
    let mut deep = "[1].map(a, [a, a])".to_owned();
    for _ in 0..24 {
        deep = format!("[{deep}].map(x, [x, x])[0]");
    }
    assert_eq!(
        ends(&format!("{deep} == {deep}"), "{}"),
        Err(FilterFailure::Budget)
    );
}

#[test]
fn long_chains_do_not_recurse() {
    let fields = format!("has(payload{})", ".a".repeat(4_000));
    let failure = evaluate(&fields, "{}").unwrap_err();
    assert!(
        failure.to_string().contains("no such field: a"),
        "{failure}"
    );
    for (unit, end, expected) in [
        ("1 + ", "1 > 0", true),
        ("false || ", "true", true),
        ("true && ", "false", false),
        ("false ? true : ", "false", false),
        ("true == ", "true", true),
        ("!!", "true", true),
        ("--", "1 == 1", true),
    ] {
        let count = (FILTER_MAX_BYTES - 20) / unit.len();
        let expression = format!("{}{end}", unit.repeat(count));
        assert_eq!(evaluate(&expression, "{}"), Ok(expected), "{unit}");
    }
    let calls = format!("''{} == ''", ".trim()".repeat(1_100));
    assert_eq!(evaluate(&calls, "{}"), Ok(true));
    let indexes = format!("payload{} == 1", "[0]".repeat(120));
    let deep = format!("{}1{}", "[".repeat(120), "]".repeat(120));
    assert_eq!(evaluate(&indexes, &deep), Ok(true));
    assert_eq!(evaluate("payload == payload", &deep), Ok(true));
}

#[test]
fn deep_nesting_is_refused_in_every_form() {
    for (open, close) in [
        ("(", ")"),
        ("[", "]"),
        ("{1:", "}"),
        ("!(", ")"),
        ("-(", ")"),
        ("payload[", "]"),
        ("size(", ")"),
        ("has(", ")"),
        ("[1].map(x,", ")"),
        ("type.contains(", ")"),
        ("true ? (", ") : 1"),
    ] {
        let expression = format!("{}1{}", open.repeat(300), close.repeat(300));
        let error = Filter::parse(&expression).unwrap_err();
        assert!(error.message.contains("deeper than 32"), "{open}: {error}");
        let unclosed = open.repeat(500);
        assert!(Filter::parse(&unclosed).is_err(), "{open}");
    }
}

#[test]
fn patterns_of_one_filter_are_bounded_together() {
    let many = vec!["type.matches(r'\\w{3}')"; 300].join(" || ");
    let error = Filter::parse(&many).unwrap_err();
    assert!(error.message.contains("together are too large"), "{error}");
    let failure = ends("payload.all(k, type.matches('^\\\\d+' + k))", &keys(1_000));
    assert_eq!(failure, Err(FilterFailure::Budget));
}

fn keys(count: usize) -> String {
    let fields: Vec<String> = (0..count).map(|key| format!("\"k{key}|\":1")).collect();
    format!("{{{}}}", fields.join(","))
}

#[test]
fn a_spent_budget_is_never_outweighed() {
    let payload = list(1_000);
    let json = Json::parse(payload.as_bytes()).unwrap();
    let input = FilterInput {
        event_type: "a",
        payload: &json,
        channels: &[],
        tags: &[],
    };
    let filter = Filter::parse("payload.l.all(x, x == 1) || true").unwrap();
    for steps in 0..3_000 {
        let result = filter.matches(&input, &mut Budget::new(steps, 0));
        assert_eq!(result, Err(FilterFailure::Budget), "{steps}");
    }
}

/// Text that looks like an expression.
fn rubble() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "payload",
        ".a",
        "type",
        "tags",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        "'a'",
        "1",
        "1u",
        "2.5",
        " + ",
        " - ",
        "*",
        "/",
        "%",
        " == ",
        "<",
        " in ",
        "&&",
        "||",
        "!",
        "?",
        ":",
        ",",
        ".",
        "has(",
        "size(",
        ".map(x, ",
        ".all(x, ",
        "x",
        ".split(",
        ".matches(",
        "int(",
        "null",
        "true",
        "timestamp(",
        "duration(",
        ".getDate(",
        "'1h'",
        "-9223372036854775808",
        "ä",
        "\\",
    ]);
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(expression in prop_oneof![rubble(), any::<String>()]) {
        let payload = Json::parse(br#"{"a":[1,{"a":"b"}],"x":"y"}"#).unwrap();
        let input = FilterInput { event_type: "a", payload: &payload, channels: &[], tags: &["t".into()] };
        match Filter::parse(&expression) {
            Ok(filter) => {
                let once = filter.matches(&input, &mut Budget::new(20_000, 100_000));
                let again = filter.matches(&input, &mut Budget::new(20_000, 100_000));
                prop_assert_eq!(once, again);
            }
            Err(error) => prop_assert!(!error.message.is_empty()),
        }
    }
}

//! Mistakes, and where they are said to be.

use super::*;

#[test]
fn mistakes_of_writing_are_found_where_they_are() {
    for (expression, line, column, part) in [
        ("", 1, 1, "no expression"),
        ("  // only a comment", 1, 1, "no expression"),
        ("paylod.total > 1", 1, 1, "did you mean 'payload'?"),
        (
            "type == 'a' &&\n  chanels == []",
            2,
            3,
            "did you mean 'channels'?",
        ),
        (
            "payload.items.exists(item, itm.x)",
            1,
            28,
            "did you mean 'item'?",
        ),
        (
            "payload.items.all(i, true) && i",
            1,
            31,
            "unknown variable 'i'",
        ),
        ("type.startWith('a')", 1, 6, "did you mean 'startsWith'?"),
        ("lenght(type) > 1", 1, 1, "unknown function 'lenght'"),
        (
            "payload.items.any(i, true)",
            1,
            15,
            "did you mean 'exists'?",
        ),
        (
            "startsWith(type, 'a')",
            1,
            1,
            "called as value.startsWith(…)",
        ),
        ("type.int()", 1, 6, "called as int(value)"),
        ("trim(type) == 'a'", 1, 1, "called as value.trim()"),
        ("type.startsWith()", 1, 6, "takes one argument, not 0"),
        ("type.contains('a', 'b')", 1, 6, "takes one argument, not 2"),
        ("size() == 1", 1, 1, "takes one argument, not 0"),
        (
            "type.replace('a') == ''",
            1,
            6,
            "takes 2 to 3 arguments, not 1",
        ),
        ("type.trim(1) == ''", 1, 6, "takes no argument, not 1"),
        ("type(1) == int", 1, 1, "type is a variable"),
        ("has(payload)", 1, 1, "has(…) takes a field"),
        ("has(payload['a'])", 1, 1, "has(…) takes a field"),
        ("has()", 1, 5, "expected a value, found ')'"),
        ("payload.items.all(1, true)", 1, 19, "takes a new name"),
        ("payload.items.all(i)", 1, 19, "takes a new name"),
        ("payload.items.all(true, true)", 1, 19, "takes a new name"),
        ("payload.items.all(i, true, true)", 1, 19, "too many"),
        ("payload.items.map(i, true, true, true)", 1, 19, "too many"),
        ("payload.total = 1", 1, 15, "equality is '=='"),
        ("true and false", 1, 6, "write '&&'"),
        ("true or false", 1, 6, "write '||'"),
        ("not true", 1, 1, "did you mean '!'?"),
        ("1 +", 1, 4, "expected a value, found the end"),
        ("(1 + 2", 1, 7, "to close '('"),
        ("[1, 2", 1, 6, "']' or ','"),
        ("{'a' 1}", 1, 6, "after the key"),
        ("payload.", 1, 9, "a name after '.'"),
        ("payload.in == 1", 1, 9, "[\"in\"]"),
        ("true ? 1", 1, 9, "':'"),
        ("type == 'abc", 1, 9, "not closed"),
        ("type == 'ä\\q'", 1, 11, "escape"),
        ("type.matches('(')", 1, 14, "regular expression"),
        ("type == b'a'", 1, 9, "bytes"),
        ("Foo{a: 1}", 1, 1, "unknown variable 'Foo'"),
        ("payload{a: 1}", 1, 8, "found '{'"),
        ("while == 1", 1, 1, "expected a value"),
        ("9223372036854775808 > 1", 1, 1, "too large for an int"),
        ("1 2", 1, 3, "found a number"),
        ("1;", 1, 2, "found ';'"),
        ("!-1", 1, 2, "expected a value"),
        ("a ? b : c", 1, 1, "unknown variable 'a'"),
    ] {
        let error = Filter::parse(expression).unwrap_err();
        assert!(error.message.contains(part), "{expression}: {error}");
        assert_eq!(error.place, Place { line, column }, "{expression}: {error}");
    }
}

#[test]
fn faults_of_evaluation_say_where_and_what() {
    for (expression, text) in [
        (
            "type == 'a' ||\n  payload.totl > 1",
            "line 2, column 11: no such field: totl; test for it first with has(…)",
        ),
        (
            "payload.currency > 5",
            "line 1, column 18: no such overload: '>' is not defined for a string and an int",
        ),
        (
            "payload.numbers[9] == 1",
            "line 1, column 16: no such element: 9; the list has 4",
        ),
        (
            "payload.coupon.code == 'x'",
            "line 1, column 16: no such field: code; this is null, not a map",
        ),
        (
            "true && type",
            "line 1, column 9: this gives a string, not true or false",
        ),
        ("type", "the expression gives a string, not true or false"),
        ("payload", "the expression gives a map, not true or false"),
        ("null", "the expression gives null, not true or false"),
    ] {
        let failure = evaluate(expression, PAYLOAD).unwrap_err();
        assert_eq!(failure.to_string(), text, "{expression}");
    }
}

#[test]
fn bounds_of_expressions() {
    let long = format!("type == '{}'", "x".repeat(FILTER_MAX_BYTES));
    assert!(
        Filter::parse(&long)
            .unwrap_err()
            .message
            .contains("longer than 8192 bytes")
    );
    let nested = |levels| format!("{}true{}", "(".repeat(levels), ")".repeat(levels));
    assert_eq!(evaluate(&nested(32), "1"), Ok(true));
    let error = Filter::parse(&nested(33)).unwrap_err();
    assert!(error.message.contains("deeper than 32"), "{error}");
    assert_eq!(error.place.column, 34);
}

#[test]
fn long_names_and_keys_are_cut_in_messages() {
    let name = "x".repeat(5_000);
    let failure = evaluate(&format!("payload.{name} == 1"), "{}").unwrap_err();
    assert!(failure.to_string().len() < 200, "{failure}");
    let failure = evaluate("payload['\\n' + type] == 1", "{}").unwrap_err();
    assert!(failure.to_string().contains("\\npayment"), "{failure}");
}

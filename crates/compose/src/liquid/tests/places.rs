//! Mistakes in templates, and where they are said to be.

use super::try_render;
use crate::liquid::{SOURCE_MAX_BYTES, Template};

fn mistake(source: &str) -> String {
    match Template::parse(source) {
        Err(error) => error.to_string(),
        Ok(_) => panic!("{source} is accepted"),
    }
}

#[test]
fn mistakes_have_place_and_advice() {
    let cases = [
        (
            "{{ a | upcas }}",
            "line 1, column 8: there is no filter \"upcas\": did you mean upcase?",
        ),
        (
            "ä\n {{ a | frobnicate }}",
            "line 2, column 9: there is no filter \"frobnicate\"",
        ),
        (
            "{% fro x in y %}",
            "line 1, column 4: there is no such tag: did you mean for?",
        ),
        (
            "{% endif %}",
            "line 1, column 4: endif closes nothing here: if is not open",
        ),
        (
            "{% else %}",
            "line 1, column 4: else stands outside of a block that has it",
        ),
        (
            "{% if a %}{% endfor %}",
            "line 1, column 14: endfor closes nothing here: for is not open",
        ),
        (
            "x\n{% if a %}y",
            "line 2, column 4: this if is never closed by endif",
        ),
        (
            "{% for a in b %}{% else %}",
            "line 1, column 4: this for is never closed by endfor",
        ),
        (
            "{% case a %}",
            "line 1, column 4: this case is never closed by endcase",
        ),
        (
            "{% comment %} x",
            "line 1, column 1: this tag is never closed by {% endcomment %}",
        ),
        (
            "{% raw %} x",
            "line 1, column 1: this tag is never closed by {% endraw %}",
        ),
        ("{{ a", "line 1, column 1: this {{ is never closed by }}"),
        (
            "{% assign a = 1",
            "line 1, column 1: this {% is never closed by %}",
        ),
        (
            "{% liquid\n echo 1",
            "line 1, column 1: this {% is never closed by %}",
        ),
        (
            "{{ 'a }}",
            "line 1, column 4: this text is not closed by another '",
        ),
        (
            "{{ a ~ b }}",
            "line 1, column 6: the character '~' has no meaning here",
        ),
        (
            "{{ a b }}",
            "line 1, column 6: this does not belong here: the end of the tag is expected",
        ),
        (
            "{{ a.| b }}",
            "line 1, column 6: a name is expected after the dot",
        ),
        ("{{ a[1 }}", "line 1, column 8: ] is expected"),
        ("{{ | x }}", "line 1, column 4: a value is expected"),
        (
            "{{ a == b }}",
            "line 1, column 6: a comparison can only stand in if, elsif and unless",
        ),
        (
            "{% if a = b %}",
            "line 1, column 9: a comparison is written ==",
        ),
        (
            "{% if (a or b) and c %}",
            "line 1, column 10: a range is written (1..5); conditions have no parentheses",
        ),
        (
            "{% if a | size > 1 %}",
            "line 1, column 9: a condition cannot have filters: assign the value to a name first",
        ),
        ("{% assign a %}", "line 1, column 13: = is expected"),
        (
            "{% assign 1 = a %}",
            "line 1, column 11: the name of a variable is expected",
        ),
        (
            "{% for a of b %}",
            "line 1, column 10: in is expected: for item in items",
        ),
        (
            "{% for a in b sorted %}",
            "line 1, column 15: reversed, limit: or offset: is expected, or the end of the tag",
        ),
        (
            "{{ a | append }}",
            "line 1, column 8: append takes 1 argument(s), here it has 0",
        ),
        (
            "{{ a | slice: 1, 2, 3 }}",
            "line 1, column 8: slice takes 1 to 2 argument(s), here it has 3",
        ),
        (
            "{{ a | default: 1, allow: true }}",
            "line 1, column 20: default has no argument of the name allow",
        ),
        (
            "{% render 'x' %}",
            "line 1, column 4: render is not offered: a template stands alone, there are no others to include",
        ),
        (
            "{% include 'x' %}",
            "line 1, column 4: include is not offered: a template stands alone, there are no others to include",
        ),
        (
            "{% tablerow a in b %}",
            "line 1, column 4: tablerow writes HTML tables and is not offered: use for",
        ),
        (
            "{% %}",
            "line 1, column 4: the name of a tag is expected, such as if or for",
        ),
        (
            "{% liquid liquid %}",
            "line 1, column 11: a liquid tag cannot stand in a liquid tag",
        ),
    ];
    for (source, expected) in cases {
        assert_eq!(mistake(source), expected, "{source}");
    }
}

#[test]
fn size_and_nesting_are_bounded() {
    assert!(Template::parse(&"x".repeat(SOURCE_MAX_BYTES)).is_ok());
    assert!(mistake(&"x".repeat(SOURCE_MAX_BYTES + 1)).contains("longer than"));
    let nested = |depth: usize| {
        format!(
            "{}x{}",
            "{% if true %}".repeat(depth),
            "{% endif %}".repeat(depth)
        )
    };
    assert_eq!(super::render(&nested(64), "{}"), "x");
    let mixed = format!(
        "{}x{}",
        "{% for i in (1..1) %}{% capture y %}{% case 1 %}{% when 1 %}{% unless nil %}".repeat(16),
        "{% endunless %}{% endcase %}{% endcapture %}{{ y }}{% endfor %}".repeat(16),
    );
    assert_eq!(super::render(&mixed, "{}"), "x");
    for deep in [nested(65), nested(100_000)[..1_000_000].to_owned()] {
        assert!(mistake(&deep).ends_with("nested deeper than 64 levels"));
    }
    let brackets =
        |depth: usize| format!("{{{{ a{}1{} }}}}", "[a".repeat(depth), "]".repeat(depth));
    assert_eq!(super::render(&brackets(64).replace("a1", "1"), "{}"), "");
    assert!(mistake(&format!("{{{{ {}", "a[".repeat(400_000))).ends_with("deeper than 64 levels"));
    assert!(mistake(&format!("{{{{ {}", "(".repeat(400_000))).ends_with("deeper than 64 levels"));
}

#[test]
fn failures_at_rendering_have_a_place() {
    let cases = [
        (
            "a\n{{ 1 | divided_by: 0 }}",
            "line 2, column 8: divided_by: this divides by 0",
        ),
        (
            "{{ 1 | modulo: 0.0 }}",
            "line 1, column 8: modulo: this divides by 0",
        ),
        (
            "{{ '%' | base64_decode }}",
            "line 1, column 10: base64_decode: the input is not Base64",
        ),
        (
            "{{ 'x' | hmac_sha256: secrets.nope }}",
            "line 1, column 10: hmac_sha256: there is no key: is the name of the secret right?",
        ),
        (
            "{{ 'now' | date: '%!' }}",
            "line 1, column 12: date: the format is not understood",
        ),
        (
            "{% if 'a' > 1 %}{% endif %}",
            "line 1, column 11: a text cannot be compared with a number: make it one by | plus: 0",
        ),
        (
            "{{ 'a,1' | split: ',' | concat: 1 }}",
            "line 1, column 25: concat: only an array can be added to an array",
        ),
        (
            "{{ payload | sort }}",
            "line 1, column 14: sort: values of different kinds cannot be sorted",
        ),
        (
            "{{ '%ff' | url_decode }}",
            "line 1, column 12: url_decode: what comes out is not UTF-8 text",
        ),
    ];
    for (source, expected) in cases {
        let error = try_render(source, "[1,\"a\"]").unwrap_err();
        assert_eq!(error.to_string(), expected, "{source}");
    }
}

//! Compared with the `liquid` crate. Where it differs from ours on purpose is listed with the
//! reason, so that a difference nobody knows of fails.

use super::try_render;

const PAYLOADS: [&str; 3] = [
    r#"{"name":"Ada Lovelace","age":36,"rate":2.5,"vip":true,"off":false,"none":null,"tags":["b","a","c","a"],"empty":"",
        "orders":[{"id":1,"total":10,"open":true},{"id":2,"total":5,"open":false},{"id":3,"total":7,"open":true}],"html":"<b>x & y</b>"}"#,
    r#"{"name":"","age":0,"rate":-1.25,"vip":false,"off":true,"none":null,"tags":[],"empty":"","orders":[],"html":"a\nb"}"#,
    r#"{"name":"Žofie 😀","age":-7,"rate":0.5,"vip":true,"off":false,"none":null,"tags":["x"],"empty":"","orders":[{"id":9,"total":0,"open":false}],"html":"'\"'"}"#,
];

const SAME: &[&str] = &[
    "plain { text } %",
    "{{ payload.name }}|{{ payload.age }}|{{ payload.rate }}|{{ payload.vip }}|{{ payload.none }}",
    "{{ payload.name | upcase }}{{ payload.name | downcase }}",
    "{{ payload.name | append: '!' | prepend: '?' }}",
    "{{ payload.name | replace: 'a', 'o' | remove: 'L' }}",
    "{{ payload.name | replace_first: 'a', 'o' | remove_first: 'e' }}",
    "{{ payload.name | slice: 0, 3 }}{{ payload.name | truncatewords: 1 }}",
    "{{ payload.name | split: ' ' | first }}",
    "{{ payload.name | url_encode | url_decode }}",
    "{{ payload.html | escape }}{{ payload.html | escape_once }}{{ payload.html | strip_html }}",
    "{{ payload.html | strip_newlines }}{{ '  a ' | strip }}|{{ '  a ' | lstrip }}|{{ '  a ' | rstrip }}|",
    "{{ payload.age | plus: 1 }} {{ payload.age | minus: 1 }} {{ payload.age | times: 3 }}",
    "{{ payload.age | abs }} {{ payload.rate | ceil }} {{ payload.rate | floor }}",
    "{{ payload.age | at_least: 3 }} {{ payload.age | at_most: 3 }}",
    "{{ payload.tags | join: '-' }} {{ payload.tags | sort | join: '' }} {{ payload.tags | reverse | join: '' }}",
    "{{ payload.tags | uniq | join: '' }} {{ payload.tags | size }} {{ payload.tags | first }}",
    "{{ payload.orders | map: 'id' | join: ',' }} {{ payload.orders | where: 'open', true | map: 'id' | join: ',' }}",
    "{{ payload.orders | sort: 'total' | map: 'total' | join: ' ' }}",
    "{{ payload.tags | concat: payload.tags | join: '' }}",
    "{{ payload.none | default: 'x' }}{{ payload.empty | default: 'y' }}{{ payload.off | default: 'z' }}",
    "{% if payload.vip %}vip{% elsif payload.off %}off{% else %}none{% endif %}",
    "{% unless payload.vip %}a{% else %}b{% endunless %}",
    "{% if payload.age > 10 and payload.vip %}a{% endif %}{% if payload.age <= 0 or payload.off %}b{% endif %}",
    "{% if payload.name contains 'Ada' %}a{% endif %}{% if payload.tags contains 'x' %}b{% endif %}",
    "{% if payload.name == 'Ada Lovelace' %}a{% endif %}{% if payload.age != 36 %}b{% endif %}",
    "{% case payload.age %}{% when 36 %}a{% when 0, -7 %}b{% else %}c{% endcase %}",
    "{% for o in payload.orders %}{{ forloop.index }}/{{ forloop.length }}:{{ o.id }} {% else %}none{% endfor %}",
    "{% for t in payload.tags limit: 2 offset: 1 %}{{ t }}{% endfor %}{% for t in payload.tags reversed %}{{ t }}{% endfor %}",
    "{% for i in (1..5) %}{% if i == 2 %}{% continue %}{% endif %}{% if i == 4 %}{% break %}{% endif %}{{ i }}{% endfor %}",
    "{% for i in (1..3) %}{% cycle 'a', 'b' %}{% endfor %}",
    "{% assign x = payload.name | upcase %}{{ x }}{% capture y %}[{{ x }}]{% endcapture %}{{ y }}",
    "{% increment a %}{% increment a %}{% decrement b %}",
    "a {%- if true -%} b {%- endif -%} c {{- 1 -}} d",
    "{% raw %}{{ x }}{% endraw %}{% comment %}{{ x }}{% endcomment %}",
    "{{ '2026-03-01 20:30:15 +0000' | date: '%Y/%m/%d %H:%M' }}",
];

/// Template, payload, what the crate gives (none: an error), and why ours is right for people.
const DIFFERENT: &[(&str, Option<&str>, &str, &str)] = &[
    (
        "{{ payload.missing.deeper }}",
        None,
        "",
        "a missing value is empty",
    ),
    (
        "{{ payload.tags[5] }}",
        None,
        "",
        "a missing element is empty",
    ),
    (
        "{{ payload.name | size }}",
        Some("11"),
        "7",
        "characters are counted, not bytes",
    ),
    (
        "{{ payload.name | truncate: 7 }}",
        Some("Žofi..."),
        "Žofie 😀",
        "characters again",
    ),
    (
        "{{ 0.1 | plus: 0.2 }}",
        Some("0.30000000000000004"),
        "0.3",
        "Liquid calculates in decimals",
    ),
    (
        "{{ 3 | divided_by: 2.0 | times: 2 }}",
        Some("3"),
        "3.0",
        "a float shows its point",
    ),
    (
        "{{ -7 | modulo: 3 }}",
        Some("-1"),
        "2",
        "the remainder has the divisor's sign",
    ),
    (
        "{{ -7 | divided_by: 2 }}",
        Some("-3"),
        "-4",
        "whole division rounds down",
    ),
    (
        "{% case 1 %}{% when 1 %}a{% when 1 %}b{% endcase %}",
        Some("a"),
        "ab",
        "all that match",
    ),
];

fn theirs(source: &str, payload: &str) -> Option<String> {
    let payload: serde_json::Value = serde_json::from_str(payload).unwrap();
    let globals = liquid::to_object(&serde_json::json!({ "payload": payload })).unwrap();
    let parser = liquid::ParserBuilder::with_stdlib().build().unwrap();
    parser.parse(source).ok()?.render(&globals).ok()
}

#[test]
fn same_as_the_crate() {
    let mut different = Vec::new();
    for source in SAME {
        for payload in PAYLOADS {
            let (ours, theirs) = (try_render(source, payload), theirs(source, payload));
            if ours.as_ref().ok() != theirs.as_ref() {
                different.push(format!("{source}\n  ours {ours:?}\n  theirs {theirs:?}"));
            }
        }
    }
    assert!(different.is_empty(), "{}", different.join("\n"));
}

#[test]
fn differences_are_the_known_ones() {
    for (source, crate_gives, ours, reason) in DIFFERENT {
        assert_eq!(
            theirs(source, PAYLOADS[2]).as_deref(),
            *crate_gives,
            "{source}"
        );
        assert_eq!(
            try_render(source, PAYLOADS[2]).as_deref(),
            Ok(*ours),
            "{source}: {reason}"
        );
    }
}

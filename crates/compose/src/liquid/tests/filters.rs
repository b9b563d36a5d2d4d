//! What each filter does. The expectations are those of Liquid's public documentation.

use super::check;

const PAYLOAD: &str = r#"{"t":true,"f":false,"n":null,"e":"","s":"Some Text","price":12.50,"list":[3,1,2],
    "big":9007199254740993,"huge":1e400,"tags":["b","A","c",null,"a"],
    "items":[{"k":"x","n":2,"ok":true},{"k":"y","n":1.5,"ok":false},{"k":"x","n":3}],"nested":[[1,2],[3,[4]]]}"#;

#[test]
fn texts() {
    check(
        PAYLOAD,
        &[
            ("{{ 'a' | append: 'b' | append: 1 }}", "ab1"),
            ("{{ 'a' | prepend: 'b' }}", "ba"),
            (
                "{{ 'Straße 1' | upcase }} {{ 'ÄB' | downcase }}",
                "STRASSE 1 äb",
            ),
            (
                "{{ 'my GREAT title' | capitalize }}{{ '' | capitalize }}",
                "My great title",
            ),
            (
                "[{{ ' a b ' | strip }}][{{ ' a ' | lstrip }}][{{ ' a ' | rstrip }}][{{ '  ' | strip }}]",
                "[a b][a ][ a][]",
            ),
            ("{{ ' a \n b ' | squish }}", "a b"),
            (
                "{{ 'Liquid' | slice: 0 }}{{ 'Liquid' | slice: 2, 5 }}{{ 'Liquid' | slice: -3, 2 }}",
                "Lquidui",
            ),
            (
                "[{{ 'Liquid' | slice: 9 }}{{ 'Liquid' | slice: -9, 20 }}{{ 'äöü' | slice: 1, 1 }}]",
                "[ö]",
            ),
            ("{{ payload.list | slice: 1, 5 | join: '-' }}", "1-2"),
            (
                "{{ 'Ground control to Major Tom.' | truncate: 20 }}",
                "Ground control to...",
            ),
            (
                "{{ 'Ground control to Major Tom.' | truncate: 25, ', and so on' }}",
                "Ground control, and so on",
            ),
            (
                "{{ 'Ground control to Major Tom.' | truncate: 20, '' }}{{ 'abc' | truncate: 3 }}{{ 'abcd' | truncate: 1 }}",
                "Ground control to Maabc...",
            ),
            (
                "{{ 'Ground control to Major Tom.' | truncatewords: 3 }}",
                "Ground control to...",
            ),
            (
                "{{ 'Ground control to Major Tom.' | truncatewords: 3, '--' }}{{ 'a  b' | truncatewords: 2 }}",
                "Ground control to--a  b",
            ),
            (
                "{{ 'a b c' | replace: ' ', '--' }} {{ 'aaa' | replace_first: 'a', 'b' }} {{ 'aaa' | replace_last: 'a', 'b' }}",
                "a--b--c baa aab",
            ),
            (
                "{{ 'rain rain' | remove: 'rain' }}|{{ 'rain rain' | remove_first: 'rain' }}|{{ 'rain rain' | remove_last: 'rain' }}",
                " | rain|rain ",
            ),
            (
                "{{ 'ab' | replace: '', '-' }} {{ 'ab' | replace: 'x', 'y' }} {{ 'ab' | replace_last: 'x', 'y' }}",
                "-a-b- ab ab",
            ),
            (
                "{{ 'John, Paul, George' | split: ', ' | join: '|' }}",
                "John|Paul|George",
            ),
            (
                "{{ ' a  b ' | split: ' ' | json }}{{ 'abä' | split: '' | json }}{{ 'a,,b,,' | split: ',' | json }}{{ '' | split: ',' | json }}",
                r#"["a","b"]["a","b","ä"]["a","","b"][]"#,
            ),
            ("{{ 'a\nb\r\nc' | strip_newlines }}", "abc"),
            ("{{ 'a\nb\r\nc' | newline_to_br }}", "a<br />\nb<br />\nc"),
            (
                "{{ payload.n | upcase }}{{ payload.n | append: 'x' }}{{ payload.price | append: '€' }}",
                "x12.50€",
            ),
        ],
    );
}

#[test]
fn html() {
    check(
        PAYLOAD,
        &[
            (
                "{{ \"Have you read 'James' & <b>?\" | escape }}",
                "Have you read &#39;James&#39; &amp; &lt;b&gt;?",
            ),
            (
                "{{ '1 < 2 &amp; 3 &#39; & &; &#x;' | escape_once }}",
                "1 &lt; 2 &amp; 3 &#39; &amp; &amp;; &amp;#x;",
            ),
            (
                "{{ 'Have <em>you</em> <script>a<b>c</script>read<!-- <x> --> <style>p{}</style>it<br/>?' | strip_html }}",
                "Have you read it?",
            ),
            (
                "{{ 'a <script> b > c < d' | strip_html }}{{ '<<<' | strip_html }}",
                "a  b > c < d<<<",
            ),
        ],
    );
}

#[test]
fn numbers() {
    check(
        PAYLOAD,
        &[
            (
                "{{ -17 | abs }} {{ '-19.86' | abs }} {{ 4 | abs }}",
                "17 19.86 4",
            ),
            (
                "{{ 4 | at_least: 5 }} {{ 4 | at_least: 3 }} {{ 4 | at_most: 3 }} {{ 4 | at_most: 5.5 }}",
                "5 4 3 4",
            ),
            (
                "{{ 1.2 | ceil }} {{ 2.0 | ceil }} {{ '3.5' | ceil }} {{ -1.5 | ceil }}",
                "2 2 4 -1",
            ),
            (
                "{{ 1.2 | floor }} {{ 2.0 | floor }} {{ '3.5' | floor }} {{ -1.5 | floor }}",
                "1 2 3 -2",
            ),
            (
                "{{ 1.2 | round }} {{ 2.7 | round }} {{ 183.357 | round: 2 }} {{ 2.5 | round }} {{ -2.5 | round }} {{ 1.005 | round: 2 }} {{ 5 | round: 1 }}",
                "1 3 183.36 3 -3 1.01 5",
            ),
            (
                "{{ 4 | plus: 2 }} {{ 183.357 | plus: 12 }} {{ 0.1 | plus: 0.2 }}",
                "6 195.357 0.3",
            ),
            ("{{ 4 | minus: 2 }} {{ 16 | minus: 4.5 }}", "2 11.5"),
            (
                "{{ 3 | times: 2 }} {{ 183.357 | times: 12 }} {{ payload.price | times: 2 }}",
                "6 2200.284 25.0",
            ),
            (
                "{{ 16 | divided_by: 4 }} {{ 5 | divided_by: 3 }} {{ 20 | divided_by: 7.0 }} {{ -7 | divided_by: 2 }} {{ 7 | divided_by: -2 }} {{ -8 | divided_by: -2 }}",
                "4 1 2.857142857142857 -4 -4 4",
            ),
            (
                "{{ 3 | modulo: 2 }} {{ 183.357 | modulo: 12 }} {{ -7 | modulo: 3 }} {{ 7 | modulo: -3 }}",
                "1 3.357 2 -2",
            ),
            (
                "{{ '12abc' | plus: 1 }} {{ 'x' | plus: 1 }} {{ payload.n | plus: 1 }} {{ ' 3.5 ' | plus: 1 }} {{ '-2' | plus: 0 }}",
                "13 1 1 4.5 -2",
            ),
            (
                "{{ payload.big }} {{ payload.big | plus: 1 }} {{ payload.huge }} {{ payload.price }}",
                "9007199254740993 9007199254740994 1e400 12.50",
            ),
            (
                "{{ 9223372036854775807 | plus: 1 }} {{ 1.0 }} {{ 100000000000000000000 }} {{ 1.10 }}",
                "9.223372036854776e+18 1.0 100000000000000000000 1.10",
            ),
            (
                "{{ 10000000000000000 | times: 1.0 }} {{ 1 | divided_by: 100000.0 }} {{ 1 | divided_by: 8.0 }}",
                "1.0e+16 1.0e-05 0.125",
            ),
            (
                "{{ payload.list | sum }} {{ payload.items | sum: 'n' }} {{ payload.nested | sum }} {{ payload.zzz | sum }}",
                "6 6.5 10 0",
            ),
        ],
    );
}

#[test]
fn lists() {
    check(
        PAYLOAD,
        &[
            (
                "{{ payload.tags | compact | join: ',' }} {{ payload.items | compact: 'ok' | map: 'k' | join }}",
                "b,A,c,a x y",
            ),
            (
                "{{ payload.list | concat: payload.tags | join: '' }}",
                "312bAca",
            ),
            (
                "{{ payload.list | first }}{{ payload.list | last }}{{ payload.n | first }}{{ (4..6) | last }}",
                "326",
            ),
            (
                "{{ payload.list | join }} {{ payload.list | join: ', ' }} {{ payload.n | join }}{{ 'x' | join: ',' }}",
                "3 1 2 3, 1, 2 x",
            ),
            ("{{ payload.items | map: 'n' | join: ' ' }}", "2 1.5 3"),
            (
                "{{ payload.list | reverse | join: '' }}{{ payload.list }}",
                "213312",
            ),
            (
                "{{ payload.list | size }}{{ 'äb' | size }}{{ 5 | size }}{{ payload.n | size }}{{ (1..9) | size }}",
                "32009",
            ),
            (
                "{{ payload.list | sort | join: '' }} {{ payload.tags | sort | join: '' }} {{ payload.items | sort: 'n' | map: 'n' | join: ' ' }}",
                "123 Aabc 1.5 2 3",
            ),
            ("{{ payload.tags | sort_natural | join: '' }}", "Aabc"),
            (
                "{{ 'a b a 1' | split: ' ' | uniq | join: '' }} {{ payload.items | uniq: 'k' | map: 'n' | join: ' ' }}",
                "ab1 2 1.5",
            ),
            (
                "{{ payload.items | where: 'k', 'x' | map: 'n' | join: ' ' }} {{ payload.items | where: 'ok' | size }}",
                "2 3 1",
            ),
            (
                "{{ payload.items | reject: 'k', 'x' | map: 'n' }} {{ payload.items | reject: 'ok' | size }}",
                "1.5 2",
            ),
            (
                "{{ payload.items | find: 'n', 3 | json }} {{ payload.items | find_index: 'n', 3 }} {{ payload.items | find: 'n', 9 }}",
                r#"{"k":"x","n":3} 2 "#,
            ),
            (
                "{{ payload.items | has: 'k', 'y' }} {{ payload.items | has: 'k', 'z' }} {{ payload.zzz | has: 'k' }}",
                "true false false",
            ),
            (
                "{{ payload.nested | join: ',' }} {{ payload.nested }}",
                "1,2,3,4 1234",
            ),
        ],
    );
}

#[test]
fn defaults() {
    check(
        PAYLOAD,
        &[
            (
                "{{ payload.n | default: 2 }}{{ payload.e | default: 2 }}{{ payload.f | default: 2 }}{{ payload.zz.z | default: 'x' }}",
                "222x",
            ),
            (
                "{{ payload.f | default: 2, allow_false: true }} {{ 0 | default: 2 }} {{ ' ' | default: 2 }}{{ payload.n | default }}",
                "false 0  ",
            ),
        ],
    );
}

#[test]
fn encodings() {
    check(
        PAYLOAD,
        &[
            (
                "{{ 'john@liquid.com a/ä~*' | url_encode }}",
                "john%40liquid.com+a%2F%C3%A4~%2A",
            ),
            (
                "{{ '%27Stop%21%27+said+Fred%' | url_decode }}",
                "'Stop!' said Fred%",
            ),
            ("{{ 'a/b c' | url_path }}", "a/b%20c"),
            (
                "{{ 'one two three' | base64_encode }} {{ 'b25lIHR3byB0aHJlZQ==' | base64_decode }} {{ 'b25l' | base64_decode }}",
                "b25lIHR3byB0aHJlZQ== one two three one",
            ),
            (
                "{{ '??>' | base64_url_safe_encode }} {{ 'Pz8-' | base64_url_safe_decode }} {{ 'YQ' | base64_url_safe_decode }}",
                "Pz8- ??> a",
            ),
            (
                "{{ payload.items[0] | json }} {{ 'a\"\n' | json }} {{ payload.n | json }} {{ payload.price | json }} {{ payload.list | json }} {{ payload.big | to_json }}",
                r#"{"k":"x","n":2,"ok":true} "a\"\n" null 12.50 [3,1,2] 9007199254740993"#,
            ),
            // RFC 4231, test case 2, and FIPS 180-2.
            (
                "{{ 'what do ya want for nothing?' | hmac_sha256: 'Jefe' }}",
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            ),
            (
                "{{ 'what do ya want for nothing?' | hmac_sha256: 'Jefe', 'base64' }}",
                "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM=",
            ),
            (
                "{{ 'what do ya want for nothing?' | hmac_sha1: 'Jefe', 'hex' }}",
                "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79",
            ),
            (
                "{{ 'abc' | sha256 }}",
                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
            ),
            (
                "{{ 'abc' | sha1 }}",
                "a9993e364706816aba3e25717850c26c9cd0d89d",
            ),
        ],
    );
}

#[test]
fn dates() {
    check(
        r#"{"at":"2026-03-01T22:30:15+02:00","unix":1767323045,"ms":"2026-01-02T03:04:05.678Z"}"#,
        &[
            (
                "{{ payload.at | date: '%a, %b %d, %y' }} {{ payload.at | date: '%Y-%m-%dT%H:%M:%S%z' }}",
                "Sun, Mar 01, 26 2026-03-01T22:30:15+0200",
            ),
            (
                "{{ payload.unix | date: '%s %F %T' }} {{ '1767323045' | date: '%Y' }}",
                "1767323045 2026-01-02 03:04:05 2026",
            ),
            (
                "{{ 'now' | date: '%Y-%m-%d %H:%M' }} {{ 'today' | date: '%F' }}",
                "2026-01-02 03:04 2026-01-02",
            ),
            (
                "{{ 'March 14, 2016' | date: '%b %d, %y' }} {{ '2016-03-14' | date: '%-d/%-m/%Y %I %p %j' }}",
                "Mar 14, 16 14/3/2016 12 AM 074",
            ),
            (
                "{{ 'Sun, 01 Mar 2026 22:30:15 +0200' | date: '%s' }} {{ '2026-03-01 20:30:15 UTC' | date: '%s' }} {{ '2026-03-01 20:30:15 +0000' | date: '%s' }}",
                "1772397015 1772397015 1772397015",
            ),
            (
                "{{ 'no date' | date: '%Y' }}{{ payload.zzz | date: '%Y' }}{{ payload.at | date: '' }}",
                "no date2026-03-01T22:30:15+02:00",
            ),
            (
                "{{ payload.at | date_add: 2, 'days' }} {{ payload.at | date_add: -1, 'month' }}",
                "2026-03-03T22:30:15+02:00 2026-02-01T22:30:15+02:00",
            ),
            (
                "{{ payload.ms | date_add: 1, 'hour' }} {{ 'now' | date_add: 90, 'seconds' }}",
                "2026-01-02T04:04:05.678Z 2026-01-02T03:05:35Z",
            ),
            (
                "{{ payload.at | in_timezone: 'UTC' }} {{ payload.at | in_timezone: '+09:00' | date: '%H:%M' }}",
                "2026-03-01T20:30:15Z 05:30",
            ),
        ],
    );
}

#[test]
fn filters_of_every_name_accept_every_kind_of_value() {
    let inputs = [
        "payload.n",
        "payload.t",
        "payload.price",
        "payload.huge",
        "payload.s",
        "payload.items",
        "payload",
        "(1..3)",
        "endpoint",
        "empty",
        "forloop",
    ];
    let json = crate::Json::parse(PAYLOAD.as_bytes()).unwrap();
    let world = super::World::new();
    let globals = world.globals(&json);
    for definition in crate::liquid::filter::FILTERS {
        for count in definition.arguments_min..=definition.arguments_max {
            for input in inputs {
                for argument in inputs {
                    let arguments = vec![argument; count].join(", ");
                    let colon = if count > 0 { ":" } else { "" };
                    let source =
                        format!("{{{{ {input} | {}{colon} {arguments} }}}}", definition.name);
                    let template = crate::liquid::Template::parse(&source).unwrap();
                    // An error is fine, a panic is not; and the same happens twice.
                    let first = template.render(&globals, &mut super::budget());
                    assert_eq!(
                        first,
                        template.render(&globals, &mut super::budget()),
                        "{source}"
                    );
                }
            }
        }
    }
}

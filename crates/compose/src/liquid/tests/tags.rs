//! What each tag does.

use super::{check, render, try_render};
use crate::liquid::RenderError;

const PAYLOAD: &str = r#"{"a":1,"b":"two","t":true,"f":false,"n":null,"e":"","l":[10,20,30,40,50,60],
    "o":{"x":1,"y":"2"},"s":["red","green","blue"],"items":[{"sku":"A","price":2.50},{"sku":"B","price":7}]}"#;

#[test]
fn conditions() {
    check(
        PAYLOAD,
        &[
            ("{% if payload.t %}y{% else %}n{% endif %}", "y"),
            (
                "{% if payload.n %}y{% elsif payload.f %}z{% else %}n{% endif %}",
                "n",
            ),
            ("{% if payload.e %}y{% endif %}{% if 0 %}0{% endif %}", "y0"),
            ("{% unless payload.f %}y{% endunless %}", "y"),
            (
                "{% unless true %}a{% elsif payload.a == 1 %}b{% else %}c{% endunless %}",
                "b",
            ),
            (
                "{% if payload.a == 1.0 and payload.b != 'one' %}y{% endif %}",
                "y",
            ),
            (
                "{% if payload.a <> 2 %}y{% endif %}{% if 1 < 2 %}y{% endif %}",
                "yy",
            ),
            (
                "{% if 2 >= 2 %}a{% endif %}{% if 2 <= 1 %}b{% endif %}{% if 2 > 1 %}c{% endif %}",
                "ac",
            ),
            (
                "{% if 'abc' < 'abd' %}y{% endif %}{% if '1' == 1 %}n{% endif %}",
                "y",
            ),
            // From the right: true or (false and false), and false and (false or true).
            ("{% if true or false and false %}y{% endif %}", "y"),
            (
                "{% if false and false or true %}y{% else %}n{% endif %}",
                "n",
            ),
            ("{% if payload.b contains 'w' %}y{% endif %}", "y"),
            (
                "{% if payload.s contains 'red' %}y{% endif %}{% if payload.l contains 25 %}n{% endif %}",
                "y",
            ),
            (
                "{% if payload.o contains 'x' %}y{% endif %}{% if payload.n contains 'x' %}n{% endif %}",
                "y",
            ),
            (
                "{% if payload.e == empty %}y{% endif %}{% if payload.n == empty %}n{% endif %}",
                "y",
            ),
            (
                "{% if payload.n == blank %}a{% endif %}{% if '  ' == blank %}b{% endif %}",
                "ab",
            ),
            (
                "{% if payload.f == blank %}a{% endif %}{% if payload.b != blank %}b{% endif %}",
                "ab",
            ),
            (
                "{% if payload.n == nil %}a{% endif %}{% if payload.zzz == null %}b{% endif %}",
                "ab",
            ),
            (
                "{% if payload.n < 1 %}a{% else %}b{% endif %}{% if payload.t > 0 %}a{% endif %}",
                "b",
            ),
            (
                "{% if payload.o == payload.o %}a{% endif %}{% if payload.l == payload.s %}b{% endif %}",
                "a",
            ),
            ("{% if (1..3) contains 2 %}a{% endif %}", "a"),
        ],
    );
}

#[test]
fn case_shows_every_branch_that_matches() {
    check(
        PAYLOAD,
        &[
            (
                "{% case payload.b %}{% when 'one' %}1{% when 'two' %}2{% else %}?{% endcase %}",
                "2",
            ),
            (
                "{% case payload.a %} junk {% when 3, 2 or 1 %}y{% endcase %}",
                "y",
            ),
            (
                "{% case payload.a %}{% when 2 %}y{% else %}n{% endcase %}",
                "n",
            ),
            (
                "{% case payload.a %}{% else %}n{% endcase %}{% case 1 %}{% endcase %}",
                "n",
            ),
            (
                "{% case 1 %}{% when 1 %}a{% when 1, 1 %}b{% endcase %}",
                "ab",
            ),
        ],
    );
}

#[test]
fn loops() {
    check(
        PAYLOAD,
        &[
            (
                "{% for i in payload.s %}{{ i }} {% endfor %}",
                "red green blue ",
            ),
            (
                "{% for i in payload.zzz %}x{% else %}none{% endfor %}",
                "none",
            ),
            (
                "{% for i in (1..4) %}{{ i }}{% endfor %}{% for i in (3..1) %}x{% endfor %}",
                "1234",
            ),
            ("{% for i in (1..payload.o.y) %}{{ i }}{% endfor %}", "12"),
            (
                "{% for i in payload.l limit:2 offset:1 %}{{ i }} {% endfor %}",
                "20 30 ",
            ),
            (
                "{% for i in payload.l reversed limit: 2 %}{{ i }} {% endfor %}",
                "20 10 ",
            ),
            (
                "{% for i in payload.l, limit: 2, offset: 4 %}{{ i }} {% endfor %}",
                "50 60 ",
            ),
            (
                "{% for i in payload.l limit:2 %}{{i}} {% endfor %}/{% for i in payload.l limit:2 offset:continue %}{{i}} {% endfor %}/{% for i in payload.l offset:continue %}{{i}} {% endfor %}",
                "10 20 /30 40 /50 60 ",
            ),
            (
                "{% for i in (1..9) %}{% if i == 2 %}{% continue %}{% endif %}{% if i == 4 %}{% break %}{% endif %}{{ i }}{% endfor %}",
                "13",
            ),
            (
                "{% for p in payload.o %}{{ p[0] }}:{{ p.last }};{% endfor %}",
                "x:1;y:2;",
            ),
            (
                "{% for c in 'text' %}<{{ c }}>{% endfor %}{% for c in '' %}x{% endfor %}{% for c in 5 %}x{% endfor %}",
                "<text>",
            ),
            (
                "{% for i in (5..7) %}{{ forloop.index }}{{ forloop.index0 }}{{ forloop.rindex }}{{ forloop.rindex0 }}{{ forloop.first }}{{ forloop.last }}{{ forloop.length }} {% endfor %}",
                "1032truefalse3 2121falsefalse3 3210falsetrue3 ",
            ),
            (
                "{% for a in (1..2) %}{% for b in (1..2) %}{{ forloop.parentloop.index }}{{ forloop.index }} {% endfor %}{% endfor %}{{ forloop.index }}",
                "11 12 21 22 ",
            ),
            (
                "{% for i in (1..2) %}{% assign i = 9 %}{{ i }}{% endfor %}{{ i }}",
                "129",
            ),
            (
                "{% for i in (1..1000000000000) limit: 2 %}{{ i }}{% endfor %}",
                "12",
            ),
            (
                "{% for i in (1..1000000000000) reversed %}{{ i }}{% break %}{% endfor %}",
                "1000000000000",
            ),
            (
                "{% for item in payload.items %}{{ item.sku }}={{ item.price }}{% unless forloop.last %},{% endunless %}{% endfor %}",
                "A=2.50,B=7",
            ),
        ],
    );
}

#[test]
fn variables() {
    check(
        PAYLOAD,
        &[
            ("{% assign x = payload.b | upcase %}{{ x }}", "TWO"),
            (
                "{{ x }}{% assign x = 1 %}{{ x }}{% assign x = nil %}{{ x }}",
                "1",
            ),
            (
                "{% capture x %}a{{ payload.a }}b{% endcapture %}[{{ x }}]",
                "[a1b]",
            ),
            ("{% capture 'x' %}q{% endcapture %}{{ x }}", "q"),
            (
                "{% increment c %}{% increment c %}{{ c }}{% decrement c %}{{ c }}",
                "01211",
            ),
            ("{% decrement d %}{% decrement d %}", "-1-2"),
            ("{% assign c = 9 %}{% increment c %}{{ c }}", "09"),
            (
                "{% for i in (1..4) %}{% cycle 'a', 'b', 'c' %}{% endfor %}",
                "abca",
            ),
            (
                "{% cycle 'x': 1, 2 %}{% cycle 'y': 1, 2 %}{% cycle 'x': 1, 2 %}",
                "112",
            ),
            ("{% assign payload = 'mine' %}{{ payload }}", "mine"),
            (
                "{% assign r = (1..5) %}{{ r }} {{ r.size }} {{ r.last }}",
                "1..5 5 5",
            ),
        ],
    );
}

#[test]
fn paths() {
    check(
        PAYLOAD,
        &[
            (
                "{{ payload.l[0] }} {{ payload.l[-1] }} {{ payload.l[6] }}{{ payload.l[-7] }}",
                "10 60 ",
            ),
            (
                "{{ payload['o']['x'] }} {{ payload.o[payload.zzz] }}{% assign k = 'y' %}{{ payload.o[k] }}",
                "1 2",
            ),
            (
                "{{ payload.l.first }} {{ payload.l.last }} {{ payload.l.size }} {{ payload.o.size }} {{ payload.b.size }}",
                "10 60 6 2 3",
            ),
            (
                "{{ payload.items[1].sku }} {{ payload.items.first['sku'] }} {{ payload.items.0.sku }}",
                "B A A",
            ),
            (
                "{{ payload.l['0'] }}{{ payload.o[0] }}{{ payload.l[1.5] }}",
                "",
            ),
            ("{{ payload.o.first }}", "x1"),
        ],
    );
    assert_eq!(
        render(
            "{{ payload.size }}-{{ payload.größe }}",
            r#"{"size":"L","größe":2}"#
        ),
        "L-2"
    );
}

#[test]
fn text_and_comments() {
    check(
        PAYLOAD,
        &[
            (
                "a{% comment %}{% if %}{{ | }}{% comment %}x{% endcomment %}{% endcomment %}b",
                "ab",
            ),
            ("a{% # note %}b{% #note\n # more\n %}c", "abc"),
            (
                "{% raw %}{{ payload }}{% if %}{% {% endraw %}",
                "{{ payload }}{% if %}{% ",
            ),
            ("{% raw -%} a {%- endraw %}|", "a|"),
            ("{% doc %}{{{% enddoc %}x", "x"),
            ("{% echo payload.b | upcase %}{{}}{% echo %}", "TWO"),
            ("{ % { {} }} %} {{ \"}}\" }}", "{ % { {} }} %} }}"),
        ],
    );
}

#[test]
fn dashes_remove_space() {
    check(
        PAYLOAD,
        &[
            ("a \n {{- 1 -}} \t b", "a1b"),
            ("a {%- if true -%} b {%- endif -%} c", "abc"),
            (" {{- -1 -}} ", "-1"),
            (" {%- assign x = 1 -%} {{- x -}} {%- # x -%} ", "1"),
            ("a {{ 1 -}}{{ 2 }}  b", "a 12  b"),
            ("{{ payload.b-}} x", "twox"),
            ("a {%- comment -%} b {%- endcomment -%} c", "ac"),
        ],
    );
}

#[test]
fn liquid_tag() {
    check(
        PAYLOAD,
        &[
            (
                "{% liquid\n  assign x = 2\n  # comment\n  if x == 2\n    echo 'two'\n  else\n    echo 'other'\n  endif\n%}!",
                "two!",
            ),
            (
                "{%- liquid\n for i in (1..3)\n  comment\n   if {{ %\n  endcomment\n  echo i\n endfor -%} ",
                "123",
            ),
            ("{% liquid %}{% liquid echo 1 %}", "1"),
        ],
    );
}

#[test]
fn abort_ends_with_a_reason() {
    let cases = [
        ("a{% abort 'too small' %}b", "too small"),
        ("{% abort_message('no customer') %}", "no customer"),
        ("{% abort_message 'x' %}", "x"),
        (
            "{% assign r = payload.a | append: '!' %}{% abort r %}",
            "1!",
        ),
        ("{% abort 'n: ' | append: payload.a %}", "n: 1"),
        (
            "{% for i in (1..2) %}{% capture c %}{% abort %}{% endcapture %}{% endfor %}",
            "no reason was given",
        ),
        ("{% abort secrets.token %}", "[secret]"),
        ("{% abort payload.missing %}", "no reason was given"),
        ("{% abort payload.e %}", "no reason was given"),
        ("{% abort ' \n ' %}", "no reason was given"),
    ];
    for (source, expected) in cases {
        let reason = expected.to_owned();
        assert_eq!(
            try_render(source, PAYLOAD),
            Err(RenderError::Aborted { reason }),
            "{source}"
        );
    }
    assert_eq!(
        render("{% if payload.a > 5 %}{% abort %}{% endif %}ok", PAYLOAD),
        "ok"
    );
    let aborted_with = |text: &str| {
        let source = format!("{{% abort '{text}' %}}");
        let Err(RenderError::Aborted { reason }) = try_render(&source, "{}") else {
            panic!("not aborted");
        };
        reason
    };
    assert_eq!(aborted_with(&"é".repeat(2000)).chars().count(), 500);
    let late = format!("{}late", " ".repeat(600));
    assert_eq!(aborted_with(&late), "no reason was given");
    let many = aborted_with(&"s3cr3t".repeat(400));
    assert_eq!(many.replace("[secret]", ""), "[sec");
}

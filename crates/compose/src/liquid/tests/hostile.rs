//! Templates that mean harm end with an error, within their budget.

use super::{World, budget, try_render};
use crate::liquid::{RenderError, Template};
use crate::{Budget, BudgetError, Json};
use proptest::prelude::*;

#[test]
fn bombs_run_out_of_budget() {
    let doubling = |step: &str| {
        format!(
            "{{% assign a = 'aaaaaaaaaaaaaaaa' %}}{{% for i in (1..1000) %}}{step}{{% endfor %}}"
        )
    };
    let bombs = [
        "{% for a in (1..1000000000) %}{% for b in (1..1000000000) %}{% endfor %}{% endfor %}"
            .to_owned(),
        "{% for a in (1..1000000000) %}x{% endfor %}".to_owned(),
        "{{ (1..1000000000) | join: ',' }}".to_owned(),
        "{{ (1..9223372036854775807) | reverse | size }}".to_owned(),
        "{{ (-9223372036854775808..9223372036854775807) | sum }}".to_owned(),
        "{{ (1..1000000000) | sort }}{{ (1..1000000000) | uniq }}".to_owned(),
        "{% for i in (1..1000000000) %}{% cycle i: 'a' %}{% endfor %}".to_owned(),
        "{% for i in (1..1000000000) %}{% increment a %}{% endfor %}".to_owned(),
        doubling("{% assign a = a | append: a %}"),
        doubling("{% assign a = a | prepend: a %}"),
        doubling("{% assign a = a | replace: 'a', 'aaaa' %}"),
        doubling("{% assign a = a | replace: '', a %}"),
        doubling("{% capture a %}{{ a }}{{ a }}{% endcapture %}"),
        doubling("{% assign a = a | split: '' | join: a %}"),
        doubling("{% assign a = a | json | json %}"),
        doubling("{% assign a = a | url_encode | base64_encode %}"),
        doubling("{% assign a = a | newline_to_br | escape | append: '&&&&' | escape %}"),
        doubling(
            "{% assign m = a | split: '' %}{% if l %}{% assign l = l | concat: l %}{% else %}{% assign l = m %}{% endif %}",
        ),
        doubling(
            "{% assign a = a | append: '%200Y%200Y' %}{% assign b = 'now' | date: a %}{% assign a = a | append: b %}",
        ),
    ];
    for bomb in bombs {
        let error = try_render(&bomb, "{}").unwrap_err();
        assert!(matches!(error, RenderError::Budget(_)), "{bomb}: {error}");
    }
}

#[test]
fn output_is_bounded_to_the_byte() {
    let template =
        Template::parse("ab{{ 'cd' }}{% capture x %}0123456789{% endcapture %}").unwrap();
    let world = World::new();
    let globals = world.globals(&Json::Null);
    let mut exact = Budget::new(1000, 4);
    assert_eq!(template.render(&globals, &mut exact).as_deref(), Ok("abcd"));
    assert_eq!(exact.output_bytes_left(), 0);
    let error = template.render(&globals, &mut Budget::new(1000, 3));
    assert_eq!(error, Err(RenderError::Budget(BudgetError::Output)));
    let error = template.render(&globals, &mut Budget::new(2, 4));
    assert_eq!(error, Err(RenderError::Budget(BudgetError::Steps)));
    let url = Template::parse("{{ '/' }}").unwrap();
    assert!(url.render_url(&globals, &mut Budget::new(99, 3)).is_ok());
    let error = url.render_url(&globals, &mut Budget::new(99, 2));
    assert_eq!(error, Err(RenderError::Budget(BudgetError::Output)));
}

#[test]
fn large_payloads_cost_what_they_weigh() {
    let text = format!("{{\"t\":\"{}\"}}", "x".repeat(1 << 20));
    let json = Json::parse(text.as_bytes()).unwrap();
    let world = World::new();
    let globals = world.globals(&json);
    let cheap =
        Template::parse("{% for i in (1..1000) %}{% assign a = payload.t %}{% endfor %}").unwrap();
    assert_eq!(
        cheap
            .render(&globals, &mut Budget::new(10_000, 0))
            .as_deref(),
        Ok("")
    );
    for read in [
        "a.size",
        "a | size",
        "a | strip",
        "a | truncate: 3",
        "a | first | default: a | upcase",
        "a | plus: 1",
    ] {
        let source = format!(
            "{{% assign a = payload.t %}}{{% for i in (1..1000) %}}{{% assign b = {read} %}}{{% endfor %}}"
        );
        let error = Template::parse(&source)
            .unwrap()
            .render(&globals, &mut Budget::new(1_000_000, 0));
        assert_eq!(
            error,
            Err(RenderError::Budget(BudgetError::Steps)),
            "{read}"
        );
    }
}

#[test]
fn deep_payloads_are_walked() {
    let text = format!("{}{}", "[".repeat(128), "]".repeat(128));
    for source in [
        "{{ payload }}",
        "{{ payload | json }}",
        "{{ payload | join }}",
        "{% if payload == payload %}{% endif %}",
        "{{ payload | sum }}",
    ] {
        assert!(try_render(source, &text).is_ok(), "{source}");
    }
}

/// Pieces of templates, well-formed ones and others.
fn source() -> impl Strategy<Value = String> {
    let value = prop::sample::select(vec![
        "payload",
        "payload.a",
        "payload.l[0]",
        "payload['s']",
        "x",
        "y",
        "i",
        "'text'",
        "''",
        "3",
        "-1.5",
        "nil",
        "true",
        "(1..3)",
        "(1..1000000000)",
        "(x..y)",
        "forloop.index",
        "secrets.token",
        "endpoint",
        "empty",
        "blank",
        "payload.l",
    ]);
    let filters: Vec<&str> = crate::liquid::filter::names().collect();
    let filtered = (
        value.clone(),
        prop::collection::vec(
            (
                prop::sample::select(filters),
                prop::collection::vec(value.clone(), 0..3),
            ),
            0..3,
        ),
    )
        .prop_map(|(value, filters)| {
            filters
                .into_iter()
                .fold(value.to_owned(), |text, (name, arguments)| {
                    let colon = if arguments.is_empty() { "" } else { ":" };
                    format!("{text} | {name}{colon} {}", arguments.join(", "))
                })
        });
    let operator = prop::sample::select(vec![
        "==", "!=", "<", ">", "<=", ">=", "contains", "and", "or",
    ]);
    let leaf = prop_oneof![
        "[ a-z{}%\n]{0,6}",
        filtered
            .clone()
            .prop_map(|value| format!("{{{{- {value} }}}}")),
        filtered.prop_map(|value| format!("{{% assign x = {value} -%}}")),
        Just("{% increment y %}{% cycle 'a', x %}".to_owned()),
        Just("{% break %}".to_owned()),
        Just("{% continue %}".to_owned()),
        Just("{% abort x %}".to_owned()),
    ];
    leaf.prop_recursive(4, 40, 5, move |inner| {
        let body = prop::collection::vec(inner, 0..5).prop_map(|nodes| nodes.concat());
        prop_oneof![
            (
                value.clone(),
                operator.clone(),
                value.clone(),
                body.clone(),
                body.clone()
            )
                .prop_map(|(a, operator, b, yes, no)| format!(
                    "{{% if {a} {operator} {b} %}}{yes}{{% else %}}{no}{{% endif %}}"
                )),
            (value.clone(), body.clone())
                .prop_map(|(over, body)| format!("{{% for i in {over} %}}{body}{{% endfor %}}")),
            (value.clone(), value.clone(), body.clone()).prop_map(
                |(subject, value, body)| format!(
                    "{{% case {subject} %}}{{% when {value} %}}{body}{{% endcase %}}"
                )
            ),
            body.clone()
                .prop_map(|body| format!("{{% capture x %}}{body}{{% endcapture %}}")),
            body,
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn every_template_ends_within_its_budget(source in source(), steps in 0u64..5000, bytes in 0usize..2000) {
        let payload = Json::parse(br#"{"a":1,"l":[1,"two",{"k":[]}],"s":"\u00e4 b"}"#).unwrap();
        let world = World::new();
        let globals = world.globals(&payload);
        if let Ok(template) = Template::parse(&source) {
            let mut budget = Budget::new(steps, bytes);
            let text = template.render(&globals, &mut budget);
            if let Ok(text) = &text {
                prop_assert!(text.len() <= bytes);
                prop_assert_eq!(text.len(), bytes - budget.output_bytes_left());
            }
            let mut again = Budget::new(steps, bytes);
            prop_assert_eq!(&template.render(&globals, &mut again), &text);
            prop_assert_eq!(&again, &budget);
            let _ = template.evaluate(&globals, &mut Budget::new(steps, bytes));
            if let Ok(url) = template.render_url(&globals, &mut Budget::new(steps, bytes)) {
                prop_assert!(url.len() <= bytes);
            }
        }
    }

    #[test]
    fn any_text_is_read_or_refused_with_a_place(source in "([{}%|.\\[\\]()\"' \n#:,=<>-]|if|endif|for|raw|endraw|comment|liquid|in|é|1|a){0,40}") {
        match Template::parse(&source) {
            Ok(template) => {
                let world = World::new();
                let _ = template.render(&world.globals(&Json::Null), &mut budget());
            }
            Err(error) => {
                let lines = source.matches('\n').count() + 1;
                prop_assert!(error.place.line as usize <= lines);
            }
        }
    }

    #[test]
    fn no_text_makes_it_panic(source: String) {
        let _ = Template::parse(&source);
        let _ = Template::parse(&format!("{{{{ {source} }}}}"));
        let _ = Template::parse(&format!("{{% {source} %}}"));
    }
}

//! The same expressions, evaluated by the `cel` crate.
//!
//! Where this crate and that one are known to differ, the reason is listed with the expression.

use std::collections::HashMap;
use std::sync::Arc;

use proptest::prelude::*;

use super::*;

/// What an expression gives, as far as both can be compared.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Outcome {
    True,
    False,
    OtherValue,
    Fault,
}

fn ours(expression: &str, payload: &Json<'_>) -> Outcome {
    let input = FilterInput {
        event_type: "payment",
        payload,
        channels: &["eu".into(), "vip".into()],
        tags: &[],
    };
    let filter = Filter::parse(expression).unwrap_or_else(|error| panic!("{expression}: {error}"));
    match filter.matches(&input, &mut FILTER_BUDGET.clone()) {
        Ok(true) => Outcome::True,
        Ok(false) => Outcome::False,
        Err(FilterFailure::NotBoolean { .. }) => Outcome::OtherValue,
        Err(FilterFailure::Failed { .. }) => Outcome::Fault,
        Err(FilterFailure::Budget) => panic!("{expression} needs more than a filter may take"),
    }
}

fn theirs(expression: &str, payload: &Json<'_>) -> Outcome {
    let mut env = cel::Env::stdlib();
    env.add_extension(cel::extensions::strings).unwrap();
    let env = Arc::new(env);
    let program = env
        .compile(expression)
        .unwrap_or_else(|error| panic!("{expression}: {error:?}"));
    let mut context = cel::Context::with_env(env);
    let texts = |texts: &[&str]| {
        cel::Value::List(Arc::new(texts.iter().map(|text| (*text).into()).collect()))
    };
    context.add_variable_from_value("type", cel::Value::from("payment"));
    context.add_variable_from_value("payload", converted(payload));
    context.add_variable_from_value("channels", texts(&["eu", "vip"]));
    context.add_variable_from_value("tags", texts(&[]));
    match program.execute(&context) {
        Ok(cel::Value::Bool(true)) => Outcome::True,
        Ok(cel::Value::Bool(false)) => Outcome::False,
        Ok(_) => Outcome::OtherValue,
        Err(_) => Outcome::Fault,
    }
}

fn converted(json: &Json<'_>) -> cel::Value {
    match json {
        Json::Null => cel::Value::Null,
        Json::Bool(truth) => cel::Value::Bool(*truth),
        Json::Number(text) => match text.parse() {
            Ok(integer) => cel::Value::Int(integer),
            Err(_) => cel::Value::Float(text.parse().unwrap()),
        },
        Json::String(text) => cel::Value::from(&**text),
        Json::Array(items) => cel::Value::List(Arc::new(items.iter().map(converted).collect())),
        Json::Object(object) => {
            let entries = object.iter();
            let entries = entries.map(|(name, value)| (name.to_owned().into(), converted(value)));
            let map: HashMap<cel::objects::Key, cel::Value> = entries.collect();
            cel::Value::Map(cel::objects::Map { map: Arc::new(map) })
        }
    }
}

#[test]
fn both_agree_on_a_table() {
    let payload = Json::parse(super::PAYLOAD.as_bytes()).unwrap();
    let mut differences = Vec::new();
    for expression in AGREED {
        let (ours, theirs) = (ours(expression, &payload), theirs(expression, &payload));
        if ours != theirs {
            differences.push(format!("{expression}: {ours:?}, the crate: {theirs:?}"));
        }
    }
    assert!(differences.is_empty(), "{differences:#?}");
}

#[test]
fn where_both_differ_the_reason_is_known() {
    let payload = Json::parse(super::PAYLOAD.as_bytes()).unwrap();
    for (expression, expected, crates, reason) in DIFFERENT {
        assert_eq!(
            ours(expression, &payload),
            *expected,
            "{expression}: {reason}"
        );
        assert_eq!(
            theirs(expression, &payload),
            *crates,
            "{expression}: {reason}"
        );
    }
}

use Outcome::{False, Fault, True};

/// What both give, and why it is not the same.
const DIFFERENT: &[(&str, Outcome, Outcome, &str)] = &[
    (
        PROMOTED,
        True,
        Fault,
        "we let an int beside a double become one",
    ),
    (
        "1u + 0.5 == 1.5",
        True,
        Fault,
        "we let a uint beside a double become one",
    ),
    (
        ROUNDED,
        False,
        True,
        "the crate rounds an int to a double before it compares",
    ),
    (
        "9223372036854775807 < 9223372036854775808.0",
        True,
        False,
        "the same",
    ),
    (
        "double('nan') < 1.0",
        False,
        Fault,
        "CEL orders a NaN with nothing, without an error",
    ),
    (
        "null in {1: 2}",
        False,
        Fault,
        "CEL finds no key of another type, without an error",
    ),
    (
        "string(1e300) == '1e+300'",
        True,
        False,
        "we write exponents as cel-go does",
    ),
    (
        MILLISECONDS,
        True,
        False,
        "CEL's conformance tests want those within the second",
    ),
    (
        "timestamp(0).getHours('Europe/Kyiv') == 3",
        Fault,
        True,
        "we have offsets only",
    ),
];
const PROMOTED: &str = "payload.total * 1.5 == 180.0";
const ROUNDED: &str = "payload.big == 9007199254740992.0";
const MILLISECONDS: &str = "duration('123.321s').getMilliseconds() == 321";

const AGREED: &[&str] = &[
    "payload.total > 100 && type.startsWith('payment')",
    "payload.items.exists(i, i.sku == 'B-2') ? 'a' : 'b'",
    "payload.items.all(i, i.quantity > 1)",
    "payload.items.exists(i, i.quantity > 1)",
    "payload.items.exists_one(i, i.sku == 'A-1')",
    "payload.items.map(i, i.sku) == ['A-1', 'B-2', 'C-3']",
    "payload.items.map(i, has(i.quantity), i.quantity) == [2, 5]",
    "payload.numbers.filter(n, n > 2) == [3.0, 4.5]",
    "payload.user.exists(key, key == 'id')",
    "has(payload.user.address) && !has(payload.user.street)",
    "has(payload.x.y)",
    "payload.missing || true",
    "true || payload.missing",
    "payload.missing && false",
    "payload.missing || false",
    "payload.coupon == null && payload.total != null",
    "'a' == 1 || null == false || [] == {}",
    "1 == 1.0 && 1u == 1 && 2u > 1.5 && 1 < 1.5",
    "1 < 'a'",
    "true < false || 'a' < 'b'",
    "9223372036854775807 + 1 > 0",
    "-9223372036854775808 / -1 > 0",
    "1 / 0 == 1",
    "1 % 0 == 1",
    "1u - 2u == 1u",
    "7 / -2 == -3 && -7 % 3 == -1",
    "1.0 / 0.0 > 1.0",
    "'a' + 'b' == 'ab' && [1] + [2] == [1, 2]",
    "1 + 1u == 2",
    "'a' * 2 == 'aa'",
    "-payload.total == -120 && !payload.paid == false",
    "payload.currency in ['EUR', 'USD'] && 'id' in payload.user",
    "'a' in 'abc'",
    "payload.numbers[9] == 1",
    "payload['total'] == 120 && payload['x'] == 1",
    "size(payload.items) == 3 && payload.name.size() == 9 && size(payload.user) == 2",
    "size(1) == 1",
    "type.contains('men') && type.endsWith('t') && type.matches('^p.*t$') && matches(type, 'y')",
    "int('42') == 42 && int(4.9) == 4 && double('1.5') == 1.5 && string(12) == '12' && uint(3) == 3u",
    "int('x') == 1",
    "int(1e19) == 1",
    "uint(-1) == 1u",
    "timestamp(payload.created) < timestamp('2027-01-01T00:00:00Z')",
    "timestamp('2009-02-13T23:31:30Z') - timestamp('2009-02-13T23:29:30Z') == duration('2m')",
    "timestamp('2009-02-13T23:31:30Z').getMonth() == 1 && timestamp('2009-02-13T23:31:30Z').getDayOfWeek() == 5",
    "duration('10000s').getHours() == 2 && duration('1h') > duration('59m')",
    "timestamp('yesterday') == timestamp('today')",
    "channels.exists(c, c == 'vip') && tags.all(t, false)",
    "{'a': 1, 'b': [2]} == {'b': [2], 'a': 1}",
    "{'a': {'b': 1}}.a.b == 1 && {1: 2}[1] == 2",
    "'abc'.substring(1, 2) == 'b' && 'a,b'.split(',') == ['a', 'b'] && ['a', 'b'].join('-') == 'a-b'",
    "'aba'.replace('a', 'c') == 'cbc' && ' a '.trim() == 'a' && 'aba'.indexOf('b') == 1 && 'aba'.lastIndexOf('a') == 2",
    "'aB'.lowerAscii() == 'ab' && 'aB'.upperAscii() == 'AB' && 'abc'.charAt(1) == 'b'",
    "'a'.substring(2) == ''",
    "type",
    "payload.items[0]",
    "r'\\d' == '\\\\d' && '\\u0041' == 'A' && '''a''' == 'a'",
    "false ? 1 / 0 > 1 : true",
    "'a' ? true : false",
    "payload.user == {'id': 7, 'address': {'city': 'Kyiv', 'zip': '01001'}}",
];

/// An integer; some overflow, some are missing.
fn int(depth: u32) -> BoxedStrategy<String> {
    let leaf = prop_oneof![
        (-3i64..10).prop_map(|number| format!("({number})")),
        Just("payload.i".to_owned()),
        Just("payload.o.i".to_owned()),
        Just("payload.missing".to_owned()),
        Just("9223372036854775807".to_owned()),
    ];
    if depth == 0 {
        return leaf.boxed();
    }
    let below = depth - 1;
    let operator = prop::sample::select(vec!["+", "-", "*", "/", "%"]);
    prop_oneof![
        leaf,
        (int(below), operator, int(below)).prop_map(|(a, op, b)| format!("({a} {op} {b})")),
        int(below).prop_map(|a| format!("(-{a})")),
        (truth(below), int(below), int(below)).prop_map(|(c, a, b)| format!("({c} ? {a} : {b})")),
        list(below).prop_map(|list| format!("size({list})")),
        text(below).prop_map(|text| format!("{text}.size()")),
        (list(below), int(below)).prop_map(|(list, index)| format!("{list}[{index}]")),
    ]
    .boxed()
}

fn text(depth: u32) -> BoxedStrategy<String> {
    let leaf = prop::sample::select(vec![
        "'a'",
        "'b'",
        "'ab'",
        "''",
        "payload.s",
        "type",
        "payload.o.s",
    ]);
    let leaf = leaf.prop_map(str::to_owned);
    if depth == 0 {
        return leaf.boxed();
    }
    let below = depth - 1;
    prop_oneof![
        leaf,
        (text(below), text(below)).prop_map(|(a, b)| format!("({a} + {b})")),
        int(below).prop_map(|number| format!("string({number})")),
    ]
    .boxed()
}

fn list(depth: u32) -> BoxedStrategy<String> {
    let leaf = prop::sample::select(vec!["payload.l", "[]", "[1, 2, 3]", "[payload.i]"]);
    let leaf = leaf.prop_map(str::to_owned);
    if depth == 0 {
        return leaf.boxed();
    }
    let below = depth - 1;
    prop_oneof![
        leaf,
        (list(below), list(below)).prop_map(|(a, b)| format!("({a} + {b})")),
        (list(below), int(below)).prop_map(|(list, a)| format!("{list}.map(x, x + {a})")),
        (list(below), int(below)).prop_map(|(list, a)| format!("{list}.filter(x, x < {a})")),
        (list(below), int(below)).prop_map(|(list, a)| format!("{list}.map(x, x != {a}, x * 2)")),
    ]
    .boxed()
}

fn truth(depth: u32) -> BoxedStrategy<String> {
    let leaf = prop::sample::select(vec![
        "true",
        "false",
        "payload.b",
        "has(payload.i)",
        "has(payload.missing)",
        "payload.o.b",
        "has(payload.missing.x)",
        "payload.n == null",
    ]);
    let leaf = leaf.prop_map(str::to_owned);
    if depth == 0 {
        return leaf.boxed();
    }
    let below = depth - 1;
    let relation = || prop::sample::select(vec!["==", "!=", "<", "<=", ">", ">="]);
    prop_oneof![
        leaf,
        (truth(below), truth(below)).prop_map(|(a, b)| format!("({a} && {b})")),
        (truth(below), truth(below)).prop_map(|(a, b)| format!("({a} || {b})")),
        truth(below).prop_map(|a| format!("(!{a})")),
        (truth(below), truth(below), truth(below))
            .prop_map(|(c, a, b)| format!("({c} ? {a} : {b})")),
        (int(below), relation(), int(below)).prop_map(|(a, op, b)| format!("({a} {op} {b})")),
        (text(below), relation(), text(below)).prop_map(|(a, op, b)| format!("({a} {op} {b})")),
        (int(below), text(below)).prop_map(|(a, b)| format!("({a} == {b})")),
        (int(below), list(below)).prop_map(|(a, list)| format!("({a} in {list})")),
        (list(below), list(below)).prop_map(|(a, b)| format!("({a} == {b})")),
        (text(below), text(below)).prop_map(|(a, b)| format!("{a}.startsWith({b})")),
        (text(below), text(below)).prop_map(|(a, b)| format!("{a}.contains({b})")),
        (list(below), int(below)).prop_map(|(list, a)| format!("{list}.all(x, x > {a})")),
        (list(below), int(below)).prop_map(|(list, a)| format!("{list}.exists(x, x / {a} > 0)")),
        (list(below), int(below)).prop_map(|(list, a)| format!("{list}.exists_one(x, x == {a})")),
    ]
    .boxed()
}

fn payload() -> impl Strategy<Value = String> {
    let numbers = prop::collection::vec(-3i64..10, 0..4);
    (-5i64..10, "[ab]{0,3}", any::<bool>(), numbers, any::<bool>()).prop_map(
        |(integer, text, truth, numbers, inner)| {
            let inner = if inner { format!("\"i\":{integer},\"s\":\"{text}\"") } else { String::new() };
            format!(
                r#"{{"i":{integer},"s":"{text}","b":{truth},"n":null,"l":{numbers:?},"o":{{{inner}}}}}"#
            )
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]
    #[test]
    fn both_agree_on_generated_expressions(expression in truth(3), payload in payload()) {
        let payload = Json::parse(payload.as_bytes()).unwrap();
        prop_assert_eq!(ours(&expression, &payload), theirs(&expression, &payload), "{}", expression);
    }
}

//! What filters give, through the public interface.

mod errors;
mod hostile;
mod language;
mod library;
mod oracle;

use super::*;

/// A payload with a value of every kind.
const PAYLOAD: &str = r#"{
    "total": 120, "price": 99.5, "big": 9007199254740993, "huge": 18446744073709551615,
    "exponent": 1e2, "beyond": 1e400, "zero": -0, "currency": "EUR", "name": "Zoë Ñandú",
    "paid": true, "coupon": null, "in": 1, "a b": 2,
    "items": [{"sku": "A-1", "quantity": 2}, {"sku": "B-2", "quantity": 5}, {"sku": "C-3"}],
    "numbers": [1, 2, 3.0, 4.5], "empty": [], "mixed": [1, "a", null, true],
    "user": {"id": 7, "address": {"city": "Kyiv", "zip": "01001"}},
    "twice": 1, "twice": 2,
    "pattern": "^E", "created": "2026-11-22T10:30:00Z"
}"#;

/// What a filter says about the sample message with this payload.
fn evaluate(expression: &str, payload: &str) -> Result<bool, FilterFailure> {
    let payload = Json::parse(payload.as_bytes()).unwrap();
    let input = FilterInput {
        event_type: "payment.succeeded",
        payload: &payload,
        channels: &["eu".into(), "vip".into()],
        tags: &["first".into()],
    };
    let filter = Filter::parse(expression).unwrap_or_else(|error| panic!("{expression}: {error}"));
    filter.matches(&input, &mut FILTER_BUDGET.clone())
}

/// Each of these expressions is true.
fn all_hold(expressions: &[&str]) {
    for expression in expressions {
        assert_eq!(evaluate(expression, PAYLOAD), Ok(true), "{expression}");
    }
}

/// Each of these expressions fails with a message that has the part.
fn all_fail(expressions: &[&str], part: &str) {
    for expression in expressions {
        let failure = evaluate(expression, PAYLOAD).unwrap_err().to_string();
        assert!(failure.contains(part), "{expression}: {failure}");
    }
}

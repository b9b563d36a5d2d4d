//! Filters: whatever is written ends within its budget, the same way each time, and names a place
//! in the text when it is refused or fails.
//!
//! Input: an expression, `----`, a payload.

#![no_main]

use hookwire_compose::filter::{Filter, FilterFailure, FilterInput};
use hookwire_compose::{Budget, Json};
use hookwire_fuzz::{OUTPUT_MAX_BYTES, STEPS_MAX, assert_within, document, parts};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Some([source, payload]) = parts(input) else {
        return;
    };
    let filter = match Filter::parse(source) {
        Ok(filter) => filter,
        Err(error) => return assert_within(error.place, source),
    };
    let payload = document(payload);
    let (answer, left) = matches(&filter, &payload);
    assert_eq!((answer.clone(), left.clone()), matches(&filter, &payload));
    if !filter.reads_payload() {
        let other = matches(&filter, &Json::Null);
        assert_eq!((answer.clone(), left), other, "it does read the payload");
    }
    if let Err(failure) = answer {
        assert!(!failure.to_string().is_empty());
        if let FilterFailure::Failed { place, .. } = failure {
            assert_within(place, source);
        }
    }
});

fn matches(filter: &Filter, payload: &Json<'_>) -> (Result<bool, FilterFailure>, Budget) {
    let mut budget = Budget::new(STEPS_MAX, OUTPUT_MAX_BYTES);
    let input = FilterInput {
        event_type: "payment.received",
        payload,
        channels: &["eu".to_owned(), "b2b".to_owned()],
        tags: &["late".to_owned()],
    };
    let answer = filter.matches(&input, &mut budget);
    (answer, budget)
}

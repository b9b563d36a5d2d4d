//! Templates: whatever is written ends within its budget, the same way each time, and names a
//! place in the text when it is refused.
//!
//! Input: a template, `----`, a payload.

#![no_main]

use hookwire_compose::liquid::{Globals, RenderError, Template};
use hookwire_compose::{Budget, Json};
use hookwire_fuzz::{
    OUTPUT_MAX_BYTES, SECRET_VALUE, STEPS_MAX, World, assert_within, document, parts,
};
use libfuzzer_sys::fuzz_target;

/// JSON's longest escape makes six bytes of one, and each step pays for 32 bytes.
const EVALUATED_MAX_BYTES: u64 = STEPS_MAX * 32 * 6;

fuzz_target!(|input: &[u8]| {
    let Some([source, payload]) = parts(input) else {
        return;
    };
    let template = match Template::parse(source) {
        Ok(template) => template,
        Err(error) => return assert_within(error.place, source),
    };
    let payload = document(payload);
    let world = World::default();
    let globals = world.globals(&payload);

    let text = twice(&template, &globals, Template::render);
    if let Ok(text) = &text {
        assert!(text.len() <= OUTPUT_MAX_BYTES, "more than the budget");
    }
    if template.is_literal() && source.len() <= OUTPUT_MAX_BYTES {
        assert_eq!(text.as_deref(), Ok(source), "literal text was changed");
    }
    if !template.uses_payload() {
        let other = Json::from("another payload");
        let other = twice(&template, &world.globals(&other), Template::render);
        assert_eq!(text, other, "it does use the payload");
    }
    if let Ok(value) = twice(&template, &globals, Template::evaluate) {
        let mut written = Vec::new();
        value.write(&mut written);
        assert!(written.len() as u64 <= EVALUATED_MAX_BYTES);
        Json::parse(&written).expect("what is written is JSON");
    }
    let _ = twice(&template, &globals, Template::render_url);
});

type Render<'a, T> = fn(&'a Template, &'a Globals<'a>, &mut Budget) -> Result<T, RenderError>;

/// Renders with the same budget twice.
fn twice<'a, T: PartialEq + std::fmt::Debug>(
    template: &'a Template,
    globals: &'a Globals<'a>,
    render: Render<'a, T>,
) -> Result<T, RenderError> {
    let full = Budget::new(STEPS_MAX, OUTPUT_MAX_BYTES);
    let (mut first_left, mut second_left) = (full.clone(), full);
    let first = render(template, globals, &mut first_left);
    let second = render(template, globals, &mut second_left);
    assert_eq!(first, second, "the same template gave something else");
    assert_eq!(first_left, second_left, "it did another amount of work");
    if let Err(error) = &first {
        assert!(!error.to_string().contains(SECRET_VALUE), "a secret leaked");
        if let RenderError::Failed { place, .. } = error {
            assert_within(*place, template.source());
        }
    }
    first
}

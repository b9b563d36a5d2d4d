use super::*;
use crate::error::ApiError;
use crate::rules;
use proptest::prelude::*;

fn read<T>(
    body: &str,
    reader: impl FnOnce(&mut Fields<'_, '_>) -> T,
) -> Result<T, Vec<(String, &'static str)>> {
    let source = Bytes::copy_from_slice(body.as_bytes());
    let mut problems = Problems::of("body");
    let value = Fields::of_body(&source, &mut problems).map(|mut fields| reader(&mut fields));
    match problems.finish() {
        Ok(()) => Ok(value.unwrap()),
        Err(ApiError::Invalid(found)) => Err(found
            .into_iter()
            .map(|problem| (problem.loc.join("."), problem.kind))
            .collect()),
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn every_violation_is_found_in_one_pass_at_its_place() {
    let body = r#"{"name":7,"tags":["ok","no no","ok",3],"rate":0,"meta":{"k":null}}"#;
    let found = read(body, |fields| {
        let _: String = fields.required("name", |f| f.text(rules::display_name));
        let _: String = fields.required("url", |f| f.text(rules::display_name));
        fields.optional("tags", |f| f.text_set(1..=5, rules::tag));
        fields.optional("rate", |f| f.integer(1..=10));
        fields.optional("meta", |f| f.metadata());
    });
    let expected = [
        ("body.name", TYPE),
        ("body.url", MISSING),
        ("body.tags.1", VALUE),
        ("body.tags.2", VALUE),
        ("body.tags.3", TYPE),
        ("body.rate", VALUE),
        ("body.meta.k", TYPE),
    ];
    assert_eq!(
        found.unwrap_err(),
        expected.map(|(loc, kind)| (loc.to_owned(), kind))
    );
}

#[test]
fn bodies_that_are_no_object_are_told_apart() {
    for (body, kind) in [
        ("", MISSING),
        ("  \n", MISSING),
        ("[]", TYPE),
        ("null", TYPE),
        ("\"{}\"", TYPE),
        ("{", MALFORMED),
        ("{\"a\":}", MALFORMED),
        ("{\"a\":1}x", MALFORMED),
        ("{\"a\":\"\u{1}\"}", MALFORMED),
        ("{a:1}", MALFORMED),
    ] {
        let found = read(body, |_| ()).unwrap_err();
        assert_eq!(found, [("body".to_owned(), kind)], "{body}");
    }
    let deep = format!("{{\"a\":{}{}}}", "[".repeat(10_000), "]".repeat(10_000));
    assert_eq!(read(&deep, |_| ()).unwrap_err()[0].1, VALUE);
}

#[test]
fn syntax_errors_do_not_repeat_what_was_sent() {
    let source = Bytes::from_static(br#"{"secret":"whsec_aaaaaaaaaaaaaaaaaaaaaaaa" "x"}"#);
    let mut problems = Problems::of("body");
    assert!(Fields::of_body(&source, &mut problems).is_none());
    let Err(ApiError::Invalid(found)) = problems.finish() else {
        panic!("this is not JSON");
    };
    assert!(!found[0].msg.contains("whsec"), "{}", found[0].msg);
}

#[test]
fn an_object_is_taken_out_byte_for_byte_and_without_a_copy() {
    let payload = r#"{ "b":1e400,"a" : 9007199254740993,"a":"\ud800", "":{} }"#;
    let source = Bytes::from(format!(r#"{{"payload": {payload} ,"x":1}}"#));
    let mut problems = Problems::of("body");
    let taken: Bytes = Fields::of_body(&source, &mut problems)
        .unwrap()
        .required("payload", |f| f.object_bytes());
    problems.finish().unwrap();
    assert_eq!(taken, payload.as_bytes());
    assert!(source.as_ptr_range().contains(&taken.as_ptr()));
}

#[test]
fn absent_null_and_value_are_three_things() {
    let patch = |body| read(body, |f| f.patch("uid", |f| f.text(rules::event_type_name))).unwrap();
    assert_eq!(patch("{}"), Patch::Absent);
    assert_eq!(patch(r#"{"uid":null}"#), Patch::Null);
    assert_eq!(patch(r#"{"uid":"a"}"#), Patch::Value("a".to_owned()));
    let change = read(r#"{"name":null}"#, |f| f.change("name", |f| f.boolean()));
    assert_eq!(change.unwrap_err(), [("body.name".to_owned(), TYPE)]);
}

#[test]
fn a_field_that_is_given_twice_is_refused() {
    let found = read(r#"{"a":1,"\u0061":2}"#, |f| {
        f.optional("a", |f| f.integer(0..=9))
    });
    assert_eq!(found.unwrap_err(), [("body.a".to_owned(), VALUE)]);
}

#[test]
fn whole_numbers_are_whole_and_within_bounds() {
    let number = |text: &str| {
        read(&format!(r#"{{"n":{text}}}"#), |f| {
            f.optional("n", |f| f.integer(1..=90))
        })
    };
    assert_eq!(number("90"), Ok(Some(90)));
    assert_eq!(number("90.00"), Ok(Some(90)));
    for (text, kind) in [
        ("0", VALUE),
        ("91", VALUE),
        ("-1", VALUE),
        ("99999999999999999999", VALUE),
        ("91.0", VALUE),
        ("1.5", TYPE),
        ("1e1", TYPE),
        ("\"1\"", TYPE),
        ("true", TYPE),
    ] {
        assert_eq!(number(text).unwrap_err()[0].1, kind, "{text}");
    }
}

proptest! {
    #[test]
    fn no_body_makes_it_panic(body: Vec<u8>) {
        let source = Bytes::from(body);
        let mut problems = Problems::of("body");
        if let Some(mut fields) = Fields::of_body(&source, &mut problems) {
            fields.optional("a", |f| f.metadata());
        }
    }

    #[test]
    fn any_text_is_read_as_it_was_meant(text: String) {
        let body = format!(r#"{{"t":{}}}"#, serde_json::to_string(&text).unwrap());
        let seen = read(&body, |f| f.optional("t", |f| f.text(|text| Ok(text.to_owned()))));
        prop_assert_eq!(seen, Ok(Some(text)));
    }
}

use super::*;
use proptest::prelude::*;

fn error(text: &[u8]) -> String {
    Json::parse(text).unwrap_err().to_string()
}

#[test]
fn mistakes_have_a_place_and_a_message() {
    let cases: [(&[u8], &str); 18] = [
        (
            b"",
            "line 1, column 1: the text ends where a JSON value is expected",
        ),
        (
            b"{\n  \"\xc3\xa4\": x}",
            "line 2, column 8: a JSON value is expected",
        ),
        (b"[1 2]", "line 1, column 4: a comma or ] is expected"),
        (b"[1,]", "line 1, column 4: a JSON value is expected"),
        (
            b"{\"a\":1,}",
            "line 1, column 8: a name in double quotes is expected",
        ),
        (b"{\"a\" 1}", "line 1, column 6: a colon is expected"),
        (b"{\"a\":1]", "line 1, column 7: a comma or } is expected"),
        (b"1 1", "line 1, column 3: something follows the JSON value"),
        (b"01", "line 1, column 2: a number cannot begin with 0"),
        (b"-", "line 1, column 2: a digit is expected"),
        (b"1.", "line 1, column 3: a digit is expected"),
        (b"1e+", "line 1, column 4: a digit is expected"),
        (b"tru", "line 1, column 1: a JSON value is expected"),
        (
            b"\"a\nb\"",
            "line 1, column 3: control characters in a string must be escaped",
        ),
        (b"\"a", "line 1, column 3: the text ends within a string"),
        (
            b"\"\\x\"",
            "line 1, column 3: no such escape: \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\u",
        ),
        (
            b"\"\\u12g4\"",
            "line 1, column 6: four hexadecimal digits are expected",
        ),
        (b"\"\xc3\xa4\xff\"", "line 1, column 3: this is not UTF-8"),
    ];
    for (text, expected) in cases {
        assert_eq!(error(text), expected, "{}", String::from_utf8_lossy(text));
    }
}

#[test]
fn half_of_a_pair_is_refused() {
    let halves = [
        r#""\ud800""#,
        r#""\udc00""#,
        r#""\ud800a""#,
        r#""\ud800\n""#,
        r#""\ud800\ud800""#,
        r#""\ud800A""#,
        r#""\udc00\ud800""#,
    ];
    for text in halves {
        assert!(error(text.as_bytes()).ends_with("half of a surrogate pair stands alone"));
        assert!(serde_json::from_str::<String>(text).is_err());
    }
}

#[test]
fn every_plane_passes_plain_and_escaped() {
    for plane in 0..=16u32 {
        for low in [0x00, 0x41, 0xff, 0xd7ff, 0xe000, 0xfffd, 0xffff] {
            let character = char::from_u32(plane << 16 | low).unwrap();
            let mut units = [0; 2];
            let escaped: String = character
                .encode_utf16(&mut units)
                .iter()
                .map(|unit| format!("\\u{unit:04X}"))
                .collect();
            let text = format!("[\"{escaped}\"]");
            let json = Json::parse(text.as_bytes()).unwrap();
            let expected = character.to_string();
            assert_eq!(json.index(0).unwrap().as_str(), Some(expected.as_str()));
            let mut out = Vec::new();
            json.write(&mut out);
            assert_eq!(Json::parse(&out).unwrap(), json);
        }
    }
}

#[test]
fn plain_texts_are_borrowed() {
    let json = Json::parse(br#"["plain","esc\naped",1.10]"#).unwrap();
    let items = json.as_array().unwrap();
    assert!(matches!(&items[0], Json::String(Cow::Borrowed("plain"))));
    assert!(matches!(&items[1], Json::String(Cow::Owned(text)) if text == "esc\naped"));
    assert!(matches!(&items[2], Json::Number(Cow::Borrowed("1.10"))));
}

#[test]
fn depth_is_bounded() {
    for (open, close) in [("[", "]"), ("{\"a\":[", "]}")] {
        let levels = open.matches(['[', '{']).count();
        let nest = |count: usize| format!("{}{}", open.repeat(count), close.repeat(count));
        let deepest = nest(JSON_DEPTH_MAX / levels);
        assert!(Json::parse(deepest.as_bytes()).is_ok());
        let deeper = nest(JSON_DEPTH_MAX / levels + 1);
        assert!(error(deeper.as_bytes()).ends_with("nest deeper than 128 levels"));
    }
    // Beside each other is not deep.
    let wide = format!("[{}[]]", "[],".repeat(1000));
    assert!(Json::parse(wide.as_bytes()).is_ok());
    let endless = "[".repeat(1_000_000);
    assert!(error(endless.as_bytes()).ends_with("nest deeper than 128 levels"));
}

/// JSON texts of every shape, spaces included; numbers within what `f64` holds.
fn json_text() -> impl Strategy<Value = String> {
    let string = any::<String>().prop_map(|text| serde_json::to_string(&text).unwrap());
    let escaped = prop::collection::vec(any::<u16>(), 0..4).prop_map(|units| {
        let body: String = units.iter().map(|unit| format!("\\u{unit:04x}")).collect();
        format!("\"{body}\"")
    });
    let number = "-?(0|[1-9][0-9]{0,20})(\\.[0-9]{1,5})?([eE][+-]?[0-9]{1,2})?";
    let leaf = prop_oneof![
        Just("null".to_owned()),
        Just("true".to_owned()),
        Just("false".to_owned()),
        number.prop_map(String::from),
        string.clone(),
        escaped,
    ];
    leaf.prop_recursive(5, 60, 6, move |inner| {
        let field = (string.clone(), "[ \n\r\t]{0,2}", inner.clone())
            .prop_map(|(name, space, value)| format!("{name}{space}:{space}{value}"));
        prop_oneof![
            prop::collection::vec(inner, 0..6).prop_map(|items| format!("[{}]", items.join(" ,"))),
            prop::collection::vec(field, 0..20)
                .prop_map(|fields| format!("{{\n{}}}", fields.join(",\t"))),
        ]
    })
}

/// The same value as `serde_json` sees it: duplicates resolved, numbers as `f64` text.
fn as_serde(json: &Json<'_>) -> serde_json::Value {
    match json {
        Json::Null => serde_json::Value::Null,
        Json::Bool(truth) => (*truth).into(),
        Json::Number(text) => serde_json::from_str(text).unwrap(),
        Json::String(text) => text.as_ref().into(),
        Json::Array(items) => items.iter().map(as_serde).collect(),
        Json::Object(object) => object
            .iter()
            .map(|(name, _)| (name.to_owned(), as_serde(object.get(name).unwrap())))
            .collect(),
    }
}

fn agrees_with_serde(text: &[u8]) -> Result<(), TestCaseError> {
    let theirs = serde_json::from_slice::<serde_json::Value>(text);
    match (Json::parse(text), theirs) {
        (Ok(json), Ok(value)) => {
            prop_assert_eq!(as_serde(&json), value);
            let mut once = Vec::new();
            json.write(&mut once);
            let again = Json::parse(&once).unwrap();
            prop_assert_eq!(&again, &json);
            let mut twice = Vec::new();
            again.write(&mut twice);
            prop_assert_eq!(once, twice);
        }
        (Err(_), Err(_)) => {}
        (ours, theirs) => prop_assert!(false, "ours {ours:?}, theirs {theirs:?}"),
    }
    Ok(())
}

proptest! {
    #[test]
    fn well_formed_texts_read_as_in_serde_json(text in json_text()) {
        agrees_with_serde(text.as_bytes())?;
    }

    #[test]
    fn damaged_texts_are_judged_as_in_serde_json(
        text in json_text(),
        at: prop::sample::Index,
        byte in prop::sample::select(b"{}[]\",:\\ud80eE+-.01n\x00\n \xc3\xff".to_vec()),
        insert: bool,
    ) {
        let mut bytes = text.into_bytes();
        let at = at.index(bytes.len());
        if insert { bytes.insert(at, byte) } else { bytes[at] = byte }
        let out_of_range = matches!(
            serde_json::from_slice::<serde_json::Value>(&bytes),
            Err(error) if error.to_string().starts_with("number out of range")
        );
        if !out_of_range {
            agrees_with_serde(&bytes)?;
        }
    }

    #[test]
    fn any_bytes_end_in_a_value_or_an_error(bytes: Vec<u8>) {
        agrees_with_serde(&bytes)?;
    }
}

use std::collections::BTreeMap;

use hookwire_types::Ksuid;
use proptest::prelude::*;

use super::*;

fn received(query: &str, headers: &[(&str, &str)]) -> Received {
    let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    Received {
        bin: BinId(Ksuid::MIN),
        capture: CaptureId(Ksuid::MAX),
        method: "PATCH".to_owned(),
        path: "/a%20b/c".to_owned(),
        query: query.to_owned(),
        headers: headers.iter().map(own).collect(),
    }
}

fn facts<'a>(
    query: Option<&'a [u8]>,
    headers: &'a HeaderLines,
    body: &'a [u8],
) -> RequestFacts<'a> {
    RequestFacts {
        id: CaptureId(Ksuid::MAX),
        received_at: Timestamp::from_unix_ms(0),
        method: "PUT",
        path: b"/\xff",
        query,
        headers,
        body,
        event_type: "bin.request",
        bin: BinId(Ksuid::MIN),
    }
}

fn strings(object: &Json<'_>) -> Vec<(String, String)> {
    let fields = object.as_object().unwrap().iter();
    fields
        .map(|(name, value)| (name.to_owned(), value.as_str().unwrap().to_owned()))
        .collect()
}

#[test]
fn a_message_reads_as_it_was_received() {
    let headers = [
        ("Host", "h"),
        ("X-Sig", "1"),
        ("Empty", ""),
        ("x-sIG", "2"),
        ("X-Sig", "3"),
    ];
    let received = received("b=1&a+b=%C3%A4+x%2B&b=%20&c&=d&&e==", &headers);
    let expected = format!(
        concat!(
            r#"{{"method":"PATCH","path":"/a%20b/c","#,
            r#""query":{{"b":" ","a b":"ä x+","c":"","":"d","e":"="}},"#,
            r#""query_string":"b=1&a+b=%C3%A4+x%2B&b=%20&c&=d&&e==","#,
            r#""headers":{{"host":"h","x-sig":"1, 2, 3","empty":""}},"#,
            r#""bin":"{}","capture":"{}"}}"#
        ),
        received.bin, received.capture
    );
    assert_eq!(text_of_message(&received), expected);
    let none = super::of_message(&Received {
        query: String::new(),
        ..received
    })
    .into_owned();
    assert_eq!(none.get("query"), Some(&Json::Object(Object::default())));
    assert_eq!(none.get("query_string"), Some(&Json::from("")));
}

#[test]
fn what_is_no_text_is_read_as_far_as_it_is() {
    let headers = HeaderLines::new(&b"X-\xc3: \x80\x01caf\xc3\xa9\r\nno colon\r\nX-A:\xff\r\n"[..]);
    let facts = facts(Some(b"\xff=%ff&%zz=%"), &headers, b"\x00\xfe");
    let document = of_facts(&facts);
    let replaced = |text: &str| Some(text.replace('?', "\u{fffd}"));
    let text = |name| document.get(name).and_then(Json::as_str).map(str::to_owned);
    assert_eq!(text("path"), replaced("/?"));
    assert_eq!(text("query_string"), Some("\u{fffd}=%ff&%zz=%".to_owned()));
    assert_eq!(text("body"), replaced("\0?"));
    let pair = |name: &str, value: &str| (replaced(name).unwrap(), replaced(value).unwrap());
    let query = strings(document.get("query").unwrap());
    assert_eq!(query, [pair("?", "?"), pair("%zz", "%")]);
    let headers = strings(document.get("headers").unwrap());
    assert_eq!(headers, [pair("x-?", "?\u{1}café"), pair("x-a", "?")]);
    let mut out = Vec::new();
    document.write(&mut out);
    assert_eq!(Json::parse(&out), Ok(document));
}

#[test]
fn of_many_parameters_the_first_are_read() {
    let query: String = (0..10_000)
        .map(|number| format!("&&p{number}={number}"))
        .collect();
    let received = received(&query, &[]);
    let document = of_message(&received);
    let read = document.get("query").and_then(Json::as_object).unwrap();
    assert_eq!(read.len(), QUERY_PARAMETERS_MAX);
    assert_eq!(read.get("p999"), Some(&Json::from("999")));
    assert_eq!(read.get("p1000"), None);
    assert_eq!(
        document.get("query_string"),
        Some(&Json::from(query.as_str()))
    );
    let same = self::received(&"p=1&".repeat(10_000), &[]);
    let same = of_message(&same).into_owned();
    assert_eq!(
        same.get("query").and_then(Json::as_object).unwrap().len(),
        1
    );
}

proptest! {
    #[test]
    fn each_name_is_there_once(
        pairs in prop::collection::vec(("[aA&=+ %ä]{0,2}", "[bB&=+ %,ö]{0,3}"), 0..30),
    ) {
        let mut query = form_urlencoded::Serializer::new(String::new());
        let mut last = BTreeMap::new();
        let mut joined = BTreeMap::<String, Vec<String>>::new();
        for (name, value) in &pairs {
            query.append_pair(name, value);
            last.insert(name.clone(), value.clone());
            joined.entry(name.to_ascii_lowercase()).or_default().push(value.clone());
        }
        let query = query.finish();
        let headers: Vec<_> = pairs.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        let received = received(&query, &headers);
        let document = of_message(&received);
        let query = strings(document.get("query").unwrap());
        let names = query.len();
        prop_assert_eq!(query.into_iter().collect::<BTreeMap<_, _>>(), last.clone());
        prop_assert_eq!(names, last.len());
        let headers = strings(document.get("headers").unwrap());
        let joined = joined.into_iter().map(|(name, values)| (name, values.join(", ")));
        prop_assert_eq!(headers.len(), joined.len());
        prop_assert_eq!(headers.into_iter().collect::<BTreeMap<_, _>>(), joined.collect());
    }

    #[test]
    fn whatever_was_received_is_json(
        query: Option<Vec<u8>>, lines: Vec<u8>, body: Vec<u8>,
    ) {
        let headers = HeaderLines::new(lines);
        let facts = facts(query.as_deref(), &headers, &body);
        let document = of_facts(&facts);
        let mut out = Vec::new();
        document.write(&mut out);
        prop_assert_eq!(Json::parse(&out), Ok(document));
    }
}

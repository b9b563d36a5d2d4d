//! Requests as products and programs send them.

use bytes::Bytes;
use hookwire_types::{Capture, CaptureVerification, HeaderLines, Ksuid, Timestamp};

/// The address of the bin that received all of them.
pub const BIN_URL: &str = "https://hooks.example/in/4Zk0mYbq8s2vQ1xT7nRdWa";

/// A request without a body.
pub fn request(method: &str, target: &str, headers: &str) -> Capture {
    Capture {
        id: Ksuid::MIN.into(),
        bin: Ksuid::MIN.into(),
        received_at: Timestamp::from_unix_ms(1_795_336_200_123),
        method: method.into(),
        target: target.to_owned().into(),
        headers: HeaderLines::new(headers.to_owned()),
        body: Some(Bytes::new()),
        body_bytes: 0,
        is_http_10: false,
        peer: Some(([127, 0, 0, 1], 4321).into()),
        event_type: "bin.request".into(),
        verification: CaptureVerification::Unchecked,
        duplicate_of: None,
        message: None,
        response_status: Some(200),
    }
}

/// A `POST` with a body of this content type.
pub fn post(content_type: &str, body: impl Into<Bytes>) -> Capture {
    let body = body.into();
    let headers = match content_type {
        "" => String::new(),
        _ => format!("Content-Type: {content_type}\r\n"),
    };
    Capture {
        body_bytes: body.len() as u64,
        body: Some(body),
        ..request("POST", "", &headers)
    }
}

/// A push that GitHub reports.
pub fn github() -> Capture {
    let headers = "Host: hooks.example\r\nAccept: */*\r\nContent-Type: application/json\r\n\
        User-Agent: GitHub-Hookshot/dd70d1d\r\nX-GitHub-Event: push\r\n\
        X-GitHub-Delivery: 72d3162e-cc78-11e3-81ab-4c9367dc0958\r\n\
        X-Hub-Signature-256: sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17\r\n\
        Content-Length: 314\r\n";
    let body = r#"{"ref":"refs/heads/main","before":"6113728f27ae82c7b1a177c8d03f9e96e0adf246","after":"0000000000000000000000000000000000000000","repository":{"id":186853002,"full_name":"Codertocat/Hello-World","private":false,"pushed_at":1557933656.50},"pusher":{"name":"Codertocat"},"commits":[],"head_commit":null,"note":"it's"}"#;
    Capture {
        event_type: "push".into(),
        body_bytes: body.len() as u64,
        body: Some(body.into()),
        ..request("POST", "/hooks/1?a=1&b=x+y%21&a=", headers)
    }
}

/// An event of Stripe, laid out as Stripe does.
pub fn stripe() -> Capture {
    let body = "{\n  \"id\": \"evt_1NG8Du2eZvKYlo2CUI79vXWy\",\n  \"object\": \"event\",\n  \
        \"created\": 1686089970,\n  \"data\": {\n    \"object\": {\n      \"amount\": 2000,\n      \
        \"currency\": \"usd\",\n      \"metadata\": {}\n    }\n  },\n  \"livemode\": false,\n  \
        \"type\": \"setup_intent.created\"\n}";
    post("application/json; charset=utf-8", body)
}

/// A message that Twilio received.
pub fn twilio() -> Capture {
    let body = "ToCountry=US&SmsMessageSid=SM2c1b6f5e8a&NumMedia=0&FromCity=&\
        Body=Hi+there%21+%F0%9F%91%8B&From=%2B14155551234&To=%2B18005550100&ApiVersion=2010-04-01";
    post("application/x-www-form-urlencoded; charset=UTF-8", body)
}

/// What `curl -F 'title=Größe "x"' -F 'file=@no te.txt' -F 'image=@a.png'` sends.
pub fn upload() -> Capture {
    let body = b"--------------------------eb84f94e28d7071d\r\n\
        Content-Disposition: form-data; name=\"title\"\r\n\r\n\
        Gr\xc3\xb6\xc3\x9fe \"x\"\r\n\
        --------------------------eb84f94e28d7071d\r\n\
        Content-Disposition: form-data; name=\"file\"; filename=\"no te.txt\"\r\n\
        Content-Type: text/plain\r\n\r\n\
        hello\nworld\n\r\n\
        --------------------------eb84f94e28d7071d\r\n\
        Content-Disposition: form-data; name=\"image\"; filename=\"a.png\"\r\n\
        Content-Type: image/png\r\n\r\n\
        \x89PNG\r\n\x1a\n\0\r\n\
        --------------------------eb84f94e28d7071d--\r\n";
    let boundary = "------------------------eb84f94e28d7071d";
    post(
        &format!("multipart/form-data; boundary={boundary}"),
        &body[..],
    )
}

//! The bytes on the wire: every method with every kind of body.

use hookwire_signing::{SignedHeaders, Verifier};
use hookwire_types::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

use crate::rig::{Rig, settings};

const PAYLOAD: &str = "{ \"n\" : 9007199254740993,\"big\":1e400, \"name\":\"Zoë \u{1F980}\" }";

/// Takes requests apart no further than HTTP has to: one for each connection's request, as text.
async fn receiver() -> (String, mpsc::UnboundedReceiver<Vec<u8>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let (sender, received) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream, sender.clone()));
        }
    });
    (address, received)
}

async fn serve(mut stream: TcpStream, sender: mpsc::UnboundedSender<Vec<u8>>) {
    let mut bytes = Vec::new();
    loop {
        let head = bytes.windows(4).position(|end| end == b"\r\n\r\n");
        let length = head.map(|end| end + 4 + content_length(&bytes[..end]));
        if let Some(length) = length.filter(|length| bytes.len() >= *length) {
            let rest = bytes.split_off(length);
            let _ = sender.send(std::mem::replace(&mut bytes, rest));
            let answer = b"HTTP/1.1 204 No Content\r\n\r\n";
            stream.write_all(answer).await.unwrap();
            continue;
        }
        if stream.read_buf(&mut bytes).await.unwrap() == 0 {
            return;
        }
    }
}

fn content_length(head: &[u8]) -> usize {
    let head = std::str::from_utf8(head).unwrap();
    let line = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "));
    line.map_or(0, |length| length.parse().unwrap())
}

/// A request as a person reads it: its first line, headers and body.
fn parts(request: &[u8]) -> (String, Vec<(String, String)>, Vec<u8>) {
    let end = request.windows(4).position(|it| it == b"\r\n\r\n").unwrap();
    let head = std::str::from_utf8(&request[..end]).unwrap();
    let mut lines = head.split("\r\n");
    let first = lines.next().unwrap().to_owned();
    let headers = lines.map(|line| {
        let (name, value) = line.split_once(": ").unwrap();
        (name.to_owned(), value.to_owned())
    });
    (first, headers.collect(), request[end + 4..].to_vec())
}

fn text(content_type: &str, template: &str) -> RequestBody {
    RequestBody::Text {
        content_type: content_type.to_owned(),
        template: template.to_owned(),
    }
}

/// What is defined, and the content type and body that must be sent.
fn bodies() -> Vec<(Option<RequestBody>, Option<&'static str>, String)> {
    let json = RequestBody::Json {
        fields: "{\"n\":\"{{ payload.n }}\", \"x\":1.10,\"to\":[\"Dear {{ payload.name }}\"]}"
            .to_owned(),
    };
    let binary = "\u{0}\u{1}\u{7f}\u{80}\u{fffd}\u{10ffff}";
    vec![
        (None, None, String::new()),
        (Some(RequestBody::None), None, String::new()),
        (
            Some(RequestBody::Payload),
            Some("application/json"),
            PAYLOAD.to_owned(),
        ),
        (
            Some(json),
            Some("application/json"),
            "{\"n\":9007199254740993,\"x\":1.10,\"to\":[\"Dear Zoë \u{1F980}\"]}".to_owned(),
        ),
        (
            Some(text("text/plain; charset=utf-8", "{{ payload.big }} €")),
            Some("text/plain; charset=utf-8"),
            "1e400 €".to_owned(),
        ),
        (
            Some(text(
                "application/x-www-form-urlencoded",
                "a={{ payload.name | url_encode }}",
            )),
            Some("application/x-www-form-urlencoded"),
            "a=Zo%C3%AB+%F0%9F%A6%80".to_owned(),
        ),
        (
            Some(text("application/xml", "<a>{{ payload.n }}</a>")),
            Some("application/xml"),
            "<a>9007199254740993</a>".to_owned(),
        ),
        (
            Some(text("application/octet-stream", binary)),
            Some("application/octet-stream"),
            binary.to_owned(),
        ),
    ]
}

#[tokio::test]
async fn every_method_sends_every_body_exactly() {
    let (address, mut received) = receiver().await;
    let rig = Rig::start(settings()).await;
    for method in RequestMethod::ALL {
        for (body, content_type, expected) in bodies() {
            let url = format!("http://{address}/{{{{ type }}}}/{{{{ payload.name }}}}?a=b");
            let request = RequestDefinition {
                method,
                body: body.clone(),
                idempotency_key: true,
            };
            let mut endpoint = rig
                .endpoint_with(url, |endpoint| endpoint.request = request)
                .await;
            let message = rig.send(PAYLOAD).await;
            let raw = received.recv().await.unwrap();
            let (first, headers, sent) = parts(&raw);
            let case = format!("{} {body:?}", method.name());

            let target = "/payment_received/Zo%C3%AB%20%F0%9F%A6%80?a=b";
            assert_eq!(
                first,
                format!("{} {target} HTTP/1.1", method.name()),
                "{case}"
            );
            let (content_type, expected) = match (&body, method) {
                (None, RequestMethod::Get | RequestMethod::Delete) => (None, String::new()),
                (None, _) => (Some("application/json"), PAYLOAD.to_owned()),
                _ => (content_type, expected),
            };
            assert_eq!(sent, expected.as_bytes(), "{case}");
            let find = |wanted: &str| {
                let mut found = headers.iter().filter(|(name, _)| name == wanted);
                let value = found.next().map(|(_, value)| value.as_str());
                assert!(found.next().is_none(), "{case}: {wanted} twice");
                value
            };
            assert_eq!(find("content-type"), content_type, "{case}");
            assert_eq!(find("host"), Some(address.as_str()), "{case}");
            assert_eq!(find("transfer-encoding"), None, "{case}");
            let asks = matches!(method, RequestMethod::Get | RequestMethod::Delete);
            let length = (!asks || !sent.is_empty()).then(|| sent.len().to_string());
            assert_eq!(find("content-length"), length.as_deref(), "{case}");
            let id = message.id.to_string();
            assert_eq!(find("webhook-id"), Some(id.as_str()), "{case}");
            assert_eq!(find("idempotency-key"), Some(id.as_str()), "{case}");
            let verified = Verifier::new([endpoint.secret.reveal()]).unwrap().verify(
                &SignedHeaders::find(find),
                &sent,
                rig.engine.now().unix_seconds(),
            );
            assert!(verified.is_ok(), "{case}: {verified:?}");

            endpoint.disabled = true;
            endpoint.version += 1;
            let change = hookwire_store::Change::UpdateEndpoint(endpoint);
            rig.engine.change(vec![change]).await.unwrap();
        }
    }
}

#[tokio::test]
async fn what_no_template_touches_is_sent_as_it_was_written() {
    let (address, mut received) = receiver().await;
    let rig = Rig::start(settings()).await;
    // Every plane of Unicode, control characters, and a mebibyte of it.
    let planes: String = (0..=16u32)
        .filter_map(|plane| char::from_u32(plane * 0x10000 + 0x100 + plane))
        .chain((0..0x20u8).map(char::from))
        .chain("{ } % { {".chars())
        .collect();
    let body = planes.repeat((1 << 20) / planes.len());
    let url = format!("http://{address}/");
    rig.endpoint_with(url, |endpoint| {
        endpoint.request.body = Some(text("text/plain", &body));
    })
    .await;
    rig.send(PAYLOAD).await;
    let raw = received.recv().await.unwrap();
    let (_, _, sent) = parts(&raw);
    assert!(
        sent == body.as_bytes(),
        "{} of {} bytes",
        sent.len(),
        body.len()
    );
}

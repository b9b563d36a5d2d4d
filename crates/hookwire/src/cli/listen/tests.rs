//! Listening to a scripted server, for a scripted program.

mod rig;

use std::io::Write;
use std::sync::Arc;

use tokio::net::TcpListener;

use self::rig::{Answer, Machine, Script, Scripted, refusal, serve, stream, text};
use super::*;

const BIN: Answer = || {
    text(
        200,
        r#"{"id":"bin_1","name":"shop","url":"http://a/in/t","response":{"waitMs":0}}"#,
    )
};

const WAITING_BIN: Answer = || {
    text(
        200,
        r#"{"id":"bin_1","name":"shop","url":"http://a/in/t","response":{"waitMs":5}}"#,
    )
};

const OK: Answer = || text(200, "thanks");
const BODY: Answer = || text(200, &b"\x00\xffraw"[..]);
const SILENT: Answer = || stream(&[], true);
const ONE: Answer = || stream(&[json!({})], true);

const LOOK: &str = "GET /api/v1/bin/bin_1";
const STREAM: &str = "GET /api/v1/bin/bin_1/stream";
const BODY_OF_1: &str = "GET /api/v1/bin/bin_1/request/cap_1/body";
const ANSWER_OF_1: &str = "POST /api/v1/bin/bin_1/request/cap_1/answer";

#[tokio::test]
async fn forwards_what_should_be_forwarded_and_shows_all() {
    let captures: Answer = || {
        let refused = json!({ "status": "invalid", "reason": "no signature" });
        let captures = [
            json!({}),
            json!({ "id": "cap_2", "duplicateOf": "cap_1" }),
            json!({ "id": "cap_3", "verification": refused, "responseStatus": 401 }),
            json!({ "id": "cap_4", "path": "/../x", "bodyBytes": 0 }),
            json!({ "id": "cap_5", "eventType": "unwanted" }),
            json!({ "id": "cap_6", "bodyBytes": 0, "method": "GET", "eventType": "pull.all" }),
        ];
        stream(&captures, true)
    };
    let answers: [(_, &[Answer]); 3] =
        [(LOOK, &[BIN]), (STREAM, &[captures]), (BODY_OF_1, &[BODY])];
    let server = Scripted::new(&answers).await;
    let broken: Answer = || text(500, "");
    let local = Scripted::new(&[("POST /in/hooks/1", &[broken]), ("GET /in/hooks/1", &[OK])]).await;
    let words = format!(
        "--bin bin_1 --since beginning --events push,pull.* --forward http://{}/in",
        local.address
    );

    let plain = Machine::new();
    let told = plain.out.wait_for("→ 200");
    plain.listen(&server, &words, told).await.unwrap();
    assert!(
        server.seen(STREAM)[0]
            .line
            .ends_with("stream?after=beginning")
    );
    assert_eq!(plain.place(), "cap_6");
    let shown = plain.out.text();
    for part in [
        "bin_1 (shop)",
        "http://a/in/t",
        "POST /hooks/1?a=1  5 bytes  push\n  → 500 in ",
        "duplicate of cap_1\n  not forwarded: it is a duplicate\n",
        "INVALID: no signature\n  not forwarded: the bin has refused it",
        "/../x?a=1  0 bytes  push\n  not forwarded: its path leads out",
        "pull.all\n  → 200 in ",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    assert!(!shown.contains("unwanted"), "{shown}");
    let came = local.seen("POST");
    assert_eq!(came[0].line, "POST /in/hooks/1?a=1");
    assert_eq!(came[0].headers["x-a"], "1");
    assert_eq!(&came[0].body[..], b"\x00\xffraw");

    let json = Machine::new();
    let told = json.out.wait_for("cap_6");
    let words = format!("{words} --print json");
    json.listen(&server, &words, told).await.unwrap();
    let lines: Vec<Value> = json
        .out
        .text()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let seen: Vec<_> = lines.iter().map(|line| &line["id"]).collect();
    assert_eq!(seen, ["cap_1", "cap_2", "cap_3", "cap_4", "cap_6"]);
    assert_eq!(lines[0]["forwarded"]["status"], 500);
    assert_eq!(lines[1]["forwarded"]["skipped"], "it is a duplicate");
    assert!(json.notes.text().contains("http://a/in/t"));
}

#[tokio::test]
async fn a_connection_that_ends_is_made_again_after_the_last_capture() {
    let first: Answer = || stream(&[json!({}), json!({ "id": "cap_2" })], false);
    let second: Answer = || stream(&[json!({ "id": "cap_3", "path": "/third" })], true);
    let (busy, broken): (Answer, Answer) = (|| refusal(429), || text(502, "<html>"));
    let server = Scripted::new(&[(LOOK, &[BIN]), (STREAM, &[first, busy, broken, second])]).await;
    let machine = Machine::new();
    let told = machine.out.wait_for("/third");
    let words = "--bin bin_1 --since beginning";
    machine.listen(&server, words, told).await.unwrap();
    let asked = server.seen(STREAM);
    assert_eq!(asked.len(), 4);
    for again in &asked[1..] {
        assert_eq!(again.headers["last-event-id"], "cap_2");
        assert!(again.line.ends_with("/stream"), "{}", again.line);
    }
    let shown = machine.out.text();
    for once in ["is lost (it has ended the stream)", "Connected again."] {
        assert_eq!(shown.matches(once).count(), 1, "{shown}");
    }
    assert_eq!(machine.place(), "cap_3");
}

#[tokio::test]
async fn what_the_server_refuses_ends_it_with_the_reason() {
    let cases: [(Answer, &str); 4] = [
        (|| refusal(401), "refused the token: because"),
        (
            || refusal(403),
            "cannot listen to bin_1: the server refused (403 Forbidden): because",
        ),
        (|| refusal(404), "there is no bin bin_1 at http://127.0.0.1"),
        (
            || text(200, "event: request\ndata: {}\n\n"),
            "is not understood",
        ),
    ];
    for (answer, part) in cases {
        let server = Scripted::new(&[(LOOK, &[BIN]), (STREAM, &[answer])]).await;
        let listening = Machine::new();
        let words = "--bin bin_1 --since beginning";
        let ended = listening.listen(&server, words, std::future::pending());
        let said = format!("{:#}", ended.await.unwrap_err());
        assert!(said.contains(part), "{part}: {said}");
    }
    let server = Scripted::new(&[(LOOK, &[|| refusal(404)])]).await;
    let machine = Machine::new();
    let ended = machine.listen(&server, "--bin bin_1", std::future::pending());
    assert!(
        ended
            .await
            .unwrap_err()
            .to_string()
            .contains("no bin bin_1")
    );
}

#[tokio::test]
async fn a_program_that_is_down_gets_the_same_request_again() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let script = Script::new(&[("POST /hooks/1", &[OK])]);
    let serving = Arc::clone(&script);
    tokio::spawn(async move {
        // Twice it goes down without an answer.
        drop(listener.accept().await.unwrap());
        drop(listener.accept().await.unwrap());
        serve(listener, serving);
    });
    let (gone, away): (Answer, Answer) = (|| refusal(404), || refusal(503));
    let server = Scripted::new(&[
        (LOOK, &[BIN]),
        (
            STREAM,
            &[|| stream(&[json!({ "id": "cap_0" }), json!({})], true)],
        ),
        ("GET /api/v1/bin/bin_1/request/cap_0/body", &[gone]),
        (BODY_OF_1, &[away, BODY]),
    ])
    .await;
    let machine = Machine::new();
    let told = machine.out.wait_for("→ 200");
    let words = format!("--bin bin_1 --since beginning --forward http://{address}");
    machine.listen(&server, &words, told).await.unwrap();
    let shown = machine.out.text();
    for part in [
        "not forwarded: it was deleted",
        "does not give the body of cap_1",
        "does not answer (",
        "answers again.",
    ] {
        assert_eq!(shown.matches(part).count(), 1, "{part}: {shown}");
    }
    assert_eq!(script.seen.lock().unwrap().len(), 1);
    assert_eq!(machine.place(), "cap_1");
}

#[tokio::test]
async fn the_programs_answer_is_returned_where_somebody_waits() {
    let (given, late, bad): (Answer, Answer, Answer) =
        (|| text(204, ""), || refusal(409), || refusal(422));
    for (bin, flag, answer, said) in [
        (WAITING_BIN, "", given, "ms, returned to the sender"),
        (WAITING_BIN, "", late, "ms, the sender did not wait"),
        (
            BIN,
            "--answer",
            bad,
            "ms, not returned to the sender: the server",
        ),
        (BIN, "", given, "→ 201 in "),
    ] {
        let server = Scripted::new(&[
            (LOOK, &[bin]),
            (STREAM, &[ONE]),
            (BODY_OF_1, &[BODY]),
            (ANSWER_OF_1, &[answer]),
        ])
        .await;
        let made: Answer = || {
            let mut made = text(201, &b"\xff"[..]);
            let kind = http::HeaderValue::from_static("text/x");
            made.headers_mut().insert("content-type", kind);
            made
        };
        let local = Scripted::new(&[("POST /hooks/1", &[made])]).await;
        let machine = Machine::new();
        let words = format!(
            "--bin bin_1 --since beginning --forward http://{} {flag}",
            local.address
        );
        let told = machine.out.wait_for(said);
        machine.listen(&server, &words, told).await.unwrap();
        let answers = server.seen(ANSWER_OF_1);
        let is_answering = !said.starts_with('→');
        let listens = server.seen(STREAM)[0].line.contains("listen=true");
        assert_eq!((answers.len() == 1, listens), (is_answering, is_answering));
        for answer in answers {
            let answer: Value = serde_json::from_slice(&answer.body).unwrap();
            assert_eq!(
                (&answer["status"], &answer["bodyBase64"]),
                (&json!(201), &json!("/w=="))
            );
            assert_eq!(answer["headers"]["content-type"], "text/x");
        }
    }
}

#[tokio::test]
async fn a_bin_is_made_once_and_its_place_kept_from_the_start() {
    const MAKE: &str = "POST /api/v1/bin";
    let gone: Answer = || refusal(404);
    let server = Scripted::new(&[(MAKE, &[BIN]), (STREAM, &[SILENT]), (LOOK, &[BIN, gone])]).await;
    let machine = Machine::new();
    for (streams, made) in [(1, 1), (2, 1), (3, 2)] {
        let told = async { drop(server.wait_for(STREAM, streams).await) };
        machine.listen(&server, "--name shop", told).await.unwrap();
        let name: Value = serde_json::from_slice(&server.seen(MAKE)[0].body).unwrap();
        assert_eq!(name["name"], "shop");
        let makes = server
            .seen(MAKE)
            .iter()
            .filter(|seen| seen.line == MAKE)
            .count();
        assert_eq!(makes, made);
        let stream = server.seen(STREAM).pop().unwrap();
        assert!(stream.line.ends_with("after=beginning"), "{}", stream.line);
    }
    assert!(machine.out.text().contains("making a new bin"));
}

#[tokio::test]
async fn where_it_begins_is_where_it_was_left_unless_told_otherwise() {
    const LATEST: &str = "GET /api/v1/bin/bin_1/request";
    let latest: Answer = || text(200, r#"{"data":[{"id":"cap_7"}],"done":true}"#);
    let empty: Answer = || text(200, r#"{"data":[],"done":true}"#);
    let two: Answer = || stream(&[json!({ "id": "cap_9", "path": "/nine" })], true);
    let server = Scripted::new(&[
        (LOOK, &[BIN]),
        (LATEST, &[empty, latest]),
        (STREAM, &[SILENT, SILENT, SILENT, two, SILENT]),
    ])
    .await;
    let machine = Machine::new();
    let begins = [
        ("", None, "the bin is empty"),
        ("--since now", Some("cap_7"), "the latest is passed over"),
        ("", Some("cap_7"), "and stays so"),
        ("--since beginning", None, "one comes"),
        ("", Some("cap_9"), "after it"),
    ];
    for (number, (flag, expected, why)) in begins.into_iter().enumerate() {
        let told = async {
            server.wait_for(STREAM, number + 1).await;
            if number == 3 {
                machine.out.wait_for("/nine").await;
            }
        };
        let words = format!("--bin bin_1 {flag}");
        machine.listen(&server, &words, told).await.unwrap();
        let asked = &server.seen(STREAM)[number];
        let last_id = asked.headers.get("last-event-id");
        assert_eq!(last_id.map(|id| id.to_str().unwrap()), expected, "{why}");
        assert_eq!(
            asked.line.ends_with("after=beginning"),
            expected.is_none(),
            "{why}"
        );
    }
}

#[tokio::test]
async fn a_reader_who_has_gone_ends_it() {
    struct Gone;
    impl Write for Gone {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::BrokenPipe.into())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let server = Scripted::new(&[(LOOK, &[BIN]), (STREAM, &[ONE])]).await;
    let machine = Machine::new();
    let args = machine.args(&server, "--bin bin_1 --since beginning --print json");
    let screen = Screen::new(Print::Json, Gone, std::io::sink());
    let ended = args.listen(screen, std::future::pending()).await;
    assert!(ended.unwrap_err().is::<NobodyReads>());
    assert_eq!(machine.state()["bins"][0]["after"], Value::Null);
}

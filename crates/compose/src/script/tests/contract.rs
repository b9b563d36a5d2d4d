use super::*;

#[test]
fn what_a_script_changes_is_reported_and_nothing_else() {
    let nothing = ScriptChanges::default();
    assert_eq!(changes("return webhook", "{}"), nothing);
    assert_eq!(changes("return {payload: webhook.payload}", "{}"), nothing);
    assert_eq!(
        changes("webhook.method = 'PUT'; return webhook", "{}"),
        ScriptChanges {
            method: Some(RequestMethod::Put),
            ..nothing.clone()
        }
    );
    assert_eq!(
        changes(
            "webhook.url = 'https://example.com/ü'; return webhook",
            "{}"
        ),
        ScriptChanges {
            url: Some("https://example.com/ü".to_owned()),
            ..nothing.clone()
        }
    );
    let read_only = "webhook.eventType = 'x'; webhook.env.REGION = 'us'; return webhook";
    assert_eq!(changes(read_only, "{}"), nothing);
}

#[test]
fn the_request_that_a_bin_received_can_be_read_and_not_changed() {
    let received = Received {
        bin: hookwire_types::Ksuid::MIN.into(),
        capture: hookwire_types::Ksuid::MAX.into(),
        method: "PUT".to_owned(),
        path: "/a".to_owned(),
        query: "q=%E2%80%A8".to_owned(),
        headers: vec![("__proto__".to_owned(), "\u{0}\"".to_owned())],
    };
    let text = ScriptInput::request_text(&received);
    let code = "function handler(webhook) {
        const {method, path, query, headers, bin, capture} = webhook.request;
        webhook.payload = [method, path, query.q, Object.values(headers), bin, capture];
        webhook.request.method = 'x';
        return webhook
    }";
    let with = |request| {
        let input = ScriptInput {
            request,
            ..input("{}")
        };
        let mut sandbox = Sandbox::new(ScriptLimits::default());
        sandbox.run(code, &input, || false).result
    };
    let ScriptOutput::Send(read) = with(Some(text)).unwrap() else {
        panic!("canceled");
    };
    let (bin, capture) = (received.bin, received.capture);
    let expected =
        format!("[\"PUT\",\"/a\",\"\u{2028}\",[\"\\u0000\\\"\"],\"{bin}\",\"{capture}\"]");
    assert_eq!(read.payload, Some(expected));
    assert!(with(None).is_err());
    let none = changes("webhook.payload = webhook.request; return webhook", "{}");
    assert_eq!(none.payload.as_deref(), Some("null"));
}

#[test]
fn a_payload_that_is_only_looked_at_keeps_its_bytes() {
    let payload =
        r#"{ "big": 9007199254740993, "huge": 1e400, "a":1, "a":2, "t": "\u00e4\ud800" }"#;
    for body in [
        "return webhook",
        "webhook.url += webhook.payload.big; return webhook",
        "webhook.payload.x = 1; delete webhook.payload.x; return webhook",
        "webhook.payload = JSON.parse(JSON.stringify(webhook.payload)); return webhook",
    ] {
        assert_eq!(changes(body, payload).payload, None, "{body}");
    }
    assert_eq!(
        changes("webhook.payload.a = 3; return webhook", payload).payload,
        Some(r#"{"big":9007199254740992,"huge":null,"a":3,"t":"ä\ud800"}"#.to_owned())
    );
    for (body, expected) in [
        ("webhook.payload = [1, undefined, 'x']", r#"[1,null,"x"]"#),
        (
            "webhook.payload = {d: new Date(0)}",
            r#"{"d":"1970-01-01T00:00:00.000Z"}"#,
        ),
        ("webhook.payload = null", "null"),
    ] {
        let changes = changes(&format!("{body}; return webhook"), "{}");
        assert_eq!(changes.payload.as_deref(), Some(expected));
    }
}

#[test]
fn headers_are_added_replaced_and_left_out() {
    let set = |name: &str, value: &str| (name.to_owned(), Some(value.to_owned()));
    let gone = |name: &str| (name.to_owned(), None);
    for (body, expected) in [
        ("webhook.headers['x-new'] = 'a'", vec![set("x-new", "a")]),
        ("webhook.headers = {'x-new': 7}", vec![set("x-new", "7")]),
        (
            "webhook.headers = {'X-TEAM': 'red'}",
            vec![set("X-TEAM", "red")],
        ),
        ("webhook.headers = {'X-TEAM': 'blue'}", vec![]),
        ("webhook.headers = undefined", vec![]),
        ("webhook.headers['x-team'] = null", vec![gone("x-team")]),
        ("delete webhook.headers['x-team']", vec![gone("x-team")]),
        ("webhook.headers = {'x-team': null}", vec![gone("x-team")]),
        ("webhook.headers['x-none'] = null", vec![]),
    ] {
        let changes = changes(&format!("{body}; return webhook"), "{}");
        assert_eq!(changes.headers, expected, "{body}");
    }
}

#[test]
fn a_script_can_cancel_and_say_why() {
    for (value, expected) in [
        ("true", Some("canceled by the transformation")),
        ("' \\n '", Some("canceled by the transformation")),
        ("' '.repeat(600) + 'late'", Some("late")),
        ("'not interesting'", Some("not interesting")),
        ("false", None),
        ("undefined", None),
        ("''", None),
    ] {
        let code = format!("const handler = (w) => {{ w.cancel = {value}; return w; }}");
        let reason = match run(&code, "{}").result.unwrap() {
            ScriptOutput::Cancel { reason } => Some(reason),
            ScriptOutput::Send(_) => None,
        };
        assert_eq!(reason.as_deref(), expected);
    }
}

#[test]
fn handlers_of_every_kind_are_called_and_promises_awaited() {
    for code in [
        "function handler(w) { w.payload = 1; return w }",
        "const handler = w => ({...w, payload: 1})",
        "var handler = function (w) { w.payload = 1; return w }",
        "handler = (w) => { w.payload = 1; return w }",
        "async function handler(w) { w.payload = await Promise.resolve(1); return w }",
        "function handler(w) { return new Promise(r => r()).then(() => { w.payload = 1; return w }) }",
    ] {
        let result = run(code, "{}").result;
        let Ok(ScriptOutput::Send(changes)) = result else {
            panic!("{code}: {result:?}");
        };
        assert_eq!(changes.payload.as_deref(), Some("1"), "{code}");
    }
}

#[test]
fn a_handler_that_breaks_the_contract_is_told_how() {
    for (body, expected) in [
        (
            "",
            "handler returned nothing: it must end with `return webhook`",
        ),
        ("return null", "handler returned nothing"),
        ("return 7", "handler returned a value of type int"),
        ("return [webhook]", "handler returned a value of type array"),
        (
            "return new Promise(() => {})",
            "a promise that nothing settles",
        ),
        (
            "webhook.method = 'post'; return webhook",
            "must be one of POST, GET, PUT",
        ),
        (
            "webhook.method = 1; return webhook",
            "webhook.method is of type int",
        ),
        (
            "webhook.url = {}; return webhook",
            "webhook.url is of type object",
        ),
        (
            "webhook.url = '\\ud800'; return webhook",
            "webhook.url is not valid Unicode",
        ),
        (
            "webhook.url = 'x'.repeat(70000); return webhook",
            "webhook.url is longer than",
        ),
        (
            "webhook.headers = 'a'; return webhook",
            "webhook.headers is of type string",
        ),
        (
            "webhook.headers = {a: {}}; return webhook",
            "webhook.headers[\"a\"] is of type object",
        ),
        (
            "for (let i = 0; i < 100; i++) webhook.headers[i] = 'x'; return webhook",
            "more than 64 entries",
        ),
        (
            "delete webhook.payload; return webhook",
            "webhook.payload is of type undefined",
        ),
        (
            "webhook.payload = 'x'.repeat(3e6); return webhook",
            "webhook.payload is longer than",
        ),
        (
            "webhook.cancel = 1; return webhook",
            "webhook.cancel is of type int",
        ),
    ] {
        let failure = failure(body);
        assert_eq!(
            failure.kind,
            ScriptFailureKind::Contract,
            "{body}: {failure}"
        );
        assert!(failure.message.contains(expected), "{body}: {failure}");
    }
}

#[test]
fn what_is_thrown_is_reported_with_its_place() {
    let code =
        "function handler(webhook) {\n  // ü\n  const ü = 'ü'; return webhook.payload.b.c;\n}";
    let failure = run(code, r#"{"a":1}"#).result.unwrap_err();
    assert_eq!(failure.kind, ScriptFailureKind::Thrown);
    assert_eq!(
        failure.message,
        "TypeError: cannot read property 'c' of undefined"
    );
    assert_eq!(
        failure.place,
        Some(Place {
            line: 3,
            column: 25
        })
    );
    for (body, expected) in [
        ("throw 'no'", "thrown: no"),
        ("throw {code: 7}", "thrown: {\"code\":7}"),
        ("throw undefined", "thrown: a value of type undefined"),
        ("throw new RangeError('x'.repeat(9999))", "RangeError: xxx"),
        ("nothing()", "ReferenceError: nothing is not defined"),
        ("return Promise.reject(new Error('late'))", "Error: late"),
    ] {
        let failure = super::failure(body);
        assert_eq!(failure.kind, ScriptFailureKind::Thrown);
        assert!(failure.message.starts_with(expected), "{body}: {failure}");
        assert!(failure.message.chars().count() <= 501);
    }
}

#[test]
fn a_payload_that_is_not_json_is_a_failure_in_words() {
    let code = "function handler(webhook) { return webhook }";
    for payload in ["", "{", "text", "{\"a\":\0}"] {
        let failure = run(code, payload).result.unwrap_err();
        assert_eq!(failure.kind, ScriptFailureKind::Payload, "{failure}");
        assert!(
            failure.message.starts_with("the payload is not JSON"),
            "{failure}"
        );
    }
    let large = format!("[{}1]", "1,".repeat(1_000_000));
    let mut sandbox = Sandbox::new(ScriptLimits::default());
    assert!(sandbox.run(code, &input(&large), || false).result.is_ok());
}

#[test]
fn the_console_is_kept_in_bounds() {
    let code = "console.log('top'); function handler(webhook) {
        console.log('a', 1, {b: [2]}, undefined, null, true, Symbol('s'));
        console.error(new Error('oops'), () => 1);
        const loop = {}; loop.loop = loop; console.warn(loop);
        console.debug('x'.repeat(5000)); console.info();
        return webhook; }";
    let lines = run(code, "{}").console;
    let line = |level, text: &str| ConsoleLine {
        level,
        text: text.to_owned(),
    };
    assert_eq!(lines[0], line(ConsoleLevel::Log, "top"));
    assert_eq!(
        lines[1],
        line(
            ConsoleLevel::Log,
            "a 1 {\"b\":[2]} undefined null true (symbol that cannot be shown)"
        )
    );
    assert!(lines[2].text.starts_with("Error: oops") && lines[2].level == ConsoleLevel::Error);
    assert_eq!(
        lines[3],
        line(ConsoleLevel::Warn, "(object that cannot be shown)")
    );
    assert_eq!(lines[4].text.chars().count(), 1_001);
    assert_eq!(lines[5], line(ConsoleLevel::Info, ""));

    let many = "function handler(w) { for (let i = 0; i < 1e4; i++) console.log(i); return w }";
    let many = run(many, "{}");
    assert!(many.result.is_ok());
    assert_eq!(many.console.len(), 100);
    assert_eq!(
        many.console[99],
        line(ConsoleLevel::Warn, "(only the first 99 lines are kept)")
    );
}

#[test]
fn scripts_are_checked_without_being_run() {
    for code in [
        "function handler(webhook) { return webhook }",
        "const handler = (webhook) => webhook;",
        "let handler; handler = 1;",
        "async function handler() {}",
        "'use strict'; for (;;) {} function handler() {}",
        "throw 1; function handler() {}",
    ] {
        assert_eq!(check_script(code), Ok(()), "{code}");
    }
    for (code, line, column, message) in [
        (
            "function handler(webhook) {\n  retrun webhook;\n}",
            2,
            10,
            "SyntaxError",
        ),
        ("function handler(webhook) {", 1, 28, "SyntaxError"),
        (
            "const a = 'ü'; let a; function handler() {}",
            1,
            21,
            "SyntaxError",
        ),
        (
            "import x from 'y'; function handler() {}",
            1,
            8,
            "SyntaxError",
        ),
        (
            "function handle(webhook) { return webhook }",
            1,
            1,
            "no function `handler`",
        ),
        ("}); for(;;); (function handler() {", 1, 1, "SyntaxError"),
        ("x", 1, 1, "at least 10 characters"),
        ("/* */\n\0  function handler() {}", 2, 1, "NUL"),
    ] {
        let error = check_script(code).unwrap_err();
        assert!(error.message.contains(message), "{code}: {error}");
        assert_eq!(error.place, Place { line, column }, "{code}: {error}");
    }
    let long = format!(
        "function handler(webhook) {{ return webhook }}//{}",
        "ä".repeat(51_200)
    );
    assert!(
        check_script(&long)
            .unwrap_err()
            .message
            .contains("at most 51200 characters")
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_text_is_checked_and_run_without_harm(code in "\\PC{0,80}", body in "[a-z(){}\\[\\];=.'`/*0-9 ]{0,40}") {
        let _ = check_script(&code);
        let code = format!("function handler(webhook) {{ {body}; return webhook }}");
        let checked = check_script(&code);
        let run = run(&code, "{}");
        if checked.is_err() {
            prop_assert_eq!(run.result.unwrap_err().kind, ScriptFailureKind::Syntax);
        }
    }

    #[test]
    fn texts_pass_through_unharmed(text: String) {
        let payload = format!("{{\"t\":{}}}", serde_json::to_string(&text).unwrap());
        let body = "webhook.url = webhook.payload.t; webhook.payload = [webhook.payload.t]; return webhook";
        let changes = changes(body, &payload);
        prop_assert_eq!(changes.url, Some(text.clone()));
        let payload: Vec<String> = serde_json::from_str(&changes.payload.unwrap()).unwrap();
        prop_assert_eq!(payload, vec![text]);
    }
}

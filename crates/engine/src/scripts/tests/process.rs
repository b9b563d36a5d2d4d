use std::time::Instant;

use super::super::process::InProcess;
use super::*;

/// The other end of these tests: the test program starts itself with only this test.
#[test]
#[ignore = "run by the tests beside it, in a process of its own"]
fn the_other_end() {
    if std::env::args().any(|argument| argument == "--exact") {
        let _ = serve_scripts();
    }
}

fn this_program() -> ScriptCommand {
    let name = "scripts::tests::process::the_other_end";
    ScriptCommand {
        program: std::env::current_exe().unwrap(),
        arguments: [name, "--exact", "--ignored", "--nocapture"]
            .map(OsString::from)
            .into(),
    }
}

fn shell(line: &str) -> InProcess {
    let command = ScriptCommand {
        program: "/bin/sh".into(),
        arguments: ["-c", line].map(OsString::from).into(),
    };
    InProcess::new(command, Duration::from_millis(100))
}

fn handler(body: &str) -> String {
    format!("function handler(webhook) {{ {body}; return webhook }}")
}

#[test]
fn a_script_that_nothing_interrupts_ends_with_its_process() {
    let mut runner = InProcess::new(this_program(), Duration::from_millis(100));
    let good = handler("webhook.payload.n++; console.warn('w')");
    for body in [
        "new Array(4294967295).join('')",
        "'a'.repeat(4e6).indexOf('a'.repeat(1e5) + 'b')",
        "const a = 'a'.repeat(7e6), b = a.slice(1) + 'b'; for (;;) a.slice(1) < b",
        "for (;;) [].fill.call({length: 1e15}, 1)",
        "let a = {}; for (let i = 0; i < 40; i++) a = {a, b: a}; webhook.payload = a",
        "const x = 2n ** 500000n - 1n; for (;;) x.toString()",
    ] {
        let started = Instant::now();
        let run = runner.run(&handler(body), &input());
        let took = started.elapsed();
        let failure = run.result.unwrap_err();
        let ended = [ScriptFailureKind::Time, ScriptFailureKind::Memory];
        assert!(ended.contains(&failure.kind), "{body}: {failure:?}");
        assert!(took < Duration::from_secs(5), "{body}: took {took:?}");
        let next = runner.run(&good, &input());
        assert_eq!(next.console[0].text, "w");
        assert_eq!(payload(next).as_deref(), Some(r#"{"n":2}"#));
    }
}

#[test]
fn a_process_is_used_again_and_a_dead_one_replaced() {
    let mut runner = InProcess::new(this_program(), Duration::from_millis(100));
    let code = handler("webhook.payload.n++");
    assert!(runner.run(&code, &input()).result.is_ok());
    let first = runner.process_id().unwrap();
    assert!(runner.run(&code, &input()).result.is_ok());
    assert!(runner.run("function handler() {", &input()).result.is_err());
    assert_eq!(runner.process_id(), Some(first));
    runner.kill();
    assert!(runner.run(&code, &input()).result.is_ok());
    assert_ne!(runner.process_id(), Some(first));
}

#[test]
fn payloads_of_megabytes_pass() {
    let mut runner = InProcess::new(this_program(), Duration::from_secs(20));
    let text = "ä".repeat(1 << 19);
    let input = ScriptInput {
        payload: format!("[\"{text}\"]").into(),
        ..input()
    };
    let run = runner.run(&handler("webhook.payload.push(1)"), &input);
    assert_eq!(payload(run), Some(format!("[\"{text}\",1]")));
}

#[test]
fn a_process_that_does_not_do_its_part_is_a_failure_in_words() {
    for (line, expected) in [
        ("exit 3", "does not start"),
        ("printf x >&0; cat", "does not start"),
        ("printf r >&0; read line <&0; exit 3", "to an end"),
        ("printf 'r\\0\\0\\0\\0' >&0; cat >/dev/null", "is broken"),
        (
            "printf 'r\\377\\377\\377\\377' >&0; cat >/dev/null",
            "invalid data",
        ),
    ] {
        let failure = shell(line).run("x", &input()).result.unwrap_err();
        assert_eq!(
            failure.kind,
            ScriptFailureKind::Sandbox,
            "{line}: {failure}"
        );
        assert!(failure.message.contains(expected), "{line}: {failure}");
    }
    let silent = shell("printf r >&0; cat >/dev/null").run("x", &input());
    assert_eq!(kind(&silent), ScriptFailureKind::Time);
    let missing = ScriptCommand {
        program: "/nowhere/hookwire".into(),
        arguments: Vec::new(),
    };
    let mut missing = InProcess::new(missing, Duration::from_millis(100));
    assert_eq!(
        kind(&missing.run("x", &input())),
        ScriptFailureKind::Sandbox
    );
}

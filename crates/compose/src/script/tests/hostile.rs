use super::*;

/// What a delivery's script gets.
const SHORT: Duration = Duration::from_millis(100);

/// Scripts that never end by themselves, as handler bodies.
const ENDLESS: &[&str] = &[
    "for (;;);",
    "while (true) { try { for (;;); } catch (e) {} finally { continue } }",
    "for (;;) { try { for (;;); } finally { return webhook } }",
    "function* g() { for (;;) yield 1 } for (const x of g()); return webhook",
    "function* g() { try { for (;;) yield 1 } finally { for (;;); } } for (const x of g()) break; return webhook",
    "webhook.payload = {toJSON() { for (;;); }}; return webhook",
    "Object.defineProperty(webhook, 'url', {get() { for (;;); }}); return webhook",
    "webhook.headers = {get a() { for (;;); }}; return webhook",
    "return {get cancel() { try { for (;;); } catch { return false } }, payload: 1}",
    "console.log({toJSON() { for (;;); }}); return webhook",
    "for (;;) console.log({toJSON() { for (;;); }})",
    "for (;;) try { console.log({toJSON() { for (;;); }}) } catch {}",
    "throw {toJSON() { for (;;); }}",
    "throw Object.defineProperty(new Error('x'), 'message', {get() { for (;;); }})",
    "/^(a+)+$/.test('a'.repeat(40) + 'b'); return webhook",
    "'a'.repeat(40).match(/(a|aa)+$b/); return webhook",
    "return (async () => { for (;;) await 0 })()",
    "return (async () => { for (;;) try { for (;;); } catch {} })()",
    "return new Promise(() => { for (;;); })",
    "Promise.prototype.then = () => { for (;;); }; return (async () => { await 1; for (;;); })()",
    "[3, 1, 2].sort(() => { for (;;); })",
    "new Array(4294967295).indexOf(1); return webhook",
    "eval('for(;;);')",
    "new Function('for(;;);')()",
    "Error.prepareStackTrace = () => { for (;;); }; throw new Error('x')",
    "let s = ''; for (;;) s = 'x' + s.slice(0, 10)",
];

/// Scripts that want more memory or stack than there is.
const GREEDY: &[&str] = &[
    "webhook.payload = 'x'.repeat(1e9); return webhook",
    "webhook.payload = 'x'.padEnd(2 ** 29, 'y'); return webhook",
    "let s = 'x'; for (let i = 0; i < 29; i++) s += s; webhook.payload = s; return webhook",
    "let s = 'x'; for (let i = 0; i < 29; i++) s += s; webhook.url = s; return webhook",
    "const a = []; for (;;) a.push(new Array(1000).fill(0))",
    "let a = []; for (;;) a = [a, a.slice(), {a}]",
    "webhook.payload = []; for (let i = 0, a = webhook.payload; i < 1e6; i++) a.push(a = []); return webhook",
    "let a = 'x'.repeat(1e6); webhook.payload = new Array(1e3).fill(a); return webhook",
    "Array.from({length: 4294967295}, () => 0)",
    "const f = () => f() + 1; f()",
    "const f = () => { try { f() } finally { f() } }; f()",
    "const o = {}; o.toJSON = () => ({o}); webhook.payload = o; return webhook",
    "const o = {get o() { return this.o }}; return o.o",
    "let n = 2n; for (;;) n = n * n",
    "webhook.payload = 2n ** 100n; return webhook",
    "const a = []; for (let i = 0; ; i++) a.push(Symbol.for('k' + i))",
    "const m = new Map(); for (let i = 0; ; i++) m.set({}, 'v' + i)",
    "throw 'x'.repeat(1e9)",
    "eval('('.repeat(1e6))",
    "JSON.parse('['.repeat(1e6))",
    "new RegExp('(a{1,1000}){1,1000}'.repeat(1000)).test('a')",
    "const f = () => Promise.resolve().then(f); return f()",
    "const f = () => { const a = new Array(1e5).fill(1); return Promise.all([a, f()]) }; return f()",
];

/// Scripts that leave as much behind as they can.
const LITTERING: &str = "
    globalThis.left = 'behind'; var counter = (typeof counter === 'undefined' ? 0 : counter) + 1;
    Object.prototype.left = 'behind'; Object.prototype.toJSON = () => 'spoiled';
    Array.prototype.push = () => { throw 1 }; Array.prototype[0] = 'spoiled';
    String.prototype.toString = () => 'spoiled'; JSON.parse = JSON.stringify = () => '{}';
    Error.prepareStackTrace = () => 'spoiled'; Error.stackTraceLimit = 0;
    console.log = () => {}; Promise.prototype.then = () => {};
    Object.defineProperty(Object.prototype, 'payload', {set() { throw 1 }});
    Function.prototype.call = Function.prototype.apply = () => { throw 1 };
    Object.freeze(globalThis); Object.setPrototypeOf(Object.getPrototypeOf(function* () {}), null);
    (async () => { for (let i = 0; i < 100; i++) await i; throw new Error('later') })();
    function handler(webhook) { return webhook }";

const WITNESS: &str = "var counter = (typeof counter === 'undefined' ? 0 : counter) + 1;
    function handler(webhook) {
      const a = []; a.push(1); console.log('here', {}.left, typeof left);
      webhook.payload = {counter, keys: Object.keys({}), a, json: JSON.parse('[1]'), hole: [, 1].length,
        stack: new Error('x').stack.includes('handler'), text: String('t')};
      return webhook;
    }";

/// What the witness sees in an untouched engine.
fn assert_untouched(sandbox: &mut Sandbox) {
    let run = run_in(sandbox, WITNESS, "{}", PATIENCE);
    let Ok(ScriptOutput::Send(changes)) = run.result else {
        panic!("{:?}", run.result);
    };
    let expected = r#"{"counter":1,"keys":[],"a":[1],"json":[1],"hole":2,"stack":true,"text":"t"}"#;
    assert_eq!(changes.payload.as_deref(), Some(expected));
    assert_eq!(run.console[0].text, "here undefined undefined");
}

fn assert_ends_badly(body: &str, kinds: &[ScriptFailureKind]) {
    let mut sandbox = Sandbox::new(ScriptLimits::default());
    let started = Instant::now();
    let code = format!("function handler(webhook) {{ {body} }}");
    let result = run_in(&mut sandbox, &code, "{}", SHORT).result;
    let took = started.elapsed();
    let failure = result.expect_err(body);
    assert!(kinds.contains(&failure.kind), "{body}: {failure:?}");
    assert!(took < Duration::from_secs(10), "{body}: took {took:?}");
    assert_untouched(&mut sandbox);
}

#[test]
fn scripts_that_never_end_are_ended() {
    for body in ENDLESS {
        assert_ends_badly(body, &[ScriptFailureKind::Time]);
    }
    let mut sandbox = Sandbox::new(ScriptLimits::default());
    for code in [
        "for (;;);",
        "const handler = 1; for (;;);",
        "/(a*)*$/.exec('a'.repeat(50) + 'b')",
    ] {
        let failure = run_in(&mut sandbox, code, "{}", SHORT).result.unwrap_err();
        assert!(
            matches!(
                failure.kind,
                ScriptFailureKind::Time | ScriptFailureKind::Contract
            ),
            "{code}: {failure:?}"
        );
    }
}

#[test]
fn scripts_that_want_too_much_are_refused_it() {
    use ScriptFailureKind::*;
    for body in GREEDY {
        assert_ends_badly(body, &[Memory, Time, Thrown, Contract, Syntax]);
    }
}

#[test]
fn turns_end_a_script_where_no_clock_does() {
    let limits = ScriptLimits {
        turns_max: 1_000_000,
        ..ScriptLimits::default()
    };
    let code = "let n = 0; function handler(w) { for (;;) n++ }";
    let run = Sandbox::new(limits).run(code, &input("{}"), || false);
    assert_eq!(run.result.unwrap_err().kind, ScriptFailureKind::Time);
}

#[test]
fn nothing_of_a_run_is_seen_by_the_next() {
    let mut sandbox = Sandbox::new(ScriptLimits::default());
    for _ in 0..3 {
        // What it did to itself is its own affair: it fails or not, but it ends.
        let _ = run_in(&mut sandbox, LITTERING, r#"{"a":1}"#, SHORT);
        sandbox.prepare();
        assert_untouched(&mut sandbox);
    }
}

#[test]
fn there_is_nothing_to_reach_out_with() {
    let body = "webhook.payload = ['require', 'process', 'fetch', 'XMLHttpRequest', 'setTimeout',
        'setInterval', 'std', 'os', 'Atomics', 'SharedArrayBuffer', 'Worker', 'WebAssembly',
        'WeakRef', 'FinalizationRegistry', 'Proxy', 'Deno', 'print', 'scriptArgs', 'performance']
        .filter(name => typeof globalThis[name] !== 'undefined'); return webhook";
    assert_eq!(changes(body, "{}").payload.as_deref(), Some("[]"));
    let code = "async function handler(w) { await import('fs'); return w }";
    let failure = run(code, "{}").result.unwrap_err();
    assert_eq!(failure.kind, ScriptFailureKind::Thrown, "{failure}");
}

#[test]
fn checking_a_script_of_full_length_is_quick() {
    let handler = "function handler() {}";
    let room = SCRIPT_MAX_CHARS - handler.len();
    let repeated = |part: &str| part.repeat(room / part.len());
    let names: String = (0..8_000).map(|n| format!("var a{n};")).collect();
    for code in [
        repeated("("),
        repeated("[{a:"),
        repeated("x=>"),
        repeated("`${"),
        repeated("/(?:(?:a{1,99}){1,99})*/;"),
        repeated("function f(){"),
        repeated("if(1)"),
        names[..room].to_owned(),
        repeated("1n**9999999n;"),
    ] {
        let started = Instant::now();
        let _ = check_script(&format!("{handler}{code}"));
        assert!(started.elapsed() < Duration::from_secs(3), "{:.20}", code);
    }
}

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, mpsc};

use hookwire_compose::{ScriptChanges, ScriptOutput};
use hookwire_types::{Ksuid, Metadata, RequestMethod};

use super::*;

#[cfg(unix)]
mod process;

fn endpoint(number: u8) -> EndpointId {
    EndpointId::from(Ksuid::from_bytes([number; 20]))
}

fn input() -> ScriptInput {
    ScriptInput {
        method: RequestMethod::Post,
        url: "https://example.com/".to_owned(),
        headers: Metadata::new(),
        event_type: "order.paid".to_owned(),
        payload: r#"{"n":1}"#.into(),
        variables: Metadata::new(),
        request: None,
    }
}

fn kind(run: &ScriptRun) -> ScriptFailureKind {
    run.result.as_ref().unwrap_err().kind
}

fn payload(run: ScriptRun) -> Option<String> {
    match run.result.unwrap() {
        ScriptOutput::Send(changes) => changes.payload,
        ScriptOutput::Cancel { reason } => panic!("canceled: {reason}"),
    }
}

/// Says which script it was given, and ends it when it is told to.
struct Held {
    started: mpsc::Sender<String>,
    ends: Ends,
}

/// Of each script, what it waits for.
type Ends = Arc<Mutex<HashMap<String, mpsc::Receiver<()>>>>;

impl Runner for Held {
    fn run(&mut self, code: &str, _: &ScriptInput) -> ScriptRun {
        self.started.send(code.to_owned()).unwrap();
        assert_ne!(code, "panic");
        let end = self.ends.lock().unwrap().remove(code).unwrap();
        end.recv().unwrap();
        ScriptRun {
            result: Ok(ScriptOutput::Send(Box::default())),
            console: Vec::new(),
        }
    }

    fn prepare(&mut self) {}
}

struct Rig {
    pool: Arc<Pool>,
    started: mpsc::Receiver<String>,
    ends: Ends,
    runners: Arc<AtomicUsize>,
}

impl Rig {
    fn new(workers: usize) -> Self {
        let (started_sender, started) = mpsc::channel();
        let started_sender = Mutex::new(started_sender);
        let ends = Ends::default();
        let waited_for = Arc::clone(&ends);
        let runners = Arc::new(AtomicUsize::new(0));
        let made = Arc::clone(&runners);
        let make = move || {
            made.fetch_add(1, Ordering::SeqCst);
            let held = Held {
                started: started_sender.lock().unwrap().clone(),
                ends: Arc::clone(&waited_for),
            };
            Box::new(held) as Box<dyn Runner>
        };
        Self {
            pool: Pool::start_with(workers, Arc::new(make)).unwrap(),
            started,
            ends,
            runners,
        }
    }

    /// Queues a script, which runs until the sender says so.
    fn push(&self, number: u8, code: &str) -> (mpsc::Sender<()>, oneshot::Receiver<ScriptRun>) {
        let (answer, answered) = oneshot::channel();
        let (end, ends) = mpsc::channel();
        self.ends.lock().unwrap().insert(code.to_owned(), ends);
        let job = Job {
            code: code.into(),
            input: input(),
            answer,
        };
        self.pool.push(endpoint(number), job).unwrap();
        (end, answered)
    }
}

/// Tells a script to end, and waits for what came of it.
fn ends_well((end, answered): (mpsc::Sender<()>, oneshot::Receiver<ScriptRun>)) {
    end.send(()).unwrap();
    assert!(answered.blocking_recv().unwrap().result.is_ok());
}

#[test]
fn an_endpoint_whose_scripts_hang_leaves_the_other_threads_alone() {
    let rig = Rig::new(2);
    let slow: Vec<_> = (0..3).map(|n| rig.push(1, &format!("slow {n}"))).collect();
    let quick = rig.push(2, "quick");
    let running: HashSet<_> = [rig.started.recv().unwrap(), rig.started.recv().unwrap()].into();
    assert_eq!(running, ["slow 0".to_owned(), "quick".to_owned()].into());
    ends_well(quick);
    ends_well(rig.push(2, "quick again"));
    assert_eq!(rig.started.recv().unwrap(), "quick again");
    for (number, slow) in slow.into_iter().enumerate() {
        ends_well(slow);
        if number < 2 {
            assert_eq!(rig.started.recv().unwrap(), format!("slow {}", number + 1));
        }
    }
}

#[test]
fn a_panic_is_a_failure_of_that_run_only() {
    let rig = Rig::new(1);
    let ((_end, bad), good) = (rig.push(1, "panic"), rig.push(1, "good"));
    assert_eq!(
        kind(&bad.blocking_recv().unwrap()),
        ScriptFailureKind::Sandbox
    );
    ends_well(good);
    assert_eq!(rig.runners.load(Ordering::SeqCst), 2);
}

#[test]
fn a_turn_that_nobody_waits_for_is_skipped() {
    let rig = Rig::new(1);
    let first = rig.push(1, "first");
    drop(rig.push(1, "abandoned"));
    let last = rig.push(1, "last");
    ends_well(first);
    ends_well(last);
    let seen: Vec<_> = rig.started.try_iter().collect();
    assert_eq!(seen, ["first", "last"]);
}

#[test]
fn a_closed_pool_ends_what_runs_and_drops_what_waits() {
    let rig = Rig::new(1);
    let running = rig.push(1, "running");
    let (_end, waiting) = rig.push(1, "waiting");
    assert_eq!(rig.started.recv().unwrap(), "running");
    rig.pool.close();
    assert!(waiting.blocking_recv().is_err());
    assert!(rig.push(2, "late").1.blocking_recv().is_err());
    ends_well(running);
    rig.pool.join();
}

#[tokio::test]
async fn scripts_run_and_fail_one_by_one() {
    let scripts = Scripts::start(ScriptSettings::default()).unwrap();
    let run = async |code: &str| scripts.run(endpoint(1), code.into(), input()).await;
    let unchanged = run("function handler(webhook) { return webhook }").await;
    let nothing = ScriptOutput::Send(Box::<ScriptChanges>::default());
    assert_eq!(unchanged.result, Ok(nothing));
    let changed = run("function handler(webhook) { webhook.payload.n++; return webhook }").await;
    assert_eq!(payload(changed).as_deref(), Some(r#"{"n":2}"#));
    let endless = run("function handler() { for (;;); }").await;
    assert_eq!(kind(&endless), ScriptFailureKind::Time);
    scripts.shut_down();
    let late = run("function handler(webhook) { return webhook }").await;
    assert_eq!(kind(&late), ScriptFailureKind::Sandbox);
}

//! A scripted server, a scripted program, and a machine between them.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::convert::Infallible;
use std::io::Write;
use std::rc::Rc;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::response::Response;
use clap::Parser;
use http::Request;
use http_body_util::{BodyExt as _, Full};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::Notify;

use super::super::capture::tests::capture;
use super::super::screen::Screen;
use super::super::{ListenArgs, text as text_of};
use crate::scratch::Scratch;
use crate::secret_file::TOKEN_SECRET;

#[derive(Parser)]
struct Words {
    #[command(flatten)]
    args: ListenArgs,
}

/// What is answered to a request for this method and path: each once, the last one ever after.
pub struct Script {
    answers: Mutex<Vec<(&'static str, VecDeque<Answer>)>>,
    pub seen: Mutex<Vec<Seen>>,
    /// After each request.
    changed: Notify,
}

pub type Answer = fn() -> Response<Body>;

#[derive(Clone)]
pub struct Seen {
    pub line: String,
    pub headers: http::HeaderMap,
    pub body: Bytes,
}

/// An HTTP server with a script.
pub struct Scripted {
    script: Arc<Script>,
    pub address: std::net::SocketAddr,
}

impl Script {
    pub fn new(answers: &[(&'static str, &[Answer])]) -> Arc<Self> {
        let answers = answers.iter();
        let answers = answers.map(|(line, answers)| (*line, answers.iter().copied().collect()));
        Arc::new(Self {
            answers: Mutex::new(answers.collect()),
            seen: Mutex::new(Vec::new()),
            changed: Notify::new(),
        })
    }

    /// The next answer to such a request.
    fn answer(&self, line: &str) -> Answer {
        let line = line.split('?').next().unwrap();
        let mut answers = self.answers.lock().unwrap();
        let known = answers.iter_mut().find(|(known, _)| line == *known);
        let (_, answers) = known.unwrap_or_else(|| panic!("unexpected {line}"));
        if answers.len() > 1 {
            return answers.pop_front().unwrap();
        }
        answers[0]
    }
}

impl Scripted {
    pub async fn new(answers: &[(&'static str, &[Answer])]) -> Self {
        let script = Script::new(answers);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        serve(listener, Arc::clone(&script));
        Self { script, address }
    }

    pub fn seen(&self, part: &str) -> Vec<Seen> {
        let seen = self.script.seen.lock().unwrap();
        let seen = seen.iter().filter(|seen| seen.line.starts_with(part));
        seen.cloned().collect()
    }

    pub async fn wait_for(&self, part: &str, count: usize) -> Vec<Seen> {
        loop {
            let changed = self.script.changed.notified();
            let seen = self.seen(part);
            if seen.len() >= count {
                return seen;
            }
            changed.await;
        }
    }
}

pub fn serve(listener: TcpListener, script: Arc<Script>) {
    let answer = move |request: Request<Body>| {
        let script = Arc::clone(&script);
        async move {
            let (head, body) = request.into_parts();
            let body = body.collect().await.unwrap().to_bytes();
            let line = format!("{} {}", head.method, head.uri);
            let answer = script.answer(&line);
            let headers = head.headers;
            script.seen.lock().unwrap().push(Seen {
                line,
                headers,
                body,
            });
            script.changed.notify_waiters();
            answer()
        }
    };
    tokio::spawn(async move {
        axum::serve(listener, Router::new().fallback(answer))
            .await
            .unwrap();
    });
}

/// A terminal that can be read.
#[derive(Clone, Default)]
pub struct Paper {
    bytes: Rc<RefCell<Vec<u8>>>,
    changed: Rc<Notify>,
}

impl Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.changed.notify_waiters();
        self.bytes.borrow_mut().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Paper {
    pub fn text(&self) -> String {
        String::from_utf8(self.bytes.borrow().clone()).unwrap()
    }

    pub async fn wait_for(&self, part: &str) {
        loop {
            let changed = self.changed.notified();
            if self.text().contains(part) {
                return;
            }
            changed.await;
        }
    }
}

/// A person's machine.
pub struct Machine {
    pub scratch: Scratch,
    pub out: Paper,
    pub notes: Paper,
}

impl Machine {
    pub fn new() -> Self {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let scratch = Scratch::new();
        TOKEN_SECRET.read_or_make(&scratch.path("db")).unwrap();
        Self {
            scratch,
            out: Paper::default(),
            notes: Paper::default(),
        }
    }

    /// Listens until `until` is true.
    pub async fn listen(
        &self,
        server: &Scripted,
        words: &str,
        until: impl Future<Output = ()>,
    ) -> anyhow::Result<()> {
        let args = self.args(server, words);
        let screen = Screen::new(args.print, self.out.clone(), self.notes.clone());
        args.listen(screen, until).await
    }

    pub fn args(&self, server: &Scripted, words: &str) -> ListenArgs {
        let (store, state) = (self.scratch.path("db"), self.scratch.path("state.json"));
        let line = format!(
            "listen --server http://{} --store sqlite:{} --state {} {words}",
            server.address,
            store.display(),
            state.display(),
        );
        let words = Words::try_parse_from(line.split_whitespace());
        words.unwrap().args
    }

    /// What is remembered.
    pub fn state(&self) -> Value {
        let text = std::fs::read(self.scratch.path("state.json")).unwrap();
        serde_json::from_slice(&text).unwrap()
    }

    /// How far it came.
    pub fn place(&self) -> String {
        text_of(&self.state()["bins"][0]["after"])
    }
}

pub fn text(status: u16, body: impl Into<Body>) -> Response<Body> {
    let response = Response::builder().status(status);
    response.body(body.into()).unwrap()
}

pub fn refusal(status: u16) -> Response<Body> {
    text(status, r#"{"code":"x","detail":"because"}"#)
}

/// A stream of captures that stays open after them, or ends.
pub fn stream(captures: &[Value], stays_open: bool) -> Response<Body> {
    let event = |fields: &Value| {
        let whole = capture(fields.clone()).whole;
        let id = whole["id"].as_str().unwrap();
        format!("event: request\nid: {id}\ndata: {whole}\n\n")
    };
    let events: String = captures.iter().map(event).collect();
    if !stays_open {
        return text(200, events);
    }
    // Trailers that never come keep the body open.
    let never = std::future::pending::<Option<Result<http::HeaderMap, Infallible>>>();
    text(
        200,
        Body::new(Full::new(Bytes::from(events)).with_trailers(never)),
    )
}

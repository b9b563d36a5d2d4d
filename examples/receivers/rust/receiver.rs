//! Keeps each signed webhook once, answers, and works on it afterwards; one process to a file.
use axum::{Router, body::Bytes, http::HeaderMap, http::StatusCode, routing::post};
use hookwire_signing::{SignedHeaders, Verifier};
use std::{env::var, sync::LazyLock, thread::sleep, time::Duration, time::UNIX_EPOCH};

static KEYS: LazyLock<Verifier> = LazyLock::new(|| Verifier::new(var("WEBHOOK_SECRET")).unwrap());
fn work(id: &str, event: serde_json::Value) {
    sleep(Duration::from_secs_f64(var("WEBHOOK_WORK_SECONDS").map_or(0.0, |s| s.parse().unwrap())));
    println!("worked {id} {event}"); // Yours instead. A crash repeats it: that must do no harm.
}
fn db() -> rusqlite::Result<rusqlite::Connection> {
    rusqlite::Connection::open(var("WEBHOOK_DATA").unwrap_or("inbox.db".into()))
}
async fn receive(headers: HeaderMap, body: Bytes) -> Result<StatusCode, StatusCode> {
    let signed = SignedHeaders::find(|name| headers.get(name)?.to_str().ok());
    let now = UNIX_EPOCH.elapsed().unwrap().as_secs() as i64;
    let verified = KEYS.verify(&signed, &body, now).map_err(|_| StatusCode::UNAUTHORIZED)?;
    let sql = "insert or ignore into inbox values (?, ?, date(), 0)"; // Once, whatever comes twice.
    let kept = tokio::task::block_in_place(|| db()?.execute(sql, (verified.id, &body[..])));
    kept.map(|_| StatusCode::NO_CONTENT).map_err(|_| StatusCode::SERVICE_UNAVAILABLE)
}
#[tokio::main]
async fn main() -> anyhow::Result<()> {
    db()?.execute_batch("create table if not exists inbox (id primary key, body, came, due)")?;
    var("WEBHOOK_SECRET").map(|_| LazyLock::force(&KEYS))?; // Without one it does not start.
    let listen = var("WEBHOOK_LISTEN").unwrap_or("127.0.0.1:9000".into());
    let listener = tokio::net::TcpListener::bind(listen).await?;
    tokio::spawn(axum::serve(listener, Router::new().route("/", post(receive))).into_future());
    let sql = "select id, body from inbox where due < unixepoch()"; // Null, when it was worked.
    let next = || db()?.query_row(sql, (), |row| <(String, Vec<u8>)>::try_from(row));
    let finish = "update inbox set due = iif(?, null, unixepoch() + 60) where id = ?";
    loop {
        while let Ok((id, body)) = next() {
            let done = serde_json::from_slice(&body).map(|event| work(&id, event)).is_ok();
            db()?.execute(finish, (done, id))?;
        }
        sleep(Duration::from_millis(100));
    }
}

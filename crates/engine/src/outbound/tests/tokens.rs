//! Tokens by OAuth 2.0 client credentials, from a real token server to a real receiver.

use std::sync::Mutex;

use hookwire_types::{ClientAuthentication, Credentials, EndpointId, Ksuid, SecretText};

use super::*;

const SECRET: &str = "correct-horse-battery-staple";

/// A server that keeps the requests it got and answers them as it is told.
#[derive(Clone, Default)]
struct Seen {
    requests: Arc<Mutex<Vec<String>>>,
    /// Answers to come; the last one stays.
    answers: Arc<Mutex<Vec<String>>>,
}

impl Seen {
    async fn serve(&self) -> SocketAddr {
        let seen = self.clone();
        let (address, _) = receiver(move |stream| seen.clone().answer(stream)).await;
        address
    }

    async fn answer(self, mut stream: TcpStream) -> io::Result<()> {
        while let Some(request) = read_whole(&mut stream).await? {
            self.requests.lock().unwrap().push(request);
            let answer = {
                let mut answers = self.answers.lock().unwrap();
                match answers.len() {
                    1 => answers[0].clone(),
                    _ => answers.remove(0),
                }
            };
            stream.write_all(answer.as_bytes()).await?;
        }
        Ok(())
    }

    fn will(&self, answers: &[(&str, &str)]) {
        let text = |(status, body): &(&str, &str)| {
            let length = body.len();
            format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\n\r\n{body}")
        };
        *self.answers.lock().unwrap() = answers.iter().map(text).collect();
    }

    fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }

    /// The tokens that were shown, in order.
    fn tokens(&self) -> Vec<String> {
        let requests = self.requests();
        let line = |request: &String| {
            let line = request
                .lines()
                .find(|line| line.starts_with("authorization: "))?;
            Some(line["authorization: ".len()..].to_owned())
        };
        requests.iter().filter_map(line).collect()
    }
}

/// Reads one request with a `content-length`.
async fn read_whole(stream: &mut TcpStream) -> io::Result<Option<String>> {
    let mut text = String::new();
    loop {
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length: "))
                .map_or(0, |length| length.parse().unwrap());
            if body.len() >= length {
                return Ok(Some(text));
            }
        }
        let mut chunk = [0; 4096];
        let read = stream.read(&mut chunk).await?;
        if read == 0 {
            return Ok(None);
        }
        text.push_str(std::str::from_utf8(&chunk[..read]).unwrap());
    }
}

/// A token server, a receiver, and an endpoint that has to do with both.
struct World {
    outbound: Outbound,
    server: Seen,
    receiver: Seen,
    url: String,
    credentials: Credentials,
}

const GRANTED: (&str, &str) = (
    "200 OK",
    r#"{"access_token":"one","token_type":"Bearer","expires_in":3600}"#,
);
const GRANTED_AGAIN: (&str, &str) = (
    "200 OK",
    r#"{"access_token":"two","token_type":"Bearer","expires_in":3600}"#,
);

impl World {
    async fn new() -> Self {
        let (server, receiver) = (Seen::default(), Seen::default());
        server.will(&[GRANTED, GRANTED_AGAIN]);
        receiver.will(&[("200 OK", "")]);
        let token_url = format!("http://{}/token", server.serve().await);
        Self {
            outbound: outbound(settings()),
            url: format!("http://{}/hook", receiver.serve().await),
            server,
            receiver,
            credentials: oauth2(token_url),
        }
    }

    async fn authorize(&self, endpoint: EndpointId) -> Result<Authorization, Failure> {
        let credentials = Some(&self.credentials);
        self.outbound.authorize(0, endpoint, credentials).await
    }

    async fn send(&self, endpoint: EndpointId) -> Exchange {
        let authorization = self.authorize(endpoint).await.unwrap();
        self.outbound
            .exchange_as(&authorization, 0, post(&self.url), PATIENT_MS)
            .await
    }
}

fn oauth2(token_url: String) -> Credentials {
    Credentials::OAuth2 {
        token_url,
        client_id: "hookwire".to_owned(),
        client_secret: SecretText::new(SECRET),
        scope: None,
        audience: None,
        client_authentication: ClientAuthentication::Body,
    }
}

fn endpoint(number: u8) -> EndpointId {
    Ksuid::from_bytes([number; 20]).into()
}

#[tokio::test]
async fn a_token_is_asked_for_once_and_shown_each_time() {
    let world = World::new().await;
    let sends = (0..8).map(|_| world.send(endpoint(1)));
    for exchange in join_all(sends).await {
        assert_eq!(exchange.failure, None);
    }
    let asked = world.server.requests();
    assert_eq!(asked.len(), 1);
    assert!(
        asked[0].starts_with("POST /token HTTP/1.1\r\n"),
        "{asked:?}"
    );
    let form =
        format!("\r\n\r\ngrant_type=client_credentials&client_id=hookwire&client_secret={SECRET}");
    assert!(asked[0].ends_with(&form), "{asked:?}");
    assert_eq!(world.receiver.tokens(), vec!["Bearer one"; 8]);

    world.send(endpoint(2)).await;
    assert_eq!(
        world.server.requests().len(),
        2,
        "another endpoint asks too"
    );
}

#[tokio::test]
async fn other_credentials_ask_for_another_token() {
    let mut world = World::new().await;
    world.send(endpoint(1)).await;
    let Credentials::OAuth2 { scope, .. } = &mut world.credentials else {
        unreachable!("it is made so");
    };
    *scope = Some("write".to_owned());
    world.send(endpoint(1)).await;
    assert_eq!(world.receiver.tokens(), ["Bearer one", "Bearer two"]);
    assert!(world.server.requests()[1].contains("scope=write"));
}

#[tokio::test]
async fn a_token_that_the_receiver_refuses_is_not_shown_again() {
    let world = World::new().await;
    world.receiver.will(&[
        ("200 OK", ""),
        ("401 Unauthorized", ""),
        ("403 Forbidden", ""),
        ("200 OK", ""),
    ]);
    for status in [200, 401, 403, 200] {
        assert_eq!(world.send(endpoint(1)).await.status, status);
    }
    assert_eq!(
        world.receiver.tokens(),
        ["Bearer one", "Bearer one", "Bearer two", "Bearer two"]
    );
    assert_eq!(world.server.requests().len(), 2);
}

#[tokio::test]
async fn a_token_server_that_refuses_is_told_and_left_alone_for_a_moment() {
    let world = World::new().await;
    let told =
        format!(r#"{{"error":"invalid_client","error_description":"no client with {SECRET}"}}"#);
    world.server.will(&[("401 Unauthorized", &told)]);
    for _ in 0..3 {
        let failure = world.authorize(endpoint(1)).await.unwrap_err();
        assert_eq!(failure.cause, Cause::Authorization);
        assert_eq!(
            failure.detail,
            "the token server answered 401 Unauthorized: invalid_client \
             (no client with [secret])"
        );
    }
    assert_eq!(world.server.requests().len(), 1);
    assert_eq!(world.receiver.requests().len(), 0);
}

#[tokio::test]
async fn token_servers_that_cannot_be_asked_are_told_apart() {
    let (elsewhere, elsewhere_connections) = answering(OK).await;
    let mut world = World::new().await;
    let location = format!("302 Found\r\nlocation: {elsewhere}");
    world.server.will(&[(&location, "")]);
    let failure = world.authorize(endpoint(1)).await.unwrap_err();
    assert!(failure.detail.contains("302 Found"), "{failure:?}");
    assert_eq!(
        elsewhere_connections.load(Ordering::SeqCst),
        0,
        "a redirect is not followed"
    );

    let (address, _) = receiver(|mut stream| async move {
        read_whole(&mut stream).await?;
        stream
            .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{")
            .await?;
        stream.shutdown().await
    })
    .await;
    let broken = format!("http://{address}/token");
    for (number, url, words) in [
        (2, "http://metadata.example/token", "address is blocked"),
        (3, "http://nowhere.example/token", "does not exist"),
        (4, "http://127.0.0.1:1/token", "refused"),
        (5, broken.as_str(), "it closed the connection"),
    ] {
        world.credentials = oauth2(url.to_owned());
        let failure = world.authorize(endpoint(number)).await.unwrap_err();
        assert_eq!(failure.cause, Cause::Authorization);
        assert!(failure.detail.contains(words), "{failure:?}");
        assert!(!failure.detail.contains("receiver"), "{failure:?}");
    }
}

#[tokio::test]
async fn a_header_replaces_one_of_its_name_and_is_never_shown() {
    let world = World::new().await;
    let credentials = Credentials::Basic {
        username: "u".to_owned(),
        password: SecretText::new(SECRET),
    };
    let authorization = world
        .outbound
        .authorize(0, endpoint(1), Some(&credentials))
        .await
        .unwrap();
    let mut request = post(&world.url);
    for value in ["first", "second"] {
        request
            .headers_mut()
            .append("authorization", value.parse().unwrap());
    }
    world
        .outbound
        .exchange_as(&authorization, 0, request, PATIENT_MS)
        .await;
    let shown = world.receiver.tokens();
    assert_eq!(shown.len(), 1);
    assert!(shown[0].starts_with("Basic "), "{shown:?}");

    let (_, value) = authorization.header().unwrap();
    assert!(value.is_sensitive());
    world.send(endpoint(2)).await;
    let with_token = world.authorize(endpoint(2)).await.unwrap();
    let debug = format!(
        "{authorization:?} {with_token:?} {value:?} {:?}",
        world.outbound
    );
    for secret in [SECRET, "Bearer one", "dTpj"] {
        assert!(!debug.contains(secret), "{debug}");
    }
}

#[tokio::test]
async fn without_credentials_nothing_is_added() {
    let world = World::new().await;
    let authorization = world
        .outbound
        .authorize(0, endpoint(1), None)
        .await
        .unwrap();
    let exchange = world
        .outbound
        .exchange_as(&authorization, 0, post(&world.url), PATIENT_MS)
        .await;
    assert_eq!(exchange.failure, None);
    assert_eq!(world.receiver.tokens(), Vec::<String>::new());
}

/// All at the same time, in one task.
async fn join_all<F: Future>(futures: impl Iterator<Item = F>) -> Vec<F::Output> {
    let mut futures: Vec<_> = futures.map(Box::pin).collect();
    let mut outputs: Vec<Option<F::Output>> = futures.iter().map(|_| None).collect();
    std::future::poll_fn(|context| {
        for (future, output) in futures.iter_mut().zip(&mut outputs) {
            if output.is_none()
                && let std::task::Poll::Ready(ready) = future.as_mut().poll(context)
            {
                *output = Some(ready);
            }
        }
        if outputs.iter().all(Option::is_some) {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
    outputs.into_iter().flatten().collect()
}

//! The floor's outgoing half: one connection, one request in flight, signed at the last moment.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::Context as _;
use bytes::Bytes;
use hookwire_signing::{Secret, Signer, WebhookId};
use http_body_util::{BodyExt as _, Full};
use hyper::header::{CONTENT_TYPE, HOST, HeaderName, HeaderValue, USER_AGENT};
use hyper::{Method, Request, Uri};
use tokio::sync::mpsc;

use crate::connection::{self, Sender};

const ID: HeaderName = HeaderName::from_static("webhook-id");
const TIMESTAMP: HeaderName = HeaderName::from_static("webhook-timestamp");
const SIGNATURE: HeaderName = HeaderName::from_static("webhook-signature");

/// Nobody checks it and nothing is protected by it; signing costs the same with any key.
const SECRET: &str = "whsec_aG9va3dpcmUtYmVuY2gtZmxvb3Itc2VjcmV0LTAx";

/// Tries of one delivery before it is given up; the receiver stands beside us and always answers,
/// so more than one is the exception already.
const TRIES_MAX: u32 = 3;

/// Pause before a connection is opened again.
const RECONNECT_PAUSE: Duration = Duration::from_millis(50);

/// A message on its way.
pub struct Delivery {
    /// Its id, 31 characters.
    pub id: Bytes,
    /// What to send.
    pub payload: Bytes,
}

/// What all outgoing connections have in common.
pub struct Forwarder {
    address: SocketAddr,
    path: Uri,
    host: HeaderValue,
    signer: Signer,
}

impl Forwarder {
    /// Forwards to `url`, an `http` URL with a literal address.
    pub fn new(url: &Uri) -> anyhow::Result<Self> {
        let authority = url
            .authority()
            .with_context(|| format!("{url} has no host"))?;
        Ok(Self {
            address: authority
                .as_str()
                .parse()
                .with_context(|| format!("{authority} is not ADDRESS:PORT"))?,
            path: url
                .path()
                .parse()
                .with_context(|| format!("{url} has no path"))?,
            host: HeaderValue::from_str(authority.as_str())?,
            signer: Signer::new(vec![Secret::parse(SECRET)?])?,
        })
    }

    /// Sends what comes in over one connection, which is opened again when it breaks.
    pub async fn run(self: Arc<Self>, mut deliveries: mpsc::Receiver<Delivery>) {
        let mut unfinished = None;
        loop {
            match connection::open(self.address).await {
                Ok((sender, wire)) => {
                    let work = self.send_all(sender, &mut deliveries, &mut unfinished);
                    if connection::drive(wire, work).await.is_none() {
                        return;
                    }
                }
                Err(error) => eprintln!("floor: {:#}", anyhow::Error::from(error)),
            }
            tokio::time::sleep(RECONNECT_PAUSE).await;
        }
    }

    /// `None` when no more deliveries can come, `Some` when the connection broke; the delivery that
    /// broke it is then in `unfinished`.
    async fn send_all(
        &self,
        mut sender: Sender,
        deliveries: &mut mpsc::Receiver<Delivery>,
        unfinished: &mut Option<(Delivery, u32)>,
    ) -> Option<()> {
        loop {
            let (delivery, tries) = match unfinished.take() {
                Some(again) => again,
                None => (deliveries.recv().await?, 0),
            };
            if let Err(error) = self.send(&mut sender, &delivery).await {
                eprintln!("floor: delivery failed: {error:#}");
                if tries + 1 < TRIES_MAX {
                    *unfinished = Some((delivery, tries + 1));
                }
                return Some(());
            }
        }
    }

    async fn send(&self, sender: &mut Sender, delivery: &Delivery) -> anyhow::Result<()> {
        let request = self.request(delivery)?;
        sender.ready().await?;
        let response = sender.send_request(request).await?;
        let status = response.status();
        response.into_body().collect().await?;
        anyhow::ensure!(status.is_success(), "answered {status}");
        Ok(())
    }

    fn request(&self, delivery: &Delivery) -> anyhow::Result<Request<Full<Bytes>>> {
        let timestamp_s = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs() as i64;
        let id = WebhookId::new(std::str::from_utf8(&delivery.id)?)?;
        let signature = self.signer.sign(id, timestamp_s, &delivery.payload);
        let mut request = Request::new(Full::new(delivery.payload.clone()));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = self.path.clone();
        let headers = request.headers_mut();
        headers.insert(HOST, self.host.clone());
        headers.insert(USER_AGENT, HeaderValue::from_static("hookwire-bench"));
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(ID, HeaderValue::from_maybe_shared(delivery.id.clone())?);
        headers.insert(TIMESTAMP, HeaderValue::from(timestamp_s));
        headers.insert(SIGNATURE, HeaderValue::try_from(signature)?);
        Ok(request)
    }
}

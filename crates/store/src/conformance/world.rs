//! A store with a clock and things to put into it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use bytes::Bytes;
use hookwire_types::*;

use crate::{
    Accepted, Change, Claim, Conflict, Hold, NewDelivery, Payloads, Store, StoreError, Want,
};

/// Larger than any test fills.
pub(crate) const ROOM: usize = 1 << 30;
/// Messages with their payloads, however large.
pub(crate) const ALL: Payloads = Payloads::UpTo(ROOM);
/// The node that the tests speak for.
pub(crate) const NODE: NodeId = NodeId(7);
/// Another one.
pub(crate) const OTHER_NODE: NodeId = NodeId(-8);

/// A store under test. Its clock goes on by a millisecond with every look.
pub(crate) struct World {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) organization: OrganizationId,
    ids: IdSource,
    clock_ms: AtomicI64,
}

impl World {
    pub(crate) fn new(store: Arc<dyn Store>) -> Self {
        let ids = IdSource::default();
        let clock_ms = AtomicI64::new(1_790_000_000_000);
        let organization = OrganizationId(Ksuid::from_bytes([9; 20]));
        Self {
            store,
            organization,
            ids,
            clock_ms,
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        Timestamp::from_unix_ms(self.clock_ms.fetch_add(1, Ordering::Relaxed))
    }

    pub(crate) fn id<Id: From<Ksuid>>(&self) -> Id {
        self.ids.next(self.now(), [5; 13]).into()
    }

    /// An id that says it was made at that moment.
    pub(crate) fn id_at<Id: From<Ksuid>>(&self, at: Timestamp) -> Id {
        IdSource::default().next(at, [6; 13]).into()
    }

    pub(crate) fn new_application(&self) -> Application {
        let now = self.now();
        Application::new(self.id(), self.organization, "Acme", now)
    }

    pub(crate) fn new_endpoint(&self, application: &Application) -> Endpoint {
        let now = self.now();
        Endpoint {
            name: "CRM".to_owned(),
            url: "https://example.com/hook".to_owned(),
            ..Endpoint::new(
                self.id(),
                application.organization,
                application.id,
                SecretText::new("whsec_c2VjcmV0"),
                now,
            )
        }
    }

    pub(crate) fn new_message(&self, application: ApplicationId) -> Message {
        let now = self.now();
        let payload = &b"{\"total\": 100}"[..];
        Message::new(self.id(), application, "payment_received", payload, now)
    }

    pub(crate) fn new_attempt(&self, key: DeliveryKey) -> Attempt {
        Attempt {
            id: self.id(),
            key,
            created_at: self.now(),
            url: "https://example.com/hook".to_owned(),
            status: AttemptStatus::Success,
            response_status: 204,
            response_body: Bytes::new(),
            duration_ms: 12,
            trigger: Trigger::Scheduled,
            cause: None,
            error: String::new(),
            test: false,
        }
    }

    /// An application that is there.
    pub(crate) async fn application(&self) -> Application {
        let application = self.new_application();
        self.change(Change::CreateApplication(application.clone()))
            .await
            .unwrap();
        application
    }

    /// An endpoint that is there.
    pub(crate) async fn endpoint(&self, application: &Application) -> Endpoint {
        let endpoint = self.new_endpoint(application);
        self.change(Change::CreateEndpoint(endpoint.clone()))
            .await
            .unwrap();
        endpoint
    }

    pub(crate) async fn change(&self, change: Change) -> Result<(), StoreError> {
        self.store.change(vec![change]).await
    }

    /// Appends one message; each delivery is due at once.
    pub(crate) async fn accept(
        &self,
        message: &Message,
        endpoints: &[EndpointId],
        owner: Option<NodeId>,
    ) -> Result<(), Conflict> {
        let accepted = self.accepted(message, endpoints, owner);
        self.store.append(vec![accepted]).await.unwrap().remove(0)
    }

    pub(crate) fn accepted(
        &self,
        message: &Message,
        endpoints: &[EndpointId],
        owner: Option<NodeId>,
    ) -> Accepted {
        let due_at = message.created_at;
        let begin = |endpoint| NewDelivery {
            endpoint,
            owner,
            trigger: Trigger::Scheduled,
            due_at,
        };
        let deliveries = endpoints.iter().copied().map(begin).collect();
        Accepted {
            message: Arc::new(message.clone()),
            deliveries,
            answer: None,
            hold: Hold::default(),
        }
    }

    /// A delivery of a new message.
    pub(crate) async fn delivery(&self, to: &Endpoint, owner: Option<NodeId>) -> DeliveryKey {
        let message = self.new_message(to.application);
        self.accept(&message, &[to.id], owner).await.unwrap();
        DeliveryKey {
            message: message.id,
            endpoint: to.id,
        }
    }

    /// Unowned deliveries of new messages, due at these moments from now.
    pub(crate) async fn due_in(&self, endpoint: &Endpoint, offsets_ms: &[i64]) -> Vec<DeliveryKey> {
        let mut keys = Vec::new();
        for offset_ms in offsets_ms {
            let message = self.new_message(endpoint.application);
            let mut accepted = self.accepted(&message, &[endpoint.id], None);
            accepted.deliveries[0].due_at = message.created_at.plus_ms(*offset_ms);
            self.store.append(vec![accepted]).await.unwrap()[0].unwrap();
            keys.push(DeliveryKey {
                message: message.id,
                endpoint: endpoint.id,
            });
        }
        keys
    }

    pub(crate) async fn claim(&self, endpoint: EndpointId, limit: usize) -> Claim {
        self.claim_as(NODE, endpoint, limit).await
    }

    pub(crate) async fn claim_as(&self, node: NodeId, endpoint: EndpointId, limit: usize) -> Claim {
        let wants = vec![Want { endpoint, limit }];
        self.store
            .claim(node, self.now(), wants, ROOM)
            .await
            .unwrap()
    }

    /// Completes one delivery as [`NODE`] with an attempt, and says whether it was taken.
    pub(crate) async fn complete(&self, key: DeliveryKey, verdict: Verdict) -> bool {
        self.complete_with(key, verdict, None).await
    }

    pub(crate) async fn complete_with(
        &self,
        key: DeliveryKey,
        verdict: Verdict,
        health: Option<EndpointHealth>,
    ) -> bool {
        let outcome = self.outcome(key, verdict, health);
        self.store.complete(NODE, vec![outcome]).await.unwrap()[0]
    }

    pub(crate) fn outcome(
        &self,
        key: DeliveryKey,
        verdict: Verdict,
        health: Option<EndpointHealth>,
    ) -> Outcome {
        Outcome {
            key,
            attempt: Some(self.new_attempt(key)),
            verdict,
            tries: 1,
            health,
            announcements: Vec::new(),
        }
    }

    /// The delivery as it is stored now.
    pub(crate) async fn stored(&self, key: DeliveryKey) -> Option<Delivery> {
        let page = Page::first(100, Order::Ascending);
        let deliveries = self
            .store
            .deliveries_of_message(key.message, page)
            .await
            .unwrap();
        deliveries.into_iter().find(|delivery| delivery.key == key)
    }

    /// The attempts of a message, oldest first.
    pub(crate) async fn attempts(&self, message: MessageId) -> Vec<Attempt> {
        let page = Page::first(100, Order::Ascending);
        self.store
            .attempts_of_message(message, Default::default(), page)
            .await
            .unwrap()
    }

    /// The endpoint as it is stored now.
    pub(crate) async fn stored_endpoint(&self, endpoint: &Endpoint) -> Option<Endpoint> {
        let page = Page::first(100, Order::Ascending);
        let endpoints = self
            .store
            .endpoints(endpoint.application, page)
            .await
            .unwrap();
        endpoints
            .into_iter()
            .find(|stored| stored.id == endpoint.id)
    }
}

/// The deliveries of a claim, by name.
pub(crate) fn keys(claim: &Claim) -> Vec<DeliveryKey> {
    claim
        .deliveries
        .iter()
        .map(|claimed| claimed.delivery.key)
        .collect()
}

/// Text metadata.
pub(crate) fn metadata(pairs: &[(&str, &str)]) -> Metadata {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

/// Owned texts.
pub(crate) fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

/// The conflict that a change met.
pub(crate) fn conflict(outcome: Result<(), StoreError>) -> Conflict {
    match outcome {
        Err(StoreError::Conflict(conflict)) => conflict,
        other => panic!("expected a conflict, got {other:?}"),
    }
}

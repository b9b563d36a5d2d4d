//! What becomes of deliveries, in as few words as it can be said: the model that stores must agree
//! with.

use std::collections::{BTreeMap, BTreeSet};

use hookwire_types::*;

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Modelled {
    pub(super) delivery: Delivery,
    pub(super) owner: Option<NodeId>,
}

#[derive(Default)]
pub(super) struct Model {
    pub(super) deliveries: BTreeMap<(EndpointId, MessageId), Modelled>,
    pub(super) expunged: BTreeSet<MessageId>,
    pub(super) heartbeats: BTreeMap<i64, Timestamp>,
}

impl Model {
    pub(super) fn key(&self, number: usize) -> Option<DeliveryKey> {
        let count = self.deliveries.len();
        let (endpoint, message) = *self.deliveries.keys().nth(number.checked_rem(count)?)?;
        Some(DeliveryKey { message, endpoint })
    }

    pub(super) fn at(&mut self, key: DeliveryKey) -> &mut Modelled {
        self.deliveries
            .get_mut(&(key.endpoint, key.message))
            .unwrap()
    }

    pub(super) fn owned_by(&mut self, node: NodeId, key: DeliveryKey) -> Option<&mut Modelled> {
        Some(self.at(key)).filter(|it| it.owner == Some(node))
    }

    pub(super) fn unowned(&self, endpoint: EndpointId) -> Vec<Delivery> {
        let mut found: Vec<_> = self
            .deliveries
            .values()
            .filter(|it| it.owner.is_none() && it.delivery.status == DeliveryStatus::Pending)
            .map(|it| it.delivery)
            .filter(|it| it.key.endpoint == endpoint)
            .collect();
        found.sort_by_key(|it| (it.due_at, it.key.message));
        found
    }

    pub(super) fn claim(
        &mut self,
        node: NodeId,
        endpoint: EndpointId,
        limit: usize,
        now: Timestamp,
    ) -> Vec<Delivery> {
        let mut due = self.unowned(endpoint);
        due.retain(|it| it.due_at <= now);
        due.truncate(limit);
        for delivery in &due {
            self.at(delivery.key).owner = Some(node);
        }
        due
    }

    pub(super) fn complete(
        &mut self,
        node: NodeId,
        key: DeliveryKey,
        verdict: Verdict,
        tries: u32,
    ) -> bool {
        let Some(it) = self.owned_by(node, key) else {
            return false;
        };
        it.delivery.tries = tries;
        if let Verdict::RetryInOrder { at } = verdict {
            it.delivery.retry_at = Some(at);
            it.delivery.trigger = Trigger::Scheduled;
            return true;
        }
        it.owner = None;
        it.delivery.status = match verdict {
            Verdict::Delivered => DeliveryStatus::Success,
            Verdict::Failed => DeliveryStatus::Fail,
            Verdict::Canceled => DeliveryStatus::Canceled,
            Verdict::Retry { at } => {
                it.delivery.due_at = at;
                it.delivery.retry_at = None;
                it.delivery.trigger = Trigger::Scheduled;
                DeliveryStatus::Pending
            }
            Verdict::RetryInOrder { .. } => DeliveryStatus::Pending,
        };
        true
    }

    pub(super) fn begin(&mut self, key: DeliveryKey, now: Timestamp) -> u64 {
        let begun = Modelled {
            delivery: Delivery {
                key,
                status: DeliveryStatus::Pending,
                tries: 0,
                trigger: Trigger::Manual,
                due_at: now,
                retry_at: None,
            },
            owner: None,
        };
        let count = self.deliveries.len();
        self.deliveries
            .entry((key.endpoint, key.message))
            .or_insert(begun);
        (self.deliveries.len() - count) as u64
    }

    pub(super) fn cancel(&mut self, message: MessageId) -> u64 {
        let mut canceled = 0;
        for it in self.deliveries.values_mut() {
            let is_pending = it.delivery.status == DeliveryStatus::Pending;
            if it.delivery.key.message == message && it.owner.is_none() && is_pending {
                it.delivery.status = DeliveryStatus::Canceled;
                canceled += 1;
            }
        }
        canceled
    }

    pub(super) fn adopt(&mut self, node: NodeId, stale_before: Timestamp, now: Timestamp) -> u64 {
        self.heartbeats
            .retain(|id, beat| *id == node.0 || *beat >= stale_before);
        let mut adopted = 0;
        for it in self.deliveries.values_mut() {
            let Some(owner) = it.owner else { continue };
            if owner != node && !self.heartbeats.contains_key(&owner.0) {
                it.owner = None;
                it.delivery.due_at = it.delivery.due_at.min(now);
                adopted += 1;
            }
        }
        adopted
    }
}

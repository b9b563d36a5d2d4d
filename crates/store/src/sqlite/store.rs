//! [`Store`] for the embedded store: which calls write, which read, and what each runs.

use async_trait::async_trait;
use hookwire_types::*;

use super::rows::{self, now};
use super::*;
use crate::*;

/// Stands for no owner, see the page of [`super`].
const NOBODY: NodeId = NodeId(0);

#[async_trait]
impl Store for SqliteStore {
    async fn append(&self, batch: Vec<Accepted>) -> Result<Vec<Result<(), Conflict>>, StoreError> {
        let rows = batch.iter().map(append::rows).sum();
        let made = batch.iter().map(|it| append::Made::of(it, &self.vault));
        let made: Vec<_> = made.collect::<Result<_, _>>()?;
        self.add(rows, move |it| append::append(it, &batch, &made))
            .await
    }

    async fn complete(&self, node: NodeId, batch: Vec<Outcome>) -> Result<Vec<bool>, StoreError> {
        if node == NOBODY {
            return Ok(vec![false; batch.len()]);
        }
        self.write(2 * batch.len(), move |it| {
            complete::complete(it, node, &batch)
        })
        .await
    }

    async fn release(&self, node: NodeId, batch: Vec<DeliveryKey>) -> Result<(), StoreError> {
        self.write(batch.len(), move |it| complete::release(it, node, &batch))
            .await
    }

    async fn waiting(
        &self,
        after: Option<EndpointId>,
        limit: usize,
    ) -> Result<Vec<Waiting>, StoreError> {
        self.read(move |it| claim::waiting(it, after, limit)).await
    }

    async fn claim(
        &self,
        node: NodeId,
        now: Timestamp,
        wants: Vec<Want>,
        payload_bytes_max: usize,
    ) -> Result<Claim, StoreError> {
        if node == NOBODY {
            return Ok(Claim::default());
        }
        let rows = wants
            .iter()
            .map(|want| want.limit)
            .fold(0, usize::saturating_add);
        self.write(rows, move |it| {
            claim::claim(it, node, now, &wants, payload_bytes_max)
        })
        .await
    }

    async fn requeue(&self, now: Timestamp, batch: Vec<DeliveryKey>) -> Result<(), StoreError> {
        self.write(batch.len(), move |it| claim::requeue(it, now, &batch))
            .await
    }

    async fn begin(&self, now: Timestamp, batch: Vec<DeliveryKey>) -> Result<u64, StoreError> {
        self.write(batch.len(), move |it| claim::begin(it, now, &batch))
            .await
    }

    async fn cancel(&self, message: MessageId) -> Result<u64, StoreError> {
        self.write(1, move |it| claim::cancel(it, message)).await
    }

    async fn keep_answer(&self, answer: KeptAnswer) -> Result<AnswerPlace, StoreError> {
        let sealed = self.vault.seal_answer(&answer)?;
        self.write(1, move |it| answer::keep(it, &answer, sealed.as_deref()))
            .await
    }

    async fn answer_at(
        &self,
        place: AnswerPlace,
        scope: AnswerScope,
    ) -> Result<Option<KeptAnswer>, StoreError> {
        let stored = self.read(move |it| answer::at(it, place, scope)).await?;
        Ok(stored.and_then(|stored| self.vault.open_answer(stored)))
    }

    async fn answer(&self, scope: AnswerScope) -> Result<Option<KeptAnswer>, StoreError> {
        let stored = self.read(move |it| answer::latest(it, scope)).await?;
        Ok(stored.and_then(|stored| self.vault.open_answer(stored)))
    }

    async fn recent_answers(
        &self,
        since: Timestamp,
        limit: usize,
    ) -> Result<Vec<RecentAnswer>, StoreError> {
        self.read(move |it| answer::recent(it, since, limit)).await
    }

    async fn heartbeat(&self, node: NodeId, now: Timestamp) -> Result<(), StoreError> {
        self.write(1, move |it| node::heartbeat(it, node, now))
            .await
    }

    async fn last_heartbeat(&self) -> Result<Option<Timestamp>, StoreError> {
        self.pool.run(node::last_heartbeat).await
    }

    async fn adopt(
        &self,
        node: NodeId,
        stale_before: Timestamp,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        self.write(1, move |it| node::adopt(it, node, stale_before, now))
            .await
    }

    async fn change(&self, changes: Vec<Change>) -> Result<(), StoreError> {
        let changes = changes.into_iter().map(|change| self.vault.prepare(change));
        let changes: Vec<_> = changes.collect::<Result<_, _>>()?;
        let outcome = self
            .write(changes.len(), move |it| change::change(it, &changes))
            .await?;
        Ok(outcome?)
    }

    async fn application(
        &self,
        organization: OrganizationId,
        reference: &Reference<ApplicationId>,
    ) -> Result<Option<Application>, StoreError> {
        let reference = reference.clone();
        self.read(move |it| application::find(it, organization, &reference))
            .await
    }

    async fn applications(
        &self,
        organization: OrganizationId,
        page: Page<ApplicationId>,
    ) -> Result<Vec<Application>, StoreError> {
        let select = application::list(organization, &page);
        self.read(move |it| select.read(it, application::read))
            .await
    }

    async fn operational_application(
        &self,
        organization: OrganizationId,
    ) -> Result<Option<Application>, StoreError> {
        self.read(move |it| application::operational(it, organization))
            .await
    }

    async fn endpoints(
        &self,
        application: ApplicationId,
        page: Page<EndpointId>,
    ) -> Result<Vec<Endpoint>, StoreError> {
        let select = endpoint::list(application, &page);
        let vault = self.vault.clone();
        self.read(move |it| select.read(it, |row| endpoint::read(row, &vault)))
            .await
    }

    async fn application_of(
        &self,
        endpoint: EndpointId,
    ) -> Result<Option<Application>, StoreError> {
        self.read(move |it| application::of_endpoint(it, endpoint))
            .await
    }

    async fn event_type(
        &self,
        organization: OrganizationId,
        name: &str,
    ) -> Result<Option<EventType>, StoreError> {
        let name = name.to_owned();
        self.read(move |it| event_type::find(it, organization, &name))
            .await
    }

    async fn event_types(
        &self,
        organization: OrganizationId,
        include_archived: bool,
        page: Page<String>,
    ) -> Result<Vec<EventType>, StoreError> {
        let select = event_type::list(organization, include_archived, &page);
        self.read(move |it| select.read(it, event_type::read)).await
    }

    async fn tasks(
        &self,
        organization: OrganizationId,
        page: Page<TaskId>,
    ) -> Result<Vec<Task>, StoreError> {
        let select = task::list(organization, &page);
        self.read(move |it| select.read(it, task::read)).await
    }

    async fn task(
        &self,
        organization: OrganizationId,
        id: TaskId,
    ) -> Result<Option<Task>, StoreError> {
        self.read(move |it| task::find(it, organization, id)).await
    }

    async fn running_tasks(&self) -> Result<Vec<Task>, StoreError> {
        self.read(task::running).await
    }

    async fn credential(&self, hash: CredentialHash) -> Result<Option<Credential>, StoreError> {
        self.read(move |it| credential::find(it, hash)).await
    }

    async fn credentials(
        &self,
        organization: OrganizationId,
        kind: CredentialKind,
        page: Page<CredentialId>,
    ) -> Result<Vec<Credential>, StoreError> {
        let select = credential::list(organization, kind, &page);
        self.read(move |it| select.read(it, credential::read)).await
    }

    async fn consumer_place(&self, consumer: &Consumer) -> Result<Option<MessageId>, StoreError> {
        let consumer = consumer.clone();
        self.read(move |it| consumer::place(it, &consumer)).await
    }

    async fn set_consumer_place(
        &self,
        consumer: Consumer,
        place: MessageId,
    ) -> Result<(), StoreError> {
        self.write(1, move |it| consumer::set(it, &consumer, place))
            .await
    }

    async fn consumers(&self, application: ApplicationId) -> Result<u64, StoreError> {
        self.read(move |it| consumer::count(it, application)).await
    }

    async fn message(
        &self,
        application: ApplicationId,
        reference: &Reference<MessageId>,
        payloads: Payloads,
    ) -> Result<Option<Message>, StoreError> {
        let reference = reference.clone();
        self.read(move |it| message::find(it, application, &reference, payloads))
            .await
    }

    async fn messages_by_id(
        &self,
        application: ApplicationId,
        ids: Vec<MessageId>,
        payloads: Payloads,
    ) -> Result<Messages, StoreError> {
        self.read(move |it| message::by_ids(it, application, &ids, payloads))
            .await
    }

    async fn messages(
        &self,
        application: ApplicationId,
        filter: MessageFilter,
        page: Page<MessageId>,
        payloads: Payloads,
    ) -> Result<Messages, StoreError> {
        let select = message::list(application, &filter, &page, payloads);
        self.read(move |it| message::read(it, &select?, payloads))
            .await
    }

    async fn deliveries_of_message(
        &self,
        message: MessageId,
        page: Page<EndpointId>,
    ) -> Result<Vec<Delivery>, StoreError> {
        let select = history::deliveries_of_message(message, &page);
        self.read(move |it| select.read(it, rows::delivery)).await
    }

    async fn deliveries_of_endpoint(
        &self,
        endpoint: EndpointId,
        filter: DeliveryFilter,
        page: Page<MessageId>,
    ) -> Result<Vec<Delivery>, StoreError> {
        let select = history::deliveries_of_endpoint(endpoint, &filter, &page);
        self.read(move |it| select?.read(it, rows::delivery)).await
    }

    async fn attempts_of_message(
        &self,
        message: MessageId,
        filter: AttemptFilter,
        page: Page<AttemptId>,
    ) -> Result<Vec<Attempt>, StoreError> {
        let select = history::attempts_of_message(message, &filter, &page);
        self.read(move |it| select?.read(it, rows::attempt)).await
    }

    async fn attempts_of_endpoint(
        &self,
        endpoint: EndpointId,
        filter: AttemptFilter,
        page: Page<AttemptId>,
    ) -> Result<Vec<Attempt>, StoreError> {
        let select = history::attempts_of_endpoint(endpoint, &filter, &page);
        self.read(move |it| select?.read(it, rows::attempt)).await
    }

    async fn attempt(
        &self,
        message: MessageId,
        id: AttemptId,
    ) -> Result<Option<Attempt>, StoreError> {
        self.read(move |it| history::attempt(it, message, id)).await
    }

    async fn count_deliveries(
        &self,
        endpoint: EndpointId,
        after: Option<Timestamp>,
        before: Option<Timestamp>,
        from: Option<MessageId>,
        limit: usize,
    ) -> Result<Counted, StoreError> {
        let select = history::counted(endpoint, after, before, from, limit);
        self.read(move |it| history::count(it, &select?, limit))
            .await
    }

    async fn expunge(
        &self,
        application: ApplicationId,
        messages: Vec<MessageId>,
    ) -> Result<Vec<bool>, StoreError> {
        self.write(messages.len(), move |it| {
            expunge::expunge(it, application, &messages)
        })
        .await
    }

    async fn expunge_before(
        &self,
        application: ApplicationId,
        before: Timestamp,
        after: Option<MessageId>,
        limit: usize,
    ) -> Result<Expunged, StoreError> {
        self.expunge_step(application, before, after, limit).await
    }

    async fn expunge_attempt(
        &self,
        message: MessageId,
        attempt: AttemptId,
    ) -> Result<bool, StoreError> {
        self.write(1, move |it| expunge::expunge_attempt(it, message, attempt))
            .await
    }

    async fn forget(&self, what: Forget, limit: usize) -> Result<Forgotten, StoreError> {
        self.forget_step(what, limit).await
    }

    async fn size_bytes(&self) -> Result<u64, StoreError> {
        self.read(node::size_bytes).await
    }

    async fn ping(&self) -> Result<(), StoreError> {
        self.write(1, |it| node::ping(it, now())).await
    }
}

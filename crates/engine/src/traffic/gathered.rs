//! Numbers in memory, until they are stored.

use std::collections::hash_map::Entry;
use std::sync::{Mutex, MutexGuard, PoisonError};

use foldhash::HashMap;
use hookwire_types::*;
use tokio::sync::Notify;

/// Cells, one for each endpoint and minute, that are kept at most: some ten megabytes. What would
/// need another one is not counted, and that is logged.
const CELLS_MAX: usize = 8_192;
/// With so many they are stored at once. As many as one batch of the recorder may make fit beside
/// them several times over.
const CELLS_EARLY: usize = CELLS_MAX / 4;
/// Of the words for a failure: more than any sentence of ours has.
const TEXT_BYTES_MAX: usize = 500;

/// See the module's page.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    cells: Mutex<Cells>,
    filling: Notify,
}

#[derive(Debug, Default)]
struct Cells {
    by_minute: HashMap<(EndpointId, Timestamp), Box<TrafficDelta>>,
    /// Outcomes for which there was no room.
    uncounted: u64,
}

impl Gathered {
    /// Counts an attempt, unless it was a test or nothing was to be sent.
    pub(super) fn count(&self, outcome: &Outcome) {
        let Some(attempt) = &outcome.attempt else {
            return;
        };
        if attempt.test || attempt.status == AttemptStatus::Canceled {
            return;
        }
        let ended_at = attempt.created_at.plus_ms(i64::from(attempt.duration_ms));
        let minute = Timestamp::from_unix_ms(ended_at.unix_ms() / MINUTE_MS * MINUTE_MS);
        let mut cells = self.lock();
        let Some(cell) = cells.cell(attempt.key.endpoint, minute) else {
            cells.uncounted += 1;
            return;
        };
        add(cell, attempt, ended_at);
        let is_filling = cells.by_minute.len() >= CELLS_EARLY;
        drop(cells);
        if is_filling {
            self.filling.notify_one();
        }
    }

    /// Waits until much was counted.
    pub(super) async fn filling(&self) {
        self.filling.notified().await;
    }

    /// Takes all that was counted.
    pub(super) fn take(&self) -> Vec<TrafficDelta> {
        let Cells {
            by_minute,
            uncounted,
        } = std::mem::take(&mut *self.lock());
        if uncounted > 0 {
            tracing::warn!(
                attempts = uncounted,
                "attempts at many endpoints at once were not counted in the statistics"
            );
        }
        by_minute.into_values().map(|cell| *cell).collect()
    }

    /// Takes numbers back that could not be stored.
    pub(super) fn put_back(&self, deltas: Vec<TrafficDelta>) {
        let mut cells = self.lock();
        for delta in deltas {
            match cells.by_minute.entry((delta.endpoint, delta.minute)) {
                Entry::Vacant(place) => {
                    place.insert(Box::new(delta));
                }
                Entry::Occupied(mut place) => merge(place.get_mut(), delta),
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Cells> {
        self.cells.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Cells {
    fn cell(&mut self, endpoint: EndpointId, minute: Timestamp) -> Option<&mut TrafficDelta> {
        let is_full = self.by_minute.len() >= CELLS_MAX;
        match self.by_minute.entry((endpoint, minute)) {
            Entry::Occupied(place) => Some(place.into_mut()),
            Entry::Vacant(_) if is_full => None,
            Entry::Vacant(place) => Some(place.insert(Box::new(TrafficDelta {
                endpoint,
                minute,
                counts: TrafficCounts::default(),
                last_success_at: None,
                last_failure: None,
            }))),
        }
    }
}

fn add(cell: &mut TrafficDelta, attempt: &Attempt, ended_at: Timestamp) {
    if attempt.response_status != 0 {
        cell.counts.durations.record(attempt.duration_ms);
    }
    if attempt.status == AttemptStatus::Success {
        cell.counts.delivered += 1;
        cell.last_success_at = cell.last_success_at.max(Some(ended_at));
        return;
    }
    cell.counts.failed += 1;
    if cell
        .last_failure
        .as_ref()
        .is_some_and(|it| it.at > ended_at)
    {
        return;
    }
    // The text's memory is used again: an endpoint that is down fails often.
    let mut text = cell
        .last_failure
        .take()
        .map(|it| it.text)
        .unwrap_or_default();
    text.clear();
    text.push_str(words(attempt));
    cell.last_failure = Some(LastFailure {
        at: ended_at,
        message: attempt.key.message,
        status: attempt.response_status,
        text,
    });
}

/// Why it failed. What a script says may quote the payload, which is not to be kept for longer
/// than the message is.
fn words(attempt: &Attempt) -> &str {
    match attempt.cause {
        Some(Cause::Transformation) => "the script failed: its words are in the list of attempts",
        _ => &attempt.error[..attempt.error.floor_char_boundary(TEXT_BYTES_MAX)],
    }
}

fn merge(cell: &mut TrafficDelta, earlier: TrafficDelta) {
    cell.counts.add(&earlier.counts);
    cell.last_success_at = cell.last_success_at.max(earlier.last_success_at);
    let at = |failure: &Option<LastFailure>| failure.as_ref().map(|it| it.at);
    if at(&earlier.last_failure) > at(&cell.last_failure) {
        cell.last_failure = earlier.last_failure;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;

    /// 35 seconds of the minute are over.
    const NOW: Timestamp = Timestamp::from_unix_ms(1_790_000_075_000);

    fn endpoint(number: u64) -> EndpointId {
        let mut bytes = [0; 20];
        bytes[..8].copy_from_slice(&number.to_be_bytes());
        EndpointId(Ksuid::from_bytes(bytes))
    }

    fn attempt(status: AttemptStatus, response_status: u16) -> Attempt {
        Attempt {
            id: AttemptId(Ksuid::MIN),
            key: DeliveryKey {
                message: MessageId(Ksuid::MIN),
                endpoint: endpoint(1),
            },
            created_at: NOW,
            url: String::new(),
            status,
            response_status,
            response_body: Bytes::new(),
            duration_ms: 10,
            trigger: Trigger::Scheduled,
            cause: (status != AttemptStatus::Success).then_some(Cause::Status),
            error: "in words".to_owned(),
            test: false,
        }
    }

    fn count(gathered: &Gathered, attempt: Attempt) {
        gathered.count(&Outcome {
            key: attempt.key,
            attempt: Some(attempt),
            verdict: Verdict::Delivered,
            tries: 1,
            health: None,
            announcements: Vec::new(),
        });
    }

    #[test]
    fn tests_and_what_was_not_to_be_sent_do_not_count() {
        let gathered = Gathered::default();
        count(&gathered, attempt(AttemptStatus::Canceled, 0));
        let test = Attempt {
            test: true,
            ..attempt(AttemptStatus::Success, 200)
        };
        count(&gathered, test);
        assert_eq!(gathered.take(), []);
    }

    #[test]
    fn an_attempt_counts_in_the_minute_in_which_it_ended() {
        let gathered = Gathered::default();
        count(&gathered, attempt(AttemptStatus::Success, 204));
        let slow = Attempt {
            duration_ms: 30_000,
            ..attempt(AttemptStatus::Fail, 500)
        };
        count(&gathered, slow);
        let mut cells = gathered.take();
        cells.sort_by_key(|cell| cell.minute);
        let [first, second] = &cells[..] else {
            panic!("{cells:?}");
        };
        assert_eq!(first.minute.plus_ms(MINUTE_MS), second.minute);
        assert_eq!((first.counts.delivered, first.counts.failed), (1, 0));
        assert_eq!(first.last_success_at, Some(NOW.plus_ms(10)));
        assert_eq!((second.counts.delivered, second.counts.failed), (0, 1));
        let failure = second.last_failure.as_ref().unwrap();
        assert_eq!(failure.at, NOW.plus_ms(30_000));
        assert_eq!((failure.status, &*failure.text), (500, "in words"));
    }

    #[test]
    fn only_answers_have_a_duration_and_only_words_of_ours_are_kept() {
        let gathered = Gathered::default();
        count(&gathered, attempt(AttemptStatus::Fail, 0));
        let scripted = Attempt {
            cause: Some(Cause::Transformation),
            error: "the customer is Jane".to_owned(),
            ..attempt(AttemptStatus::Fail, 0)
        };
        count(&gathered, scripted);
        let cells = gathered.take();
        assert_eq!(cells[0].counts.failed, 2);
        assert_eq!(cells[0].counts.durations.count(), 0);
        let failure = cells[0].last_failure.as_ref().unwrap();
        assert!(!failure.text.contains("Jane"), "{failure:?}");
    }

    #[test]
    fn what_is_put_back_is_added_to_what_came_meanwhile() {
        let gathered = Gathered::default();
        count(&gathered, attempt(AttemptStatus::Fail, 500));
        let taken = gathered.take();
        let later = Attempt {
            created_at: NOW.plus_ms(1),
            error: "later".to_owned(),
            ..attempt(AttemptStatus::Fail, 500)
        };
        count(&gathered, later);
        gathered.put_back(taken);
        let cells = gathered.take();
        assert_eq!((cells.len(), cells[0].counts.failed), (1, 2));
        assert_eq!(cells[0].last_failure.as_ref().unwrap().text, "later");
    }

    #[tokio::test]
    async fn memory_is_bounded() {
        let gathered = Gathered::default();
        for number in 0..CELLS_MAX as u64 + 10 {
            let mut attempt = attempt(AttemptStatus::Success, 200);
            attempt.key.endpoint = endpoint(number);
            count(&gathered, attempt);
        }
        gathered.filling().await;
        assert_eq!(gathered.take().len(), CELLS_MAX);
        assert_eq!(gathered.take(), []);
    }
}

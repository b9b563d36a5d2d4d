//! Who is next: endpoints in turn, one job of each at a time.

use std::collections::{HashMap, VecDeque};

use hookwire_types::EndpointId;

/// Jobs of one endpoint that wait at most: as many as it has requests in flight. More cannot wait
/// unless several callers run scripts for it at once.
const ENDPOINT_MAX: usize = 128;
/// Jobs that wait at most, all endpoints together: as many as there are requests in flight. Their
/// payloads are counted where deliveries are.
const ALL_MAX: usize = 2_048;

/// No job more can wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Full {
    #[error("{ENDPOINT_MAX} scripts of this webhook already wait to be run")]
    Endpoint,
    #[error("{ALL_MAX} scripts already wait to be run")]
    All,
}

/// See the module's page.
pub(super) struct FairQueue<J> {
    lines: HashMap<EndpointId, Line<J>>,
    /// Endpoints that have a job waiting and none running, each once.
    turns: VecDeque<EndpointId>,
    waiting: usize,
}

struct Line<J> {
    jobs: VecDeque<J>,
    is_running: bool,
}

impl<J> FairQueue<J> {
    pub(super) fn new() -> Self {
        Self {
            lines: HashMap::new(),
            turns: VecDeque::new(),
            waiting: 0,
        }
    }

    /// Lets a job wait for its endpoint's turn.
    pub(super) fn push(&mut self, endpoint: EndpointId, job: J) -> Result<(), Full> {
        if self.waiting == ALL_MAX {
            return Err(Full::All);
        }
        let line = self.lines.entry(endpoint).or_insert_with(|| Line {
            jobs: VecDeque::new(),
            is_running: false,
        });
        if line.jobs.len() == ENDPOINT_MAX {
            return Err(Full::Endpoint);
        }
        if line.jobs.is_empty() && !line.is_running {
            self.turns.push_back(endpoint);
        }
        line.jobs.push_back(job);
        self.waiting += 1;
        Ok(())
    }

    /// The job whose turn it is. [`FairQueue::done`] must follow when it has run.
    pub(super) fn pop(&mut self) -> Option<(EndpointId, J)> {
        let endpoint = self.turns.pop_front()?;
        let line = self.lines.get_mut(&endpoint)?;
        let job = line.jobs.pop_front()?;
        line.is_running = true;
        self.waiting -= 1;
        Some((endpoint, job))
    }

    /// The endpoint's job has run: it goes to the end of those that wait, if it has more.
    pub(super) fn done(&mut self, endpoint: EndpointId) {
        let Some(line) = self.lines.get_mut(&endpoint) else {
            return;
        };
        line.is_running = false;
        if line.jobs.is_empty() {
            self.lines.remove(&endpoint);
        } else {
            self.turns.push_back(endpoint);
        }
    }

    /// Drops what waits.
    pub(super) fn clear(&mut self) {
        self.lines.clear();
        self.turns.clear();
        self.waiting = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hookwire_types::Ksuid;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn endpoint(number: u8) -> EndpointId {
        EndpointId::from(Ksuid::from_bytes([number; 20]))
    }

    #[test]
    fn endpoints_have_turns_however_much_they_have_waiting() {
        let mut queue = FairQueue::new();
        for job in 0..5 {
            queue.push(endpoint(1), job).unwrap();
        }
        queue.push(endpoint(2), 10).unwrap();
        queue.push(endpoint(3), 20).unwrap();
        let mut order = Vec::new();
        while let Some((endpoint, job)) = queue.pop() {
            order.push(job);
            queue.done(endpoint);
        }
        assert_eq!(order, [0, 10, 20, 1, 2, 3, 4]);
        assert!(queue.lines.is_empty() && queue.waiting == 0);
    }

    #[test]
    fn an_endpoint_has_one_job_running() {
        let mut queue = FairQueue::new();
        queue.push(endpoint(1), 0).unwrap();
        queue.push(endpoint(1), 1).unwrap();
        assert!(queue.pop().is_some() && queue.pop().is_none());
        queue.push(endpoint(1), 2).unwrap();
        assert!(queue.pop().is_none());
        queue.done(endpoint(1));
        assert_eq!(queue.pop(), Some((endpoint(1), 1)));
    }

    #[test]
    fn a_full_line_refuses_its_endpoint_and_a_full_queue_everyone() {
        let mut queue = FairQueue::new();
        for job in 0..ENDPOINT_MAX {
            queue.push(endpoint(0), job).unwrap();
        }
        assert_eq!(queue.push(endpoint(0), 0), Err(Full::Endpoint));
        for number in 1..(ALL_MAX / ENDPOINT_MAX) as u8 {
            for job in 0..ENDPOINT_MAX {
                queue.push(endpoint(number), job).unwrap();
            }
        }
        assert_eq!(queue.push(endpoint(200), 0), Err(Full::All));
        queue.pop().unwrap();
        assert_eq!(queue.push(endpoint(200), 0), Ok(()));
    }

    proptest! {
        /// Against a model: jobs of an endpoint come out in order, each once, one at a time; and
        /// whoever waits is passed over by another endpoint once at most.
        #[test]
        fn everyone_is_served_in_order_and_in_turn(steps in prop::collection::vec((0u8..5, 0u8..3), 1..200)) {
            let mut queue = FairQueue::new();
            let mut waiting: BTreeMap<u8, VecDeque<usize>> = BTreeMap::new();
            let mut running: Vec<u8> = Vec::new();
            let mut passed: BTreeMap<(u8, u8), u32> = BTreeMap::new();
            for (index, (number, action)) in steps.into_iter().enumerate() {
                match action {
                    0 => {
                        queue.push(endpoint(number), index).unwrap();
                        waiting.entry(number).or_default().push_back(index);
                    }
                    1 => {
                        let could: Vec<u8> = waiting.iter()
                            .filter(|(number, jobs)| !jobs.is_empty() && !running.contains(number))
                            .map(|(number, _)| *number).collect();
                        let Some((served, job)) = queue.pop() else {
                            prop_assert!(could.is_empty());
                            continue;
                        };
                        let served = served.as_bytes()[0];
                        prop_assert!(could.contains(&served));
                        prop_assert_eq!(waiting.get_mut(&served).unwrap().pop_front(), Some(job));
                        for other in could.into_iter().filter(|other| *other != served) {
                            let times = passed.entry((other, served)).or_default();
                            *times += 1;
                            prop_assert!(*times <= 1, "{served} passed {other}");
                        }
                        passed.retain(|(other, _), _| *other != served);
                        running.push(served);
                    }
                    _ => if let Some(number) = running.pop() {
                        queue.done(endpoint(number));
                    }
                }
            }
        }
    }
}

//! The breaker: stops calling an endpoint that does not answer, and finds out when it does again.
//!
//! ```text
//!           10 silences in a row             the pause is over
//!  closed ──────────────────────▶ open ──────────────────────▶ probing (one request)
//!    ▲                             ▲  pause doubles, ≤ 1 s        │        │
//!    │                             └──────────── silence ─────────┘        │
//!    └───────────────────────────────── answer ────────────────────────────┘
//! ```

use std::time::Duration;

use tokio::time::Instant;

/// Fewer could be chance: a receiver that restarts drops what is in flight.
const SILENCES_TO_OPEN: u32 = 10;
const PAUSE_FIRST: Duration = Duration::from_millis(100);
/// One request a second hammers nobody. A receiver that is back waits no longer than this, and
/// deliveries to one that is not still go through their schedules.
const PAUSE_MAX: Duration = Duration::from_secs(1);

/// Whether a request may go out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gate {
    /// Go.
    Open,
    /// Not before this moment.
    Until(Instant),
    /// Not until the probe that is under way has ended.
    Probing,
}

#[derive(Debug)]
enum State {
    Closed { silences: u32 },
    Open { until: Instant, pause: Duration },
    Probing { pause: Duration },
}

/// See the module's page.
#[derive(Debug)]
pub(super) struct Breaker {
    state: State,
}

impl Breaker {
    pub(super) fn new() -> Self {
        Self {
            state: State::Closed { silences: 0 },
        }
    }

    /// What holds at `now`.
    pub(super) fn gate(&self, now: Instant) -> Gate {
        match self.state {
            State::Closed { .. } => Gate::Open,
            State::Open { until, .. } if now >= until => Gate::Open,
            State::Open { until, .. } => Gate::Until(until),
            State::Probing { .. } => Gate::Probing,
        }
    }

    /// A request goes out; after a pause it is the probe.
    pub(super) fn started(&mut self) {
        if let State::Open { pause, .. } = self.state {
            self.state = State::Probing { pause };
        }
    }

    /// A request went out and ended without telling anything about the receiver.
    pub(super) fn undecided(&mut self, now: Instant) {
        if let State::Probing { pause } = self.state {
            self.state = State::Open { until: now, pause };
        }
    }

    /// The endpoint answered.
    pub(super) fn answered(&mut self) {
        self.state = State::Closed { silences: 0 };
    }

    /// The endpoint did not answer. Silences of requests that were already out when the breaker
    /// opened change nothing.
    pub(super) fn silent(&mut self, now: Instant) {
        self.state = match self.state {
            State::Closed { silences } if silences + 1 < SILENCES_TO_OPEN => State::Closed {
                silences: silences + 1,
            },
            State::Closed { .. } => State::Open {
                until: now + PAUSE_FIRST,
                pause: PAUSE_FIRST,
            },
            State::Probing { pause } => {
                let pause = (pause * 2).min(PAUSE_MAX);
                State::Open {
                    until: now + pause,
                    pause,
                }
            }
            State::Open { until, pause } => State::Open { until, pause },
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened(now: Instant) -> Breaker {
        let mut breaker = Breaker::new();
        for _ in 0..SILENCES_TO_OPEN {
            assert_eq!(breaker.gate(now), Gate::Open);
            breaker.silent(now);
        }
        breaker
    }

    #[test]
    fn opens_after_silences_in_a_row_only() {
        let now = Instant::now();
        let mut breaker = Breaker::new();
        for _ in 0..50 {
            for _ in 1..SILENCES_TO_OPEN {
                breaker.silent(now);
            }
            breaker.answered();
        }
        assert_eq!(breaker.gate(now), Gate::Open);
        assert_eq!(opened(now).gate(now), Gate::Until(now + PAUSE_FIRST));
    }

    #[test]
    fn lets_one_probe_through_and_closes_when_it_is_answered() {
        let now = Instant::now();
        let mut breaker = opened(now);
        let later = now + PAUSE_FIRST;
        assert_eq!(breaker.gate(later), Gate::Open);
        breaker.started();
        assert_eq!(breaker.gate(later), Gate::Probing);
        breaker.answered();
        assert_eq!(breaker.gate(later), Gate::Open);
        breaker.silent(later);
        assert_eq!(breaker.gate(later), Gate::Open);
    }

    #[test]
    fn pauses_longer_with_each_failed_probe_up_to_a_bound() {
        let mut now = Instant::now();
        let mut breaker = opened(now);
        for _ in 0..20 {
            let Gate::Until(until) = breaker.gate(now) else {
                panic!("expected a pause")
            };
            assert!(until - now <= PAUSE_MAX);
            now = until;
            breaker.started();
            breaker.silent(now);
        }
        assert_eq!(breaker.gate(now), Gate::Until(now + PAUSE_MAX));
    }

    #[test]
    fn a_probe_that_tells_nothing_is_repeated() {
        let now = Instant::now();
        let mut breaker = opened(now);
        let later = now + PAUSE_FIRST;
        breaker.started();
        breaker.undecided(later);
        assert_eq!(breaker.gate(later), Gate::Open);
    }
}

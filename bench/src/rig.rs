//! Producers, receiver and ledger around one server, for as long as that server runs.

use std::time::Duration;

use tokio::time::Instant;

use crate::ledger::{Arrival, Ledger, Sent, Totals};
use crate::load::{Load, Report, Target};
use crate::receiver::Receiver;

/// A delivery that failed is tried again within seconds (see `RETRY_SCHEDULE_SECONDS` in
/// `server.rs`); when nothing at all has come for this long, nothing will.
const QUIET: Duration = Duration::from_secs(15);

/// A server may have taken in more than it could deliver; it has this long to catch up.
const SETTLE_MAX: Duration = Duration::from_secs(120);

/// Between two looks at what has arrived.
const POLL: Duration = Duration::from_millis(10);

/// Everything that a server is measured with.
pub struct Rig {
    /// The producers.
    pub load: Load,
    receiver: Receiver,
    ledger: Ledger,
}

/// What happened to the messages of one phase.
pub struct Phase {
    /// All messages, as their producers saw them.
    pub sent: Vec<Sent>,
    /// The first delivery of each message.
    pub arrivals: Vec<Arrival>,
}

impl Rig {
    /// `producers` connections to `target`, whose endpoint is at `receiver`.
    pub fn new(target: Target, producers: usize, receiver: Receiver) -> Self {
        Self {
            load: Load::new(target, producers),
            receiver,
            ledger: Ledger::default(),
        }
    }

    /// The receiver.
    pub fn receiver(&self) -> &Receiver {
        &self.receiver
    }

    /// Waits (bounded) until what was acknowledged has arrived, and enters both into the ledger.
    /// What is missing stays in the ledger; an error is only when nothing was acknowledged at all.
    pub async fn settle(&mut self, report: Report) -> anyhow::Result<Phase> {
        report.check()?;
        for sent in &report.sent {
            self.ledger.sent(sent);
        }
        let first_seq = report.sent.iter().map(|sent| sent.seq).min().unwrap_or(0);
        let mut arrivals = self.arrivals_until_complete().await;
        // A late duplicate of an earlier phase is in the ledger, but not a latency of this one.
        arrivals.retain(|arrival| arrival.seq >= first_seq);
        Ok(Phase {
            sent: report.sent,
            arrivals,
        })
    }

    /// The account of all phases so far.
    pub fn totals(&mut self) -> Totals {
        self.take_arrivals(&mut Vec::new());
        self.ledger.totals()
    }

    async fn arrivals_until_complete(&mut self) -> Vec<Arrival> {
        let mut arrivals = Vec::new();
        let started = Instant::now();
        let mut progress = started;
        loop {
            if self.take_arrivals(&mut arrivals) {
                progress = Instant::now();
            }
            if self.ledger.totals().missing == 0
                || progress.elapsed() > QUIET
                || started.elapsed() > SETTLE_MAX
            {
                return arrivals;
            }
            tokio::time::sleep(POLL).await;
        }
    }

    /// Moves what was noted into the ledger and, of each message, the first into `firsts`; says
    /// whether there was anything.
    fn take_arrivals(&mut self, firsts: &mut Vec<Arrival>) -> bool {
        let noted = self.receiver.inbox().take();
        self.ledger.set_altered(self.receiver.inbox().altered());
        for arrival in &noted {
            if self.ledger.arrived(arrival) {
                firsts.push(*arrival);
            }
        }
        !noted.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::floor;
    use crate::receiver::OK_PATH;
    use std::net::Ipv4Addr;
    use tokio::net::TcpListener;
    use tokio::task::JoinHandle;

    async fn floor_and_rig(keys: bool) -> (JoinHandle<anyhow::Result<()>>, Rig) {
        let receiver = Receiver::start().await.unwrap();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let target =
            Target::messages(listener.local_addr().unwrap(), "app_x", "token", keys).unwrap();
        let url = receiver.url(OK_PATH).parse().unwrap();
        let floor = tokio::spawn(async move { floor::serve(listener, &url).await });
        (floor, Rig::new(target, 8, receiver))
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn floor_producers_and_receiver_balance() {
        let (floor, mut rig) = floor_and_rig(true).await;

        let report = rig.load.closed_loop(Duration::from_millis(150)).await;
        assert_eq!(report.complaint, None);
        let closed = rig.settle(report).await.unwrap();
        assert_eq!(closed.sent.len(), closed.arrivals.len());
        assert!(closed.sent.len() > 8);

        let report = rig.load.open_loop(500, Duration::from_millis(200)).await;
        let open = rig.settle(report).await.unwrap();
        assert_eq!(open.sent.len(), 100);
        assert_eq!(open.arrivals.len(), 100);

        let totals = rig.totals();
        assert!(totals.balanced(), "{totals}");
        assert_eq!(totals.delivered as usize, closed.sent.len() + 100);
        assert_eq!(totals.duplicates, 0);
        floor.abort();
    }

    #[tokio::test]
    async fn a_server_that_refuses_everything_is_an_error_that_quotes_it() {
        let receiver = Receiver::start().await.unwrap();
        // The receiver answers 404 to a publish.
        let target = Target::messages(receiver.address, "app_x", "token", false).unwrap();
        let mut rig = Rig::new(target, 2, receiver);
        let report = rig.load.closed_loop(Duration::from_millis(30)).await;
        let error = rig.settle(report).await.err().unwrap().to_string();
        assert!(error.contains("answered 404"), "{error}");
    }
}

//! How long to wait before something is tried again that should be back any moment.

use std::time::Duration;

/// A program that is restarted is back within a second.
const FIRST: Duration = Duration::from_millis(200);

/// A person who has started it again looks at the terminal and should not wait for longer.
const LONGEST: Duration = Duration::from_secs(5);

/// Waits that grow from one try to the next, up to a bound.
#[derive(Debug)]
pub struct Pace {
    next: Duration,
}

impl Pace {
    /// Begins with the shortest.
    pub fn new() -> Self {
        Self { next: FIRST }
    }

    /// How long to wait now; the next one is twice as long.
    pub fn wait(&mut self) -> Duration {
        let wait = self.next;
        self.next = (wait * 2).min(LONGEST);
        wait
    }

    /// Waits for as long.
    pub async fn rest(&mut self) {
        tokio::time::sleep(self.wait()).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_up_to_a_bound() {
        let mut pace = Pace::new();
        let waits: Vec<_> = (0..7).map(|_| pace.wait().as_millis()).collect();
        assert_eq!(waits, [200, 400, 800, 1_600, 3_200, 5_000, 5_000]);
    }
}

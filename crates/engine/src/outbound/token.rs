//! One endpoint's token: asked for once, used by many, replaced in time.
//!
//! - One request to the token server at a time; whoever needs a token meanwhile waits for it, or
//!   goes on with the old one as long as that is good.
//! - A failure is everybody's for a moment, so that a token server that is down is asked a few
//!   times a minute and not once for each delivery.
//! - A token that a receiver refuses is dropped, but not more often than a failure is forgotten: a
//!   receiver that refuses every token must not make its token server busy.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hookwire_types::Cause;
use http::HeaderValue;
use tokio::time::{Instant, timeout};

use super::Failure;
use super::oauth::Granted;

/// How long a failure is told again instead of asking again. Below the first wait of the usual
/// retry schedule, so that a second attempt asks anew.
pub(super) const FAILURE_KEPT: Duration = Duration::from_secs(3);
/// How long to wait for somebody else's request: longer than it can take.
const WAIT_MAX: Duration = Duration::from_secs(15);
/// A token is replaced this long before it ends, or when the last fifth of a short life begins.
const REFRESH_BEFORE: Duration = Duration::from_secs(60);
/// It is no longer used this long before it ends (the last tenth of a short life): it has to be
/// good when it arrives, by a clock that may be ahead.
const UNUSED_BEFORE: Duration = Duration::from_secs(10);

/// See the module's page.
#[derive(Default)]
pub(super) struct TokenSlot {
    state: Mutex<State>,
    asking: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct State {
    token: Option<Token>,
    /// The last failure, and until when it counts.
    failed: Option<(Failure, Instant)>,
    dropped_at: Option<Instant>,
}

struct Token {
    header: HeaderValue,
    refresh_at: Instant,
    usable_until: Instant,
}

/// What is to be done for a token.
enum Known {
    /// Use this one.
    Good(HeaderValue),
    /// Use this one, but it is time to ask for another.
    Ageing(HeaderValue),
    /// There is none, for this reason.
    Failed(Failure),
    /// Ask for one.
    Nothing,
}

impl TokenSlot {
    /// The token as a header; `ask` asks the token server for one.
    pub(super) async fn token(
        &self,
        ask: impl AsyncFnOnce() -> Result<Granted, Failure>,
    ) -> Result<HeaderValue, Failure> {
        match self.known() {
            Known::Good(header) => return Ok(header),
            Known::Failed(failure) => return Err(failure),
            Known::Ageing(header) => {
                let Ok(_asking) = self.asking.try_lock() else {
                    return Ok(header);
                };
                return match self.known() {
                    // While it is good nobody has to know that a new one was not to be had.
                    Known::Ageing(header) => Ok(self.ask(ask).await.unwrap_or(header)),
                    Known::Good(header) => Ok(header),
                    Known::Failed(failure) => Err(failure),
                    Known::Nothing => self.ask(ask).await,
                };
            }
            Known::Nothing => {}
        }
        let Ok(_asking) = timeout(WAIT_MAX, self.asking.lock()).await else {
            let words = "no token was there in time: others are waiting for the token server";
            return Err(Failure::new(Cause::Authorization, words));
        };
        match self.known() {
            Known::Good(header) | Known::Ageing(header) => Ok(header),
            Known::Failed(failure) => Err(failure),
            Known::Nothing => self.ask(ask).await,
        }
    }

    /// A receiver refused this token.
    pub(super) fn drop_token(&self, refused: &HeaderValue) {
        let now = Instant::now();
        let mut state = self.lock();
        let is_current = state
            .token
            .as_ref()
            .is_some_and(|token| token.header == refused);
        let too_soon = state.dropped_at.is_some_and(|at| now < at + FAILURE_KEPT);
        if is_current && !too_soon {
            state.token = None;
            state.dropped_at = Some(now);
        }
    }

    fn known(&self) -> Known {
        let now = Instant::now();
        let state = self.lock();
        let failed = state.failed.as_ref().filter(|(_, until)| now < *until);
        let token = state.token.as_ref().filter(|it| now < it.usable_until);
        match (token, failed) {
            (Some(token), None) if now >= token.refresh_at => Known::Ageing(token.header.clone()),
            (Some(token), _) => Known::Good(token.header.clone()),
            (None, Some((failure, _))) => Known::Failed(failure.clone()),
            (None, None) => Known::Nothing,
        }
    }

    async fn ask(
        &self,
        ask: impl AsyncFnOnce() -> Result<Granted, Failure>,
    ) -> Result<HeaderValue, Failure> {
        let asked_at = Instant::now();
        let answer = ask().await;
        let mut state = self.lock();
        match answer {
            Ok(granted) => {
                let ends_at = asked_at + granted.lifetime;
                state.token = Some(Token {
                    header: granted.header.clone(),
                    refresh_at: ends_at - REFRESH_BEFORE.min(granted.lifetime / 5),
                    usable_until: ends_at - UNUSED_BEFORE.min(granted.lifetime / 10),
                });
                state.failed = None;
                Ok(granted.header)
            }
            Err(failure) => {
                state.failed = Some((failure.clone(), Instant::now() + FAILURE_KEPT));
                Err(failure)
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for TokenSlot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenSlot")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tokio::sync::Semaphore;
    use tokio::time::{advance, sleep};

    /// A token server that numbers its tokens.
    #[derive(Default)]
    struct Server {
        asked: AtomicUsize,
        down: Mutex<bool>,
    }

    impl Server {
        async fn answer(&self, lifetime_seconds: u64) -> Result<Granted, Failure> {
            let number = self.asked.fetch_add(1, Ordering::SeqCst) + 1;
            if *self.down.lock().unwrap() {
                return Err(Failure::new(Cause::Authorization, "down"));
            }
            Ok(Granted {
                header: HeaderValue::from_str(&format!("Bearer {number}")).unwrap(),
                lifetime: Duration::from_secs(lifetime_seconds),
            })
        }

        async fn token(&self, slot: &TokenSlot) -> Result<HeaderValue, Failure> {
            slot.token(async || self.answer(600).await).await
        }

        fn set_down(&self, down: bool) {
            *self.down.lock().unwrap() = down;
        }

        fn asked(&self) -> usize {
            self.asked.load(Ordering::SeqCst)
        }
    }

    #[tokio::test(start_paused = true)]
    async fn is_replaced_before_it_ends() {
        let (server, slot) = (Server::default(), TokenSlot::default());
        assert_eq!(server.token(&slot).await.unwrap(), "Bearer 1");
        advance(Duration::from_secs(539)).await;
        assert_eq!(server.token(&slot).await.unwrap(), "Bearer 1");
        advance(Duration::from_secs(2)).await;
        assert_eq!(server.token(&slot).await.unwrap(), "Bearer 2");
        advance(Duration::from_secs(591)).await;
        assert_eq!(server.token(&slot).await.unwrap(), "Bearer 3");
        assert_eq!(server.asked(), 3);
    }

    #[tokio::test(start_paused = true)]
    async fn goes_on_with_a_good_one_while_no_new_one_is_to_be_had() {
        let (server, slot) = (Server::default(), TokenSlot::default());
        server.token(&slot).await.unwrap();
        server.set_down(true);
        advance(Duration::from_secs(541)).await;
        assert_eq!(server.token(&slot).await.unwrap(), "Bearer 1");
        assert_eq!(server.asked(), 2);
        assert_eq!(server.token(&slot).await.unwrap(), "Bearer 1");
        assert_eq!(server.asked(), 2, "it was asked a moment ago");
        advance(Duration::from_secs(50)).await;
        let failure = server.token(&slot).await.unwrap_err();
        assert_eq!(failure.detail, "down");
    }

    #[tokio::test(start_paused = true)]
    async fn a_failure_is_told_again_for_a_moment() {
        let (server, slot) = (Server::default(), TokenSlot::default());
        server.set_down(true);
        for _ in 0..5 {
            assert!(server.token(&slot).await.is_err());
        }
        assert_eq!(server.asked(), 1);
        server.set_down(false);
        advance(FAILURE_KEPT).await;
        assert_eq!(server.token(&slot).await.unwrap(), "Bearer 2");
    }

    #[tokio::test(start_paused = true)]
    async fn one_asks_and_all_others_wait_for_it() {
        let (server, slot) = (Server::default(), TokenSlot::default());
        let gate = Semaphore::new(0);
        let slow = || {
            slot.token(async || {
                gate.acquire().await.unwrap().forget();
                server.answer(600).await
            })
        };
        let all = async { tokio::join!(slow(), slow(), slow()) };
        let opening = async {
            tokio::task::yield_now().await;
            gate.add_permits(3);
        };
        let ((one, two, three), ()) = tokio::join!(all, opening);
        for token in [one, two, three] {
            assert_eq!(token.unwrap(), "Bearer 1");
        }
        assert_eq!(server.asked(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_waits_takes_over_when_the_one_who_asks_goes_away() {
        let (server, slot) = (Server::default(), TokenSlot::default());
        let stuck = slot.token(async || {
            sleep(Duration::from_secs(3_600)).await;
            server.answer(600).await
        });
        let given_up = timeout(Duration::from_secs(1), stuck);
        let (given_up, next) = tokio::join!(given_up, server.token(&slot));
        assert!(given_up.is_err());
        assert_eq!(next.unwrap(), "Bearer 1");
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_waits_for_ever() {
        let (server, slot) = (Server::default(), TokenSlot::default());
        let hangs = slot.token(async || std::future::pending().await);
        let waits = async {
            let failure = server.token(&slot).await.unwrap_err();
            assert!(failure.detail.contains("others are waiting"), "{failure:?}");
        };
        tokio::select! {
            // The one that hangs must be the first to ask.
            biased;
            _ = hangs => unreachable!("it never ends"),
            () = waits => {}
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_refused_token_is_dropped_but_not_again_at_once() {
        let (server, slot) = (Server::default(), TokenSlot::default());
        let first = server.token(&slot).await.unwrap();
        slot.drop_token(&first);
        let second = server.token(&slot).await.unwrap();
        assert_eq!(second, "Bearer 2");
        // One that was replaced already, and one that is refused as well.
        for refused in [&first, &second] {
            slot.drop_token(refused);
            assert_eq!(server.token(&slot).await.unwrap(), "Bearer 2");
        }
        advance(FAILURE_KEPT).await;
        slot.drop_token(&second);
        assert_eq!(server.token(&slot).await.unwrap(), "Bearer 3");
    }

    #[tokio::test(start_paused = true)]
    async fn a_token_without_a_life_is_used_once() {
        let (server, slot) = (Server::default(), TokenSlot::default());
        for number in 1..4 {
            let token = slot.token(async || server.answer(0).await).await;
            assert_eq!(token.unwrap(), format!("Bearer {number}"));
        }
    }
}

//! How many requests an endpoint gets at once: more while it answers, fewer while it does not.

/// Where a lane begins: few enough that an endpoint which never answers holds next to nothing,
/// enough to double quickly.
const START: usize = 4;

/// A limit of requests in flight. Grows by one with each answer, so that it doubles with each
/// round trip, and halves with each silence.
#[derive(Debug)]
pub(super) struct InFlightLimit {
    current: usize,
    max: usize,
}

impl InFlightLimit {
    pub(super) fn new(max: usize) -> Self {
        let max = max.max(1);
        Self {
            current: START.min(max),
            max,
        }
    }

    pub(super) fn current(&self) -> usize {
        self.current
    }

    pub(super) fn grow(&mut self) {
        self.current = (self.current + 1).min(self.max);
    }

    pub(super) fn shrink(&mut self) {
        self.current = (self.current / 2).max(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn is_never_below_one_nor_above_its_maximum(
            max in 0usize..300,
            answers in proptest::collection::vec(any::<bool>(), 0..600),
        ) {
            let mut limit = InFlightLimit::new(max);
            for answered in answers {
                if answered { limit.grow() } else { limit.shrink() }
                prop_assert!((1..=max.max(1)).contains(&limit.current()));
            }
        }
    }
}

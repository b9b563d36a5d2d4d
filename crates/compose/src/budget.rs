//! How much work a template or filter may do for one request.
//!
//! Work is counted, not timed: a template that stays within its budget on one machine stays
//! within it on every machine, and the same input always ends the same way. What is about to
//! multiply something pays before it does so.

/// Copying, comparing or scanning this many bytes counts as one step. A step is then worth some
/// tens of nanoseconds whatever it is spent on.
const BYTES_PER_STEP: usize = 32;

/// What is left of the work that may be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Budget {
    steps_left: u64,
    output_bytes_left: usize,
}

/// What has run out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BudgetError {
    /// Too much work.
    #[error("it does too much work: more steps than a request may take")]
    Steps,
    /// Too much text.
    #[error("its output is larger than a request may be")]
    Output,
}

impl Budget {
    /// A budget of `steps` (one step: a node visited, a turn of a loop, or 32 bytes looked at)
    /// and of `output_bytes` written.
    pub const fn new(steps: u64, output_bytes: usize) -> Self {
        Self {
            steps_left: steps,
            output_bytes_left: output_bytes,
        }
    }

    /// The steps that are left.
    pub const fn steps_left(&self) -> u64 {
        self.steps_left
    }

    /// The bytes that may still be written.
    pub const fn output_bytes_left(&self) -> usize {
        self.output_bytes_left
    }

    /// Takes `count` steps.
    pub const fn steps(&mut self, count: u64) -> Result<(), BudgetError> {
        match self.steps_left.checked_sub(count) {
            Some(left) => {
                self.steps_left = left;
                Ok(())
            }
            None => {
                // Spent for good: nobody goes on after an error with what was left.
                self.steps_left = 0;
                Err(BudgetError::Steps)
            }
        }
    }

    /// Takes one step, and one for each 32 bytes that are looked at, compared or copied.
    pub const fn bytes(&mut self, count: usize) -> Result<(), BudgetError> {
        self.steps(1 + (count / BYTES_PER_STEP) as u64)
    }

    /// Takes bytes of output, and the steps for copying them.
    pub const fn output(&mut self, bytes: usize) -> Result<(), BudgetError> {
        match self.output_bytes_left.checked_sub(bytes) {
            Some(left) => {
                self.output_bytes_left = left;
                self.bytes(bytes)
            }
            None => {
                self.output_bytes_left = 0;
                Err(BudgetError::Output)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_taken_is_gone() {
        let mut budget = Budget::new(10, 100);
        assert_eq!(budget.steps(3), Ok(()));
        assert_eq!(budget.bytes(31), Ok(()));
        assert_eq!(budget.bytes(64), Ok(()));
        assert_eq!(budget.output(40), Ok(()));
        assert_eq!(budget, Budget::new(1, 60));
        assert_eq!(budget.output(61), Err(BudgetError::Output));
        assert_eq!(budget.output_bytes_left(), 0);
        assert_eq!(budget.steps(2), Err(BudgetError::Steps));
        assert_eq!(budget.steps_left(), 0);
    }

    #[test]
    fn nothing_overflows() {
        let mut budget = Budget::new(u64::MAX, usize::MAX);
        assert_eq!(budget.steps(u64::MAX), Ok(()));
        assert_eq!(budget.bytes(usize::MAX), Err(BudgetError::Steps));
        assert_eq!(budget.output(usize::MAX), Err(BudgetError::Steps));
    }

    proptest! {
        #[test]
        fn never_more_than_was_given(given in 0u64..1000, takes: Vec<u8>) {
            let mut budget = Budget::new(given, 0);
            let mut taken = 0;
            for take in takes {
                if budget.steps(take.into()).is_ok() {
                    taken += u64::from(take);
                } else {
                    prop_assert_eq!(budget.steps_left(), 0);
                }
            }
            prop_assert!(taken <= given);
        }
    }
}

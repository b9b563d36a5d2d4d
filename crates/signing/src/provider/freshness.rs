//! Moments of signing: how they are written, and how far away they may be.

use super::ProviderError;

/// How far ahead a sender's clock may be. Nobody signs in the future on purpose, so this is the
/// usual five minutes whatever a provider's rule for old requests is.
const FUTURE_MAX_SECONDS: i64 = 300;

/// More digits than any moment of the next centuries has, in milliseconds.
const DIGITS_MAX: usize = 15;

/// Reads decimal digits and nothing else: no sign, no fraction, no space.
pub(super) fn digits(text: &str) -> Option<i64> {
    let plain = text.len() <= DIGITS_MAX && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| plain)
}

/// Whether a moment is neither longer ago than `past_max_seconds` nor too far ahead.
pub(super) fn check(
    signed_unix_seconds: i64,
    now_unix_seconds: i64,
    past_max_seconds: i64,
) -> Result<(), ProviderError> {
    let age_seconds = now_unix_seconds.saturating_sub(signed_unix_seconds);
    let future_max_seconds = FUTURE_MAX_SECONDS.min(past_max_seconds);
    if age_seconds > past_max_seconds {
        let by_seconds = age_seconds - past_max_seconds;
        return Err(ProviderError::TooOld { by_seconds });
    }
    if age_seconds < -future_max_seconds {
        let by_seconds = age_seconds
            .saturating_add(future_max_seconds)
            .saturating_neg();
        return Err(ProviderError::TooNew { by_seconds });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_digits_are_a_moment() {
        assert_eq!(digits("1649367553"), Some(1_649_367_553));
        for text in ["", "+1", "-1", "1.5", " 1", "1 ", "١", "1234567890123456"] {
            assert_eq!(digits(text), None, "{text:?}");
        }
    }

    #[test]
    fn both_edges_are_inside() {
        let now = 1_000_000;
        for (signed, expected) in [
            (now - 300, Ok(())),
            (now - 301, Err(ProviderError::TooOld { by_seconds: 1 })),
            (now + 300, Ok(())),
            (now + 307, Err(ProviderError::TooNew { by_seconds: 7 })),
        ] {
            assert_eq!(check(signed, now, 300), expected, "{signed}");
        }
        assert_eq!(check(now - 5_000, now, 6_000), Ok(()));
        assert!(check(now + 61, now, 60).is_err());
        assert!(check(i64::MAX, i64::MIN, 300).is_err());
        assert!(check(i64::MIN, i64::MAX, 300).is_err());
    }
}

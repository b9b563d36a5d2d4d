//! Numbers in calculations: whole ones exactly, decimal ones exactly as long as their digits fit
//! (0.1 + 0.2 is 0.3, as in Liquid), and floating-point beyond that.

use std::cmp::Ordering;

use super::error::Failure;
use super::value::Value;

/// A number that is calculated with.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Number {
    Int(i64),
    Decimal(Decimal),
    /// Finite.
    Float(f64),
}

/// `digits` × 10^-`scale`, exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Decimal {
    digits: i128,
    scale: u32,
}

/// Longer texts are no numbers in calculations: reading one must not take longer than a step or
/// two, and the largest number of 64 bits has 309 digits before its point.
const TEXT_MAX_BYTES: usize = 512;

/// Two decimals of this scale can be multiplied within 128 bits unless they are large too.
const SCALE_MAX: u32 = 18;

impl Decimal {
    /// Reads `12.50`; none if there is an exponent or there are too many digits.
    fn parse(text: &str) -> Option<Self> {
        let (whole, fraction) = text.split_once('.')?;
        let scale = u32::try_from(fraction.len()).ok()?;
        if scale > SCALE_MAX || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let mut digits: i128 = whole.parse::<i64>().ok()?.into();
        digits = digits.checked_mul(10i128.pow(scale))?;
        let fraction: i128 = if scale == 0 {
            0
        } else {
            fraction.parse().ok()?
        };
        digits = if text.starts_with('-') {
            digits - fraction
        } else {
            digits + fraction
        };
        Some(Self { digits, scale })
    }

    fn to_f64(self) -> f64 {
        format!("{}e-{}", self.digits, self.scale)
            .parse()
            .unwrap_or_default()
    }

    /// Both with the larger of their scales.
    fn aligned(self, other: Self) -> Option<(i128, i128, u32)> {
        let scale = self.scale.max(other.scale);
        let widen = |number: Self| {
            number
                .digits
                .checked_mul(10i128.checked_pow(scale - number.scale)?)
        };
        Some((widen(self)?, widen(other)?, scale))
    }
}

/// What `+`, `-`, `×` and the remainder do to each kind of number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Arithmetic {
    Plus,
    Minus,
    Times,
    Modulo,
}

impl Number {
    /// What a value is in a calculation: texts count by the number they begin with, and what is
    /// no number counts as 0.
    pub fn of(value: &Value<'_>) -> Self {
        match value {
            Value::Int(number) => Self::Int(*number),
            Value::Float(number) => Self::of_float(*number),
            Value::Number(text) => Self::parse(text).unwrap_or(Self::Int(0)),
            Value::Str(text) => Self::of_text(text),
            Value::Shared(text) => Self::of_text(text),
            _ => Self::Int(0),
        }
    }

    /// The number that a value is, without looking into texts.
    pub fn exactly(value: &Value<'_>) -> Option<Self> {
        match value {
            Value::Int(number) => Some(Self::Int(*number)),
            Value::Float(number) => Some(Self::Float(*number)),
            Value::Number(text) => Self::parse(text),
            _ => None,
        }
    }

    /// Reads a JSON number; none if it is beyond every range or absurdly long.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > TEXT_MAX_BYTES {
            return None;
        }
        if let Ok(number) = text.parse() {
            return Some(Self::Int(number));
        }
        if let Some(decimal) = Decimal::parse(text) {
            return Some(Self::Decimal(decimal));
        }
        let number: f64 = text.parse().ok()?;
        number.is_finite().then_some(Self::Float(number))
    }

    fn of_text(text: &str) -> Self {
        let text = text[..text.floor_char_boundary(TEXT_MAX_BYTES)].trim();
        let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
        let sign = usize::from(text.starts_with(['-', '+']));
        let whole = sign + digits(&text[sign..]);
        let fraction = text[whole..].strip_prefix('.').unwrap_or_default();
        if whole > sign && !fraction.is_empty() && digits(fraction) == fraction.len() {
            return Self::parse(text).unwrap_or(Self::Int(0));
        }
        Self::parse(text[..whole].trim_start_matches('+')).unwrap_or(Self::Int(0))
    }

    fn of_float(number: f64) -> Self {
        Decimal::parse(&number.to_string()).map_or(Self::Float(number), Self::Decimal)
    }

    fn decimal(self) -> Option<Decimal> {
        match self {
            Self::Int(number) => Some(Decimal {
                digits: number.into(),
                scale: 0,
            }),
            Self::Decimal(decimal) => Some(decimal),
            Self::Float(_) => None,
        }
    }

    pub fn to_f64(self) -> f64 {
        match self {
            Self::Int(number) => number as f64,
            Self::Decimal(decimal) => decimal.to_f64(),
            Self::Float(number) => number,
        }
    }

    pub fn is_zero(self) -> bool {
        self.to_f64() == 0.0
    }

    /// A whole number near this one, none beyond 64 bits.
    pub fn to_i64(self, round: fn(f64) -> f64) -> Option<i64> {
        match self {
            Self::Int(number) => Some(number),
            number => {
                let rounded = round(number.to_f64());
                // The bound itself is 2^63, one more than fits.
                let fits = -9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0;
                fits.contains(&rounded).then_some(rounded as i64)
            }
        }
    }

    /// This number as a value again.
    pub fn value<'a>(self) -> Result<Value<'a>, Failure> {
        match self {
            Self::Int(number) => Ok(Value::Int(number)),
            number => {
                let number = number.to_f64();
                if number.is_finite() {
                    Ok(Value::Float(number))
                } else {
                    Err("the result is too large for a number".into())
                }
            }
        }
    }

    /// Calculates exactly if possible. The divisor of a remainder must not be zero.
    pub fn calculate(self, operation: Arithmetic, other: Self) -> Self {
        if let (Self::Int(a), Self::Int(b)) = (self, other) {
            let exact = match operation {
                Arithmetic::Plus => a.checked_add(b),
                Arithmetic::Minus => a.checked_sub(b),
                Arithmetic::Times => a.checked_mul(b),
                Arithmetic::Modulo => a.checked_rem(b).map(|rest| {
                    let other_sign = rest != 0 && (rest < 0) != (b < 0);
                    if other_sign { rest + b } else { rest }
                }),
            };
            if let Some(exact) = exact {
                return Self::Int(exact);
            }
        }
        if let Some(exact) = self.calculate_decimal(operation, other) {
            return Self::Decimal(exact);
        }
        let (a, b) = (self.to_f64(), other.to_f64());
        Self::Float(match operation {
            Arithmetic::Plus => a + b,
            Arithmetic::Minus => a - b,
            Arithmetic::Times => a * b,
            Arithmetic::Modulo => a - b * (a / b).floor(),
        })
    }

    fn calculate_decimal(self, operation: Arithmetic, other: Self) -> Option<Decimal> {
        let (a, b) = (self.decimal()?, other.decimal()?);
        if operation == Arithmetic::Times {
            return Some(Decimal {
                digits: a.digits.checked_mul(b.digits)?,
                scale: a.scale + b.scale,
            });
        }
        let (a, b, scale) = a.aligned(b)?;
        let digits = match operation {
            Arithmetic::Plus => a.checked_add(b)?,
            Arithmetic::Minus => a.checked_sub(b)?,
            _ => {
                let rest = a.checked_rem(b)?;
                let other_sign = rest != 0 && (rest < 0) != (b < 0);
                if other_sign { rest + b } else { rest }
            }
        };
        Some(Decimal { digits, scale })
    }

    /// Half away from zero, at this many digits behind the point.
    pub fn rounded(self, places: u32) -> Self {
        let Self::Decimal(Decimal { digits, scale }) = self else {
            return self;
        };
        if scale <= places {
            return self;
        }
        let unit = 10i128.pow(scale - places);
        let (whole, rest) = (digits / unit, digits % unit);
        let away = i128::from(rest.abs() * 2 >= unit) * digits.signum();
        Self::Decimal(Decimal {
            digits: whole + away,
            scale: places,
        })
    }

    /// Which of two numbers is greater; whole and decimal ones are compared exactly.
    pub fn compare(self, other: Self) -> Ordering {
        self.compare_exactly(other)
            .unwrap_or_else(|| self.compare_floats(other))
    }

    /// An order of all numbers for sorting. Unlike [`compare`](Self::compare) it tells a float
    /// from the exact numbers that round to it, without which the order would contradict itself.
    pub fn order(self, other: Self) -> Ordering {
        let is_exact = |number: Self| !matches!(number, Self::Float(_));
        self.compare_floats(other)
            .then(is_exact(self).cmp(&is_exact(other)))
            .then_with(|| self.compare_exactly(other).unwrap_or(Ordering::Equal))
    }

    fn compare_exactly(self, other: Self) -> Option<Ordering> {
        let (a, b, _) = self.decimal()?.aligned(other.decimal()?)?;
        Some(a.cmp(&b))
    }

    fn compare_floats(self, other: Self) -> Ordering {
        // Adding makes one zero of both.
        (self.to_f64() + 0.0).total_cmp(&(other.to_f64() + 0.0))
    }
}

/// A floating-point number as Liquid shows it: `1.0`, `0.0001`, `1.0e-05`, `1.0e+16`.
pub(super) fn float_text(number: f64) -> String {
    let scientific = format!("{number:e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or_default();
    if !(-4..16).contains(&exponent) {
        let point = if mantissa.contains('.') { "" } else { ".0" };
        let sign = if exponent < 0 { '-' } else { '+' };
        return format!("{mantissa}{point}e{sign}{:02}", exponent.unsigned_abs());
    }
    let plain = number.to_string();
    if plain.contains('.') {
        plain
    } else {
        plain + ".0"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_absurdly_long_is_no_number() {
        let long = "1".repeat(1_000_000);
        assert_eq!(Number::parse(&long), None);
        assert_eq!(
            Number::of(&Value::Str(&" ".repeat(1_000_000))),
            Number::Int(0)
        );
        assert!(matches!(
            Number::parse(&"1".repeat(300)),
            Some(Number::Float(_))
        ));
    }
    use proptest::prelude::*;

    #[test]
    fn floats_are_shown_as_in_liquid() {
        let cases = [
            (0.0, "0.0"),
            (-1.0, "-1.0"),
            (0.0001, "0.0001"),
            (0.000_01, "1.0e-05"),
            (1.5e-10, "1.5e-10"),
            (1e15, "1000000000000000.0"),
            (1e16, "1.0e+16"),
            (1.25e100, "1.25e+100"),
            (123.456, "123.456"),
        ];
        for (number, text) in cases {
            assert_eq!(float_text(number), text);
        }
    }

    fn number() -> impl Strategy<Value = Number> {
        prop_oneof![
            any::<i64>().prop_map(Number::Int),
            (-100i64..100).prop_map(Number::Int),
            any::<f64>()
                .prop_filter("finite", |number| number.is_finite())
                .prop_map(Number::Float),
            (-9_007_199_254_740_995.0..9_007_199_254_740_995.0f64).prop_map(Number::of_float),
            "-?[0-9]{1,19}\\.[0-9]{1,18}".prop_filter_map("a number", |text| Number::parse(&text)),
        ]
    }

    proptest! {
        #[test]
        fn whole_numbers_calculate_exactly(a: i32, b: i32) {
            let (x, y) = (Number::Int(a.into()), Number::Int(b.into()));
            let (a, b) = (i64::from(a), i64::from(b));
            prop_assert_eq!(x.calculate(Arithmetic::Plus, y), Number::Int(a + b));
            prop_assert_eq!(x.calculate(Arithmetic::Times, y), Number::Int(a * b));
            if b > 0 {
                prop_assert_eq!(x.calculate(Arithmetic::Modulo, y), Number::Int(a.rem_euclid(b)));
            }
        }

        #[test]
        fn calculations_stay_near_floating_point(a in number(), b in number()) {
            for operation in [Arithmetic::Plus, Arithmetic::Minus, Arithmetic::Times] {
                let result = a.calculate(operation, b).to_f64();
                let (x, y) = (a.to_f64(), b.to_f64());
                let expected = match operation {
                    Arithmetic::Plus => x + y,
                    Arithmetic::Minus => x - y,
                    _ => x * y,
                };
                let size = expected.abs().max(x.abs()).max(y.abs());
                prop_assert!(result == expected || (result - expected).abs() <= size * 1e-12);
            }
        }

        #[test]
        fn sorting_never_contradicts_itself(a in number(), b in number(), c in number()) {
            prop_assert_eq!(a.order(b), b.order(a).reverse());
            prop_assert_eq!(a.order(a), Ordering::Equal);
            if a.order(b).is_le() && b.order(c).is_le() {
                prop_assert!(a.order(c).is_le());
            }
        }

        #[test]
        fn nothing_overflows(a in number(), b in number(), places in 0u32..40) {
            if !b.is_zero() {
                let _ = a.calculate(Arithmetic::Modulo, b).value();
            }
            let _ = (a.rounded(places), a.to_i64(f64::round), a.compare(b));
        }
    }
}

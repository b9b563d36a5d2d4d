//! Kinds of settings: how the text of a value is read, shown and described.
//!
//! A value has one textual form, the same in the environment, behind a flag and in the file, so
//! that a setting can be moved from one to the other without rewriting it.

use std::fmt::Display;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;

use hookwire_types::SecretText;
use ipnet::IpNet;

/// Reads and shows the values of one kind.
pub trait Kind {
    /// What a value of this kind is in the program.
    type Value;

    /// Whether values must never be shown.
    const SECRET: bool = false;

    /// Whether a shown value stands in a TOML file without quotes.
    const BARE: bool = false;

    /// Reads a value, or says what was expected instead.
    fn read(&self, text: &str) -> Result<Self::Value, String>;

    /// The text that reads as this value.
    fn show(&self, value: &Self::Value) -> String;

    /// What a value looks like, as the rest of a sentence that begins with *expected*.
    fn expects(&self) -> String;
}

/// A whole number within bounds.
pub struct Number<T> {
    /// The smallest that is allowed.
    pub min: T,
    /// The largest that is allowed.
    pub max: T,
}

impl<T: FromStr + PartialOrd + Display> Kind for Number<T> {
    type Value = T;
    const BARE: bool = true;

    fn read(&self, text: &str) -> Result<T, String> {
        text.parse()
            .ok()
            .filter(|number| (&self.min..=&self.max).contains(&number))
            .ok_or_else(|| self.expects())
    }

    fn show(&self, value: &T) -> String {
        value.to_string()
    }

    fn expects(&self) -> String {
        format!("a whole number from {} to {}", self.min, self.max)
    }
}

/// Yes or no.
pub struct Switch;

impl Kind for Switch {
    type Value = bool;
    const BARE: bool = true;

    fn read(&self, text: &str) -> Result<bool, String> {
        match text {
            "true" | "1" | "yes" | "on" => Ok(true),
            "false" | "0" | "no" | "off" => Ok(false),
            _ => Err(self.expects()),
        }
    }

    fn show(&self, value: &bool) -> String {
        value.to_string()
    }

    fn expects(&self) -> String {
        "`true` or `false`".to_owned()
    }
}

/// One of a few named values.
pub struct Choice<T: 'static>(pub &'static [(&'static str, T)]);

impl<T: Copy + PartialEq> Kind for Choice<T> {
    type Value = T;

    fn read(&self, text: &str) -> Result<T, String> {
        let found = self.0.iter().find(|(name, _)| *name == text);
        found.map(|(_, value)| *value).ok_or_else(|| self.expects())
    }

    fn show(&self, value: &T) -> String {
        let found = self.0.iter().find(|(_, known)| known == value);
        found
            .map(|(name, _)| (*name).to_owned())
            .unwrap_or_default()
    }

    fn expects(&self) -> String {
        let names: Vec<_> = self.0.iter().map(|(name, _)| format!("`{name}`")).collect();
        match names.split_last() {
            Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
            _ => names.concat(),
        }
    }
}

/// An address to listen on.
pub struct Address;

impl Kind for Address {
    type Value = SocketAddr;

    fn read(&self, text: &str) -> Result<SocketAddr, String> {
        text.parse().map_err(|_| self.expects())
    }

    fn show(&self, value: &SocketAddr) -> String {
        value.to_string()
    }

    fn expects(&self) -> String {
        "an IP address and a port such as `127.0.0.1:8071` or `[::1]:8071`".to_owned()
    }
}

/// Waits between attempts.
pub struct Schedule;

impl Schedule {
    /// Entries at most: with waits of 30 days each that is already four years.
    const ENTRIES_MAX: usize = 50;
    /// The longest wait: a payload is not kept much longer than that.
    const WAIT_SECONDS_MAX: u32 = 30 * 24 * 3_600;
}

impl Kind for Schedule {
    type Value = Vec<u32>;

    fn read(&self, text: &str) -> Result<Vec<u32>, String> {
        let entry = |part: &str| {
            let seconds = part.trim().parse().ok();
            seconds.filter(|seconds| (1..=Self::WAIT_SECONDS_MAX).contains(seconds))
        };
        text.split(',')
            .map(entry)
            .collect::<Option<Vec<u32>>>()
            .filter(|waits| waits.len() <= Self::ENTRIES_MAX)
            .ok_or_else(|| self.expects())
    }

    fn show(&self, value: &Vec<u32>) -> String {
        let waits: Vec<_> = value.iter().map(u32::to_string).collect();
        waits.join(",")
    }

    fn expects(&self) -> String {
        format!(
            "1 to {} waits in whole seconds, separated by commas, each from 1 to {} (30 days)",
            Self::ENTRIES_MAX,
            Self::WAIT_SECONDS_MAX
        )
    }
}

/// Networks in CIDR notation.
pub struct Subnets;

impl Subnets {
    /// Entries at most: every connection looks at all of them.
    const ENTRIES_MAX: usize = 64;
}

impl Kind for Subnets {
    type Value = Vec<IpNet>;

    fn read(&self, text: &str) -> Result<Vec<IpNet>, String> {
        if text.trim().is_empty() {
            return Ok(Vec::new());
        }
        text.split(',')
            .map(|part| part.trim().parse().ok())
            .collect::<Option<Vec<IpNet>>>()
            .filter(|subnets| subnets.len() <= Self::ENTRIES_MAX)
            .ok_or_else(|| self.expects())
    }

    fn show(&self, value: &Vec<IpNet>) -> String {
        let subnets: Vec<_> = value.iter().map(IpNet::to_string).collect();
        subnets.join(",")
    }

    fn expects(&self) -> String {
        format!(
            "at most {} networks separated by commas, such as `10.1.0.0/16,fd00:1::/32`",
            Self::ENTRIES_MAX
        )
    }
}

/// Where everything is kept.
pub struct StorePath;

impl Kind for StorePath {
    type Value = PathBuf;

    fn read(&self, text: &str) -> Result<PathBuf, String> {
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            let notice = "this version has no PostgreSQL store yet";
            return Err(format!("{} ({notice})", self.expects()));
        }
        let path = text.strip_prefix("sqlite:").ok_or_else(|| self.expects())?;
        // `sqlite://data/x.db` would mean `/data/x.db` to the system and `data/x.db` to a person.
        let is_doubtful = path.starts_with("//") && !path.starts_with("///");
        // SQLite's in-memory database: nothing would survive, which is what a store is for.
        let is_volatile = path.starts_with(':');
        if path.is_empty() || path.ends_with('/') || is_doubtful || is_volatile {
            return Err(self.expects());
        }
        Ok(PathBuf::from(path))
    }

    fn show(&self, value: &PathBuf) -> String {
        format!("sqlite:{}", value.display())
    }

    fn expects(&self) -> String {
        "`sqlite:` and the path of a file, such as `sqlite:data/hookwire.db`".to_owned()
    }
}

/// The secret that signs tokens.
pub struct Secret;

impl Secret {
    /// HS256 is as strong as its key: 32 characters of base64 are 192 bits.
    pub const CHARACTERS_MIN: usize = 32;
}

impl Kind for Secret {
    type Value = Option<SecretText>;
    const SECRET: bool = true;

    fn read(&self, text: &str) -> Result<Option<SecretText>, String> {
        if text.chars().count() < Self::CHARACTERS_MIN {
            return Err(self.expects());
        }
        Ok(Some(SecretText::new(text)))
    }

    fn show(&self, value: &Option<SecretText>) -> String {
        if value.is_some() { "(set)" } else { "" }.to_owned()
    }

    fn expects(&self) -> String {
        format!("at least {} characters", Self::CHARACTERS_MIN)
    }
}

/// How much is logged.
pub struct LogLevel;

impl Kind for LogLevel {
    type Value = String;

    fn read(&self, text: &str) -> Result<String, String> {
        // The filter takes any bare word as the name of a module; here that is a misspelt level.
        let is_level =
            |word: &str| ["off", "error", "warn", "info", "debug", "trace"].contains(&word.trim());
        let words_are_levels = text
            .split(',')
            .all(|part| part.contains('=') || is_level(part));
        if !words_are_levels || text.parse::<tracing_subscriber::filter::Targets>().is_err() {
            return Err(self.expects());
        }
        Ok(text.to_owned())
    }

    fn show(&self, value: &String) -> String {
        value.clone()
    }

    fn expects(&self) -> String {
        "`off`, `error`, `warn`, `info`, `debug` or `trace`, and for single modules such as \
         `info,hookwire_engine=debug`"
            .to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schedule_takes_seconds_within_bounds() {
        assert_eq!(Schedule.read("5,300, 1800"), Ok(vec![5, 300, 1_800]));
        assert_eq!(Schedule.read("2592000"), Ok(vec![2_592_000]));
        let fifty = vec!["1"; 50].join(",");
        assert_eq!(Schedule.read(&fifty).map(|waits| waits.len()), Ok(50));
        let too_many = format!("{fifty},1");
        for bad in [
            "",
            "0",
            "5,0",
            "5,,5",
            "-1",
            "1.5",
            "2592001",
            "5s",
            "4294967296",
            &too_many,
        ] {
            assert!(Schedule.read(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn store_is_a_file() {
        assert_eq!(StorePath.read("sqlite:a/b.db"), Ok(PathBuf::from("a/b.db")));
        assert_eq!(
            StorePath.read("sqlite:///var/b.db"),
            Ok(PathBuf::from("///var/b.db"))
        );
        for bad in [
            "",
            "a.db",
            "sqlite:",
            "sqlite:a/",
            "sqlite::memory:",
            "sqlite://a/b.db",
        ] {
            assert!(StorePath.read(bad).is_err(), "{bad}");
        }
        let answer = StorePath.read("postgres://u:p@h/db").unwrap_err();
        assert!(answer.contains("no PostgreSQL"), "{answer}");
        assert!(!answer.contains("u:p"), "{answer}");
    }

    #[test]
    fn a_misspelt_log_level_is_not_taken_for_a_module() {
        for good in ["info", "off", "warn,hookwire_engine=debug"] {
            assert_eq!(LogLevel.read(good), Ok(good.to_owned()));
        }
        for bad in ["", "inf", "INFO!", "info,hookwire_engine", "info,x=loud"] {
            assert!(LogLevel.read(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn numbers_and_switches_and_networks_have_bounds() {
        let number = Number { min: 1u32, max: 10 };
        assert_eq!(number.read("10"), Ok(10));
        assert_eq!(
            number.read("11"),
            Err("a whole number from 1 to 10".to_owned())
        );
        assert!(number.read("-1").is_err());
        assert_eq!(Switch.read("yes"), Ok(true));
        assert!(Switch.read("perhaps").is_err());
        assert_eq!(Subnets.read("").map(|list| list.len()), Ok(0));
        assert_eq!(
            Subnets.read("127.0.0.0/8, ::1/128").map(|list| list.len()),
            Ok(2)
        );
        assert!(Subnets.read("127.0.0.1/40").is_err());
        assert!(Subnets.read("localhost").is_err());
        let choice = Choice(&[("a", 1), ("b", 2), ("c", 3)]);
        assert_eq!(choice.expects(), "`a`, `b` or `c`");
        assert_eq!(choice.read("c"), Ok(3));
        assert!(choice.read("C").is_err());
    }
}

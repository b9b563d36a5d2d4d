//! Precedence and errors of the whole configuration.

use std::ffi::OsString;
use std::path::Path;

use super::*;
use crate::scratch::Scratch;

const LISTEN: &str = "HOOKWIRE_LISTEN";

fn load(
    file: Option<&Path>,
    environment: &[(&str, &str)],
    flags: &[(&'static str, &str)],
) -> Result<(Config, Sources), ConfigError> {
    let flags = flags
        .iter()
        .map(|(flag, text)| (*flag, (*text).to_owned()))
        .collect();
    let given = Given {
        file: file.map(Path::to_owned),
        flags,
    };
    let environment = environment
        .iter()
        .map(|(name, value)| (name.into(), value.into()));
    Config::load_from(&given, environment.collect::<Vec<(OsString, OsString)>>())
}

fn error_of(file: &str, environment: &[(&str, &str)], flags: &[(&'static str, &str)]) -> String {
    let scratch = Scratch::new();
    let path = scratch.path("h.toml");
    std::fs::write(&path, file).unwrap();
    let error = load(Some(&path), environment, flags)
        .unwrap_err()
        .to_string();
    error.replace(&path.display().to_string(), "h.toml")
}

#[test]
fn nothing_given_is_the_default() {
    let (config, _) = load(None, &[("PATH", "/bin"), (LISTEN, "")], &[]).unwrap();
    assert_eq!(config, Config::default());
}

#[test]
fn a_flag_goes_over_the_environment_and_that_over_the_file() {
    let scratch = Scratch::new();
    let path = scratch.path("h.toml");
    let text = "listen = \"1.1.1.1:1\"\nstore = 'sqlite:file.db'\nretry_schedule = [1, 2]\n\
                in_flight_max = 7\ndev = true\n";
    std::fs::write(&path, text).unwrap();
    let environment = [(LISTEN, "2.2.2.2:2"), ("HOOKWIRE_STORE", "sqlite:env.db")];
    let (config, sources) = load(Some(&path), &environment, &[("--listen", "3.3.3.3:3")]).unwrap();
    assert_eq!(config.server.listen.to_string(), "3.3.3.3:3");
    assert_eq!(config.storage.store, Path::new("env.db"));
    assert_eq!(config.delivery.retry_schedule, [1, 2]);
    assert_eq!(config.limits.in_flight_max, 7);
    assert!(config.server.dev);

    let page = reference::effective_page(&config, &sources);
    assert!(
        page.contains("listen = \"3.3.3.3:3\" # command line\n"),
        "{page}"
    );
    assert!(
        page.contains("store = \"sqlite:env.db\" # environment\n"),
        "{page}"
    );
    assert!(page.contains(", line 4\n"), "{page}");
    assert!(page.contains("log_level = \"info\" # default\n"), "{page}");
}

#[test]
fn errors_name_the_thing_the_place_and_what_was_expected() {
    type Pairs = &'static [(&'static str, &'static str)];
    let cases: &[(&str, Pairs, Pairs, &[&str])] = &[
        (
            "\nretry_shedule = [5]",
            &[],
            &[],
            &["h.toml, line 2", "`retry_shedule`", "`retry_schedule`?"],
        ),
        (
            "in_flight_max = 0",
            &[],
            &[],
            &["in_flight_max is `0` (h.toml, line 1)", "from 1 to"],
        ),
        (
            "retry_schedule = [5, 0]",
            &[],
            &[],
            &["`5,0`", "separated by commas"],
        ),
        (
            "[server]\nlisten = \"1.1.1.1:1\"",
            &[],
            &[],
            &["unknown key `server`"],
        ),
        (
            "store = 5.5",
            &[],
            &[],
            &["store is `a TOML float`", "`sqlite:`"],
        ),
        ("\n\nlisten = ", &[], &[], &["h.toml, line 3"]),
        (
            "listen = \"a\"\nlisten = \"b\"",
            &[],
            &[],
            &["line 2", "duplicate"],
        ),
        (
            "",
            &[("HOOKWIRE_LISTE", "x")],
            &[],
            &["variable HOOKWIRE_LISTE", "`HOOKWIRE_LISTEN`?"],
        ),
        (
            "",
            &[("HOOKWIRE_PORT", "80")],
            &[],
            &["variable HOOKWIRE_PORT"],
        ),
        (
            "",
            &[(LISTEN, "8071")],
            &[],
            &["HOOKWIRE_LISTEN is `8071` (environment)", "a port"],
        ),
        (
            "",
            &[],
            &[("--listen", "8071")],
            &["--listen is `8071` (command line)"],
        ),
        (
            "",
            &[("HOOKWIRE_STORE", "postgres://h/d")],
            &[],
            &["no PostgreSQL store yet"],
        ),
    ];
    for (file, environment, flags, parts) in cases {
        let error = error_of(file, environment, flags);
        for part in *parts {
            assert!(error.contains(part), "{error:?} does not contain {part:?}");
        }
        assert!(!error.contains('\n'), "{error:?}");
    }
}

#[test]
fn a_secret_is_never_shown() {
    let short = "only-16-letters!";
    let error = error_of("", &[("HOOKWIRE_JWT_SECRET", short)], &[]);
    assert!(
        error.contains("at least 32 characters") && !error.contains(short),
        "{error}"
    );

    let long = "a-secret-of-more-than-32-characters-0123";
    let (config, sources) = load(None, &[("HOOKWIRE_JWT_SECRET", long)], &[]).unwrap();
    assert_eq!(
        config
            .server
            .jwt_secret
            .as_ref()
            .map(|secret| secret.reveal()),
        Some(long)
    );
    let page = reference::effective_page(&config, &sources);
    assert!(
        page.contains("jwt_secret is set") && !page.contains(long),
        "{page}"
    );
    assert!(!format!("{config:?}").contains(long));
}

#[test]
fn an_encryption_key_is_never_shown() {
    const NAME: &str = "HOOKWIRE_ENCRYPTION_KEY";
    let short = "c2hvcnQga2V5LCBub3QgMzIgYnl0ZXM=";
    let error = error_of("", &[(NAME, short)], &[]);
    for part in [NAME, "(environment)", "32 bytes as base64"] {
        assert!(error.contains(part), "{error}");
    }
    assert!(!error.contains(short), "{error}");

    let key = "K7gNU3sdo+OL0wNhqoVWhr3g6s1xYv72ol/pe/Unols=";
    let (config, sources) = load(None, &[(NAME, key)], &[]).unwrap();
    let page = reference::effective_page(&config, &sources);
    assert!(page.contains("encryption_key is set"), "{page}");
    assert!(!page.contains(key) && !format!("{config:?}").contains(key));
}

#[test]
fn a_missing_file_is_named() {
    let error = load(Some(Path::new("/nowhere/h.toml")), &[], &[])
        .unwrap_err()
        .to_string();
    assert!(error.contains("/nowhere/h.toml"), "{error}");
}

#[test]
fn what_kubernetes_adds_is_not_taken_for_settings() {
    let environment = [
        ("HOOKWIRE_PORT", "tcp://10.0.0.1:8071"),
        ("HOOKWIRE_PORT_8071_TCP_ADDR", "10.0.0.1"),
        ("HOOKWIRE_SERVICE_HOST", "10.0.0.1"),
    ];
    assert!(load(None, &environment, &[]).is_ok());
}

#[test]
fn a_variable_is_its_key_in_capitals_and_every_default_can_be_written_down() {
    Config::default().visit(|section| {
        for setting in &section.settings {
            assert_eq!(
                setting.env,
                format!("HOOKWIRE_{}", setting.key.to_uppercase())
            );
            if let Some(flag) = setting.flag {
                assert_eq!(flag, format!("--{}", setting.key.replace('_', "-")));
            }
            let written = load(None, &[(setting.env, &setting.default)], &[]);
            assert_eq!(written.unwrap().0, Config::default(), "{}", setting.key);
        }
    });
}

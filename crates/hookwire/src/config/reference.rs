//! The configuration for people: the reference page, and the values in force.

use super::Config;
use super::setting::Setting;
use super::sources::Sources;

const INTRODUCTION: &str = "\
<!-- Made by `hookwire config reference` from the settings' own documentation. -->

# Configuration

`hookwire serve` works without any configuration. What is to be different can be said in three
places; each goes over the one before:

1. a TOML file, named with `--config FILE` or `HOOKWIRE_CONFIG`: one `key = value` a line, no
   tables;
2. the environment: the key in capitals after `HOOKWIRE_`; an empty variable counts as not set;
3. a flag, for the few settings that have one.

A key or `HOOKWIRE_…` variable that is not listed here is an error that names it, so that a
misspelt setting does not stay unnoticed. A list can be written as text with commas everywhere, in
the file also as an array. `hookwire config` prints the values in force and where each comes from.

Three more variables are no settings of the server: `HOOKWIRE_CONFIG` (the file above), and
`HOOKWIRE_SERVER` and `HOOKWIRE_TOKEN`, the address and the token for the commands that talk to a
running server.
";

/// The page `docs/configuration.md`.
pub fn reference_page() -> String {
    let mut page = INTRODUCTION.to_owned();
    Config::default().visit(|section| {
        page += &format!("\n## {}\n\n{}\n", section.title, paragraph(section.about));
        for setting in &section.settings {
            page += &entry(setting);
        }
    });
    page
}

/// The values in force as a TOML file. Secrets are left out; whether one is set is said.
pub(super) fn effective_page(config: &Config, sources: &Sources) -> String {
    let mut page = String::new();
    config.visit(|section| {
        let separator = if page.is_empty() { "" } else { "\n" };
        page += &format!("{separator}# {}\n", section.title);
        for (setting, shown) in section.settings.iter().zip(&section.shown) {
            let given = sources.get(setting.key);
            let place = given.map_or("default".to_owned(), |given| given.origin.place());
            page += &match (setting.secret, given) {
                (true, Some(_)) => format!("# {} is set, not shown ({place})\n", setting.key),
                (true, None) => format!("# {} is not set\n", setting.key),
                (false, _) => format!("{} = {} # {place}\n", setting.key, toml(setting, shown)),
            };
        }
    });
    page
}

fn toml(setting: &Setting, shown: &str) -> String {
    if setting.bare {
        return shown.to_owned();
    }
    toml::Value::String(shown.to_owned()).to_string()
}

fn entry(setting: &Setting) -> String {
    let mut lines = format!("\n### `{}`\n\n{}\n\n", setting.key, paragraph(setting.doc));
    let flag = setting
        .flag
        .map(|flag| format!(", flag `{flag}`"))
        .unwrap_or_default();
    lines += &format!("- environment `{}`{flag}\n", setting.env);
    lines += &format!("- value: {}\n", setting.expects);
    if setting.default.is_empty() {
        lines += "- default: none\n";
    } else {
        lines += &format!("- default: `{}`\n", setting.default);
    }
    lines
}

/// The lines of a doc comment, without the space that each begins with.
fn paragraph(lines: &[&str]) -> String {
    let lines: Vec<_> = lines
        .iter()
        .map(|line| line.strip_prefix(' ').unwrap_or(line))
        .collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reference_page_in_the_docs_is_what_the_binary_prints() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/configuration.md");
        let written = std::fs::read_to_string(path).unwrap();
        assert!(
            written == reference_page(),
            "run: hookwire config reference > docs/configuration.md"
        );
    }
}

//! `hookwire recipes`: ready-made requests to the services that people use.

use std::fmt::Write as _;
use std::process::ExitCode;

use clap::Args;
use serde_json::Value;

use super::connection::ServerArgs;
use super::output::{Table, print, print_json, tame, text};

/// The help of this command.
pub const LONG_ABOUT: &str = "\
List ready-made requests to the services that people use, or show one: what it needs, and the \
command that adds a webhook with it.";

/// Which recipe.
#[derive(Debug, Args)]
pub struct RecipesArgs {
    /// The recipe to show [default: all in a list]
    #[arg(value_name = "ID")]
    recipe: Option<String>,

    #[command(flatten)]
    server: ServerArgs,
}

impl RecipesArgs {
    /// Shows them.
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let client = self.server.connect().await?;
        let (answer, page) = match &self.recipe {
            None => {
                let recipes = client.get(&["recipe"], &[]).await?["data"].take();
                let page = listed(&recipes);
                (recipes, page)
            }
            Some(id) => {
                let recipe = client.get(&["recipe", id], &[]).await?;
                let page = shown(&recipe);
                (recipe, page)
            }
        };
        if self.server.json {
            print_json(&answer)?;
        } else {
            print(&page)?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn listed(recipes: &Value) -> String {
    let mut table = Table::new(&["RECIPE", "NAME", "CATEGORY", "NEEDS", "TAKES, TOO"]);
    for recipe in recipes.as_array().into_iter().flatten() {
        let names = |required: bool| {
            let wanted = fields(recipe).filter(|field| is_asked_for(field) == required);
            let names: Vec<_> = wanted.map(|field| text(&field["name"])).collect();
            names.join(", ")
        };
        table.row(vec![
            text(&recipe["id"]),
            text(&recipe["name"]),
            text(&recipe["category"]),
            names(true),
            names(false),
        ]);
    }
    table.render() + "\n`hookwire recipes RECIPE` shows one.\n"
}

fn fields(recipe: &Value) -> impl Iterator<Item = &Value> {
    recipe["fields"].as_array().into_iter().flatten()
}

/// Whether there is no webhook without a value for it.
fn is_asked_for(field: &Value) -> bool {
    field["required"] == true && field["default"].is_null()
}

fn shown(recipe: &Value) -> String {
    let mut page = format!(
        "{} ({})\n{}\n{}\n\nFields\n",
        text(&recipe["name"]),
        text(&recipe["category"]),
        text(&recipe["description"]),
        text(&recipe["documentation"]),
    );
    for field in fields(recipe) {
        page += &shown_field(field);
    }
    let id = text(&recipe["id"]);
    let example = fields(recipe).filter(|field| field["example"].is_string());
    let example = example.map(|field| (text(&field["name"]), quoted(&text(&field["example"]))));
    let _ = writeln!(
        page,
        "\nSee what it sends, with made-up values:\n{}",
        command("compose preview", &id, example)
    );
    let needed = fields(recipe).filter(|field| is_asked_for(field));
    let needed = needed.map(|field| (text(&field["name"]), to_fill_in(field)));
    let _ = writeln!(
        page,
        "\nAdd it, with your own values (@FILE is read from a file, so that a secret does not get \
         into the shell's history):\n{}",
        command("webhook add", &id, needed)
    );
    tame(&page)
}

fn shown_field(field: &Value) -> String {
    let mut traits = vec![if is_asked_for(field) {
        "required"
    } else {
        "optional"
    }];
    for (name, word) in [("secret", "secret"), ("template", "template")] {
        if field[name] == true {
            traits.push(word);
        }
    }
    let mut page = format!(
        "  {} ({}): {}. {}\n",
        text(&field["name"]),
        traits.join(", "),
        text(&field["label"]),
        text(&field["description"])
    );
    let pattern = text(&field["pattern"]["message"]);
    for (word, value) in [
        ("must be", pattern),
        ("default", text(&field["default"])),
        ("example", text(&field["example"])),
    ] {
        if !value.is_empty() {
            let _ = writeln!(page, "    {word}: {}", value.replace('\n', " "));
        }
    }
    page
}

/// What stands in the command for a value that a person has to fill in.
fn to_fill_in(field: &Value) -> String {
    let name = text(&field["name"]);
    if field["secret"] == true {
        return format!("@{name}.txt");
    }
    match field["example"].as_str() {
        Some(example) => quoted(example),
        None => quoted(&name.to_uppercase()),
    }
}

fn command(words: &str, recipe: &str, values: impl Iterator<Item = (String, String)>) -> String {
    let mut command = format!("  hookwire {words} --recipe {recipe}");
    for (name, value) in values {
        let _ = write!(command, " \\\n    --set {name}={value}");
    }
    command
}

/// A text as a shell takes it literally.
fn quoted(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@+,".contains(c);
    // At its beginning, @ would name a file.
    let text = match text.strip_prefix('@') {
        Some(rest) => format!("@@{rest}"),
        None => text.to_owned(),
    };
    if !text.is_empty() && text.chars().all(is_plain) {
        return text;
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn slack() -> Value {
        json!({
            "id": "slack", "name": "Slack", "description": "Posts a message.",
            "documentation": "https://docs.slack.dev/x", "category": "chat",
            "fields": [
                { "name": "url", "label": "Webhook URL", "description": "Of the app.",
                  "secret": true, "required": true, "template": false, "default": null,
                  "example": "https://hooks.slack.com/T/B/X",
                  "pattern": { "source": "…", "message": "a URL like that" } },
                { "name": "text", "label": "Message", "description": "What is posted.",
                  "secret": false, "required": true, "template": true,
                  "default": "{{ type }}", "example": "it's {{ type }}", "pattern": null },
            ],
        })
    }

    #[test]
    fn the_list_says_what_each_needs() {
        let page = listed(&json!([slack()]));
        let line = page.lines().nth(1).unwrap();
        let cells: Vec<_> = line.split_whitespace().collect();
        assert_eq!(cells, ["slack", "Slack", "chat", "url", "text"]);
    }

    #[test]
    fn a_recipe_is_shown_with_commands_to_paste() {
        let page = shown(&slack());
        for part in [
            "Slack (chat)\nPosts a message.\nhttps://docs.slack.dev/x\n",
            "  url (required, secret): Webhook URL. Of the app.\n    must be: a URL like that\n",
            "  text (optional, template): Message.",
            "hookwire compose preview --recipe slack \\\n    \
             --set url=https://hooks.slack.com/T/B/X \\\n    \
             --set text='it'\\''s {{ type }}'\n",
            "hookwire webhook add --recipe slack \\\n    --set url=@url.txt\n",
        ] {
            assert!(page.contains(part), "{part}\n{page}");
        }
    }

    #[test]
    fn a_shell_gives_back_what_was_quoted() {
        for (text, expected) in [
            ("a-b_c.d/e:f", "a-b_c.d/e:f"),
            ("", "''"),
            ("a b", "'a b'"),
            ("$x", "'$x'"),
            ("@here", "@@here"),
            ("a=b", "'a=b'"),
        ] {
            assert_eq!(quoted(text), expected);
        }
    }
}

//! The recipes that come with Hookwire.

use std::sync::LazyLock;

use super::Recipe;

/// Every file of `recipes/`, in the order in which they are listed.
const FILES: [(&str, &str); 20] = [
    ("slack", include_str!("../../../../recipes/slack.toml")),
    ("discord", include_str!("../../../../recipes/discord.toml")),
    ("teams", include_str!("../../../../recipes/teams.toml")),
    (
        "google-chat",
        include_str!("../../../../recipes/google-chat.toml"),
    ),
    (
        "telegram",
        include_str!("../../../../recipes/telegram.toml"),
    ),
    ("line", include_str!("../../../../recipes/line.toml")),
    (
        "messenger",
        include_str!("../../../../recipes/messenger.toml"),
    ),
    (
        "whatsapp",
        include_str!("../../../../recipes/whatsapp.toml"),
    ),
    (
        "twilio-sms",
        include_str!("../../../../recipes/twilio-sms.toml"),
    ),
    (
        "lob-postcard",
        include_str!("../../../../recipes/lob-postcard.toml"),
    ),
    (
        "salesforce-lead",
        include_str!("../../../../recipes/salesforce-lead.toml"),
    ),
    (
        "hubspot-contact",
        include_str!("../../../../recipes/hubspot-contact.toml"),
    ),
    (
        "mailchimp-subscriber",
        include_str!("../../../../recipes/mailchimp-subscriber.toml"),
    ),
    (
        "pagerduty",
        include_str!("../../../../recipes/pagerduty.toml"),
    ),
    (
        "opsgenie",
        include_str!("../../../../recipes/opsgenie.toml"),
    ),
    (
        "github-dispatch",
        include_str!("../../../../recipes/github-dispatch.toml"),
    ),
    ("zapier", include_str!("../../../../recipes/zapier.toml")),
    ("make", include_str!("../../../../recipes/make.toml")),
    ("n8n", include_str!("../../../../recipes/n8n.toml")),
    ("ifttt", include_str!("../../../../recipes/ifttt.toml")),
];

/// Every recipe.
pub fn all() -> &'static [Recipe] {
    static ALL: LazyLock<Vec<Recipe>> = LazyLock::new(|| {
        // The files are part of the program, and a test reads every one of them.
        FILES
            .iter()
            .map(|(id, text)| {
                Recipe::parse(text).unwrap_or_else(|error| panic!("recipes/{id}.toml: {error}"))
            })
            .collect()
    });
    &ALL
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_file_is_listed_and_named_after_its_recipe() {
        let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/../../recipes");
        let names = std::fs::read_dir(directory).unwrap().filter_map(|entry| {
            let name = entry.unwrap().file_name().into_string().unwrap();
            name.strip_suffix(".toml").map(str::to_owned)
        });
        let files: BTreeSet<String> = names.collect();
        let listed: BTreeSet<String> = FILES.iter().map(|(id, _)| (*id).to_owned()).collect();
        assert_eq!(files, listed);
        assert_eq!(listed.len(), FILES.len(), "one is listed twice");
        for ((id, _), recipe) in FILES.iter().zip(all()) {
            assert_eq!(*id, recipe.id);
        }
    }
}

//! `hookwire openapi`: the API's description for programs.

use std::process::ExitCode;

use super::output::print;

pub const LONG_ABOUT: &str = "\
Print the OpenAPI document of this version's HTTP API

A running server has the same at /api/v1/openapi.json, and as a page for people at /docs.";

/// Prints the document.
pub fn run() -> anyhow::Result<ExitCode> {
    print(&hookwire_api::document_text())?;
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_document_in_the_docs_is_what_the_binary_prints() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/openapi.json");
        let written = std::fs::read_to_string(path).unwrap_or_default();
        assert!(
            written == hookwire_api::document_text(),
            "run: hookwire openapi > docs/openapi.json"
        );
    }
}

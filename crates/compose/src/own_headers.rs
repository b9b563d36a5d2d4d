//! The headers that an endpoint has of its own: those that never change, and those that are made
//! by templates for each request.

use hookwire_types::Metadata;
use http::{HeaderMap, HeaderName};

use crate::header::{self, HEADERS_MAX_COUNT, HeaderError};
use crate::liquid::{Globals, Template};
use crate::uses::Uses;
use crate::{Budget, ComposeError};

/// Headers made by templates.
pub(crate) struct HeaderTemplates(Vec<(HeaderName, Template)>);

impl HeaderTemplates {
    /// Reads an endpoint's headers: those without a template are put into `fixed`.
    pub(crate) fn parse(own: &Metadata, fixed: &mut HeaderMap) -> Result<Self, ComposeError> {
        if own.len() > HEADERS_MAX_COUNT {
            return Err(ComposeError::TooManyHeaders { found: own.len() });
        }
        let mut templates = Vec::new();
        for (name, value) in own {
            let failed = |reason| ComposeError::Header {
                name: name.clone(),
                reason,
            };
            if header::is_template(value) {
                let name = header::parse_name(name).map_err(failed)?;
                let template = Template::parse(value)
                    .map_err(|error| failed(HeaderError::Template(error.to_string())))?;
                templates.push((name, template));
            } else {
                let (name, value) = header::parse(name, value).map_err(failed)?;
                fixed.insert(name, value);
            }
        }
        Ok(Self(templates))
    }

    /// What they name.
    pub(crate) fn uses(&self) -> Uses {
        self.0.iter().map(|(_, template)| template.uses()).collect()
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds the headers of one request.
    pub(crate) fn render(
        &self,
        headers: &mut HeaderMap,
        globals: &Globals<'_>,
        budget: &mut Budget,
    ) -> Result<(), ComposeError> {
        for (name, template) in &self.0 {
            let value = template.render(globals, budget).map_err(|error| {
                ComposeError::template(&format!("the header {:?}", name.as_str()), error)
            })?;
            let value =
                header::parse_value(name, &value).map_err(|reason| ComposeError::Header {
                    name: name.as_str().to_owned(),
                    reason,
                })?;
            headers.insert(name, value);
        }
        Ok(())
    }
}

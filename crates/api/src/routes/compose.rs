//! Composing requests without sending them.

use http::StatusCode;

use super::Group;
use super::operation::{get, post};
use crate::access::Access;
use crate::page::ListResponse;
use crate::resource::preview::{self, PreviewOut};
use crate::resource::recipe::{self, RecipeOut};

/// Operations that help to define an endpoint.
pub fn group() -> Group {
    Group {
        name: "Compose",
        about: "How requests will look before there is an endpoint, and a gallery of ready-made \
                ones for services that people use.",
        operations: vec![
            post(
                "/compose/preview",
                "hookwire.compose.preview",
                Access::ManageEndpoint,
                "Preview a request",
                preview::preview,
            )
            .details(
                "Composes a request from a definition and a sample event, and sends nothing. \
                 Takes a new definition (`endpoint`), an existing endpoint (`appId` and \
                 `endpointId`), or an existing one of which `endpoint` replaces parts. For who may \
                 not see the endpoint's secret it is signed with one that is made up, and \
                 signatures are hidden.",
            )
            .keeps_no_answer()
            .answers::<PreviewOut>(StatusCode::OK),
            get(
                "/recipe",
                "hookwire.recipe.list",
                Access::View,
                "List recipes",
                recipe::list,
            )
            .details("All of them, in one page.")
            .answers::<ListResponse<RecipeOut>>(StatusCode::OK),
            get(
                "/recipe/{recipe_id}",
                "hookwire.recipe.get",
                Access::View,
                "Show a recipe",
                recipe::get,
            )
            .answers::<RecipeOut>(StatusCode::OK),
        ],
    }
}

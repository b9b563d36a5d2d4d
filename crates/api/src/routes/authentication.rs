//! Credentials: API keys, and tokens for the customer portal.

use http::StatusCode;

use super::Group;
use super::operation::{delete, get, post};
use crate::access::Access;
use crate::page::ListResponse;
use crate::resource::api_key::{self, KeyOut, NewKeyOut};
use crate::resource::authentication::{self, PortalAccessOut};

/// Operations on credentials.
pub fn group() -> Group {
    Group {
        name: "Authentication",
        about: "Credentials that can be revoked: API keys for programs, and tokens that let a \
                customer look at one application's webhooks, or manage them, in a browser.",
        operations: vec![
            post(
                "/auth/app-portal-access/{app_id}",
                "v1.authentication.app-portal-access",
                Access::Organization,
                "Make a portal token",
                authentication::portal_access,
            )
            .details(
                "A token for one application, for a while, and for what its capabilities say; it \
                 never sends events. Makes the application, when there is none, from \
                 `application`.",
            )
            .answers::<PortalAccessOut>(StatusCode::OK),
            post(
                "/auth/logout",
                "v1.authentication.logout",
                Access::Anyone,
                "Revoke the credential in use",
                authentication::logout,
            )
            .details(
                "Ends the portal token or API key that the request was sent with. A JSON Web \
                 Token cannot be revoked: it stays valid until it expires.",
            )
            .answers_nothing(),
            post(
                "/auth/app/{app_id}/expire-all",
                "v1.authentication.expire-all",
                Access::Organization,
                "End an application's portal tokens",
                authentication::expire_all,
            )
            .details(
                "All of them or those of some sessions, at once or after a while. Tokens that \
                 end earlier anyway still do.",
            )
            .answers_nothing(),
            post(
                "/auth/key",
                "hookwire.key.create",
                Access::Organization,
                "Create an API key",
                api_key::create,
            )
            .details("The answer is the only one that has the key itself.")
            .answers::<NewKeyOut>(StatusCode::CREATED),
            get(
                "/auth/key",
                "hookwire.key.list",
                Access::Organization,
                "List API keys",
                api_key::list,
            )
            .details("Those that were neither revoked nor have expired, the oldest first.")
            .answers::<ListResponse<KeyOut>>(StatusCode::OK),
            delete(
                "/auth/key/{key_id}",
                "hookwire.key.revoke",
                Access::Organization,
                "Revoke an API key",
                api_key::delete,
            )
            .answers_nothing(),
        ],
    }
}

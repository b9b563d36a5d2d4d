//! Applications.

use http::StatusCode;

use super::Group;
use super::operation::{delete, get, patch, post, put};
use crate::access::Access;
use crate::page::ListResponse;
use crate::resource::application::{self, ApplicationOut};

/// Operations on applications.
pub fn group() -> Group {
    Group {
        name: "Application",
        about: "A customer of yours, with endpoints and messages of its own. Every organization \
                has one named `default` without making it, so that a single team need not think \
                of applications at all.",
        operations: vec![
            get(
                "/app",
                "v1.application.list",
                Access::Organization,
                "List applications",
                application::list,
            )
            .answers::<ListResponse<ApplicationOut>>(StatusCode::OK),
            post(
                "/app",
                "v1.application.create",
                Access::Organization,
                "Create an application",
                application::create,
            )
            .details(
                "A uid that another application has is refused with 409; with `get_if_exists` \
                 that application is answered instead, with 200 and unchanged.",
            )
            .answers::<ApplicationOut>(StatusCode::OK)
            .answers::<ApplicationOut>(StatusCode::CREATED),
            get(
                "/app/{app_id}",
                "v1.application.get",
                Access::View,
                "Show an application",
                application::get,
            )
            .answers::<ApplicationOut>(StatusCode::OK),
            put(
                "/app/{app_id}",
                "v1.application.upsert",
                Access::Organization,
                "Replace or create an application",
                application::upsert,
            )
            .details(
                "Creates it when nothing has the uid that the path names. That uid stays its uid \
                 unless the body names another one.",
            )
            .answers::<ApplicationOut>(StatusCode::OK)
            .answers::<ApplicationOut>(StatusCode::CREATED),
            patch(
                "/app/{app_id}",
                "v1.application.patch",
                Access::Organization,
                "Change an application",
                application::patch,
            )
            .details("Only what the body mentions is changed; null clears what can be absent.")
            .answers::<ApplicationOut>(StatusCode::OK),
            delete(
                "/app/{app_id}",
                "v1.application.delete",
                Access::Organization,
                "Delete an application",
                application::delete,
            )
            .details("Its endpoints are deleted with it.")
            .answers_nothing(),
        ],
    }
}

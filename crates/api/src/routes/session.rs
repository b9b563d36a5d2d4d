//! Sessions of people in a browser.

use http::StatusCode;

use super::Group;
use super::operation::{delete, get, post};
use crate::access::Access;
use crate::resource::session::{self, SessionOut};

/// Operations on sessions.
pub fn group() -> Group {
    Group {
        name: "Session",
        about: "People sign in to the dashboard in a browser, which keeps a cookie that scripts \
                cannot read. Requests with that cookie, other than `GET` and `HEAD`, have to send \
                the session's `csrfToken` in the header `X-CSRF-Token`. Beside an `Authorization` \
                header the cookie is not looked at.",
        operations: vec![
            post(
                "/session",
                "hookwire.session.create",
                Access::Public,
                "Sign in",
                session::create,
            )
            .details(
                "With a token or an API key of the organization, or with the token of a link that \
                 `hookwire serve` or `hookwire sign-in` printed, which works once and for an hour. \
                 The answer sets the cookie `hookwire_session`. A session lasts a week, and no \
                 longer than what it was begun with. Refuses pages of other sites.",
            )
            .decides()
            .answers::<SessionOut>(StatusCode::OK),
            get(
                "/session",
                "hookwire.session.get",
                Access::Anyone,
                "Show who is asking",
                session::get,
            )
            .details("Whatever the credential, a session or another: what it reaches and may do.")
            .answers::<SessionOut>(StatusCode::OK),
            delete(
                "/session",
                "hookwire.session.delete",
                Access::Public,
                "Sign out",
                session::delete,
            )
            .details(
                "Ends the session of the cookie and has the browser forget it. Where there is \
                 none, nothing is to be done, and the answer is the same. Other credentials than \
                 the cookie are left as they are.",
            )
            .decides()
            .answers_nothing(),
        ],
    }
}

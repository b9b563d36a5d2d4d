//! What an operation reads of a request, told by the arguments of its handler: so the list of
//! operations cannot say anything else than what is read.

use axum::extract::State;
use http::HeaderMap;

use super::{
    App, BinTarget, EndpointTarget, Fields, FromBody, FromQuery, HeldInput, Input, MessageTarget,
    OperationalApp, OperationalTarget, Params, PathName, PathRef, PublicUrl, Query,
};
use crate::auth::{Caller, Organization, Principal};
use crate::idempotency::Key;
use crate::resource::public_bin::Stranger;
use crate::state::ApiState;

/// What is read of a request beside its path.
#[derive(Debug, Clone, Copy, Default)]
pub struct Needs {
    /// Reads the query.
    pub query: Option<fn(&mut Query<'_>)>,
    /// Reads the body.
    pub body: Option<BodyNeed>,
}

/// A body that is read.
#[derive(Debug, Clone, Copy)]
pub struct BodyNeed {
    /// What it is called.
    pub name: &'static str,
    /// Reads its fields.
    pub read: fn(&mut Fields<'_, '_>),
    /// Whether no body at all will do.
    pub may_be_empty: bool,
    /// How large it may be, in bytes, where that is more than others may be.
    pub bytes_max: usize,
}

/// An argument of a handler, or all of them.
pub trait Needed {
    /// Adds what it reads. Most arguments read what every operation has, such as the path.
    fn note(_needs: &mut Needs) {}
}

impl<T: FromQuery> Needed for Params<T> {
    fn note(needs: &mut Needs) {
        needs.query = Some(|query| drop(T::read(query)));
    }
}

impl<T: FromBody> Needed for Input<T> {
    fn note(needs: &mut Needs) {
        needs.body = Some(BodyNeed {
            name: name_of::<T>(),
            read: |fields| drop(T::read(fields)),
            may_be_empty: T::MAY_BE_EMPTY,
            bytes_max: T::BYTES_MAX,
        });
    }
}

impl<T: FromBody> Needed for HeldInput<T> {
    fn note(needs: &mut Needs) {
        Input::<T>::note(needs);
    }
}

impl Needed for State<ApiState> {}
impl Needed for HeaderMap {}
impl Needed for Principal {}
impl Needed for Caller {}
impl Needed for Organization {}
impl Needed for Key {}
impl Needed for PathName {}
impl Needed for PublicUrl {}
impl<Id> Needed for PathRef<Id> {}
impl Needed for App {}
impl Needed for BinTarget {}
impl Needed for Stranger {}
impl Needed for EndpointTarget {}
impl Needed for MessageTarget {}
impl Needed for OperationalApp {}
impl Needed for OperationalTarget {}

/// A type's name without its module.
fn name_of<T>() -> &'static str {
    let whole = std::any::type_name::<T>();
    whole.rsplit("::").next().unwrap_or(whole)
}

/// Handlers' arguments as `axum::handler::Handler` has them: a tuple that begins with a marker.
macro_rules! arguments {
    ($($argument:ident)*) => {
        impl<Marker, $($argument: Needed),*> Needed for (Marker, $($argument,)*) {
            fn note(_needs: &mut Needs) {
                $($argument::note(_needs);)*
            }
        }
    };
}

arguments! {}
arguments! { A }
arguments! { A B }
arguments! { A B C }
arguments! { A B C D }
arguments! { A B C D E }
arguments! { A B C D E F }

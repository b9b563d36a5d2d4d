//! What every store must do, as tests: [`conformance_suite!`] makes them for one store.
//!
//! A case sees nothing but the trait. What only one store can be asked (files, locks, lost
//! connections) is tested beside that store.

pub(crate) mod accepting;
pub(crate) mod catalogue;
pub(crate) mod claiming;
pub(crate) mod completing;
pub(crate) mod configuration;
pub(crate) mod definitions;
pub(crate) mod filters;
pub(crate) mod lists;
pub(crate) mod model;
pub(crate) mod nodes;
pub(crate) mod payloads;
pub(crate) mod skipped;
pub(crate) mod unowned;
mod world;

pub(crate) use world::World;

/// Makes one test of each case. `$make` names an async function without parameters that gives a
/// guard, dropped last, and an empty store as `Arc<dyn Store>`.
macro_rules! conformance_suite {
    ($make:path) => {
        $crate::conformance::conformance_suite! { @cases $make;
            accepting {
                keeps_everything_as_it_was
                keeps_any_bytes_as_payload
                refuses_a_repeated_event_id
                refuses_an_event_id_repeated_within_a_batch
                deliveries_begin_as_planned
                calls_at_the_same_time_are_all_kept
            }
            claiming {
                takes_the_earliest_first
                takes_nothing_that_is_not_due
                takes_nothing_twice
                stops_at_the_limits
                stops_when_payloads_fill_the_room
                tells_what_is_left
                takes_deliveries_of_deleted_endpoints
                ends_what_has_no_message
                shares_the_message
                node_zero_owns_nothing
            }
            unowned {
                waiting_names_each_endpoint_once
                waiting_goes_on_after_an_endpoint
                released_is_claimed_again
                release_comes_after_an_append_begun_before
                requeue_from_every_state
            }
            completing {
                only_the_owner_completes
                each_verdict_moves_the_delivery
                keeps_the_attempt_as_it_was
                a_retry_is_claimed_when_it_is_due
                a_retry_in_order_keeps_its_node_and_its_place
                an_ended_delivery_has_no_owner
                follows_an_append_begun_before
                health_is_noted
                disabling_refuses_older_updates
            }
            nodes {
                adopts_from_those_that_went_silent
                adopts_from_owners_that_nobody_knows
                adopted_is_due_at_once
                answers_pings
            }
            configuration {
                applications_come_back_as_they_were
                endpoints_come_back_as_they_were
                uids_are_unique_among_the_living
                an_older_version_is_refused
                what_is_not_there_cannot_be_changed
                all_changes_or_none
                an_application_goes_with_its_endpoints
                health_is_not_for_updates
            }
            definitions {
                requests_come_back_as_they_were
                filters_and_scripts_come_back_as_they_were
                retries_and_order_come_back_as_they_were
                credentials_come_back_as_they_were
                a_conflict_leaves_credentials_as_they_were
            }
            skipped {
                attempts_are_listed_with_their_reason
            }
            catalogue {
                event_types_come_back_as_they_were
                event_types_conflict_by_name_and_version
                archived_event_types_are_hidden
                tasks_come_back_as_they_were
                running_tasks_are_found
            }
            lists {
                applications
                endpoints
                event_types
                tasks
                messages
                deliveries_of_a_message
                deliveries_of_an_endpoint
                attempts_of_a_message
                attempts_of_an_endpoint
                tenants_are_apart
            }
            payloads {
                are_read_only_when_they_are_wanted
                end_a_page_early
                end_a_list_of_ids_early
                do_not_end_what_is_complete
            }
            filters {
                messages
                deliveries
                attempts
                times_exclude_their_own_moment
            }
        }

        #[test]
        fn agrees_with_the_model() {
            $crate::conformance::model::agrees_with_the_model(async || $make().await);
        }
    };
    (@cases $make:path; $($group:ident { $($case:ident)* })*) => {$(
        mod $group {
            use super::*;
            $(
                #[tokio::test]
                async fn $case() {
                    let (guard, store) = $make().await;
                    let world = $crate::conformance::World::new(store);
                    $crate::conformance::$group::$case(world).await;
                    drop(guard);
                }
            )*
        }
    )*};
}

pub(crate) use conformance_suite;

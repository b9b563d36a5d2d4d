//! What every store must do, as tests: [`conformance_suite!`] makes them for one store.
//!
//! A case sees nothing but the trait. What only one store can be asked (files, locks, lost
//! connections) is tested beside that store.

pub(crate) mod accepting;
pub(crate) mod agreement;
pub(crate) mod announcing;
pub(crate) mod answered;
pub(crate) mod answers;
pub(crate) mod bins;
pub(crate) mod captures;
pub(crate) mod capturing;
pub(crate) mod catalogue;
pub(crate) mod claiming;
pub(crate) mod completing;
pub(crate) mod configuration;
pub(crate) mod consumers;
pub(crate) mod counting;
pub(crate) mod credentials;
pub(crate) mod definitions;
pub(crate) mod expiring;
pub(crate) mod expunging;
pub(crate) mod filters;
pub(crate) mod forgetting;
pub(crate) mod lists;
mod model;
pub(crate) mod nodes;
pub(crate) mod operational;
pub(crate) mod payloads;
pub(crate) mod pending;
pub(crate) mod searching;
pub(crate) mod skipped;
pub(crate) mod states;
pub(crate) mod traffic;
pub(crate) mod trimming;
pub(crate) mod unowned;
pub(crate) mod world;

pub(crate) use world::World;

/// Makes one test of each case. `$make` names an async function without parameters that gives a
/// guard, dropped last, and an empty store as `Arc<dyn Store>`.
macro_rules! conformance_suite {
    ($make:path) => {
        $crate::conformance::conformance_suite! { @cases $make;
            accepting {
                keeps_everything_as_it_was
                keeps_any_bytes_as_payload
                keeps_raw_bodies_and_when_payloads_expire
                what_is_held_is_let_go_once_it_is_certain
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
                forgets_what_has_no_message
                shares_the_message
                node_zero_owns_nothing
            }
            unowned {
                waiting_names_each_endpoint_once
                waiting_goes_on_after_an_endpoint
                released_is_claimed_again
                release_comes_after_an_append_begun_before
                requeue_from_every_state
                begin_makes_what_is_not_there
                cancel_ends_what_nobody_holds
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
                tells_the_latest_heartbeat
                answers_pings
                tells_its_size
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
                tasks_of_every_kind_come_back
                running_tasks_are_found
            }
            lists {
                applications
                endpoints
                event_types
                tasks
                credentials
                bins
                captures
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
                weigh_with_their_raw_bodies
            }
            filters {
                messages
                deliveries
                attempts
                times_exclude_their_own_moment
            }
            answers {
                come_back_as_they_were
                the_latest_of_a_scope_is_found
                a_place_answers_its_own_scope_alone
                are_kept_with_their_message
                recent_ones_are_the_automatic_ones
                one_kept_late_hides_none_before_it
            }
            announcing {
                outcomes_are_told_with_them
                changes_are_told_with_them
                nothing_is_told_twice
                none_needs_a_listener
            }
            operational {
                is_in_no_list
                is_found_by_its_endpoints
                there_is_one_at_most
            }
            credentials {
                come_back_as_they_were
                are_listed_by_kind
                are_ended_as_far_as_they_are_meant
                what_ended_earlier_stays_so
                end_with_their_application
            }
            consumers {
                places_are_kept_and_moved
                each_has_its_own
                they_are_counted_by_application
            }
            answered {
                deliveries_are_found_by_any_of_their_answers
            }
            counting {
                each_state_is_counted
                a_window_excludes_its_own_moments
            }
            states {
                deliveries_are_counted_by_message
                messages_are_found_by_a_state
                other_filters_hold_as_well
                a_state_is_found_page_by_page
                a_state_that_is_rare_is_looked_for_in_steps
            }
            traffic {
                each_number_is_in_every_sum
                a_window_has_its_steps_alone
                totals_have_the_latest_failure
                named_endpoints_are_those_within_reach
                the_latest_are_found_and_the_latest_that_failed
                operational_webhooks_count_for_themselves
                numbers_of_deleted_endpoints_are_in_sums_alone
                numbers_go_with_their_application
                numbers_go_when_they_are_old
            }
            pending {
                what_is_due_and_what_is_not_are_counted
                no_more_than_the_limit_is_counted
                deleted_endpoints_have_nothing_pending
            }
            expunging {
                a_message_stays_without_its_payload
                each_of_many_is_answered
                what_is_older_goes_in_steps
                an_attempt_stays_without_the_answer
            }
            forgetting {
                messages_go_with_what_hangs_on_them
                steps_go_on_where_the_last_one_ended
                pending_deliveries_go_with_their_message
                event_ids_are_free_again
                payloads_go_when_their_time_is_over
                answers_go_by_their_moment
                tasks_and_credentials_go_once_they_ended
                endpoints_stay_while_a_delivery_names_them
                applications_go_last
                a_consumers_place_goes_when_it_says_nothing
            }
            bins {
                come_back_as_they_were
                updates_replace_all_but_the_version_before
                addresses_are_unique_among_the_living
                of_other_tenants_are_not_found
                deleted_ones_are_gone
                credentials_end_with_their_bin
                links_are_ended_by_their_bin
                are_counted_while_they_live
                share_links_are_counted_while_they_are_good
            }
            capturing {
                come_back_as_they_were
                answers_are_noted
                what_came_before_is_told
                what_came_before_the_window_does_not_count
                become_messages_unless_they_are_duplicates
                what_they_received_goes_with_the_payload
                a_message_that_was_there_is_not_kept_again
                what_is_held_is_let_go_once_it_is_certain
            }
            captures {
                are_narrowed
                bodies_are_read_only_when_they_are_wanted
                of_other_bins_are_not_found
            }
            searching {
                are_found_by_a_text
                a_text_is_found_page_by_page
                a_search_is_bounded_in_captures
                a_search_is_bounded_in_bytes
                what_nothing_meets_is_bounded_too
            }
            trimming {
                usage_is_counted
                the_oldest_go
                a_large_excess_goes_in_one_call
                one_is_deleted
                all_up_to_one_go
                clearing_ends_when_nothing_is_left
                large_ones_are_cleared_in_steps
            }
            expiring {
                unused_ones_go_when_their_time_is_over
                used_ones_get_more_time
                a_change_after_the_last_capture_counts
                what_deleted_ones_had_goes_in_steps
                what_comes_late_is_forgotten_too
                clearing_is_a_use
                trimming_forgets_no_use
                keys_go_when_no_window_reaches_them
            }
        }

        #[test]
        fn agrees_with_the_model() {
            $crate::conformance::agreement::agrees_with_the_model(async || $make().await);
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

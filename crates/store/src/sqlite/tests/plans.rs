//! How SQLite means to read: by an index, in its order, whatever has piled up.

use hookwire_types::*;
use rusqlite::Connection;

use crate::sqlite::{
    answer, append, application, bin, capture, captures, claim, complete, credential, endpoint,
    event_type, expunge, forget, forget_bins, forget_traffic, fresh, history, message, migrate,
    node, pending, states, task, traffic, traffic_read, trim, vault,
};
use crate::{CaptureFilter, DeliveryFilter, Payloads, WhichCredentials};

fn explain(connection: &Connection, how: &str, sql: &str, column: usize) -> String {
    let mut statement = connection.prepare(&format!("{how} {sql}")).unwrap();
    let parameters = vec![rusqlite::types::Null; statement.parameter_count()];
    let steps = statement
        .query_map(rusqlite::params_from_iter(parameters), |row| {
            row.get::<_, String>(column)
        })
        .unwrap();
    steps.collect::<Result<Vec<_>, _>>().unwrap().join("; ")
}

fn plan(connection: &Connection, sql: &str) -> String {
    explain(connection, "EXPLAIN QUERY PLAN", sql, 3)
}

fn pages<K: Clone>(cursor: K) -> Vec<Page<K>> {
    let mut pages = Vec::new();
    for order in [Order::Ascending, Order::Descending] {
        pages.push(Page::first(50, order));
        for side in [Side::Before, Side::After] {
            pages.push(Page {
                limit: 50,
                order,
                cursor: Some((side, cursor.clone())),
            });
        }
    }
    pages
}

fn hot() -> Vec<String> {
    let mut statements = vec![
        claim::NEXT_WAITING.to_owned(),
        claim::DUE.clone(),
        claim::LEFT.to_owned(),
        node::NEXT_OWNER.to_owned(),
        node::TAKE_AWAY.to_owned(),
        message::SELECT.clone(),
        history::SELECT_ATTEMPT.clone(),
        answer::AT.clone(),
        answer::LATEST.clone(),
        answer::RECENT.to_owned(),
        credential::BY_HASH.clone(),
        fresh::FLOOR.to_owned(),
        fresh::STEP_END.to_owned(),
        fresh::TOP.to_owned(),
        fresh::PENDING.to_owned(),
    ];
    let id = Ksuid::MIN;
    let (endpoint, message_id) = (EndpointId(id), MessageId(id));
    for page in pages(AttemptId(id)) {
        let all = Default::default;
        statements.extend([
            history::attempts_of_message(message_id, &all(), &page)
                .unwrap()
                .sql()
                .to_owned(),
            history::attempts_of_endpoint(endpoint, &all(), &page)
                .unwrap()
                .sql()
                .to_owned(),
        ]);
    }
    for page in pages(message_id) {
        let by_endpoint = history::deliveries_of_endpoint(endpoint, &Default::default(), &page);
        statements.push(by_endpoint.unwrap().sql().to_owned());
        let answered = DeliveryFilter {
            status_code_class: Some(500),
            ..Default::default()
        };
        let by_answer = history::deliveries_of_endpoint(endpoint, &answered, &page);
        statements.push(by_answer.unwrap().sql().to_owned());
    }
    for from in [None, Some(message_id)] {
        let counted = history::counted(endpoint, None, None, from, 1).unwrap();
        statements.push(counted.sql().to_owned());
    }
    for payloads in [Payloads::Omitted, Payloads::UpTo(1)] {
        statements.push(message::by_id(payloads));
        statements.push(message::by_event_id(payloads));
        for page in pages(message_id) {
            let list = message::list(ApplicationId(id), &Default::default(), &page, payloads);
            statements.push(list.unwrap().sql().to_owned());
        }
    }
    statements
}

fn configured() -> Vec<String> {
    let id = Ksuid::MIN;
    let mut statements = vec![vault::FOREIGN.to_owned(), states::OF_MESSAGE.to_owned()];
    for page in pages(EndpointId(id)) {
        statements.push(
            history::deliveries_of_message(MessageId(id), &page)
                .sql()
                .to_owned(),
        );
        statements.push(endpoint::list(ApplicationId(id), &page).sql().to_owned());
    }
    for page in pages(ApplicationId(id)) {
        statements.push(
            application::list(OrganizationId(id), &page)
                .sql()
                .to_owned(),
        );
    }
    for page in pages(TaskId(id)) {
        statements.push(task::list(OrganizationId(id), &page).sql().to_owned());
    }
    for page in pages(CredentialId(id)) {
        let list = credential::list(OrganizationId(id), CredentialKind::Portal, &page);
        statements.push(list.sql().to_owned());
    }
    for page in pages(String::new()) {
        statements.push(
            event_type::list(OrganizationId(id), true, &page)
                .sql()
                .to_owned(),
        );
    }
    statements
}

/// Bins and what they received.
fn received() -> Vec<String> {
    let id = Ksuid::MIN;
    let mut statements = vec![
        bin::BY_ID.clone(),
        bin::BY_TOKEN.clone(),
        bin::COUNT.to_owned(),
        bin::COUNT_PUBLIC.to_owned(),
        bin::COUNT_SHARES.to_owned(),
        capture::SEEN.to_owned(),
        capture::NOTE_RESPONSE.to_owned(),
        capture::USAGE.to_owned(),
        captures::SELECT.clone(),
        captures::SELECT_HEAD.clone(),
    ];
    for page in pages(BinId(id)) {
        statements.push(bin::list(OrganizationId(id), &page).sql().to_owned());
    }
    statements.extend(captures_lists());
    statements
}

fn captures_lists() -> Vec<String> {
    let at = Timestamp::from_unix_ms(1_800_000_000_000);
    let full = CaptureFilter {
        text: Some("a".to_owned()),
        method: Some("GET".to_owned()),
        duplicate: Some(false),
        verified: Some(true),
        before: Some(at),
        after: Some(at),
        below: Some(CaptureId(Ksuid::MAX)),
    };
    let mut statements = Vec::new();
    for page in pages(CaptureId(Ksuid::MIN)) {
        for filter in [CaptureFilter::default(), full.clone()] {
            for bodies in [Payloads::Omitted, Payloads::UpTo(1)] {
                let query = captures::Query::new(BinId(Ksuid::MIN), &filter, &page, bodies);
                statements.push(query.sql().to_owned());
            }
        }
    }
    statements
}

/// What is counted.
fn counted() -> Vec<String> {
    let fixed = [
        traffic::OWNERS,
        traffic::DURATIONS,
        traffic::NOTE_FAILURE,
        traffic::ENDPOINTS_GONE,
        traffic_read::COUNTED,
        traffic_read::SUM,
        traffic_read::ENDPOINT,
        pending::OF_ORGANIZATION,
        pending::OF_APPLICATION,
        pending::OWNER,
        forget_traffic::DELETE_OF_GONE,
        forget_traffic::DELETE_TOTAL,
        forget_traffic::DELETE_GONE,
        forget_traffic::HAS_OLD,
        forget_traffic::DELETE_OLD,
    ];
    let all = fixed.into_iter().chain(traffic_read::LATEST);
    all.map(str::to_owned).collect()
}

/// What looks for things to forget, and what forgets them.
fn forgetting() -> Vec<String> {
    let mut statements = vec![
        expunge::BETWEEN.clone(),
        expunge::EXPIRED.clone(),
        forget::OLD_MESSAGES.clone(),
    ];
    let fixed = [
        expunge::EXPUNGE,
        expunge::EXPIRE,
        expunge::EXPUNGE_ATTEMPT,
        forget::NEXT_APPLICATION,
        forget::DELETE_ATTEMPTS,
        forget::DELETE_DELIVERIES,
        forget::DELETE_MESSAGE,
        forget::DELETE_ANSWERS,
        forget::IDLE_CONSUMERS,
        forget::DELETE_CONSUMER,
        application::END_CREDENTIALS,
        claim::CANCEL,
        bin::END_CREDENTIALS,
        forget_bins::EXPIRED,
        forget_bins::NEXT_EXPIRY,
        forget_bins::MOVE,
        forget_bins::EXPIRE,
        forget_bins::DELETED,
        forget_bins::DELETE_KEYS,
        forget_bins::DELETE_BIN,
        forget_bins::EMPTIED,
        forget_bins::HAS_OLD_KEYS,
        forget_bins::DELETE_OLD_KEYS,
        trim::OLDEST,
        trim::OLDEST_UP_TO,
        trim::LATEST,
        trim::USED,
        trim::WEIGHT,
        trim::DELETE,
    ];
    statements.extend(fixed.map(str::to_owned));
    for (find, delete) in forget::ENDED {
        statements.extend([find.to_owned(), delete.to_owned()]);
    }
    let cases = [
        (true, false, false),
        (false, true, false),
        (false, false, true),
        (false, false, false),
    ];
    for (id, application, bin) in cases {
        let which = WhichCredentials {
            organization: OrganizationId(Ksuid::MIN),
            kind: CredentialKind::Portal,
            id: id.then_some(CredentialId(Ksuid::MIN)),
            application: application.then_some(ApplicationId(Ksuid::MIN)),
            bin: bin.then_some(BinId(Ksuid::MIN)),
            sessions: None,
        };
        let (sql, _) = credential::expiry(&which, Timestamp::from_unix_ms(0)).unwrap();
        statements.push(sql);
    }
    statements
}

#[test]
fn nothing_is_scanned_or_sorted() {
    let mut connection = Connection::open_in_memory().unwrap();
    migrate::migrate(&mut connection).unwrap();
    let statements = hot().into_iter().chain(configured());
    let others = received().into_iter().chain(counted()).chain(forgetting());
    for sql in statements.chain(others) {
        let plan = plan(&connection, &sql);
        assert!(!plan.contains("SCAN"), "{sql}\n{plan}");
        assert!(!plan.contains("TEMP B-TREE"), "{sql}\n{plan}");
    }
}

#[test]
fn pending_deliveries_are_found_by_their_own_index_alone() {
    let mut connection = Connection::open_in_memory().unwrap();
    migrate::migrate(&mut connection).unwrap();
    let seeks = [
        (claim::NEXT_WAITING, "(owner=? AND endpoint_id>?)"),
        (
            claim::DUE.as_str(),
            "(owner=? AND endpoint_id=? AND due_at_ms<?)",
        ),
        (claim::LEFT, "(owner=? AND endpoint_id=?)"),
        (node::NEXT_OWNER, "(owner>?)"),
        (pending::DUE, "(owner=? AND endpoint_id=? AND due_at_ms<?)"),
        (
            pending::LATER,
            "(owner=? AND endpoint_id=? AND due_at_ms>?)",
        ),
        (node::TAKE_AWAY, "(owner=?)"),
    ];
    for (sql, bounds) in seeks {
        let plan = plan(&connection, sql);
        assert!(plan.contains("INDEX delivery_pending"), "{sql}\n{plan}");
        assert!(plan.contains(bounds), "{sql}\n{plan}");
    }
}

#[test]
fn fresh_deliveries_are_found_above_the_floor() {
    let mut connection = Connection::open_in_memory().unwrap();
    migrate::migrate(&mut connection).unwrap();
    for sql in [fresh::STEP_END, fresh::TOP, fresh::INDEX, fresh::PENDING] {
        let plan = plan(&connection, sql);
        assert!(plan.contains("PRIMARY KEY (message_id>?"), "{sql}\n{plan}");
    }
}

#[test]
fn what_may_be_forgotten_is_found_by_its_moment() {
    let mut connection = Connection::open_in_memory().unwrap();
    migrate::migrate(&mut connection).unwrap();
    let finders = forget::ENDED.map(|(find, _)| find);
    let indexes = [
        "task_ended",
        "credential_ended",
        "endpoint_deleted",
        "application_deleted",
    ];
    let finders = finders.into_iter().zip(indexes).chain([
        (forget::IDLE_CONSUMERS, "consumer_idle"),
        (expunge::EXPIRED.as_str(), "message_payload_expiry"),
        (forget_bins::EXPIRED, "bin_expiry"),
        (forget_bins::DELETED, "bin_deleted"),
        (forget_bins::HAS_OLD_KEYS, "capture_key_age"),
    ]);
    for (sql, index) in finders {
        let plan = plan(&connection, sql);
        assert!(plan.contains(&format!("INDEX {index} (")), "{sql}\n{plan}");
        assert!(plan.contains("_ms<?"), "{sql}\n{plan}");
    }
}

#[test]
fn captures_are_reached_by_the_key_of_their_table() {
    let mut connection = Connection::open_in_memory().unwrap();
    migrate::migrate(&mut connection).unwrap();
    let fixed = [
        captures::SELECT.as_str(),
        captures::SELECT_HEAD.as_str(),
        capture::NOTE_RESPONSE,
        trim::WEIGHT,
        trim::DELETE,
    ];
    for sql in fixed {
        let plan = plan(&connection, sql);
        assert!(
            plan.contains("PRIMARY KEY (bin_id=? AND id=?)"),
            "{sql}\n{plan}"
        );
    }
    let up_to = plan(&connection, trim::OLDEST_UP_TO);
    assert!(up_to.contains("(bin_id=? AND id<?)"), "{up_to}");
    for sql in captures_lists() {
        // What a list is narrowed by is looked at elsewhere, so that it can stop.
        assert!(!sql.contains("method ="), "{sql}");
        let plan = plan(&connection, &sql);
        assert!(plan.contains("PRIMARY KEY (bin_id=?"), "{sql}\n{plan}");
        // No bound of the page is looked at row by row.
        for (bound, seek) in [("c.id >", "id>?"), ("c.id <", "id<?")] {
            assert_eq!(sql.contains(bound), plan.contains(seek), "{sql}\n{plan}");
        }
    }
}

/// SQLite looks for endpoints of an application by itself, before it lets the application go.
#[test]
fn deleting_an_application_reads_no_other_endpoints() {
    let mut connection = Connection::open_in_memory().unwrap();
    migrate::migrate(&mut connection).unwrap();
    connection
        .pragma_update(None, "foreign_keys", true)
        .unwrap();
    let sql = "DELETE FROM application WHERE id = ?1";
    let mut statement = connection.prepare(&format!("EXPLAIN {sql}")).unwrap();
    let rewinds = statement
        .query_map([Ksuid::MIN.as_bytes()], |row| row.get::<_, String>(1))
        .unwrap()
        .filter(|step| matches!(step.as_deref(), Ok("Rewind")));
    assert_eq!(rewinds.count(), 0);
}

#[test]
fn writing_a_row_goes_straight_to_it() {
    let mut connection = Connection::open_in_memory().unwrap();
    migrate::migrate(&mut connection).unwrap();
    let of_several = [
        &append::INSERT_MESSAGES,
        &append::INSERT_DELIVERIES,
        &complete::INSERT_ATTEMPT,
    ];
    let of_several = of_several.into_iter().flat_map(|insert| insert.texts());
    let inserts = [
        append::INSERT_MESSAGE.as_str(),
        claim::REQUEUE,
        claim::BEGIN,
        answer::INSERT,
        capture::INSERT,
        capture::INSERT_KEY,
        capture::NOTE_RESPONSE,
        trim::DELETE,
        traffic::ADD,
        traffic::ADD_TOTAL,
    ];
    let updates = [
        complete::END_DELIVERY,
        complete::RETRY_DELIVERY,
        complete::RETRY_IN_ORDER,
        complete::RELEASE_DELIVERY,
        claim::TAKE,
        claim::DROP,
    ];
    for sql in updates {
        let plan = plan(&connection, sql);
        assert!(
            plan.contains("PRIMARY KEY (message_id=? AND endpoint_id=?)"),
            "{sql}\n{plan}"
        );
    }
    let of_message = plan(&connection, claim::CANCEL);
    assert!(
        of_message.contains("PRIMARY KEY (message_id=?)"),
        "{of_message}"
    );
    let inserts = inserts.into_iter().chain(of_several.map(String::as_str));
    for sql in inserts.chain(updates) {
        // A temporary table would cost more than the write itself.
        let program = explain(&connection, "EXPLAIN", sql, 1);
        assert!(!program.contains("OpenEphemeral"), "{sql}\n{program}");
    }
}

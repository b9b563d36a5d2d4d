//! Answers that are kept: found again, as they were, by whoever may have them.

use bytes::Bytes;
use hookwire_types::*;

use super::World;
use super::world::ALL;
use crate::{Accepted, AnswerPlace, Conflict};

/// An answer to a request like no other, given now.
fn new_answer(world: &World, answer: Answer, automatic: bool) -> KeptAnswer {
    let mut scope = [0; 16];
    scope.copy_from_slice(&world.id::<MessageId>().as_bytes()[..16]);
    KeptAnswer {
        scope: AnswerScope(scope),
        body: BodyDigest([3; 16]),
        automatic,
        answer,
        created_at: world.now(),
    }
}

fn response(body: &'static [u8]) -> Answer {
    Answer::Response {
        status: 201,
        body: Bytes::from_static(body),
    }
}

async fn keep(world: &World, answer: &KeptAnswer) -> AnswerPlace {
    world.store.keep_answer(answer.clone()).await.unwrap()
}

async fn latest(world: &World, scope: AnswerScope) -> Option<KeptAnswer> {
    world.store.answer(scope).await.unwrap()
}

async fn at(world: &World, place: AnswerPlace, scope: AnswerScope) -> Option<KeptAnswer> {
    world.store.answer_at(place, scope).await.unwrap()
}

async fn recent(world: &World, since: Timestamp, limit: usize) -> Vec<AnswerScope> {
    let found = world.store.recent_answers(since, limit).await.unwrap();
    found.iter().map(|it| it.scope).collect()
}

pub(crate) async fn come_back_as_they_were(world: World) {
    let answers = [
        response(b"{\"id\":  \"ep_1\", \"key\": \"whsec_\"}"),
        response(b""),
        response(b"\0\xff not utf-8"),
        Answer::Message(world.id(), world.id()),
    ];
    for answer in answers {
        for automatic in [false, true] {
            let kept = new_answer(&world, answer.clone(), automatic);
            let place = keep(&world, &kept).await;
            assert_eq!(at(&world, place, kept.scope).await.as_ref(), Some(&kept));
            let by_scope = latest(&world, kept.scope).await;
            assert_eq!(by_scope, (!automatic).then_some(kept));
        }
    }
}

pub(crate) async fn the_latest_of_a_scope_is_found(world: World) {
    let first = new_answer(&world, response(b"1"), false);
    let beside = new_answer(&world, response(b"2"), false);
    let second = KeptAnswer {
        answer: response(b"3"),
        body: BodyDigest([4; 16]),
        ..first.clone()
    };
    let automatic = KeptAnswer {
        automatic: true,
        answer: response(b"4"),
        ..first.clone()
    };
    let mut places = Vec::new();
    for kept in [&first, &beside, &second, &automatic] {
        places.push(keep(&world, kept).await);
    }
    assert!(places.is_sorted_by(|one, next| one < next));
    assert_eq!(latest(&world, first.scope).await, Some(second));
    assert_eq!(latest(&world, beside.scope).await, Some(beside));
    assert_eq!(latest(&world, AnswerScope([0xee; 16])).await, None);
    // Each stays where it is.
    assert_eq!(at(&world, places[0], first.scope).await, Some(first));
}

pub(crate) async fn a_place_answers_its_own_scope_alone(world: World) {
    let (one, two) = (
        new_answer(&world, response(b"1"), true),
        new_answer(&world, response(b"2"), true),
    );
    let place = keep(&world, &one).await;
    let other = keep(&world, &two).await;
    assert_eq!(at(&world, place, two.scope).await, None);
    assert_eq!(at(&world, other, one.scope).await, None);
    assert_eq!(at(&world, AnswerPlace(other.0 + 1), one.scope).await, None);
}

pub(crate) async fn are_kept_with_their_message(world: World) {
    let application = world.application().await;
    let with_answer = |automatic: bool, event_id: Option<&str>| {
        let message = Message {
            event_id: event_id.map(str::to_owned),
            ..world.new_message(application.id)
        };
        let answer = Answer::Message(application.id, message.id);
        Accepted {
            answer: Some(new_answer(&world, answer, automatic)),
            ..world.accepted(&message, &[], None)
        }
    };
    let batch = vec![
        with_answer(false, Some("order-1")),
        with_answer(false, Some("order-1")),
        with_answer(true, Some("order-1")),
        with_answer(true, None),
    ];
    let since = batch[0].answer.as_ref().unwrap().created_at;
    let answers = world.store.append(batch.clone()).await.unwrap();
    let refused = Err(Conflict::EventId);
    assert_eq!(answers, [Ok(()), refused, refused, Ok(())]);

    let kept: Vec<_> = batch.iter().filter_map(|it| it.answer.clone()).collect();
    assert_eq!(latest(&world, kept[0].scope).await.as_ref(), Some(&kept[0]));
    assert_eq!(latest(&world, kept[1].scope).await, None);
    assert_eq!(recent(&world, since, 10).await, [kept[3].scope]);
    for (accepted, answer) in batch.iter().zip(answers) {
        let by_id = Reference::Id(accepted.message.id);
        let found = world.store.message(application.id, &by_id, ALL);
        assert_eq!(found.await.unwrap().is_some(), answer.is_ok());
    }

    // Whatever the answer is.
    let said = Accepted {
        answer: Some(new_answer(&world, response(b"accepted"), false)),
        ..with_answer(false, None)
    };
    let expected = said.answer.clone();
    world.store.append(vec![said]).await.unwrap()[0].unwrap();
    let scope = expected.as_ref().unwrap().scope;
    assert_eq!(latest(&world, scope).await, expected);
}

pub(crate) async fn recent_ones_are_the_automatic_ones(world: World) {
    let mut kept = Vec::new();
    for n in 0..6 {
        let answer = new_answer(&world, response(b"{}"), n % 3 != 0);
        keep(&world, &answer).await;
        kept.push(answer);
    }
    let scopes = |indexes: &[usize]| -> Vec<_> { indexes.iter().map(|n| kept[*n].scope).collect() };
    let since = |n: usize| kept[n].created_at;
    assert_eq!(recent(&world, since(0), 10).await, scopes(&[5, 4, 2, 1]));
    // Since its own moment.
    assert_eq!(recent(&world, since(2), 10).await, scopes(&[5, 4, 2]));
    assert_eq!(
        recent(&world, since(2).plus_ms(1), 10).await,
        scopes(&[5, 4])
    );
    assert_eq!(recent(&world, since(0), 3).await, scopes(&[5, 4, 2]));
    assert_eq!(recent(&world, since(0), 0).await, scopes(&[]));
    let later = world.now();
    assert_eq!(recent(&world, later, 10).await, scopes(&[]));

    let found = world.store.recent_answers(since(5), 1).await.unwrap();
    assert_eq!(found[0].created_at, since(5));
    let there = at(&world, found[0].place, kept[5].scope).await;
    assert_eq!(there.as_ref(), Some(&kept[5]));
}

/// Requests that were answered at the same time may be stored in another order.
pub(crate) async fn one_kept_late_hides_none_before_it(world: World) {
    let late = new_answer(&world, response(b"1"), true);
    let young = new_answer(&world, response(b"2"), true);
    keep(&world, &young).await;
    keep(&world, &late).await;
    let found = recent(&world, young.created_at, 10).await;
    assert_eq!(found, [young.scope]);
}

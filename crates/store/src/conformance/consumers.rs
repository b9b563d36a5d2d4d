//! Up to where consumers have read.

use hookwire_types::*;

use super::World;
use crate::Consumer;

async fn place(world: &World, consumer: &Consumer) -> Option<MessageId> {
    world.store.consumer_place(consumer).await.unwrap()
}

async fn set(world: &World, consumer: &Consumer, place: MessageId) {
    let set = world.store.set_consumer_place(consumer.clone(), place);
    set.await.unwrap();
}

fn consumer(application: ApplicationId, sink: &str, name: &str) -> Consumer {
    Consumer {
        application,
        sink: sink.to_owned(),
        name: name.to_owned(),
    }
}

pub(crate) async fn places_are_kept_and_moved(world: World) {
    let application = world.application().await;
    let reader = consumer(application.id, "orders", "warehouse");
    assert_eq!(place(&world, &reader).await, None);
    let (first, second) = (world.id(), world.id());
    for next in [first, second, second, first] {
        set(&world, &reader, next).await;
        assert_eq!(place(&world, &reader).await, Some(next));
    }
}

pub(crate) async fn each_has_its_own(world: World) {
    let (one, two) = (world.application().await.id, world.application().await.id);
    let consumers = [
        consumer(one, "orders", "warehouse"),
        consumer(one, "orders", "Warehouse"),
        consumer(one, "ordersw", "arehouse"),
        consumer(one, "warehouse", "orders"),
        consumer(two, "orders", "warehouse"),
    ];
    let mut places = Vec::new();
    for consumer in &consumers {
        assert_eq!(place(&world, consumer).await, None);
        let at = world.id();
        set(&world, consumer, at).await;
        places.push(at);
    }
    for (consumer, at) in consumers.iter().zip(places) {
        assert_eq!(place(&world, consumer).await, Some(at));
    }
}

pub(crate) async fn they_are_counted_by_application(world: World) {
    let (one, two) = (world.application().await.id, world.application().await.id);
    let count = async |application| world.store.consumers(application).await.unwrap();
    assert_eq!(count(one).await, 0);
    for name in ["warehouse", "billing", "warehouse"] {
        for sink in ["orders", "refunds"] {
            set(&world, &consumer(one, sink, name), world.id()).await;
        }
    }
    set(&world, &consumer(two, "orders", "warehouse"), world.id()).await;
    assert_eq!((count(one).await, count(two).await), (4, 1));
}

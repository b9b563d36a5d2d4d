use super::*;
use crate::conformance::World;
use hookwire_types::*;
use std::time::Instant;
#[tokio::test]
#[ignore]
async fn timing() {
    let place = Place::new();
    let world = World::new(Arc::new(place.open()));
    let endpoint = world.endpoint(&world.application().await).await;
    let node = NodeId(7);
    for size in [128usize] {
        let batches = (if size == 1 { 3000 } else { 300_000 }) / size;
        let mut all = Vec::new();
        for _ in 0..batches {
            let mut b = Vec::new();
            let mut o = Vec::new();
            for _ in 0..size {
                let m = Message {
                    payload: Some(bytes::Bytes::from(vec![b'x'; 512])),
                    ..world.new_message(endpoint.application)
                };
                let key = DeliveryKey {
                    message: m.id,
                    endpoint: endpoint.id,
                };
                b.push(world.accepted(&m, &[endpoint.id], Some(node)));
                o.push(world.outcome(key, Verdict::Delivered, None));
            }
            all.push((b, o));
        }
        let cpu = || {
            let s = std::fs::read_to_string("/proc/self/stat").unwrap();
            let f: Vec<_> = s.rsplit(')').next().unwrap().split(' ').collect();
            f[12].parse::<u64>().unwrap() + f[13].parse::<u64>().unwrap()
        };
        let c0 = cpu();
        let t = Instant::now();
        let mut worst = std::time::Duration::ZERO;
        let mut before: Option<Vec<Outcome>> = None;
        let mut times = Vec::new();
        for (b, o) in all {
            let i = Instant::now();
            let (a, c) = tokio::join!(world.store.append(b), async {
                if let Some(o) = before.take() {
                    world.store.complete(node, o).await.unwrap();
                }
            });
            a.unwrap();
            let () = c;
            before = Some(o);
            times.push(i.elapsed());
            worst = worst.max(i.elapsed());
        }
        times.sort();
        let n = batches * size;
        println!(
            "batch {size}: {:.0} msg/s, cpu {:.1} us/msg, p50 {:?} p99 {:?} worst {:?}",
            n as f64 / t.elapsed().as_secs_f64(),
            (cpu() - c0) as f64 * 10_000.0 / n as f64,
            times[times.len() / 2],
            times[times.len() * 99 / 100],
            worst
        );
    }
}

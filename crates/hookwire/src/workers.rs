//! The threads that the server's tasks run on: one for each core, and each stays on its own.
//!
//! The store's thread sleeps for a fraction of a millisecond at each commit, too short for the
//! operating system to bring work over from another core. With the workers free to move, two of
//! them are found on one core while the next one idles: an eighth of a small machine
//! (`docs/decisions/0017-workers-stay-on-their-cores.md`).

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use tokio::runtime::{Builder, Runtime};

const WORKER: &str = "worker-";

/// A runtime with as many workers as the process may use cores, which stay where they are if
/// `pin` says so and the process may use all of each core.
pub fn runtime(pin: bool) -> io::Result<Runtime> {
    let count = thread::available_parallelism()?.get();
    let mut builder = Builder::new_multi_thread();
    builder
        .enable_all()
        .worker_threads(count)
        .thread_name_fn(names(count));
    if pin {
        keep_in_place(&mut builder, count);
    }
    builder.build()
}

/// The runtime asks for names in the order in which it makes threads: the workers come first, and
/// then those for work that blocks.
fn names(workers: usize) -> impl Fn() -> String + Send + Sync + 'static {
    let asked = AtomicUsize::new(0);
    move || match asked.fetch_add(1, Ordering::Relaxed) {
        number if number < workers => format!("{WORKER}{number}"),
        _ => "blocking".to_owned(),
    }
}

/// Elsewhere the operating system is left to place threads.
#[cfg(not(target_os = "linux"))]
fn keep_in_place(_: &mut Builder, _: usize) {}

#[cfg(target_os = "linux")]
use linux::keep_in_place;

#[cfg(target_os = "linux")]
mod linux {
    use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

    use super::*;

    /// Has each worker stay on a core of its own. Not where there is nothing to choose, and not
    /// where there are more cores than workers: then a quota says how much of them the process may
    /// use, and any may be busy with others' work.
    pub fn keep_in_place(builder: &mut Builder, workers: usize) {
        let Ok(all) = sched_getaffinity(None) else {
            return;
        };
        if workers > 1 && cores_in(&all).count() == workers {
            builder.on_thread_start(move || place(&all));
        }
    }

    /// Puts the calling thread on its core, or on all of them if it is no worker: a thread begins
    /// where the one that made it was.
    fn place(all: &CpuSet) {
        let own = worker_number().and_then(|number| cores_in(all).nth(number));
        let cores = own.map_or(*all, |core| {
            let mut one = CpuSet::new();
            one.set(core);
            one
        });
        if let Err(error) = sched_setaffinity(None, &cores) {
            tracing::debug!(%error, "a thread is not bound to its core");
        }
    }

    /// Which worker this thread is, if it is one.
    fn worker_number() -> Option<usize> {
        let thread = thread::current();
        thread.name()?.strip_prefix(WORKER)?.parse().ok()
    }

    pub fn cores_in(set: &CpuSet) -> impl Iterator<Item = usize> {
        (0..CpuSet::MAX_CPU).filter(|core| set.is_set(*core))
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::collections::{HashMap, HashSet};
    use std::sync::{Arc, Mutex};
    use std::time::Duration;

    use rustix::thread::sched_getaffinity;

    use super::linux::cores_in;
    use super::*;

    const SOON: Duration = Duration::from_secs(60);

    fn cores_here() -> Vec<usize> {
        cores_in(&sched_getaffinity(None).unwrap()).collect()
    }

    /// The cores of each worker. Tasks go round until every worker has run one of them: one that
    /// kept its worker instead could keep the next in the queue of that same worker.
    fn cores_of_workers(runtime: &Runtime, count: usize) -> Vec<Vec<usize>> {
        let seen = Arc::new(Mutex::new(HashMap::new()));
        let ask = |_| {
            let seen = Arc::clone(&seen);
            runtime.spawn(async move {
                loop {
                    let cores = cores_here();
                    let answers = {
                        let mut seen = seen.lock().unwrap();
                        seen.insert(thread::current().id(), cores);
                        seen.len()
                    };
                    if answers == count {
                        return;
                    }
                    tokio::task::yield_now().await;
                }
            })
        };
        let asked: Vec<_> = (0..count).map(ask).collect();
        for task in asked {
            let answered = async { tokio::time::timeout(SOON, task).await };
            runtime
                .block_on(answered)
                .expect("a worker ran none")
                .unwrap();
        }
        let seen = seen.lock().unwrap();
        seen.values().cloned().collect()
    }

    #[test]
    fn each_worker_has_a_core_and_other_threads_have_all() {
        let all = cores_here();
        let count = thread::available_parallelism().unwrap().get();
        let is_pinned = count > 1 && count == all.len();

        let bound = runtime(true).unwrap();
        let of_workers = cores_of_workers(&bound, count);
        if is_pinned {
            let distinct: HashSet<_> = of_workers.iter().flatten().copied().collect();
            assert_eq!(distinct, all.iter().copied().collect());
            assert!(of_workers.iter().all(|cores| cores.len() == 1));
        } else {
            assert_eq!(of_workers, vec![all.clone(); count]);
        }
        let blocking = async { tokio::task::spawn_blocking(cores_here).await.unwrap() };
        let from_worker = bound.block_on(async { tokio::spawn(blocking).await.unwrap() });
        assert_eq!(from_worker, all);
        assert_eq!(cores_here(), all, "the thread that made them stays free");

        let free = runtime(false).unwrap();
        assert_eq!(cores_of_workers(&free, count), vec![all; count]);
    }
}

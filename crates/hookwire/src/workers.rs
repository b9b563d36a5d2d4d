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
    if let Some(cores) = pin.then(|| Cores::of_process(count)).flatten() {
        builder.on_thread_start(move || cores.place(worker_number()));
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

/// Which worker this thread is, if it is one.
fn worker_number() -> Option<usize> {
    let thread = thread::current();
    thread.name()?.strip_prefix(WORKER)?.parse().ok()
}

#[cfg(target_os = "linux")]
use linux::Cores;

#[cfg(target_os = "linux")]
mod linux {
    use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

    /// The cores that the process may use.
    pub struct Cores {
        all: CpuSet,
    }

    impl Cores {
        /// `None` where there is nothing to choose, and where there are more cores than workers:
        /// then a quota says how much of them the process may use, and any may be busy with
        /// others' work.
        pub fn of_process(workers: usize) -> Option<Self> {
            let all = sched_getaffinity(None).ok()?;
            (workers > 1 && all.count() as usize == workers).then_some(Self { all })
        }

        /// Puts the calling thread on the core of that worker, or on all of them: a thread begins
        /// where the one that made it was.
        pub fn place(&self, worker: Option<usize>) {
            let cores = match worker {
                Some(number) => self.one(number),
                None => Some(self.all),
            };
            if let Some(Err(error)) = cores.map(|cores| sched_setaffinity(None, &cores)) {
                tracing::debug!(%error, "a thread is not bound to its core");
            }
        }

        fn one(&self, number: usize) -> Option<CpuSet> {
            let mut cores = (0..CpuSet::MAX_CPU).filter(|core| self.all.is_set(*core));
            let mut one = CpuSet::new();
            one.set(cores.nth(number)?);
            Some(one)
        }
    }
}

/// Elsewhere the operating system is left to place threads.
#[cfg(not(target_os = "linux"))]
enum Cores {}

#[cfg(not(target_os = "linux"))]
impl Cores {
    fn of_process(_: usize) -> Option<Self> {
        None
    }

    fn place(&self, _: Option<usize>) {
        match *self {}
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::collections::HashSet;
    use std::sync::{Arc, Barrier};

    use rustix::thread::{CpuSet, sched_getaffinity};

    use super::*;

    fn cores_here() -> Vec<usize> {
        let set = sched_getaffinity(None).unwrap();
        (0..CpuSet::MAX_CPU)
            .filter(|core| set.is_set(*core))
            .collect()
    }

    /// The cores of each worker: each of them is kept until all have been asked.
    fn cores_of_workers(runtime: &Runtime, count: usize) -> Vec<Vec<usize>> {
        let barrier = Arc::new(Barrier::new(count));
        let ask = |_| {
            let barrier = Arc::clone(&barrier);
            runtime.spawn(async move {
                barrier.wait();
                cores_here()
            })
        };
        let asked: Vec<_> = (0..count).map(ask).collect();
        let answers = asked.into_iter().map(|it| runtime.block_on(it).unwrap());
        answers.collect()
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

//! The threads, and the queue that they share.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use hookwire_compose::{ScriptInput, ScriptRun};
use hookwire_types::EndpointId;
use tokio::sync::oneshot;

use super::queue::{FairQueue, Full};
use super::{Runner, ScriptSettings, failed, runner};

/// Stack of a thread, in bytes: four times what scripts may use, because the built-in functions
/// that they call run on it too.
const STACK_BYTES: usize = 2 << 20;

/// A script to run.
pub(super) struct Job {
    pub(super) code: Arc<str>,
    pub(super) input: ScriptInput,
    pub(super) answer: oneshot::Sender<ScriptRun>,
}

/// See the module's page.
pub(super) struct Pool {
    state: Mutex<State>,
    changed: Condvar,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

struct State {
    queue: FairQueue<Job>,
    is_closed: bool,
}

impl Pool {
    pub(super) fn start(settings: ScriptSettings) -> std::io::Result<Arc<Self>> {
        let workers = settings.workers.max(1);
        let settings = Arc::new(settings);
        Self::start_with(workers, Arc::new(move || runner(&settings)))
    }

    /// Starts threads whose runners are made by `make`: one at first, one more after a panic.
    pub(super) fn start_with(
        workers: usize,
        make: Arc<dyn Fn() -> Box<dyn Runner> + Send + Sync>,
    ) -> std::io::Result<Arc<Self>> {
        let pool = Arc::new(Self {
            state: Mutex::new(State {
                queue: FairQueue::new(),
                is_closed: false,
            }),
            changed: Condvar::new(),
            threads: Mutex::default(),
        });
        for number in 0..workers {
            let (worker, make) = (Arc::clone(&pool), Arc::clone(&make));
            let thread = std::thread::Builder::new()
                .name(format!("script-{number}"))
                .stack_size(STACK_BYTES)
                .spawn(move || worker.work(&*make))
                // The threads that there are must not wait for a pool that nobody has.
                .inspect_err(|_| pool.close())?;
            lock(&pool.threads).push(thread);
        }
        Ok(pool)
    }

    /// Lets a job wait for its endpoint's turn.
    pub(super) fn push(&self, endpoint: EndpointId, job: Job) -> Result<(), Full> {
        let mut state = lock(&self.state);
        if state.is_closed {
            // Dropping the job is the answer.
            return Ok(());
        }
        state.queue.push(endpoint, job)?;
        drop(state);
        self.changed.notify_one();
        Ok(())
    }

    /// Drops what waits; threads end after what they are running.
    pub(super) fn close(&self) {
        let mut state = lock(&self.state);
        state.is_closed = true;
        state.queue.clear();
        drop(state);
        self.changed.notify_all();
    }

    /// Waits until the threads have ended.
    pub(super) fn join(&self) {
        let threads = std::mem::take(&mut *lock(&self.threads));
        for thread in threads {
            // A worker handles its runner's panics: there is nothing to learn from one.
            let _ = thread.join();
        }
    }

    fn work(&self, make: &dyn Fn() -> Box<dyn Runner>) {
        let mut runner = make();
        while let Some((endpoint, job)) = self.next() {
            if !job.answer.is_closed() && !serve(&mut *runner, job) {
                runner = make();
            }
            self.done(endpoint);
        }
    }

    fn next(&self) -> Option<(EndpointId, Job)> {
        let mut state = lock(&self.state);
        loop {
            if state.is_closed {
                return None;
            }
            if let Some(next) = state.queue.pop() {
                return Some(next);
            }
            let waited = self.changed.wait(state);
            state = waited.unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn done(&self, endpoint: EndpointId) {
        // No other thread has to be woken: this one goes on with the next job itself.
        lock(&self.state).queue.done(endpoint);
    }
}

/// Runs a job and answers it; `false` when the runner panicked and must not be used again.
fn serve(runner: &mut dyn Runner, job: Job) -> bool {
    let run = catch_unwind(AssertUnwindSafe(|| runner.run(&job.code, &job.input)));
    let is_sound = run.is_ok();
    if !is_sound {
        tracing::error!("running a script panicked; its thread goes on with a new sandbox");
    }
    let run = run.unwrap_or_else(|_| failed("running the script failed inside the server".into()));
    // A caller that no longer waits does not need the answer.
    let _ = job.answer.send(run);
    is_sound && catch_unwind(AssertUnwindSafe(|| runner.prepare())).is_ok()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

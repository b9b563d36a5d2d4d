//! Starting an engine: its parts, and who speaks to whom.

use std::sync::Arc;

use hookwire_store::{Store, StoreError};
use hookwire_types::*;
use tokio::sync::{mpsc, watch};

use crate::announcer::Announcer;
use crate::backlog::Backlog;
use crate::bins::{BinDirectory, Taking};
use crate::claimer::{Claimer, HEARTBEAT_EVERY};
use crate::clock::Clock;
use crate::composing::Composer;
use crate::directory::Directory;
use crate::dispatcher::Dispatcher;
use crate::facade::{Engine, Inner};
use crate::horizon::Horizon;
use crate::intake::Intake;
use crate::live::Live;
use crate::outbound::Outbound;
use crate::recorder::{QUEUE_MAX, Recorder};
use crate::registry::LaneRegistry;
use crate::retention::Retention;
use crate::room::Room;
use crate::scripts::Scripts;
use crate::sender::Sender;
use crate::settings::EngineSettings;
use crate::task::Tasks;
use crate::traffic::Traffic;
use crate::trial::Trials;

impl Engine {
    /// Starts an engine: takes over what the last process (or a lost node) left, and goes on.
    pub async fn start(
        store: Arc<dyn Store>,
        settings: EngineSettings,
    ) -> Result<Self, StoreError> {
        let clock = Arc::new(clock_after(store.last_heartbeat().await?));
        let node = clock.node();
        let backlog = Arc::new(Backlog::default());
        let room = Room::new(
            settings.memory_deliveries_max,
            settings.memory_payload_bytes_max,
        );
        let directory = Arc::new(Directory::new(
            Arc::clone(&store),
            LaneRegistry::new(&settings),
        ));
        let (recorder, records) = mpsc::channel(QUEUE_MAX);
        let announcer = Announcer {
            directory: Arc::clone(&directory),
            clock: Arc::clone(&clock),
        };
        let dispatcher = Arc::new(Dispatcher::new(
            sender(&settings, &clock, announcer.clone())?,
            Arc::clone(&clock),
            Arc::new(room),
            Arc::clone(&backlog),
            recorder.clone(),
            settings.in_flight_max,
        ));
        let claimer = Claimer {
            node,
            store: Arc::clone(&store),
            clock: Arc::clone(&clock),
            directory: Arc::clone(&directory),
            dispatcher: Arc::clone(&dispatcher),
        };
        let adopted = claimer.join(settings.sole_node).await?;
        if adopted > 0 {
            tracing::info!(
                deliveries = adopted,
                "took over deliveries that were in memory"
            );
        }
        let tasks = Tasks::new(
            Arc::clone(&store),
            Arc::clone(&clock),
            Arc::clone(&directory),
            Arc::clone(&backlog),
        );
        tasks.resume().await?;

        let (stop, stopped) = watch::channel(false);
        tokio::spawn(claimer.run(asked_to(stopped.clone())));
        let retention = Retention {
            store: Arc::clone(&store),
            clock: Arc::clone(&clock),
            message_retention_days: settings.message_retention_days,
        };
        tokio::spawn(retention.run(asked_to(stopped.clone())));
        let traffic = Traffic::new(Arc::clone(&store));
        tokio::spawn(traffic.clone().run(asked_to(stopped)));
        let horizon = Horizon::default();
        let live = Arc::new(Live::default());
        let recorder_service = Recorder {
            node,
            store: Arc::clone(&store),
            clock: Arc::clone(&clock),
            directory: Arc::clone(&directory),
            backlog,
            live: Arc::clone(&live),
            traffic: traffic.clone(),
        };
        tokio::spawn(recorder_service.run(records));
        let intake = Intake {
            node,
            store: Arc::clone(&store),
            clock: Arc::clone(&clock),
            dispatcher: Arc::clone(&dispatcher),
            recorder: recorder.clone(),
            horizon: horizon.clone(),
        };
        let trials = Trials::new(
            node,
            Arc::clone(&store),
            Arc::clone(&clock),
            Arc::clone(&directory),
            Arc::clone(&dispatcher),
            recorder.clone(),
            horizon.clone(),
        );
        let bins = Arc::new(BinDirectory::new(Arc::clone(&store), Arc::clone(&clock)));
        let taking = Taking {
            store: Arc::clone(&store),
            clock: Arc::clone(&clock),
            bins: Arc::clone(&bins),
            directory: Arc::clone(&directory),
        };
        let inner = Inner {
            store,
            clock,
            directory,
            dispatcher,
            intake,
            recorder,
            tasks,
            trials,
            announcer,
            horizon,
            bins,
            taking,
            live,
            traffic,
            message_retention_ms: i64::from(settings.message_retention_days) * DAY_MS,
            stop,
        };
        Ok(Self {
            inner: Arc::new(inner),
        })
    }
}

/// A clock that goes on where another process ended, if by the wall clock that has not been yet:
/// whoever reads messages in the order of their ids would miss new ones with lower ids.
fn clock_after(last_heartbeat: Option<Timestamp>) -> Clock {
    let Some(last) = last_heartbeat else {
        return Clock::default();
    };
    // Until the next heartbeat the process may have made ids, with some delay on a busy machine.
    let ended_by = last.plus_ms(2 * HEARTBEAT_EVERY.as_millis() as i64);
    let now = Clock::default().now();
    if last > now {
        tracing::warn!(%last, %now, "the clock was set back: ids go on where they were");
        return Clock::after(ended_by);
    }
    Clock::default()
}

/// Done when the engine is asked to stop, or dropped.
async fn asked_to(mut stopped: watch::Receiver<bool>) {
    let _ = stopped.wait_for(|stop| *stop).await;
}

fn sender(
    settings: &EngineSettings,
    clock: &Arc<Clock>,
    announcer: Announcer,
) -> Result<Sender, StoreError> {
    let scripts = Scripts::start(settings.scripts.clone())
        .map_err(|error| StoreError::Unavailable(format!("no thread for scripts: {error}")))?;
    Ok(Sender::new(
        Outbound::new(settings.outbound.clone()),
        Composer::new(scripts),
        Arc::clone(clock),
        announcer,
        i64::from(settings.disable_after_seconds) * 1000,
    ))
}

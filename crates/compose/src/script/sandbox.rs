//! Runs scripts one after another, each in an engine of its own.

use rquickjs::promise::PromiseState;
use rquickjs::{Ctx, Function, Value};

use super::check::options;
use super::failure::{ScriptFailure, ScriptFailureKind};
use super::input::Given;
use super::output::Returned;
use super::realm::Realm;
use super::watch::Watch;
use super::{ScriptInput, ScriptLimits, ScriptOutput, ScriptRun};

/// Bytes of memory granted for each byte of payload and of a received request: as values, small
/// numbers and texts take about this much, and the payload's text is there twice for a moment.
const MEMORY_BYTES_PER_GIVEN_BYTE: usize = 24;

/// Runs scripts on the thread that it was made on. See the module's page for what it keeps out.
pub struct Sandbox {
    limits: ScriptLimits,
    ready: Option<Realm>,
    /// The last run's engine: taking it down takes time that an answer need not wait for.
    spent: Option<Realm>,
}

impl Sandbox {
    /// A sandbox whose runs stay within these limits.
    pub fn new(limits: ScriptLimits) -> Self {
        Self {
            limits,
            ready: None,
            spent: None,
        }
    }

    /// Takes the engine of the last run down and makes the one for the next. Optional: a run does
    /// both where it was not done.
    pub fn prepare(&mut self) {
        self.spent = None;
        if self.ready.is_none() {
            // If this fails, the next run tries again and reports it.
            self.ready = Realm::new(&self.limits).ok();
        }
    }

    /// Runs a script's `handler`. A promise that it returns is awaited.
    ///
    /// `stop` is asked again and again while the script runs; once it says `true`, the run ends.
    pub fn run(
        &mut self,
        code: &str,
        input: &ScriptInput,
        stop: impl FnMut() -> bool + 'static,
    ) -> ScriptRun {
        self.spent = None;
        let realm = match self
            .ready
            .take()
            .map_or_else(|| Realm::new(&self.limits), Ok)
        {
            Ok(realm) => realm,
            Err(error) => {
                let failure = ScriptFailure::new(ScriptFailureKind::Sandbox, error.to_string());
                return ScriptRun {
                    result: Err(failure),
                    console: Vec::new(),
                };
            }
        };
        realm.watch.start(self.limits.turns_max, stop);
        let given_bytes = input.payload.len() + input.request.as_ref().map_or(0, String::len);
        let given_bytes = given_bytes * MEMORY_BYTES_PER_GIVEN_BYTE;
        realm.allow_memory(self.limits.memory_bytes_max + given_bytes);
        let result = realm
            .with(|ctx| run(ctx, &realm.watch, code, input))
            .map_err(|failure| failure.in_characters(code));
        let console = realm.console.take();
        self.spent = Some(realm);
        ScriptRun { result, console }
    }
}

fn run(
    ctx: &Ctx<'_>,
    watch: &Watch,
    code: &str,
    input: &ScriptInput,
) -> Result<ScriptOutput, ScriptFailure> {
    let engine = |error| ScriptFailure::explain(ctx, watch, &error);
    let given = Given::new(ctx, watch, input)?;
    ctx.eval_with_options::<Value<'_>, _>(code, options())
        .map_err(engine)?;
    let handler = handler(ctx).map_err(engine)?.ok_or_else(|| {
        ScriptFailure::contract("there is no function `handler` after the script has run")
    })?;
    let returned = handler
        .call::<_, Value<'_>>((given.webhook.clone(),))
        .map_err(engine)?;
    let returned = settled(ctx, watch, returned)?;
    let returned = Returned {
        ctx,
        watch,
        input,
        given: &given,
    }
    .read(&returned)?;
    // Whatever a script made of being interrupted, its time is up.
    match watch.has_ended() {
        true => Err(ScriptFailure::time()),
        false => Ok(returned),
    }
}

/// A declared function is a property of the global object; a `const` is not.
fn handler<'js>(ctx: &Ctx<'js>) -> rquickjs::Result<Option<Function<'js>>> {
    let global: Value<'js> = ctx.globals().get("handler")?;
    if let Some(handler) = global.into_function() {
        return Ok(Some(handler));
    }
    let declared: Value<'js> = ctx.eval("typeof handler === 'function' ? handler : undefined")?;
    Ok(declared.into_function())
}

/// What a promise turns into. Within a sandbox nothing arrives from outside: a promise that
/// waits while there is nothing left to do waits for ever.
fn settled<'js>(
    ctx: &Ctx<'js>,
    watch: &Watch,
    returned: Value<'js>,
) -> Result<Value<'js>, ScriptFailure> {
    let Some(promise) = returned.as_promise() else {
        return Ok(returned);
    };
    while promise.state() == PromiseState::Pending {
        if watch.must_end() {
            return Err(ScriptFailure::time());
        }
        if !ctx.execute_pending_job() {
            return Err(ScriptFailure::contract(
                "handler returned a promise that nothing settles",
            ));
        }
    }
    match promise.result::<Value<'js>>() {
        Some(Ok(value)) => Ok(value),
        Some(Err(error)) => Err(ScriptFailure::explain(ctx, watch, &error)),
        None => Err(ScriptFailure::time()),
    }
}

//! One engine, for one run: runtime, built-in objects, console and watch.

use std::rc::Rc;

use rquickjs::context::intrinsic;
use rquickjs::{Context, Ctx, Runtime};

use super::ScriptLimits;
use super::console::Console;
use super::watch::Watch;

/// What there is beside the language itself. Left out: typed arrays (they bring `Atomics` and
/// shared memory), proxies, weak references (they show when garbage is collected), performance.
type BuiltIn = (
    intrinsic::Eval,
    intrinsic::RegExpCompiler,
    intrinsic::RegExp,
    intrinsic::Json,
    intrinsic::Date,
    intrinsic::MapSet,
    intrinsic::Promise,
);

/// See the module's page. Fields drop in this order: the context before its runtime.
pub(super) struct Realm {
    context: Context,
    runtime: Runtime,
    pub(super) watch: Rc<Watch>,
    pub(super) console: Rc<Console>,
}

impl Realm {
    /// A fresh engine with nothing in it but what every script finds.
    pub(super) fn new(limits: &ScriptLimits) -> rquickjs::Result<Self> {
        let runtime = Runtime::new()?;
        runtime.set_memory_limit(limits.memory_bytes_max);
        runtime.set_max_stack_size(limits.stack_bytes_max);
        let watch = Rc::new(Watch::default());
        let asked = Rc::clone(&watch);
        runtime.set_interrupt_handler(Some(Box::new(move || asked.question())));
        let context = Context::custom::<BuiltIn>(&runtime)?;
        let console = Rc::new(Console::new(Rc::clone(&watch)));
        context.with(|ctx| Console::install(&console, &ctx))?;
        Ok(Self {
            context,
            runtime,
            watch,
            console,
        })
    }

    /// Gives the script more memory; only before it runs.
    pub(super) fn allow_memory(&self, bytes_max: usize) {
        self.runtime.set_memory_limit(bytes_max);
    }

    pub(super) fn with<R>(&self, work: impl FnOnce(&Ctx<'_>) -> R) -> R {
        self.context.with(|ctx| work(&ctx))
    }
}

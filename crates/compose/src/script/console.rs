//! `console`: what a script writes for its author. Bounded, because scripts write in loops.

use std::cell::RefCell;
use std::rc::Rc;

use rquickjs::function::Rest;
use rquickjs::{Coerced, Ctx, Error, Function, Object, Value};

use super::watch::Watch;

/// Lines kept of a run: more than a person reads.
const LINES_MAX: usize = 100;
/// Characters kept of a line.
const LINE_MAX_CHARS: usize = 1_000;

/// How loud a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConsoleLevel {
    /// `console.debug`
    Debug,
    /// `console.log`
    Log,
    /// `console.info`
    Info,
    /// `console.warn`
    Warn,
    /// `console.error`
    Error,
}

impl ConsoleLevel {
    /// Every level, the quietest first.
    pub const ALL: [Self; 5] = [Self::Debug, Self::Log, Self::Info, Self::Warn, Self::Error];

    /// The name of the function that writes at this level.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Log => "log",
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Error => "error",
        }
    }
}

/// One call of a console function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsoleLine {
    /// Which function was called.
    pub level: ConsoleLevel,
    /// Its arguments, separated by spaces; values other than texts as JSON. Cut after 1,000
    /// characters.
    pub text: String,
}

/// Collects lines. When there are too many, the last one says so.
pub(super) struct Console {
    lines: RefCell<Vec<ConsoleLine>>,
    watch: Rc<Watch>,
}

impl Console {
    pub(super) fn new(watch: Rc<Watch>) -> Self {
        Self {
            lines: RefCell::default(),
            watch,
        }
    }

    /// Makes `console` known to scripts.
    pub(super) fn install(this: &Rc<Self>, ctx: &Ctx<'_>) -> rquickjs::Result<()> {
        let object = Object::new(ctx.clone())?;
        for level in ConsoleLevel::ALL {
            let console = Rc::clone(this);
            let write = move |args: Rest<Value<'_>>| console.write(level, &args);
            object.set(level.name(), Function::new(ctx.clone(), write)?)?;
        }
        ctx.globals().set("console", object)
    }

    /// What was written.
    pub(super) fn take(&self) -> Vec<ConsoleLine> {
        self.lines.take()
    }

    fn write(&self, level: ConsoleLevel, args: &[Value<'_>]) -> rquickjs::Result<()> {
        // Checked before anything is converted: conversion is what can take long.
        if self.lines.borrow().len() >= LINES_MAX {
            return Ok(());
        }
        let mut text = String::new();
        for (index, value) in args.iter().enumerate() {
            if index > 0 {
                text.push(' ');
            }
            text.push_str(&self.show(value)?);
            if cut(&mut text, LINE_MAX_CHARS) {
                break;
            }
        }
        let mut lines = self.lines.borrow_mut();
        // Conversion runs the script's own code, which can write too.
        if lines.len() + 1 < LINES_MAX {
            lines.push(ConsoleLine { level, text });
        } else if lines.len() < LINES_MAX {
            lines.push(ConsoleLine {
                level: ConsoleLevel::Warn,
                text: format!("(only the first {} lines are kept)", LINES_MAX - 1),
            });
        }
        Ok(())
    }

    /// A value as a person reads it. What cannot be shown does not make the script fail; but the
    /// end of the run must not be taken for a value that cannot be shown.
    fn show(&self, value: &Value<'_>) -> rquickjs::Result<String> {
        let ctx = value.ctx();
        if self.watch.must_end() {
            return Err(rquickjs::Exception::throw_internal(
                ctx,
                "the run has ended",
            ));
        }
        let as_json = value.is_object() && !value.is_function() && !value.is_error();
        let shown = if as_json {
            ctx.json_stringify(value.clone())
                .and_then(|text| text.map_or(Ok("undefined".to_owned()), |text| text.to_string()))
        } else {
            value.get::<Coerced<String>>().map(|text| text.0)
        };
        match shown {
            Ok(text) => Ok(text),
            Err(Error::Exception) if self.watch.has_ended() => Err(Error::Exception),
            Err(_) => {
                // Taken away, or the engine would throw it at the next occasion.
                let _ = ctx.catch();
                Ok(format!("({} that cannot be shown)", value.type_name()))
            }
        }
    }
}

/// Cuts a text that is too long, and says whether it was.
pub(super) fn cut(text: &mut String, chars_max: usize) -> bool {
    // A text of few bytes has few characters: most are not counted.
    let end = (text.len() > chars_max)
        .then(|| text.char_indices().nth(chars_max))
        .flatten();
    if let Some((end, _)) = end {
        text.truncate(end);
        text.push('…');
    }
    end.is_some()
}

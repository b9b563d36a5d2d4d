//! Writing the log at most a hundred times a second and not once a line.
//!
//! The log's thread is woken by the first line, writes what there is, and flushes. If it went back
//! to waiting at once, a busy server would wake it for nearly every line, which takes more time
//! than to make the line. Instead a flush lasts for a while: lines gather, and nobody wakes anybody.

use std::io::{self, BufWriter, Write};
use std::thread;
use std::time::Duration;

/// How long a flush lasts at least. A person who watches does not see it.
const PAUSE: Duration = Duration::from_millis(10);
/// What is written at once: the lines of a busy server within the pause.
const ROOM_BYTES: usize = 64 << 10;

/// See the module's page.
pub(super) struct Unhurried<W: Write> {
    lines: BufWriter<W>,
}

impl<W: Write> Unhurried<W> {
    pub(super) fn new(out: W) -> Self {
        Self {
            lines: BufWriter::with_capacity(ROOM_BYTES, out),
        }
    }
}

impl<W: Write> Write for Unhurried<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.lines.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        let flushed = self.lines.flush();
        thread::sleep(PAUSE);
        flushed
    }
}

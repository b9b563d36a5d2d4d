//! Scripts in a process of their own, which is ended when it does not answer in time.
//!
//! ```text
//!  server ── request ─▶ process     one socket; the process says «ready» before each request
//!         ◀─ run ─────               and answers each with one frame
//! ```
//!
//! The process has the socket as its standard input and nothing else of the server's: no
//! environment, no files, no output. When the server is gone the socket is closed and the process
//! ends. It says «ready» after it has cleaned up behind the script before, so a process that does
//! not survive that is replaced before it is given the next script, and no script is blamed for
//! another's.

use std::io::{self, BufReader, ErrorKind, Read as _, Write as _};
use std::os::fd::{AsFd as _, OwnedFd};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use hookwire_compose::{ScriptFailure, ScriptFailureKind, ScriptInput, ScriptRun};

use super::thread::InThread;
use super::wire::{FRAME_MAX_BYTES, Request, read_run, write_run};
use super::{Runner, ScriptCommand, failed};

/// A process that starts must say «ready» in this time: it is only late on a machine that is
/// hardly alive.
const START_MAX: Duration = Duration::from_secs(10);
/// How much longer than its time a script may take until its process is ended. Its own sandbox
/// ends nearly every script before; what is sent and cleaned up takes time too.
const GRACE: Duration = Duration::from_millis(250);
/// How often a process looks whether it still runs the same script: it ends itself when it does
/// and the server, which should have ended it, is gone.
const SELF_CHECK: Duration = Duration::from_secs(5);
const READY: [u8; 1] = [b'r'];
/// A usual payload with its script fits.
const BUFFER_BYTES: usize = 16 << 10;

/// The server's side: starts processes and talks to one at a time.
pub(super) struct InProcess {
    command: ScriptCommand,
    time_max: Duration,
    peer: Option<Peer>,
}

/// A process that runs.
struct Peer {
    child: Child,
    /// A frame and what follows it come in one read. Its reads and writes wait for `wait_max`.
    socket: BufReader<UnixStream>,
    wait_max: Duration,
}

impl InProcess {
    pub(super) fn new(command: ScriptCommand, time_max: Duration) -> Self {
        Self {
            command,
            time_max,
            peer: None,
        }
    }

    #[cfg(test)]
    pub(super) fn process_id(&self) -> Option<u32> {
        self.peer.as_ref().map(|peer| peer.child.id())
    }

    #[cfg(test)]
    pub(super) fn kill(&mut self) {
        self.peer.as_mut().unwrap().child.kill().unwrap();
    }

    /// The process that is there, if it survived its last script.
    fn idle(&mut self) -> Option<Peer> {
        let mut peer = self.peer.take()?;
        let is_ready = peer.wait_ready(peer.wait_max).is_ok();
        is_ready.then_some(peer)
    }

    fn fresh(&self) -> io::Result<Peer> {
        let mut peer = Peer::start(&self.command, self.time_max + GRACE)?;
        peer.wait_ready(START_MAX)?;
        Ok(peer)
    }

    /// Has a process run the script, and keeps the process when it did.
    fn ask(&mut self, mut peer: Peer, request: &[u8]) -> io::Result<ScriptRun> {
        let run = peer.exchange(request)?;
        self.peer = Some(peer);
        Ok(run)
    }
}

impl Runner for InProcess {
    fn run(&mut self, code: &str, input: &ScriptInput) -> ScriptRun {
        let time_max_ms = u32::try_from(self.time_max.as_millis()).unwrap_or(u32::MAX);
        let request = Request::write(time_max_ms, code, input);
        if let Some(peer) = self.idle() {
            match self.ask(peer, &request) {
                // Somebody may have ended it while it was idle, as a system short of memory does:
                // that is not the script's fault, and running a script again does no harm.
                Err(error) if is_gone(&error) => {}
                asked => return answer(asked),
            }
        }
        match self.fresh() {
            Ok(peer) => answer(self.ask(peer, &request)),
            Err(error) => {
                tracing::error!(%error, "the process that runs scripts does not start");
                failed(format!(
                    "the process that runs scripts does not start: {error}"
                ))
            }
        }
    }

    fn prepare(&mut self) {
        // The process prepares itself.
    }
}

/// What came of asking a process that was ready.
fn answer(asked: io::Result<ScriptRun>) -> ScriptRun {
    let error = match asked {
        Ok(run) => return run,
        Err(error) => error,
    };
    let failure = match error.kind() {
        ErrorKind::TimedOut => ScriptFailure::time(),
        _ if is_gone(&error) => ScriptFailure::new(
            ScriptFailureKind::Sandbox,
            "the script brought the process that ran it to an end",
        ),
        _ => ScriptFailure::new(ScriptFailureKind::Sandbox, error.to_string()),
    };
    ScriptRun {
        result: Err(failure),
        console: Vec::new(),
    }
}

fn is_gone(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::UnexpectedEof | ErrorKind::BrokenPipe | ErrorKind::ConnectionReset
    )
}

impl Peer {
    fn start(command: &ScriptCommand, wait_max: Duration) -> io::Result<Self> {
        let (socket, theirs) = UnixStream::pair()?;
        socket.set_read_timeout(Some(wait_max))?;
        // It says «ready» only when it reads; a process that then stops to read is ended too.
        socket.set_write_timeout(Some(wait_max))?;
        let child = Command::new(&command.program)
            .args(&command.arguments)
            .env_clear()
            .current_dir("/")
            .stdin(Stdio::from(OwnedFd::from(theirs)))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            // An interrupt from the terminal is the server's to handle: it still delivers then.
            .process_group(0)
            .spawn()?;
        Ok(Self {
            child,
            socket: BufReader::with_capacity(BUFFER_BYTES, socket),
            wait_max,
        })
    }

    fn wait_ready(&mut self, time_max: Duration) -> io::Result<()> {
        let mut ready = [0; READY.len()];
        self.read(&mut ready, Instant::now() + time_max)?;
        match ready == READY {
            true => Ok(()),
            false => Err(ErrorKind::InvalidData.into()),
        }
    }

    fn exchange(&mut self, request: &[u8]) -> io::Result<ScriptRun> {
        let end = Instant::now() + self.wait_max;
        self.socket
            .get_mut()
            .write_all(request)
            .map_err(as_timeout)?;
        let mut length = [0; 4];
        self.read(&mut length, end)?;
        let mut frame = vec![0; frame_bytes(length)?];
        self.read(&mut frame, end)?;
        read_run(&frame).map_err(broken)
    }

    /// Fills the buffer before `end`, however slowly bytes come: at most one wait later.
    fn read(&mut self, mut buffer: &mut [u8], end: Instant) -> io::Result<()> {
        while !buffer.is_empty() {
            match self.socket.read(buffer) {
                Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
                Ok(count) => buffer = &mut buffer[count..],
                Err(error) if is_retried(&error) => {}
                Err(error) => return Err(error),
            }
            if !buffer.is_empty() && Instant::now() >= end {
                return Err(ErrorKind::TimedOut.into());
            }
        }
        Ok(())
    }
}

fn is_retried(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::Interrupted | ErrorKind::WouldBlock)
}

/// A socket says "would block" where its time is up.
fn as_timeout(error: io::Error) -> io::Error {
    match error.kind() {
        ErrorKind::WouldBlock => ErrorKind::TimedOut.into(),
        _ => error,
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // Both fail only when it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The process's side: runs scripts for the server at the other end of standard input until the
/// server is gone. A program calls this instead of everything else it does, when it is started by
/// a [`ScriptCommand`].
pub fn serve_scripts() -> io::Result<()> {
    let input = io::stdin().as_fd().try_clone_to_owned()?;
    let mut socket = BufReader::with_capacity(BUFFER_BYTES, UnixStream::from(input));
    let served = Arc::new(AtomicU64::new(0));
    let watched = Arc::clone(&served);
    std::thread::Builder::new()
        .name("self-check".to_owned())
        .spawn(move || end_when_stuck(&watched))?;
    let mut runner = InThread::new(Duration::ZERO);
    loop {
        runner.prepare();
        socket.get_mut().write_all(&READY)?;
        let mut length = [0; 4];
        match socket.read_exact(&mut length) {
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Ok(()),
            read => read?,
        }
        let mut frame = vec![0; frame_bytes(length)?];
        socket.read_exact(&mut frame)?;
        let request = Request::read(&frame).map_err(broken)?;
        // Odd while a script runs.
        served.fetch_add(1, Ordering::Relaxed);
        runner.set_time_max(Duration::from_millis(request.time_max_ms.into()));
        let run = runner.run(&request.code, &request.input);
        served.fetch_add(1, Ordering::Relaxed);
        socket.get_mut().write_all(&write_run(&run))?;
    }
}

/// How long the frame behind a length is.
fn frame_bytes(length: [u8; 4]) -> io::Result<usize> {
    let length = u32::from_le_bytes(length) as usize;
    match length <= FRAME_MAX_BYTES {
        true => Ok(length),
        false => Err(ErrorKind::InvalidData.into()),
    }
}

fn broken(what: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, what)
}

fn end_when_stuck(served: &AtomicU64) {
    let mut before = 0;
    loop {
        std::thread::sleep(SELF_CHECK);
        let now = served.load(Ordering::Relaxed);
        if now == before && now % 2 == 1 {
            std::process::exit(1);
        }
        before = now;
    }
}

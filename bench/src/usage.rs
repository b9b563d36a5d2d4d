//! What a process has used so far, as Linux counts it in `/proc`.

use std::path::Path;

use anyhow::Context as _;

/// Linux reports process times in this unit on every architecture, whatever the kernel's own timer
/// frequency is (`USER_HZ`, see proc_pid_stat(5)).
const TICK_US: u64 = 10_000;

/// Processor time and memory of one process, all its threads included, also those that ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Usage {
    /// User and system time.
    pub cpu_us: u64,
    /// The most memory that was resident at any time.
    pub peak_rss_kib: u64,
}

impl Usage {
    /// Reads it for a running process.
    pub fn of(pid: u32) -> anyhow::Result<Self> {
        let directory = Path::new("/proc").join(pid.to_string());
        let read = |name: &str| {
            let path = directory.join(name);
            std::fs::read_to_string(&path)
                .with_context(|| format!("cannot read {} (is it still running?)", path.display()))
        };
        Ok(Self {
            cpu_us: cpu_us(&read("stat")?).context("unexpected format of /proc/PID/stat")?,
            peak_rss_kib: peak_rss_kib(&read("status")?).context("no VmHWM in /proc/PID/status")?,
        })
    }
}

/// Fields 14 and 15, counted after the command's name, which may itself contain spaces and
/// parentheses.
fn cpu_us(stat: &str) -> Option<u64> {
    let (_, after_name) = stat.rsplit_once(')')?;
    let mut fields = after_name.split_ascii_whitespace().skip(11);
    let user: u64 = fields.next()?.parse().ok()?;
    let system: u64 = fields.next()?.parse().ok()?;
    Some((user + system) * TICK_US)
}

fn peak_rss_kib(status: &str) -> Option<u64> {
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_found_behind_a_hostile_name() {
        let stat = "42 (a b) c) S 1 42 42 0 -1 4194560 100 0 0 0 7 5 0 0 20 0 9 0 100 1000 50";
        assert_eq!(cpu_us(stat), Some(120_000));
        assert_eq!(cpu_us("42 (short) S 1"), None);
    }

    #[test]
    fn peak_memory() {
        assert_eq!(
            peak_rss_kib("Name:\tx\nVmHWM:\t    1234 kB\nVmRSS:\t 1 kB\n"),
            Some(1234)
        );
        assert_eq!(peak_rss_kib("Name:\tx\n"), None);
    }

    #[test]
    fn of_this_very_process() {
        let usage = Usage::of(std::process::id()).unwrap();
        assert!(usage.peak_rss_kib > 0);
    }
}

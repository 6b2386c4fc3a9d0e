//! Runs the program under test, never for longer than a bounded time.

#![allow(
    dead_code,
    clippy::expect_used,
    clippy::missing_panics_doc,
    clippy::panic,
    clippy::unwrap_used,
    reason = "shared by several test programs that use parts of it; a test that cannot go on has failed"
)]

pub(crate) mod in_process;
pub(crate) mod pcapng;
pub(crate) mod scratch;
pub(crate) mod unique;

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use serde_json::Value;

/// Nothing that a test runs may take longer.
pub(crate) const LONGEST: Duration = Duration::from_mins(1);

/// What a run of the program left behind.
pub(crate) struct Run {
    /// Exit code; `None` where a signal ended it.
    pub(crate) code: Option<i32>,
    /// Everything on standard output.
    pub(crate) stdout: Vec<u8>,
    /// Everything on standard error, as text.
    pub(crate) stderr: String,
}

impl Run {
    /// Standard output as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }

    /// Every line of standard output as JSON.
    pub(crate) fn json_lines(&self) -> Result<Vec<Value>, String> {
        let text = std::str::from_utf8(&self.stdout).map_err(|e| format!("stdout is not UTF-8: {e}"))?;
        text.lines()
            .map(|line| serde_json::from_str(line).map_err(|e| format!("not a JSON line: {e}: {line}")))
            .collect()
    }
}

/// The program with these arguments, colours and terminal of the environment out of the way.
pub(crate) fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_synscope"));
    command.args(arguments);
    for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "FORCE_COLOR", "COLUMNS", "SSLKEYLOGFILE"] {
        command.env_remove(name);
    }
    command
}

/// Runs the program with these arguments and this standard input.
pub(crate) fn synscope(arguments: &[&str], stdin: &[u8]) -> Run {
    finish(&mut command(arguments), stdin)
}

/// Runs a command with this standard input to its end.
pub(crate) fn finish(command: &mut Command, stdin: &[u8]) -> Run {
    let mut child = spawn(command);
    let mut input = child.stdin.take().unwrap();
    let bytes = stdin.to_vec();
    // A program that ends before it has read everything closes the pipe; that is its right.
    let feeder = thread::spawn(move || drop(input.write_all(&bytes)));
    let stdout = collect(child.stdout.take().unwrap());
    let stderr = collect(child.stderr.take().unwrap());
    let code = wait(&mut child);
    feeder.join().unwrap();
    let stderr = String::from_utf8_lossy(&stderr.join().unwrap()).into_owned();
    Run { code, stdout: stdout.join().unwrap(), stderr }
}

/// Starts a command with all three standard streams piped.
pub(crate) fn spawn(command: &mut Command) -> Child {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// Waits for a child, and ends it where it takes too long.
pub(crate) fn wait(child: &mut Child) -> Option<i32> {
    let deadline = Instant::now() + LONGEST;
    while Instant::now() < deadline {
        if let Some(status) = child.try_wait().unwrap() {
            return status.code();
        }
        thread::sleep(Duration::from_millis(5));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    panic!("synscope did not end within {LONGEST:?}");
}

/// A file below the project's root.
pub(crate) fn project_file(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Says why a test proves nothing here, past the test harness, which keeps the output of tests that pass to itself.
pub(crate) fn skipped(reason: &str) {
    let line = format!("SKIPPED: {reason}\n");
    let _ = std::io::stderr().lock().write_all(line.as_bytes());
}

fn collect(mut stream: impl Read + Send + 'static) -> JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).unwrap();
        bytes
    })
}

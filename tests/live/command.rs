//! The command `synscope live` itself, with real peers on loopback.

use super::*;

/// The running command, once it listens; its standard error is held open.
pub(super) struct Listening {
    pub(super) child: Child,
    pub(super) errors: BufReader<std::process::ChildStderr>,
}

pub(super) fn listen(port: u16, more: &[&str]) -> Listening {
    let mut command = Command::new(env!("CARGO_BIN_EXE_synscope"));
    command.args(["live", "-i", "lo", "-f", &format!("tcp port {port}"), "--width", "100"]).args(more);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut errors = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    while !line.contains("listening on lo") {
        line.clear();
        assert_ne!(errors.read_line(&mut line).unwrap(), 0, "the command ended before it listened");
    }
    Listening { child, errors }
}

pub(super) fn interrupt(child: &Child) {
    let pid = child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
}

/// One connection, opened and closed by the client, accepted by the listener.
fn call(listener: &TcpListener) {
    let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (server, _) = listener.accept().unwrap();
    drop(client);
    drop(server);
}

#[test]
fn a_handshake_is_drawn_while_it_happens_and_the_end_is_clean() {
    if skipped_without_libpcap() {
        return;
    }
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut running = listen(listener.local_addr().unwrap().port(), &[]);
    call(&listener);
    let mut output = BufReader::new(running.child.stdout.take().unwrap());
    let mut seen = String::new();
    while !seen.contains("handshake complete") {
        assert_ne!(output.read_line(&mut seen).unwrap(), 0, "the command ended: {seen}");
    }
    // What comes right before the signal still lies in the system's buffer: it belongs to the capture all the same.
    call(&listener);
    interrupt(&running.child);
    output.read_to_string(&mut seen).unwrap();
    let mut complaints = String::new();
    running.errors.read_to_string(&mut complaints).unwrap();
    assert!(running.child.wait().unwrap().success(), "{complaints}");
    assert!(seen.contains("2 connections: 2 established"), "{seen}");
    assert!(complaints.is_empty(), "{complaints}");
}

#[test]
fn what_is_saved_reads_back_as_what_was_seen() {
    if skipped_without_libpcap() {
        return;
    }
    let file = std::env::temp_dir().join(format!("synscope-live-{}.pcapng", std::process::id()));
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let path = file.to_str().unwrap();
    let mut running = listen(listener.local_addr().unwrap().port(), &["-w", path, "--count", "3"]);
    call(&listener);
    assert!(running.child.wait().unwrap().success());
    let read = Command::new(env!("CARGO_BIN_EXE_synscope"))
        .args(["read", path, "--format", "json"])
        .output()
        .unwrap();
    std::fs::remove_file(&file).unwrap();
    let lines = String::from_utf8(read.stdout).unwrap();
    assert!(lines.contains("\"outcome\":\"established\",\"certainty\":\"proven\""), "{lines}");
    assert!(lines.contains("\"frames\":3,"), "{lines}");
    assert!(lines.contains("\"drops\":{\"by_system\":0"), "{lines}");
}

//! A WebSocket between two real peers on loopback is shown while it is spoken.

use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};

use tungstenite::{Message, WebSocket};

use super::command::{Listening, interrupt, listen};
use super::*;

/// What happens on the wire is on the screen within this time: the one requirement that is a time.
const SOON: Duration = Duration::from_secs(1);

/// What the client says; no other text of the program holds these words.
const SAID: &str = r#"{"sky":"cloudy over Reykjavík"}"#;

/// The lines of the program's standard output, each with the moment it was read.
struct Shown {
    lines: Receiver<(Instant, String)>,
    all: String,
}

impl Shown {
    fn of(running: &mut Listening) -> Self {
        let mut output = BufReader::new(running.child.stdout.take().unwrap());
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            let mut line = String::new();
            while output.read_line(&mut line).is_ok_and(|read| read > 0) {
                let _ = sender.send((Instant::now(), std::mem::take(&mut line)));
            }
        });
        Self { lines, all: String::new() }
    }

    /// The first line from here on that holds all of these words, and when it came.
    fn wait_for(&mut self, words: &[&str]) -> (Instant, String) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            match self.lines.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok((moment, line)) => {
                    self.all.push_str(&line);
                    if words.iter().all(|word| line.contains(word)) {
                        return (moment, line);
                    }
                }
                Err(RecvTimeoutError::Timeout) => panic!("{words:?} did not come after\n{}", self.all),
                Err(RecvTimeoutError::Disconnected) => panic!("ended without {words:?} after\n{}", self.all),
            }
        }
    }

    fn rest(&mut self) -> String {
        self.lines.iter().map(|(_, line)| line).collect()
    }
}

/// Two peers that have become a WebSocket, and the moment before they asked for it.
struct Peers {
    client: WebSocket<TcpStream>,
    server: WebSocket<TcpStream>,
    asked: Instant,
}

fn meet(listener: &TcpListener) -> Peers {
    let address = listener.local_addr().unwrap();
    let asked = Instant::now();
    let stream = TcpStream::connect(address).unwrap();
    let (accepted, _) = listener.accept().unwrap();
    let server = std::thread::spawn(move || tungstenite::accept(accepted).unwrap());
    let (client, response) = tungstenite::client(format!("ws://{address}/weather"), stream).unwrap();
    assert_eq!(response.status(), 101);
    Peers { client, server: server.join().unwrap(), asked }
}

impl Peers {
    /// The client says it and the server hears it; the moment before.
    fn say(&mut self) -> Instant {
        let moment = Instant::now();
        self.client.send(Message::text(SAID)).unwrap();
        assert_eq!(self.server.read().unwrap(), Message::text(SAID));
        moment
    }

    /// Closes as RFC 6455 §7.1.1 wants it: Close frames both ways, then the server's FIN.
    fn part(mut self) {
        self.client.close(None).unwrap();
        while self.server.read().is_ok() {}
        drop(self.server);
        while self.client.read().is_ok() {}
    }
}

fn end(running: &mut Listening, shown: &mut Shown) -> String {
    interrupt(&running.child);
    let rest = shown.rest();
    let mut complaints = String::new();
    running.errors.read_to_string(&mut complaints).unwrap();
    assert!(running.child.wait().unwrap().success(), "{complaints}");
    assert!(complaints.is_empty(), "{complaints}");
    rest
}

#[test]
fn the_upgrade_and_the_first_message_are_drawn_within_a_second() {
    if skipped_without_libpcap() {
        return;
    }
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut running = listen(listener.local_addr().unwrap().port(), &[]);
    let mut shown = Shown::of(&mut running);
    let mut peers = meet(&listener);
    // Both are waited for before anything else happens: nothing that comes later pushes them out.
    let (upgraded, line) = shown.wait_for(&["101 Switching Protocols"]);
    assert!(upgraded - peers.asked < SOON, "{:?}: {line}", upgraded - peers.asked);
    let said = peers.say();
    let (told, line) = shown.wait_for(&["cloudy over Reykjavík"]);
    assert!(told - said < SOON, "{:?}: {line}", told - said);
    peers.part();
    end(&mut running, &mut shown);
}

#[test]
fn each_message_is_a_line_of_json_within_a_second() {
    if skipped_without_libpcap() {
        return;
    }
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut running = listen(listener.local_addr().unwrap().port(), &["--format", "json"]);
    let mut shown = Shown::of(&mut running);
    let mut peers = meet(&listener);
    let (upgraded, line) = shown.wait_for(&["\"type\":\"message\"", "\"status\":101"]);
    assert!(upgraded - peers.asked < SOON, "{:?}: {line}", upgraded - peers.asked);
    assert!(line.contains("\"protocol\":\"http1\""), "{line}");
    let said = peers.say();
    let (told, line) = shown.wait_for(&["\"type\":\"message\"", "\"protocol\":\"websocket\""]);
    assert!(told - said < SOON, "{:?}: {line}", told - said);
    assert!(line.contains(r#""text":"{\"sky\":\"cloudy over Reykjavík\"}""#), "{line}");
    assert!(line.contains("\"from\":\"client\"") && line.contains("\"opcode\":\"text\""), "{line}");
    peers.part();
    let rest = end(&mut running, &mut shown);
    assert!(rest.contains("\"accept_valid\":true") && rest.contains("\"outcome\":\"accepted\""), "{rest}");
}

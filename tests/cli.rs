//! The contract of the command line: exit codes, streams, what may reach a terminal, the order and shape of JSON lines.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

mod scenario;
mod support;

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::sync::mpsc;
use std::thread;

use serde_json::{Value, json};

use scenario::{Conversation, Ends};
use support::scratch::Scratch;
use support::{LONGEST, Run, command, finish, synscope};

const SAMPLES: [&str; 19] = [
    "websocket-chat.pcapng",
    "normal-ipv4.pcapng",
    "normal-ipv6.pcap",
    "refused.pcap.gz",
    "no-answer.pcapng",
    "reset-in-handshake.pcap",
    "connect-proxy.pcapng",
    "nginx-proxy.pcapng",
    "upgrade-rejected.pcapng",
    "violations.pcapng",
    "websocket-compressed.pcapng",
    "wrong-accept.pcap",
    "backlog-overflow.pcapng",
    "lossy.pcapng",
    "scans.pcapng",
    "syn-flood.pcapng",
    "vxlan.pcapng",
    "fragments.pcapng",
    "handshake-options.pcapng",
];
const PCAP_HEADER: usize = 24;
const PCAP_RECORD_HEADER: usize = 16;
/// Escape, a C1 control character, a bidirectional override: what no terminal should be sent.
const HOSTILE: &str = "eth\u{1b}[31m0\u{9b}\u{202e}\u{7}";

fn sample(name: &str) -> String {
    support::project_file("captures").join(name).into_os_string().into_string().expect("a path in UTF-8")
}

fn sample_bytes(name: &str) -> Vec<u8> {
    fs::read(sample(name)).expect("the sample is there")
}

fn read_json(path: &str) -> Run {
    synscope(&["read", path, "--format", "json"], &[])
}

/// A pcap file with so many connections, each a SYN and its refusal.
fn many_connections(count: u16) -> Vec<u8> {
    let mut file = Vec::new();
    for number in 0..count {
        let client = format!("192.0.2.1:{}", 10_000 + number);
        let ends = Ends::parse([("C", client.as_str())]).expect("an address");
        let lines = ["C 0.000 SYN seq=1 mss=1460", "S 0.001 RST-ACK seq=0 ack=2 win=0"];
        let capture = Conversation::parse(ends, &lines).and_then(|c| c.capture()).expect("a conversation");
        let from = if file.is_empty() { 0 } else { PCAP_HEADER };
        file.extend(&capture[from..]);
    }
    file
}

fn handshake() -> Vec<u8> {
    let lines = ["C 0.000 SYN seq=100", "S 0.010 SYN-ACK seq=300 ack=101", "C 0.020 ACK seq=101 ack=301"];
    Conversation::parse(Ends::default(), &lines).and_then(|c| c.capture()).expect("a conversation")
}

/// Where each record of a little-endian pcap file begins, and where the last one ends.
fn record_offsets(pcap: &[u8]) -> Vec<usize> {
    let mut offsets = vec![PCAP_HEADER];
    let mut at = PCAP_HEADER;
    while at < pcap.len() {
        let length: [u8; 4] = pcap[at + 8..at + 12].try_into().expect("four bytes");
        at += PCAP_RECORD_HEADER + usize::try_from(u32::from_le_bytes(length)).expect("a length");
        offsets.push(at);
    }
    offsets
}

/// Fails where a terminal would be sent anything but text: control characters or bidirectional overrides.
fn assert_harmless(text: &str, what: &str) {
    let harmful = |c: &char| {
        let control = c.is_control() && !matches!(c, '\n' | '\t');
        control || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}')
    };
    let found: Vec<char> = text.chars().filter(harmful).collect();
    assert!(found.is_empty(), "{what} holds {found:?}:\n{}", text.escape_debug());
}

/// Fails unless the program could not run, said so in one line that names `naming`, and printed nothing else.
fn assert_cannot_run(run: &Run, naming: &str) {
    assert_eq!(run.code, Some(2), "{}", run.stderr);
    assert_eq!(run.text(), "");
    assert_eq!(run.stderr.lines().count(), 1, "{}", run.stderr);
    assert!(run.stderr.contains(naming), "`{}` does not name {naming}", run.stderr);
}

mod exit_codes {
    use super::*;

    #[test]
    fn every_sample_is_read_without_a_fault() {
        for name in SAMPLES {
            let run = synscope(&["read", &sample(name)], &[]);
            assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "{name}");
            assert!(run.text().contains(name), "{name} is named:\n{}", run.text());
        }
    }

    #[test]
    fn a_file_name_alone_means_read() {
        let path = sample("refused.pcap.gz");
        assert_eq!(synscope(&[&path], &[]).text(), synscope(&["read", &path], &[]).text());
    }

    #[test]
    fn shells_and_man_are_told_of_every_command() {
        for arguments in
            [&["completions", "bash"][..], &["completions", "zsh"], &["completions", "fish"], &["man"]]
        {
            let run = synscope(arguments, &[]);
            assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "{arguments:?}");
            assert!(
                ["read", "frame", "rules"].iter().all(|command| run.text().contains(command)),
                "{arguments:?}"
            );
        }
    }

    #[test]
    fn a_missing_file_cannot_be_read() {
        assert_cannot_run(&synscope(&["read", "no-such-file.pcap"], &[]), "no-such-file.pcap");
    }

    #[test]
    fn a_folder_cannot_be_read() {
        let scratch = Scratch::new("a_folder_cannot_be_read");
        assert_cannot_run(&synscope(&["read", &scratch.path()], &[]), "a_folder_cannot_be_read");
    }

    #[test]
    fn an_empty_file_is_no_capture() {
        let path = Scratch::new("an_empty_file_is_no_capture").file("empty.pcap", b"");
        assert_cannot_run(&synscope(&["read", &path], &[]), "empty.pcap");
        assert_eq!(synscope(&["read", "-"], &[]).code, Some(2), "empty standard input");
    }

    #[test]
    fn a_text_is_no_capture() {
        let path =
            Scratch::new("a_text_is_no_capture").file("letter.pcap", b"Dear reader,\nthis is no capture.\n");
        assert_cannot_run(&synscope(&["read", &path], &[]), "letter.pcap");
    }

    #[test]
    fn a_single_byte_is_no_capture() {
        let path = Scratch::new("a_single_byte_is_no_capture").file("byte.pcap", b"\xd4");
        assert_cannot_run(&synscope(&["read", &path], &[]), "byte.pcap");
    }

    #[cfg(unix)]
    #[test]
    fn a_file_without_permission_cannot_be_read() {
        use std::os::unix::fs::PermissionsExt;
        let path = Scratch::new("a_file_without_permission").file("secret.pcap", &handshake());
        fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).expect("permissions can be taken");
        if fs::File::open(&path).is_ok() {
            eprintln!("SKIPPED: this user may read everything");
            return;
        }
        assert_cannot_run(&synscope(&["read", &path], &[]), "secret.pcap");
    }

    #[test]
    fn an_unknown_option_is_bad_usage() {
        assert_cannot_run(&synscope(&["read", "--no-such-option", "x"], &[]), "--no-such-option");
        assert_cannot_run(&synscope(&["frame", "x"], &[]), "<N>");
        assert_cannot_run(&synscope(&["read", "x", "--width", "3"], &[]), "40..=1000");
    }

    #[test]
    fn without_arguments_it_says_how_to_begin() {
        let run = synscope(&[], &[]);
        assert_eq!(run.code, Some(2));
        assert!(run.stderr.contains("synscope"), "{}", run.stderr);
    }

    #[test]
    fn a_cut_file_is_read_up_to_the_cut_and_the_place_is_named() {
        let whole = sample_bytes("normal-ipv6.pcap");
        let offsets = record_offsets(&whole);
        let last_record = offsets[offsets.len() - 2];
        let path =
            Scratch::new("a_cut_file_is_read_up_to_the_cut").file("cut.pcap", &whole[..whole.len() - 10]);
        let run = read_json(&path);
        assert_eq!(run.code, Some(1), "{}", run.stderr);
        let lines = run.json_lines().expect("JSON lines");
        let summary = lines.last().expect("a summary");
        assert_eq!(summary["damaged"]["offset"], json!(last_record));
        assert_eq!(summary["frames"], json!(offsets.len() - 2));
        let text = synscope(&["read", &path], &[]);
        assert_eq!(text.code, Some(1));
        let said = text.text() + &text.stderr;
        let digits: String = said.chars().filter(|c| *c != ',').collect();
        assert!(digits.contains(&last_record.to_string()), "byte {last_record} is not named:\n{said}");
    }

    #[test]
    fn a_cut_compressed_file_is_damaged_too() {
        let whole = sample_bytes("refused.pcap.gz");
        let run = synscope(&["read", "-", "--format", "json"], &whole[..whole.len() - 12]);
        assert_eq!(run.code, Some(1), "{}", run.stderr);
        let lines = run.json_lines().expect("JSON lines");
        assert!(!lines.last().expect("a summary")["damaged"].is_null());
    }

    #[test]
    fn frames_cut_by_a_snap_length_are_no_fault() {
        let lines = ["C 0.000 SYN seq=100 mss=1460", "S 0.010 RST-ACK seq=0 ack=101 len=500 snap=60"];
        let capture =
            Conversation::parse(Ends::default(), &lines).and_then(|c| c.capture()).expect("a conversation");
        let run = synscope(&["read", "-", "--format", "json"], &capture);
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        let lines = run.json_lines().expect("JSON lines");
        assert_eq!(lines.last().expect("a summary")["cut_frames"], 1);
    }
}

mod help {
    use super::*;

    fn listed_commands(help: &str) -> Vec<&str> {
        let commands = help.lines().skip_while(|line| !line.starts_with("Commands:")).skip(1);
        let commands = commands.take_while(|line| !line.is_empty());
        commands
            .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
            .filter_map(|line| line.split_whitespace().next())
            .collect()
    }

    #[test]
    fn help_goes_to_standard_output_and_lists_read() {
        let run = synscope(&["--help"], &[]);
        assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
        assert!(listed_commands(&run.text()).contains(&"read"), "{}", run.text());
    }

    #[test]
    fn every_command_in_the_help_exists() {
        let help = synscope(&["--help"], &[]).text();
        let commands = listed_commands(&help);
        assert!(!commands.is_empty(), "{help}");
        // `help` itself takes the names of the others.
        for name in commands.into_iter().filter(|name| *name != "help") {
            let run = synscope(&[name, "--help"], &[]);
            assert_eq!(run.code, Some(0), "{name}: {}", run.stderr);
            assert!(!run.text().to_lowercase().contains("not implemented"), "{name}");
        }
    }

    #[test]
    fn the_version_is_the_package_s() {
        assert_eq!(
            synscope(&["--version"], &[]).text().trim(),
            concat!("synscope ", env!("CARGO_PKG_VERSION"))
        );
    }
}

mod streams {
    use super::*;

    #[test]
    fn a_closed_pipe_ends_quietly() {
        for format in ["text", "json"] {
            let path =
                Scratch::new(&format!("a_closed_pipe_{format}")).file("many.pcap", &many_connections(4_000));
            let mut child = support::spawn(&mut command(&["read", &path, "--format", format]));
            let mut first = String::new();
            BufReader::with_capacity(16, child.stdout.take().expect("stdout"))
                .read_line(&mut first)
                .expect("a line");
            assert!(!first.is_empty(), "{format}");
            let code = support::wait(&mut child);
            let mut stderr = String::new();
            child.stderr.take().expect("stderr").read_to_string(&mut stderr).expect("text");
            assert_eq!(stderr, "", "{format}");
            assert!(matches!(code, Some(0) | None), "{format}: exit code {code:?}");
        }
    }

    #[test]
    fn standard_input_is_answered_before_it_ends() {
        let mut child = support::spawn(&mut command(&["read", "-", "--format", "json"]));
        let mut input = child.stdin.take().expect("stdin");
        input.write_all(&many_connections(2)).expect("the program reads");
        input.flush().expect("the program reads");
        let (said, hear) = mpsc::channel();
        let output = child.stdout.take().expect("stdout");
        thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                drop(said.send(line));
            }
        });
        let first = hear.recv_timeout(LONGEST / 4);
        drop(input);
        let first: Value =
            serde_json::from_str(&first.expect("a line while the input is still open")).expect("JSON");
        assert_eq!(first["type"], "capture");
        assert_eq!(support::wait(&mut child), Some(0));
    }

    #[test]
    fn compressed_input_is_recognised_by_its_content() {
        let bytes = sample_bytes("refused.pcap.gz");
        let from_file = Scratch::new("compressed_input").file("refused.txt", &bytes);
        let connections = |run: &Run| {
            let lines = run.json_lines().expect("JSON lines");
            lines.iter().filter(|line| line["type"] == "connection").count()
        };
        assert_eq!(connections(&read_json(&from_file)), 3);
        let piped = synscope(&["read", "-", "--format", "json"], &bytes);
        assert_eq!(connections(&piped), 3);
        assert_eq!(piped.json_lines().expect("JSON lines")[0]["compression"], "gzip");
    }

    #[test]
    fn equal_input_gives_equal_output() {
        for format in ["text", "json"] {
            let path = sample("websocket-chat.pcapng");
            let run = || synscope(&["read", &path, "--format", format], &[]).stdout;
            assert!(run() == run(), "{format}");
        }
    }
}

mod terminals {
    use super::*;

    fn hostile_capture() -> Vec<u8> {
        let pcap = handshake();
        let offsets = record_offsets(&pcap);
        let frames: Vec<Vec<u8>> =
            offsets.windows(2).map(|two| pcap[two[0] + PCAP_RECORD_HEADER..two[1]].to_vec()).collect();
        support::pcapng::capture(HOSTILE, HOSTILE, &frames)
    }

    #[test]
    fn names_and_comments_in_a_capture_never_reach_the_terminal_raw() {
        let run = synscope(&["read", "-"], &hostile_capture());
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        assert_harmless(&run.text(), "the picture");
        assert_harmless(&run.stderr, "stderr");
    }

    #[test]
    fn names_and_comments_in_a_capture_never_reach_json_raw() {
        let run = synscope(&["read", "-", "--format", "json"], &hostile_capture());
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        let escapes: Vec<u8> =
            run.stdout.iter().copied().filter(|byte| *byte < 0x20 && *byte != b'\n').collect();
        assert_eq!(escapes, [0; 0]);
        run.json_lines().expect("JSON lines");
    }

    #[cfg(unix)]
    #[test]
    fn a_file_name_that_is_not_utf_8_is_a_file_name_all_the_same() {
        use std::os::unix::ffi::OsStrExt;
        let scratch = Scratch::new("a_file_name_that_is_not_utf_8");
        let plain = scratch.file("plain.pcap", &handshake());
        let odd = std::path::Path::new(&plain).with_file_name(std::ffi::OsStr::from_bytes(b"odd\xff.pcap"));
        if std::fs::rename(&plain, &odd).is_err() {
            eprintln!("SKIPPED: this file system takes no such name");
            return;
        }
        for arguments in [["read", "--quiet"].as_slice(), &["frame", "--fields"]] {
            let mut command = command(arguments);
            command.arg(&odd);
            if arguments.first() == Some(&"frame") {
                command.arg("1");
            }
            let run = finish(&mut command, &[]);
            assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "{arguments:?}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_file_name_never_reaches_the_terminal_raw() {
        let path = Scratch::new("a_file_name_never_reaches_the_terminal_raw").file(HOSTILE, &handshake());
        let run = synscope(&["read", &path], &[]);
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        assert_harmless(&run.text(), "the picture");
        let missing = synscope(&["read", &(path + "-missing")], &[]);
        assert_eq!(missing.code, Some(2));
        assert_harmless(&missing.stderr, "the complaint");
    }

    #[test]
    fn what_was_typed_never_reaches_the_terminal_raw() {
        let run = synscope(&["read", &format!("--{HOSTILE}"), "x"], &[]);
        assert_eq!((run.code, run.stderr.lines().count()), (Some(2), 1), "{}", run.stderr);
        assert_harmless(&run.stderr, "the complaint");
    }

    #[test]
    fn the_interface_of_the_very_first_frame_is_named() {
        let run = synscope(&["frame", "-", "1"], &support::pcapng::capture("eth7", "", &[vec![0; 60]]));
        assert!(run.text().contains(" on eth7"), "{}", run.text());
    }

    #[test]
    fn a_comment_of_nothing_but_accents_is_shown_without_delay() {
        let comment = "\u{301}".repeat(30_000);
        let run = synscope(&["frame", "-", "1"], &support::pcapng::capture("", &comment, &[vec![0; 60]]));
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        assert!(run.text().contains("\\u{301}"), "a tower of accents covers other lines");
    }

    #[test]
    fn colours_follow_the_option_and_the_environment() {
        let path = sample("refused.pcap.gz");
        let coloured = |option: &str, no_color: &str| {
            let mut command = command(&["read", &path, "--color", option]);
            command.env("NO_COLOR", no_color);
            finish(&mut command, &[]).stdout.contains(&0x1b)
        };
        assert!(coloured("always", ""));
        assert!(coloured("always", "1"), "what was typed wins over the environment");
        assert!(!coloured("never", ""));
        assert!(!coloured("auto", ""), "a pipe is no terminal");
        assert!(!coloured("auto", "1"));
        assert!(!synscope(&["read", &path], &[]).stdout.contains(&0x1b));
    }

    #[test]
    fn no_row_is_wider_than_asked_for() {
        for width in ["80", "100", "160"] {
            let run =
                synscope(&["read", &sample("no-answer.pcapng"), "--color", "never", "--width", width], &[]);
            let longest = run.text().lines().map(|line| line.chars().count()).max();
            assert!(longest <= width.parse().ok(), "width {width}: a row has {longest:?} characters");
        }
    }

    #[test]
    fn ascii_means_ascii() {
        for name in SAMPLES {
            let run = synscope(&["read", &sample(name), "--ascii"], &[]);
            assert_eq!(run.code, Some(0), "{}", run.stderr);
            assert!(run.stdout.is_ascii(), "{name}:\n{}", run.text());
        }
    }
}

mod json_lines {
    use super::*;

    #[test]
    fn the_capture_comes_first_and_the_summary_last() {
        for name in SAMPLES {
            let run = read_json(&sample(name));
            let lines = run.json_lines().expect("JSON lines");
            let types: Vec<&str> = lines.iter().map(|line| line["type"].as_str().expect("a type")).collect();
            assert_eq!((types.first(), types.last()), (Some(&"capture"), Some(&"summary")), "{name}");
            let only_once = |kind: &str| types.iter().filter(|t| **t == kind).count() == 1;
            assert!(only_once("capture") && only_once("summary"), "{name}");
        }
    }

    #[test]
    fn every_line_begins_with_its_type() {
        for line in read_json(&sample("websocket-chat.pcapng")).text().lines() {
            assert!(line.starts_with("{\"type\":\""), "{line}");
        }
    }

    #[test]
    fn a_connection_is_told_once_and_counted_in_the_summary() {
        for name in SAMPLES {
            let lines = read_json(&sample(name)).json_lines().expect("JSON lines");
            let mut ids: Vec<u64> = lines
                .iter()
                .filter(|l| l["type"] == "connection")
                .map(|l| l["id"].as_u64().expect("an id"))
                .collect();
            ids.sort_unstable();
            let told = ids.len();
            ids.dedup();
            assert_eq!(ids.len(), told, "{name}");
            let outcomes = lines.last().expect("a summary")["connections"].clone();
            let counted: u64 =
                outcomes.as_object().expect("outcomes").values().filter_map(Value::as_u64).sum();
            assert_eq!(counted, u64::try_from(told).expect("a count"), "{name}: {outcomes}");
        }
    }

    #[test]
    fn times_are_utc_with_nanoseconds() {
        let run = synscope(&["read", "-", "--format", "json"], &handshake());
        let lines = run.json_lines().expect("JSON lines");
        let connection = lines.iter().find(|line| line["type"] == "connection").expect("a connection");
        assert_eq!(connection["first_time"], "2026-01-01T00:00:00.000000000Z");
        assert_eq!(connection["handshake"]["syn_ack"]["offset_ns"], 10_000_000);
        let summary = lines.last().expect("a summary");
        assert_eq!(summary["last_time"], "2026-01-01T00:00:00.020000000Z");
        assert_eq!((&summary["frames"], &summary["damaged"]), (&json!(3), &Value::Null));
    }

    #[test]
    fn with_several_files_every_line_says_which_file() {
        let (first, second) = (sample("refused.pcap.gz"), sample("reset-in-handshake.pcap"));
        let run = synscope(&["read", &first, &second, "--format", "json"], &[]);
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        let lines = run.json_lines().expect("JSON lines");
        assert!(lines.iter().all(|line| line["file"].is_string() || line["type"] == "summary"));
        let of = |file: &str| lines.iter().filter(|l| l["type"] == "connection" && l["file"] == file).count();
        assert_eq!((of(&first), of(&second)), (3, 3));
    }

    /// Rotated files: the first holds the SYN, the second the rest. Paths of both, the later one first.
    fn rotated(test: &str) -> [String; 2] {
        let (scratch, whole) = (Scratch::new(test), handshake());
        let after_syn = record_offsets(&whole)[1];
        let rest = [&whole[..PCAP_HEADER], &whole[after_syn..]].concat();
        [scratch.file("1.pcap", &rest), scratch.file("0.pcap", &whole[..after_syn])]
    }

    #[test]
    fn merged_files_are_one_capture_in_which_a_handshake_may_straddle_two() {
        let [later, earlier] = rotated("merged_files");
        let run = synscope(&["read", "--merge", &later, &earlier, "--format", "json"], &[]);
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        let lines = run.json_lines().expect("JSON lines");
        let types: Vec<_> = lines.iter().map(|line| line["type"].as_str().expect("a type")).collect();
        assert_eq!(types, ["capture", "connection", "summary"]);
        assert_eq!(lines[0]["file"], format!("{later}, {earlier}"));
        assert_eq!(lines[1]["handshake"]["outcome"], "established");
        assert_eq!(lines[1]["handshake"]["syn"]["frame"], 1);
        assert_eq!(lines[2]["frames"], 3);
        let apart = synscope(&["read", &later, &earlier, "--format", "json"], &[]);
        let lines = apart.json_lines().expect("JSON lines");
        let certainty: Vec<_> = lines
            .iter()
            .filter(|l| l["type"] == "connection")
            .map(|l| &l["handshake"]["certainty"])
            .collect();
        assert_eq!(certainty, ["inferred", "guessed"], "apart, each file holds half of it");
    }

    #[test]
    fn a_frame_of_several_files_is_counted_as_merged() {
        let [later, earlier] = rotated("a_frame_of_several_files");
        let of = |number: &str| synscope(&["frame", &later, &earlier, number], &[]);
        let (syn, answer) = (of("1").text(), of("2").text());
        assert!(syn.contains("SYN") && !syn.contains("SYN ACK"), "{syn}");
        assert!(answer.contains("SYN ACK"), "{answer}");
        assert!(of("4").stderr.contains("has no frame 4: it has 3"), "{}", of("4").stderr);
    }

    fn read_scenario(lines: &[&str], arguments: &[&str]) -> Vec<Value> {
        let capture =
            Conversation::parse(Ends::default(), lines).and_then(|c| c.capture()).expect("a capture");
        let run = synscope(&[&["read", "-", "--format", "json"], arguments].concat(), &capture);
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        run.json_lines().expect("JSON lines")
    }

    #[test]
    fn what_one_frame_makes_final_is_in_the_order_of_connections() {
        // Frame 17 completes an answer on the second connection, long after the first and the third have lingered.
        let lines = read_scenario(
            &[
                "C1 0.000 OPEN",
                "C1 0.010 CLOSE",
                "C2 1.000 OPEN",
                "C2 1.010 DATA http='GET / HTTP/1.1|Host: a.example'",
                "C3 2.000 OPEN",
                "C3 2.010 CLOSE",
                "S2 100.000 DATA http='HTTP/1.1 200 OK' body='hello'",
            ],
            &[],
        );
        let place = |line: &Value| (line["type"].clone(), line["id"].clone(), line["connection"].clone());
        let order: Vec<_> = lines.iter().map(place).collect();
        let connection = |id: u64| (json!("connection"), json!(id), Value::Null);
        let message = (json!("message"), Value::Null, json!(7));
        let bound = |kind: &str| (json!(kind), Value::Null, Value::Null);
        let expected = [
            bound("capture"),
            message.clone(),
            connection(1),
            message,
            connection(11),
            connection(7),
            bound("summary"),
        ];
        assert_eq!(order, expected);
    }

    #[test]
    fn without_messages_connections_say_the_same() {
        let conversation = ["C 0.000 OPEN", "C 0.010 DATA upgrade", "S 0.020 DATA accepted ws text 'hi'"];
        let with = read_scenario(&conversation, &[]);
        let without = read_scenario(&conversation, &["--messages", "none"]);
        assert_eq!(with.iter().filter(|line| line["type"] == "message").count(), 3);
        let others: Vec<_> = with.into_iter().filter(|line| line["type"] != "message").collect();
        assert_eq!(without, others);
    }

    #[test]
    fn no_line_names_a_member_twice() {
        for name in SAMPLES {
            for line in read_json(&sample(name)).text().lines() {
                serde_json::from_str::<support::unique::Unique>(line).expect(line);
            }
        }
    }

    #[test]
    fn every_line_is_as_the_schema_says() {
        let path = support::project_file("docs/synscope.schema.json");
        let schema = fs::read_to_string(path).expect("docs/synscope.schema.json is there");
        let schema: Value = serde_json::from_str(&schema).expect("the schema is JSON");
        let validator = jsonschema::validator_for(&schema).expect("the schema is a schema");
        let wrong = json!({"type": "connection", "id": "one"});
        assert!(!validator.is_valid(&wrong), "a schema that allows everything says nothing");
        for name in SAMPLES {
            for line in read_json(&sample(name)).json_lines().expect("JSON lines") {
                let faults: Vec<String> =
                    validator.iter_errors(&line).map(|e| format!("{}: {e}", e.instance_path())).collect();
                assert!(faults.is_empty(), "{name}: {line}\n{}", faults.join("\n"));
            }
        }
    }
}

#[test]
#[cfg(target_os = "linux")]
fn where_nothing_can_be_said_the_exit_code_still_tells() {
    // Every write to this device fails: for want of space.
    let full = || std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let missing = support::command(&["no-such-file.pcap"]).stderr(full()).status().unwrap();
    assert_eq!(missing.code(), Some(2));
    let unmatched =
        support::command(&["captures/refused.pcap.gz", "--port", "9"]).stderr(full()).output().unwrap();
    assert_eq!(unmatched.status.code(), Some(0));
}

//! What the README shows and promises is what the program does.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test ends at the first surprise")]

use std::process::Command;

const README: &str = include_str!("../README.md");

/// The text between the first pair of fences that opens with this line.
fn block(fence: &str) -> &'static str {
    let (_, rest) = README.split_once(fence).expect("the README has such a block");
    rest.split_once("\n```").expect("the block ends").0.trim_start_matches('\n')
}

fn output(arguments: &[&str]) -> String {
    let done = Command::new(env!("CARGO_BIN_EXE_synscope")).args(arguments).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).unwrap()
}

#[test]
fn the_picture_is_what_the_program_draws() {
    let (command, picture) = block("```text").split_once('\n').unwrap();
    let arguments: Vec<_> = command.trim_start_matches("$ synscope ").split(' ').collect();
    let drawn = output(&arguments);
    let expected: Vec<_> = drawn.trim_end().lines().map(str::trim_end).collect();
    let shown: Vec<_> = picture.trim_end().lines().map(str::trim_end).collect();
    assert_eq!(shown, expected, "\nthe README should show:\n{drawn}");
}

#[test]
fn the_table_is_what_the_program_draws() {
    let (_, rest) = README.split_once("(from `captures/upgrade-rejected.pcapng`):\n\n```text\n").unwrap();
    let (table, _) = rest.split_once("\n```").unwrap();
    let drawn = output(&["captures/upgrade-rejected.pcapng", "--width", "100"]);
    assert!(drawn.contains(table), "\nthe README should show:\n{drawn}");
}

#[test]
fn the_finding_is_what_the_program_says() {
    let (_, rest) = README.split_once("(from `captures/syn-flood.pcapng`):\n\n```text\n").unwrap();
    let (finding, _) = rest.split_once("\n```").unwrap();
    let drawn = output(&["captures/syn-flood.pcapng", "--width", "100"]);
    assert!(drawn.contains(finding), "\nthe README should show:\n{drawn}");
}

#[test]
fn the_first_command_reads_a_bundled_capture() {
    let line = block("```sh").lines().find(|line| line.starts_with("cargo run")).unwrap();
    let capture = line.split_whitespace().skip_while(|word| *word != "--").nth(1).unwrap();
    assert!(output(&[capture]).contains("established"));
}

#[test]
fn every_page_that_the_readme_links_to_is_there() {
    let links = README.split("](").skip(1).filter_map(|rest| rest.split([')', '#']).next());
    for link in links.filter(|link| !link.is_empty() && !link.starts_with("http")) {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(link);
        assert!(path.exists(), "README.md links to {link}, which is not there");
    }
}

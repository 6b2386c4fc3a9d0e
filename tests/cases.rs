//! Holds `docs/cases.md` against the scenarios: each case names files that exist, and every case is there.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

use std::fs;
use std::path::Path;

const CASES: u8 = 37;

/// Number and scenarios of each row of the table.
fn rows() -> Vec<(String, Vec<String>)> {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/cases.md")).unwrap();
    let rows = page.lines().filter_map(|line| line.strip_prefix("| ")).skip(1);
    rows.map(|row| {
        let cells: Vec<&str> = row.split(" | ").collect();
        let names = cells[2].split(", ").map(|name| name.trim_matches('`').to_owned());
        (cells[0].to_owned(), names.collect())
    })
    .collect()
}

#[test]
fn every_case_has_scenarios_that_exist_and_name_their_source() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios");
    for (case, names) in rows() {
        assert!(!names.is_empty(), "case {case}");
        for name in names {
            let text = fs::read_to_string(folder.join(&name).with_extension("toml"));
            let text = text.unwrap_or_else(|e| panic!("case {case}: {name}: {e}"));
            assert!(text.contains("\nsource = \"RFC "), "case {case}: {name} says where it is written");
        }
    }
}

#[test]
fn every_case_is_on_the_page_in_its_order() {
    let numbers: Vec<u8> = rows().iter().filter_map(|(case, _)| case.parse().ok()).collect();
    assert_eq!(numbers, (1..=CASES).collect::<Vec<_>>());
}

//! Conversations written down in `tests/scenarios/*.toml`, each with what the program should find in it.
//!
//! A file says `about` (one sentence), `source` (where it is written that it should be so), `conversation` (lines as described
//! in `tests/scenario/mod.rs`), maybe `[ends]` (`C = "192.0.2.1:40000"`), and a `[[connection]]` for each connection
//! there should be, by id: any subset of its JSON line. `messages` lists every message there should be, in order
//! (`client http1 request GET /`, or a subset of its JSON line). `picture` lists words that `synscope read` should say, `states` what both ends
//! are in after each frame that is drawn: frame, client, server, `-` where none is known. `[[twin]]` makes a
//! conversation that is nearly the same and must not raise a rule that this one does: see `tests/quiet.rs`.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

mod scenario;
mod support;

use std::collections::BTreeMap;
use std::fs;
use std::sync::LazyLock;

use jsonschema::Validator;
use serde::Deserialize;
use serde_json::Value;

use scenario::expectation::check_messages;
use scenario::{Conversation, Ends, check_connections, connections};
use support::in_process;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Scenario {
    about: String,
    source: String,
    conversation: Vec<String>,
    #[serde(default)]
    ends: BTreeMap<String, String>,
    #[serde(default)]
    connection: Vec<Value>,
    messages: Option<Vec<Value>>,
    #[serde(default)]
    picture: Vec<String>,
    states: Option<Vec<String>>,
    /// For `tests/quiet.rs`.
    #[serde(default, rename = "twin")]
    _twins: Vec<Value>,
}

impl Scenario {
    fn read(name: &str) -> Result<Self, String> {
        let path = support::project_file("tests/scenarios").join(name).with_extension("toml");
        let text = fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
        toml::from_str(&text).map_err(|e| format!("{name}: {e}"))
    }

    fn conversation(&self) -> Result<Conversation, String> {
        let ends = self.ends.iter().map(|(name, address)| (name.as_str(), address.as_str()));
        Conversation::parse(Ends::parse(ends)?, &self.conversation)
    }

    fn differences(&self) -> Result<Vec<String>, String> {
        let conversation = self.conversation()?;
        let lines = conversation.json_lines()?;
        let mut wrong: Vec<String> = lines.iter().flat_map(faults).collect();
        if let Some(messages) = &self.messages {
            let found: Vec<Value> = lines.iter().filter(|line| line["type"] == "message").cloned().collect();
            wrong.extend(check_messages(messages, &found));
        }
        wrong.splice(0..0, check_connections(&self.connection, &connections(lines)));
        if let Some(expected) = &self.states {
            let found = in_process::states(conversation.capture()?);
            if *expected != found {
                wrong.push(format!("expected states {expected:#?}, got {found:#?}"));
            }
        }
        if !self.picture.is_empty() {
            let picture = conversation.picture()?;
            let missing = self.picture.iter().filter(|words| !picture.contains(words.as_str()));
            wrong.extend(missing.map(|words| format!("the picture does not say `{words}`:\n{picture}")));
        }
        Ok(wrong)
    }
}

/// Where a line is not as the schema says.
fn faults(line: &Value) -> Vec<String> {
    static SCHEMA: LazyLock<Validator> = LazyLock::new(|| {
        let schema = fs::read_to_string(support::project_file("docs/synscope.schema.json")).unwrap();
        jsonschema::validator_for(&serde_json::from_str(&schema).unwrap()).unwrap()
    });
    SCHEMA.iter_errors(line).map(|error| format!("not as the schema says: {error}")).collect()
}

fn play(name: &str) {
    let scenario = Scenario::read(name).expect("the scenario can be read");
    let wrong = scenario.differences().expect("synscope reads the conversation");
    assert!(wrong.is_empty(), "{} ({})\n  {}\n", scenario.about, scenario.source, wrong.join("\n  "));
}

/// One test for each file, so that each can be run alone and is counted.
macro_rules! scenarios {
    ($($name:ident)*) => {
        const NAMES: &[&str] = &[$(stringify!($name)),*];
        $(#[test] fn $name() { play(stringify!($name)); })*
    };
}

scenarios! {
    syn_retries_of_older_linux
    syn_ack_retries_of_linux
    syn_ack_called_for_again
    syn_sent_again_with_fewer_options
    syn_sent_again_without_fast_open
    mss_clamped_between_two_taps
    time_to_live_jumps
    rst_from_another_distance
    rst_that_its_sender_knows_nothing_of
    rsts_that_guess_at_the_number
    the_same_number_again
    number_zero
    syn_cookies
    mtu_black_hole
    icmp_about_size_ignored
    path_mtu_lowered
    path_mtu_lowered_over_ipv6
    timestamps_not_agreed_on
    timestamps_left_out
    selective_acknowledgment_not_permitted
    same_addresses_in_two_vlans
    same_addresses_in_two_vxlans
    same_addresses_in_two_vlans_without_an_answer
    one_direction_tagged
    one_direction_tagged_of_two
    one_direction_tagged_ports_used_again
    one_direction_tagged_after_the_beginning
    refused_from_outside_of_the_tunnel
    every_tunnel
    basic_handshake
    basic_handshake_over_ipv6
    ack_with_data
    final_ack_not_captured
    syn_with_data_ignored
    fast_open_accepted
    fast_open_cookie_given
    wrong_acknowledgment_is_reset
    refused
    foreign_rst_is_ignored
    no_answer
    icmp_host_unreachable
    icmpv6_port_unreachable
    syn_retry_then_answer
    syn_retry_with_another_number
    syn_ack_sent_again
    second_syn_ack_with_another_number
    simultaneous_open
    half_open
    rst_outside_the_window
    data_after_a_rst
    syn_ack_without_syn
    syn_ack_without_syn_is_reset
    abandoned_by_rst
    abandoned_by_fin
    syn_scan
    reset_by_server_in_handshake
    stealth_scans
    one_direction_only
    one_direction_only_with_data
    capture_ends_too_early
    recorded_out_of_order
    window_scale_only_in_syn
    window_scale_too_large
    no_options
    options_cut_by_the_snap_length
    options_declined
    ecn_granted
    numbers_wrap_around
    number_in_a_field_without_its_bit
    syn_ack_with_zero_window
    recorded_twice
    recorded_on_both_sides_of_a_router
    analysis_sack_retransmission
    analysis_gap_filled
    analysis_window_probe
    multipath_signals
    segment_larger_than_mss_with_bad_checksum
    padding_is_not_data
    cut_by_the_snap_length
    ports_used_again
    half_closed
    stale_syn_is_challenged
    ack_of_a_number_never_sent
    ack_with_the_number_of_the_syn
    fin_not_acknowledged
    fin_sent_again
    syn_ack_asked_for_again
    fin_then_reset
    refused_then_accepted
    refused_three_times
    old_connection_at_one_end
    old_fin_meets_a_new_syn
    foreign_rst_in_handshake
    wrong_ack_is_reset_then_right_one
    abandoned_before_a_late_syn_ack
    ports_used_again_one_direction_only
    ports_used_again_answers_only
    ports_used_again_syn_not_captured
    ports_used_again_syn_ack_not_captured
    simultaneous_open_with_plain_acks
    split_handshake
    simultaneous_open_after_a_wrap
    answers_before_their_questions
    handshake_recorded_twice_interleaved
    syn_retry_with_fewer_options
    half_open_then_the_ports_again
    client_resets_what_it_established
    data_out_of_order
    fast_open_requested
    fast_open_experimental
    fast_open_accepted_partly
    fast_open_ignored
    fast_open_accepted_later
    icmp_port_unreachable_from_the_host
    icmp_soft_error_then_answer
    icmp_soft_error_then_a_hard_one
    icmp_error_about_a_later_segment
    server_still_waits
    server_goes_on_after_it_waited
    second_syn_ack_is_the_one_taken
    connected_to_itself
    half_open_discovery
    data_into_a_dead_peer
    ack_and_maimon_scans
    rst_in_the_window_is_challenged
    rst_in_the_window_is_taken
    isn_used_again
    time_wait_refuses_the_reuse
    backscatter
    one_direction_only_both_closed
    one_direction_only_the_other_closed_first
    one_direction_only_single_octets
    keep_alive
    syn_ack_with_a_smaller_mss
    frames_dropped_soften_silence
    no_frames_dropped
    rst_behind_a_hole
    accurate_ecn_granted
    ecn_mirrored
    ecn_not_asked_again
    multipath_join
    multipath_not_granted
    simultaneous_close
    midstream
    zeek_words
    self_connect
    http_head_malformed
    http_head_not_captured
    http_head_loose
    http_head_too_long
    http_head_incomplete
    http_length_conflicting
    http_length_invalid
    http_length_and_chunked
    http_coding_not_chunked
    http_chunked_in_1_0
    http_chunks_broken
    http_body_cut_off
    http_response_without_request
    http_request_without_response
    http_switched_elsewhere
    http_body_coding_unknown
    proxy_line
    proxy_header_broken
    data_of_a_rst
    stream_bytes_not_captured
    fragments_in_any_order
    fragments_over_ipv6
    fragments_that_contradict
    fragment_missing
    fragments_completed_late
    stream_bytes_lost
    stream_bytes_cut_off
    stream_gap_given_up
    stream_overlap_conflict
    stream_bytes_before_the_beginning
    stream_bytes_after_a_fin
    stream_bytes_out_of_range
    websocket_client_frame_not_masked
    websocket_server_frame_masked
    websocket_reserved_bit_set
    websocket_reserved_opcode
    websocket_control_frame_too_long
    websocket_control_frame_fragmented
    websocket_continuation_without_start
    websocket_message_interrupted
    websocket_length_not_minimal
    websocket_length_too_large
    websocket_masking_key_repeated
    websocket_masking_key_zero
    websocket_text_not_utf8
    websocket_two_equal_pings_have_two_pongs
    websocket_who_ended_tcp_is_not_sure_behind_a_hole
    websocket_a_lost_pong_is_not_missing
    websocket_a_lost_ping_may_be_answered
    websocket_a_lost_close_frame_is_not_missing
    websocket_text_cut_inside_a_character
    websocket_close_body_of_one_byte
    websocket_close_code_illegal
    websocket_close_reason_not_utf8
    websocket_frame_after_close
    websocket_pong_unasked
    websocket_ping_not_answered
    websocket_closed_at_once
    websocket_closed_without_close_frame
    websocket_client_closed_tcp_first
    websocket_message_incomplete
    websocket_message_unfinished
    websocket_deflate_context_lost
    websocket_deflate_broken
    websocket_deflated
    upgrade_accepted
    http_body_coding_broken
    http_body_coding_cut
    http_body_codings_too_many
    http_body_window_too_large
    websocket_text_not_kept
    upgrade_not_get
    upgrade_over_http_1_0
    upgrade_without_host
    upgrade_header_missing
    upgrade_connection_missing
    upgrade_key_malformed
    upgrade_version_unknown
    upgrade_extension_offer_malformed
    upgrade_rejected
    upgrade_answer_upgrade_missing
    upgrade_answer_connection_missing
    upgrade_accept_missing
    upgrade_accept_wrong
    upgrade_subprotocol_not_offered
    upgrade_extension_not_offered
    upgrade_extension_parameters_wrong
    frames_behind_a_101_whose_request_was_lost
    frames_of_both_sides_behind_a_lost_101
    two_requests_without_answers_stand_on_their_frames
    a_request_that_the_server_never_answered
    answers_behind_a_lost_one_have_requests
    analysis_fast_retransmission
    analysis_few_remarks
    analysis_forged_numbers
    analysis_keep_alive
    analysis_out_of_order
    analysis_ports_used_again
    analysis_retransmission
    analysis_spurious_retransmission
    analysis_unseen_acknowledged
    analysis_zero_window
    data_came_back_that_fits_no_captured_segment
    fin_longer_than_declared
    one_direction_only_closed_behind_missing_data
    overtaken_or_sent_again_behind_a_bare_ack
    rst_after_a_stray_syn
    rst_behind_a_hole_of_half_the_numbers
    server_acknowledges_without_its_syn_ack
    server_speaks_without_its_syn_ack
    simultaneous_open_answered_one_after_the_other
    syn_ack_again_that_crossed_the_acknowledgment
    syn_data_taken_final_ack_not_captured
    the_other_end_opens_after_a_vain_attempt
}

#[test]
fn every_scenario_file_is_played_and_says_what_it_is_about() {
    let folder = fs::read_dir(support::project_file("tests/scenarios")).unwrap();
    let mut files: Vec<String> = folder
        .map(|entry| entry.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned())
        .collect();
    files.sort();
    let mut names: Vec<&str> = NAMES.to_vec();
    names.sort_unstable();
    assert_eq!(files, names, "files in tests/scenarios against the list in tests/scenarios.rs");
    for name in names {
        let scenario = Scenario::read(name).unwrap();
        assert!(scenario.about.ends_with('.') && scenario.source.contains("RFC "), "{name}");
        assert!(scenario.conversation().unwrap().capture().is_ok(), "{name}");
    }
}

#[test]
fn a_difference_is_named_by_its_path() {
    let expected: Value = serde_json::json!({"handshake": {"outcome": "refused", "syn_count": 1}});
    let found: Value = serde_json::json!({"handshake": {"outcome": "reset", "syn_count": 1}, "id": 1});
    let wrong = scenario::expectation::differences(&expected, &found);
    assert_eq!(wrong, [r#"handshake.outcome: expected "refused", got "reset""#]);
}

#[test]
fn a_rule_that_should_not_have_fired_is_a_difference() {
    let expected = [serde_json::json!({"rules": ["syn-sent-again@2"], "only_rules": true})];
    let annotation = |rule, frame| serde_json::json!({"rule": rule, "frame": frame});
    let right = serde_json::json!({"annotations": [annotation("syn-sent-again", 2)]});
    let more =
        serde_json::json!({"annotations": [annotation("syn-sent-again", 2), annotation("rst-ignored", 3)]});
    let elsewhere = serde_json::json!({"annotations": [annotation("syn-sent-again", 3)]});
    assert_eq!(check_connections(&expected, &[right]), [""; 0]);
    assert_eq!(check_connections(&expected, &[more]), ["annotations: rst-ignored@3 was not expected"]);
    assert_eq!(check_connections(&expected, &[elsewhere]).len(), 2);
}

#[test]
fn a_word_that_cannot_be_read_is_named() {
    let wrong = |line: &str| Conversation::parse(Ends::default(), &[line]).err().unwrap();
    assert_eq!(wrong("C 0.0 SYN sek=1"), "`C 0.0 SYN sek=1`: `sek=1` is not a word that a segment knows");
    assert_eq!(wrong("X 0.0 SYN"), "`X 0.0 SYN`: `X` is neither C nor S");
    assert_eq!(wrong("C 0.0 SIN"), "`C 0.0 SIN`: `SIN` is not a control bit");
    assert_eq!(wrong("C now SYN"), "`C now SYN`: `now` is not a time such as 0.010");
}

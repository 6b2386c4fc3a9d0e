//! What a connection carried above TCP: the part of its line that layers 5 to 7 fill.

use serde::Serialize;

use crate::app::{Check, Closing};
use crate::base::Side;
use crate::render::json::message::known;
use crate::timeline::{Dialogue, Missing, PlacedUpgrade};

#[derive(Serialize)]
pub(super) struct UpgradeValue<'a> {
    stream: Option<u32>,
    request_frame: Option<u64>,
    response_frame: Option<u64>,
    status: Option<u16>,
    target: &'a str,
    host: Option<&'a str>,
    key: Option<&'a str>,
    accept: Option<&'a str>,
    accept_valid: Option<bool>,
    subprotocol: Option<&'a str>,
    extensions: Option<&'a str>,
    outcome: &'static str,
    reason: Option<&'a str>,
    checks: Vec<CheckValue>,
}

#[derive(Serialize)]
pub(super) struct CheckValue {
    of: &'static str,
    what: &'static str,
    holds: bool,
    source: &'static str,
}

#[derive(Serialize)]
pub(super) struct ClosingValue<'a> {
    first: Option<&'static str>,
    code: Option<u16>,
    answered: bool,
    tcp_ended_by: Option<&'static str>,
    client_sees: Option<u16>,
    server_sees: Option<u16>,
    verdict: &'a str,
}

#[derive(Serialize)]
pub(super) struct DialogueValue {
    client_messages: u64,
    server_messages: u64,
    unasked: u64,
}

#[derive(Serialize)]
pub(super) struct MissingValue {
    client_bytes: u64,
    server_bytes: u64,
}

impl<'a> UpgradeValue<'a> {
    pub(super) fn new(placed: &'a PlacedUpgrade) -> Self {
        let upgrade = &placed.upgrade;
        Self {
            stream: upgrade.stream,
            request_frame: placed.request_frame.and_then(known),
            response_frame: placed.response_frame.and_then(known),
            status: upgrade.status,
            target: &upgrade.target,
            host: upgrade.host.as_deref(),
            key: upgrade.key.as_deref(),
            accept: upgrade.accept.as_deref(),
            accept_valid: upgrade.accept_valid,
            subprotocol: upgrade.subprotocol.as_deref(),
            extensions: upgrade.extensions.as_deref(),
            outcome: upgrade.outcome.name(),
            reason: upgrade.reason.as_deref(),
            checks: upgrade.checks.iter().map(CheckValue::new).collect(),
        }
    }
}

impl CheckValue {
    fn new(check: &Check) -> Self {
        Self { of: check.of.name(), what: check.what, holds: check.holds, source: check.source }
    }
}

impl<'a> ClosingValue<'a> {
    pub(super) fn new(closing: &'a Closing) -> Self {
        Self {
            first: closing.first.map(Side::name),
            code: closing.code,
            answered: closing.answered,
            tcp_ended_by: closing.tcp_ended_by.map(Side::name),
            client_sees: closing.client_sees,
            server_sees: closing.server_sees,
            verdict: &closing.verdict,
        }
    }
}

impl MissingValue {
    pub(super) fn new(missing: Missing) -> Self {
        Self { client_bytes: missing.client, server_bytes: missing.server }
    }
}

impl DialogueValue {
    pub(super) fn new(dialogue: &Dialogue) -> Self {
        Self {
            client_messages: dialogue.client_messages,
            server_messages: dialogue.server_messages,
            unasked: dialogue.unasked,
        }
    }
}

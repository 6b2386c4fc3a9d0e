//! The last line: the totals.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::render::json::capture::LinkTypeValue;

use crate::timeline::Summary;

#[derive(Serialize)]
pub(super) struct SummaryLine<'a> {
    r#type: &'static str,
    file: Option<String>,
    frames: u64,
    captured_bytes: u64,
    wire_bytes: u64,
    first_time: Option<String>,
    last_time: Option<String>,
    link_types: Vec<LinkTypeValue>,
    /// By outcome; those that did not occur are left out.
    connections: Map<String, Value>,
    cut_frames: u64,
    undecoded_frames: u64,
    headers_cut: u64,
    drops: Option<DropsValue>,
    evicted: u64,
    damaged: Option<DamageValue<'a>>,
    notes: &'a [String],
}

#[derive(Serialize)]
struct DropsValue {
    by_system: u64,
    by_interface: u64,
}

#[derive(Serialize)]
struct DamageValue<'a> {
    offset: u64,
    reason: &'a str,
}

impl<'a> SummaryLine<'a> {
    pub(super) fn new(summary: &'a Summary, file: Option<String>) -> Self {
        Self {
            r#type: "summary",
            file,
            frames: summary.frames,
            captured_bytes: summary.captured_bytes,
            wire_bytes: summary.wire_bytes,
            first_time: summary.first_time.map(|time| time.to_string()),
            last_time: summary.last_time.map(|time| time.to_string()),
            link_types: LinkTypeValue::list(&summary.link_types),
            connections: summary
                .outcomes()
                .map(|(outcome, n)| (outcome.name().to_owned(), n.into()))
                .collect(),
            cut_frames: summary.cut_frames,
            undecoded_frames: summary.undecoded_frames,
            headers_cut: summary.headers_cut,
            drops: summary.drops.map(|d| DropsValue { by_system: d.by_system, by_interface: d.by_interface }),
            evicted: summary.evicted,
            damaged: summary.damage.as_ref().map(|d| DamageValue { offset: d.offset, reason: &d.reason }),
            notes: &summary.notes,
        }
    }
}

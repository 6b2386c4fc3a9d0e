//! The traffic class octet: differentiated services (RFC 2474) and congestion notification (RFC 3168).

use crate::explain::FieldWriter;

/// Explains the octet at `place` (with two bytes where it crosses a byte border) whose first bit is `first`.
pub(super) fn explain(fields: &mut FieldWriter<'_>, place: (u32, u32), first: u32) {
    fields.cite("RFC 2474 §3");
    fields.bits("differentiated services code point", place, (first, 6), |v| format!("{v} ({})", dscp(v)));
    fields.cite("RFC 3168 §5");
    fields.bits("explicit congestion notification", place, (first + 6, 2), |v| format!("{v} ({})", ecn(v)));
}

/// What an ECN field says (RFC 3168 §5).
fn ecn(bits: u64) -> &'static str {
    match bits {
        0 => "not ECN-capable: congestion shows as loss",
        1 => "ECN-capable, ECT(1)",
        2 => "ECN-capable, ECT(0)",
        _ => "congestion experienced: a router on the way was congested",
    }
}

/// Name of a code point (IANA DSCP registry).
fn dscp(code: u64) -> &'static str {
    match code {
        0 => "CS0, best effort",
        1 => "LE, lower effort",
        8 => "CS1",
        10 => "AF11",
        12 => "AF12",
        14 => "AF13",
        16 => "CS2",
        18 => "AF21",
        20 => "AF22",
        22 => "AF23",
        24 => "CS3",
        26 => "AF31",
        28 => "AF32",
        30 => "AF33",
        32 => "CS4",
        34 => "AF41",
        36 => "AF42",
        38 => "AF43",
        40 => "CS5",
        44 => "VOICE-ADMIT",
        45 => "NQB",
        46 => "EF, expedited forwarding",
        48 => "CS6, network control",
        56 => "CS7",
        _ => "no standard name",
    }
}

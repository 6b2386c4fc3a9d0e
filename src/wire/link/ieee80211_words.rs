//! Names of 802.11's frame types, addresses and policies (IEEE 802.11 §9.2.4).

/// A type of frame (table 9-1).
pub(super) fn kind(number: u64) -> &'static str {
    match number {
        0 => "management",
        1 => "control",
        2 => "data",
        _ => "extension",
    }
}

/// A subtype of a type of frame (table 9-1).
pub(super) fn subtype(kind: u8, number: u64) -> &'static str {
    match kind {
        0 => management(number),
        1 => control(number),
        2 => data(number),
        _ if number == 0 => "DMG beacon",
        _ if number == 1 => "S1G beacon",
        _ => "extension",
    }
}

fn management(number: u64) -> &'static str {
    match number {
        0 => "association request",
        1 => "association response",
        2 => "reassociation request",
        3 => "reassociation response",
        4 => "probe request",
        5 => "probe response",
        6 => "timing advertisement",
        8 => "beacon",
        9 => "announcement of traffic (ATIM)",
        10 => "disassociation",
        11 => "authentication",
        12 => "deauthentication",
        13 => "action",
        14 => "action without acknowledgment",
        _ => "management, reserved",
    }
}

fn control(number: u64) -> &'static str {
    match number {
        2 => "trigger",
        3 => "TACK",
        4 => "beamforming report poll",
        5 => "null data packet announcement",
        6 => "control frame extension",
        7 => "control wrapper",
        8 => "block acknowledgment request",
        9 => "block acknowledgment",
        10 => "power-save poll",
        11 => "request to send (RTS)",
        12 => "clear to send (CTS)",
        13 => "acknowledgment",
        14 => "end of contention-free period",
        15 => "end of contention-free period, acknowledgment",
        _ => "control, reserved",
    }
}

fn data(number: u64) -> &'static str {
    match number {
        0 => "data",
        1 => "data with CF-Ack",
        2 => "data with CF-Poll",
        3 => "data with CF-Ack and CF-Poll",
        4 => "null: no data",
        5 => "CF-Ack without data",
        6 => "CF-Poll without data",
        7 => "CF-Ack and CF-Poll without data",
        8 => "QoS data",
        9 => "QoS data with CF-Ack",
        10 => "QoS data with CF-Poll",
        11 => "QoS data with CF-Ack and CF-Poll",
        12 => "QoS null: no data",
        14 => "QoS CF-Poll without data",
        15 => "QoS CF-Ack and CF-Poll without data",
        _ => "data, reserved",
    }
}

/// Names of the first three addresses, by whether it is a data frame, and its `to DS` and `from DS` bits (table 9-30).
pub(super) fn addresses(data: bool, (to, from): (bool, bool)) -> (&'static str, &'static str, &'static str) {
    match (data, to, from) {
        (true, false, false) => ("destination address", "source address", "BSSID"),
        (true, false, true) => ("destination address", "BSSID", "source address"),
        (true, true, false) => ("BSSID", "source address", "destination address"),
        (true, true, true) => ("receiver address", "transmitter address", "destination address"),
        (false, ..) => ("receiver address", "transmitter address", "BSSID"),
    }
}

/// The field behind frame control (§9.2.4.2).
pub(super) fn duration(value: u64) -> String {
    match value {
        0..0x8000 => format!("{value} µs reserved for this exchange"),
        0xc000.. => format!("association identifier {}", value & 0x3fff),
        _ => format!("{value}: of a contention-free period"),
    }
}

/// How the frame is to be acknowledged (§9.2.4.5.4).
pub(super) fn ack_policy(code: u64) -> &'static str {
    match code {
        0 => "acknowledged as usual",
        1 => "not acknowledged",
        2 => "no explicit acknowledgment",
        _ => "block acknowledgment",
    }
}

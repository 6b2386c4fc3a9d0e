//! What a file is, told by its first bytes and never by its name.

use super::compression::Compression;
use super::{erf, pcap};

/// What the first bytes of a file announce.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content {
    /// A pcap file.
    Pcap(pcap::Layout),
    /// A pcapng file.
    Pcapng,
    /// A snoop file.
    Snoop,
    /// A file of Microsoft Network Monitor 1 or 2.
    NetworkMonitor,
    /// A file of `NetXray` or the Windows Sniffer.
    WindowsSniffer,
    /// Records of Endace's format.
    Erf,
    /// A compressed stream.
    Compressed(Compression),
    /// Something else, described as an `Error::NotACapture` wants it.
    Other(&'static str),
}

/// Bytes that are worth waiting for before asking what a file is.
pub(super) const ENOUGH: usize = 12;

/// Bytes that are worth waiting for where the first ones announce nothing, for formats without a magic number.
pub(super) const ENOUGH_WITHOUT_MAGIC: usize = 4096;

/// What `start`, the first bytes of a file, announces; more than [`ENOUGH`] bytes give a better name for what is no capture.
pub(super) fn recognise(start: &[u8]) -> Content {
    let Some(magic) = start.first_chunk::<4>() else {
        return Content::Other(if start.is_empty() { "it is empty" } else { describe(start) });
    };
    if let Some(layout) = pcap::Layout::of_magic(*magic) {
        return Content::Pcap(layout);
    }
    match magic {
        [0x0a, 0x0d, 0x0d, 0x0a] => section_header(start),
        b"snoo" if start.starts_with(b"snoop\0\0\0") => Content::Snoop,
        b"RTSS" | b"GMBU" => Content::NetworkMonitor,
        b"XCP\0" => Content::WindowsSniffer,
        [0x1f, 0x8b, _, _] => Content::Compressed(Compression::Gzip),
        // A skippable frame says nothing on what follows; both formats have them, and `pzstd` begins with one.
        [0x28, 0xb5, 0x2f, 0xfd] | [0x50..=0x5f, 0x2a, 0x4d, 0x18] => Content::Compressed(Compression::Zstd),
        [0x04, 0x22, 0x4d, 0x18] => Content::Compressed(Compression::Lz4),
        _ if erf::looks_like(start) => Content::Erf,
        _ => Content::Other(describe(start)),
    }
}

fn section_header(start: &[u8]) -> Content {
    match start.get(8..12) {
        None | Some([0x1a, 0x2b, 0x3c, 0x4d] | [0x4d, 0x3c, 0x2b, 0x1a]) => Content::Pcapng,
        Some(_) => Content::Other("it begins like pcapng, but its byte-order magic is wrong"),
    }
}

/// Magic numbers that libpcap lists as taken by others, who never published what they mean.
const ODD_PCAP: &str = "it is a variant of pcap whose layout was never published";

/// First bytes of files that people mistake for captures, and what to say of them.
const KNOWN: &[(&[u8], &str)] = &[
    (b"\xa1\xb2\x34\xcd", ODD_PCAP),
    (b"\xcd\x34\xb2\xa1", ODD_PCAP),
    (b"\xa1\x2b\x3c\x4d", ODD_PCAP),
    (b"\x4d\x3c\x2b\xa1", ODD_PCAP),
    (b"TRSNIFF data", "it is a Sniffer file, which Wireshark's `editcap` can turn into pcapng"),
    (b"iptrace ", "it is an AIX iptrace file, which Wireshark's `editcap` can turn into pcapng"),
    (b"btsnoop\0", "it is a Bluetooth btsnoop file, which holds no network frames"),
    (b"PK\x03\x04", "it is a zip archive; unpack it first"),
    (b"7z\xbc\xaf\x27\x1c", "it is a 7z archive; unpack it first"),
    (b"Rar!", "it is a rar archive; unpack it first"),
    (b"\xfd7zXZ\0", "it is compressed with xz; decompress it first (`xz -dc FILE | synscope -`)"),
    (b"BZh", "it is compressed with bzip2; decompress it first (`bzip2 -dc FILE | synscope -`)"),
    (
        b"\x02\x21\x4c\x18",
        "it is compressed in LZ4's legacy format; decompress it first (`lz4 -dc FILE | synscope -`)",
    ),
    (b"\x1f\x9d", "it is compressed with `compress`; decompress it first"),
    (b"\x7fELF", "it is a program"),
    (b"MZ", "it is a Windows program"),
    (b"%PDF", "it is a PDF document"),
    (b"\x89PNG", "it is a PNG picture"),
    (b"SQLite format 3\0", "it is an SQLite database"),
    (b"PAR1", "it is a Parquet table"),
    (b"CLIENT_RANDOM ", "it is a TLS key log"),
    (b"CLIENT_HANDSHAKE_TRAFFIC_SECRET ", "it is a TLS key log"),
    (b"SERVER_HANDSHAKE_TRAFFIC_SECRET ", "it is a TLS key log"),
];

fn describe(start: &[u8]) -> &'static str {
    if let Some((_, what)) = KNOWN.iter().find(|(magic, _)| start.starts_with(magic)) {
        return what;
    }
    if start.get(257..262) == Some(b"ustar") {
        return "it is a tar archive; unpack it first";
    }
    if start.iter().all(|byte| *byte == 0) {
        return "it begins with nothing but zero bytes";
    }
    if looks_like_text(start) {
        return describe_text(start);
    }
    "its first bytes are those of no format that synscope knows"
}

fn looks_like_text(start: &[u8]) -> bool {
    let sample = start.get(..512).unwrap_or(start);
    let whole = match std::str::from_utf8(sample) {
        Ok(_) => true,
        // A character that the sample cuts in two.
        Err(error) => error.error_len().is_none(),
    };
    whole && !sample.iter().any(|byte| *byte < 0x20 && !b"\t\n\r\x0c\x1b".contains(byte))
}

fn describe_text(start: &[u8]) -> &'static str {
    match start.trim_ascii_start().first() {
        Some(b'{' | b'[') => "it looks like JSON",
        Some(b'<') => "it looks like HTML or XML",
        _ => "it looks like text",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn other(start: &[u8]) -> &'static str {
        match recognise(start) {
            Content::Other(what) => what,
            content => panic!("{content:?}"),
        }
    }

    #[test]
    fn what_is_no_capture_is_named() {
        assert_eq!(other(b""), "it is empty");
        assert_eq!(other(b"hello, world\n"), "it looks like text");
        assert_eq!(other(b"hi"), "it looks like text");
        assert_eq!(other(b"  {\"a\": 1}"), "it looks like JSON");
        assert_eq!(other("<p>gr\u{fc}n".as_bytes()), "it looks like HTML or XML");
        assert_eq!(other(&[0; 100]), "it begins with nothing but zero bytes");
        assert!(other(b"iptrace 2.0").contains("iptrace"));
        assert!(other(b"PK\x03\x04....").contains("zip"));
        let mut tar = vec![b'a'; 257];
        tar.extend_from_slice(b"ustar\x0000");
        assert!(other(&tar).contains("tar archive"));
        assert!(other(&[0x80, 0, 1, 2, 3, 4]).contains("no format"));
    }

    #[test]
    fn text_cut_within_a_character_is_still_text() {
        let mut text = vec![b'x'; 511];
        text.extend_from_slice("\u{20ac}".as_bytes());
        assert_eq!(other(&text), "it looks like text");
    }

    #[test]
    fn a_section_header_needs_its_byte_order_magic() {
        let good = [0x0a, 0x0d, 0x0d, 0x0a, 28, 0, 0, 0, 0x4d, 0x3c, 0x2b, 0x1a];
        assert_eq!(recognise(&good), Content::Pcapng);
        let bad = [0x0a, 0x0d, 0x0d, 0x0a, 28, 0, 0, 0, 1, 2, 3, 4];
        assert!(other(&bad).contains("byte-order"));
    }
}

//! pcapng files made by hand (draft-ietf-opsawg-pcapng), for texts that no honest tool would write into one.

const SECTION_HEADER: u32 = 0x0a0d_0d0a;
const INTERFACE_DESCRIPTION: u32 = 1;
const ENHANCED_PACKET: u32 = 6;
const BYTE_ORDER_MAGIC: u32 = 0x1a2b_3c4d;
const OPTION_COMMENT: u16 = 1;
const OPTION_INTERFACE_NAME: u16 = 2;

/// A capture with one Ethernet interface of this name and these frames, each with this comment.
pub(crate) fn capture(interface: &str, comment: &str, frames: &[Vec<u8>]) -> Vec<u8> {
    let mut section = Vec::new();
    section.extend(BYTE_ORDER_MAGIC.to_le_bytes());
    section.extend([1, 0, 0, 0]);
    section.extend(u64::MAX.to_le_bytes());
    section.extend(option(OPTION_COMMENT, comment));
    let mut file = block(SECTION_HEADER, &section);

    let mut description = vec![1, 0, 0, 0, 0, 0, 0, 0];
    description.extend(option(OPTION_INTERFACE_NAME, interface));
    description.extend(option(OPTION_COMMENT, comment));
    file.extend(block(INTERFACE_DESCRIPTION, &description));

    for (number, frame) in frames.iter().enumerate() {
        let length = u32::try_from(frame.len()).unwrap();
        let time = u32::try_from(number).unwrap() * 1_000;
        let mut packet = Vec::new();
        for field in [0, 0, time, length, length] {
            packet.extend(field.to_le_bytes());
        }
        packet.extend(padded(frame));
        packet.extend(option(OPTION_COMMENT, comment));
        file.extend(block(ENHANCED_PACKET, &packet));
    }
    file
}

fn block(kind: u32, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len() + 12).unwrap().to_le_bytes();
    [&kind.to_le_bytes(), &length, body, &length].concat()
}

/// One option and the end of options.
fn option(code: u16, text: &str) -> Vec<u8> {
    let length = u16::try_from(text.len()).unwrap();
    [&code.to_le_bytes(), &length.to_le_bytes(), padded(text.as_bytes()).as_slice(), &[0; 4]].concat()
}

fn padded(bytes: &[u8]) -> Vec<u8> {
    let mut padded = bytes.to_vec();
    padded.resize(bytes.len().next_multiple_of(4), 0);
    padded
}

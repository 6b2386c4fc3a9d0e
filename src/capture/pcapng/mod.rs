//! pcapng files (draft-ietf-opsawg-pcapng): sections of blocks, each section with a byte order and interfaces of its own.

mod block;
mod interface;
mod options;
mod packet;
mod reader;
mod statistics;

pub(super) use reader::PcapngReader;

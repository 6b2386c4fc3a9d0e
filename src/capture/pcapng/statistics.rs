//! What a file says of frames that never reached it: Interface Statistics Blocks (draft-ietf-opsawg-pcapng §4.6), and counts on
//! single frames where there are none.

use super::interface::Description;
use super::options::Options;
use crate::capture::Drops;
use crate::capture::byte_order::ByteOrder;

const ISB_IFDROP: u16 = 5;
const ISB_OSDROP: u16 = 7;

/// The counters in the body of an Interface Statistics Block; `None` where it has neither. They count from the capture's start.
pub(super) fn parse(body: &[u8], order: ByteOrder) -> Option<Drops> {
    let mut drops = None;
    for (code, value) in Options::new(body.get(12..)?, order) {
        let count = order.u64(value, 0);
        match code {
            ISB_IFDROP => drops.get_or_insert_with(Drops::default).by_interface = count?,
            ISB_OSDROP => drops.get_or_insert_with(Drops::default).by_system = count?,
            _ => {}
        }
    }
    drops
}

/// Adds up what all sections and frames say.
#[derive(Default)]
pub(super) struct DropCounter {
    earlier_sections: Option<Drops>,
    between_frames: u64,
}

impl DropCounter {
    /// Counts frames that were lost before one that arrived.
    pub(super) fn between(&mut self, count: u64) {
        self.between_frames = self.between_frames.saturating_add(count);
    }

    /// Remembers the counters of a section that ends.
    pub(super) fn close_section(&mut self, interfaces: &[Description]) {
        self.earlier_sections = self.counted(interfaces);
    }

    /// Everything counted so far. Statistics blocks count what single frames tell as well, so these matter only without any.
    pub(super) fn total(&self, interfaces: &[Description]) -> Option<Drops> {
        let told_by_frames = Drops { by_system: self.between_frames, by_interface: 0 };
        self.counted(interfaces).or((self.between_frames > 0).then_some(told_by_frames))
    }

    fn counted(&self, interfaces: &[Description]) -> Option<Drops> {
        let all = self.earlier_sections.into_iter().chain(interfaces.iter().filter_map(|one| one.drops));
        all.reduce(|sum, one| Drops {
            by_system: sum.by_system.saturating_add(one.by_system),
            by_interface: sum.by_interface.saturating_add(one.by_interface),
        })
    }
}

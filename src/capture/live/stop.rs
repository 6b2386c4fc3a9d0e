//! Ending a run when the user asks for it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use signal_hook::consts::{SIGINT, SIGTERM};

use super::Error;

/// Says that the run is to end. Clones share one flag.
#[derive(Clone, Debug, Default)]
pub struct StopFlag(Arc<AtomicBool>);

impl StopFlag {
    /// Whether the run is to end. Cheap enough to ask for every frame.
    #[must_use]
    pub fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// Asks the run to end.
    pub fn set(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// A flag that Ctrl-C (SIGINT) and SIGTERM set, so that the run can end with its summary. A second signal ends the process
/// at once, as it would without synscope's handling.
///
/// # Errors
/// When the system does not let signals be handled.
pub fn stop_on_signals() -> Result<StopFlag, Error> {
    let flag = StopFlag::default();
    for signal in [SIGINT, SIGTERM] {
        // In this order: the first handler acts only on a flag that an earlier signal has set.
        signal_hook::flag::register_conditional_default(signal, Arc::clone(&flag.0))
            .and_then(|_| signal_hook::flag::register(signal, Arc::clone(&flag.0)))
            .map_err(|reason| Error::Live(format!("Ctrl-C cannot be handled: {reason}")))?;
    }
    Ok(flag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clones_share_one_flag() {
        let flag = StopFlag::default();
        let clone = flag.clone();
        assert!(!clone.is_set());
        flag.set();
        assert!(clone.is_set());
    }
}

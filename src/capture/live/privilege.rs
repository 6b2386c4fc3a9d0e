//! Whether this process may sniff, found by trying, and how to get the right to.

/// Opens what sniffing needs and closes it again. No frame is received.
///
/// # Errors
/// What the system said, and what to do about it, as the end of a sentence.
#[cfg(target_os = "linux")]
pub(super) fn may_sniff() -> Result<(), String> {
    match packet_socket() {
        Ok(_) => Ok(()),
        Err(rustix::io::Errno::PERM | rustix::io::Errno::ACCESS) => Err(how_to_get_it()),
        Err(reason) => Err(format!("the system opens no packet socket: {}", std::io::Error::from(reason))),
    }
}

/// Elsewhere only opening the device tells, so nothing is said in advance.
#[cfg(not(target_os = "linux"))]
pub(super) fn may_sniff() -> Result<(), String> {
    Ok(())
}

/// A socket for whole frames (packet(7)). It is bound to no protocol yet, so it receives nothing.
#[cfg(target_os = "linux")]
pub(super) fn packet_socket() -> rustix::io::Result<rustix::fd::OwnedFd> {
    use rustix::net::{AddressFamily, SocketFlags, SocketType, socket_with};
    socket_with(AddressFamily::PACKET, SocketType::RAW, SocketFlags::CLOEXEC, None)
}

#[cfg(target_os = "linux")]
fn how_to_get_it() -> String {
    let program = std::env::current_exe()
        .map_or_else(|_| "$(command -v synscope)".to_owned(), |path| quoted(&path.to_string_lossy()));
    format!(
        "this user may not open packet sockets. Run `sudo setcap cap_net_raw=eip {program}` once, or run synscope with sudo"
    )
}

/// `path` as one word for a shell.
#[cfg(target_os = "linux")]
fn quoted(path: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+".contains(c);
    if path.chars().all(plain) { path.to_owned() } else { format!("'{}'", path.replace('\'', r"'\''")) }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn the_advice_is_one_line_that_can_be_pasted() {
        let advice = how_to_get_it();
        assert!(advice.contains("sudo setcap cap_net_raw=eip /"), "{advice}");
        assert!(!advice.contains('\n'));
    }

    #[test]
    fn a_path_with_spaces_or_quotes_is_one_word_for_the_shell() {
        assert_eq!(quoted("/usr/bin/synscope"), "/usr/bin/synscope");
        assert_eq!(quoted("/my dir/it's"), r"'/my dir/it'\''s'");
    }
}

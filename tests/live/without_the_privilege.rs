//! What a user is told who may not sniff.

use super::*;

#[test]
fn one_line_says_how_to_get_it() {
    if skipped() {
        return;
    }
    // Root can give its rights away; another user who may sniff has them from elsewhere.
    let mut command = role("unprivileged");
    command.uid(65_534).gid(65_534);
    let mut child = match command.stdout(Stdio::piped()).spawn() {
        Ok(child) => Running(child),
        Err(reason) => return skip(&format!("cannot run as another user: {reason}")),
    };
    let lines = rest(&mut child);
    assert!(
        lines.contains("cannot sniff on lo: this user may not open packet sockets. Run `sudo setcap "),
        "{lines}"
    );
    assert!(lines.contains("listed: true"), "{lines}");
}

pub(crate) fn unprivileged() {
    println!("{}", open(&sniff("lo", None)).err().unwrap());
    println!("listed: {}", interfaces().iter().all(|interface| interface.may_sniff.is_err()));
}

//! What a connection betrays of its surroundings, in one sentence.

use crate::base::{Duration, Rule, Side};
use crate::ladder::number::counted;
use crate::ladder::{Mark, Note};
use crate::track::{Connection, Family, PathMtu, Retries, rules};

/// Most waits that are listed.
const MOST_WAITS: usize = 8;
/// Rules that stand on no rung: what they say rests on other connections.
static ON_NO_RUNG: [&Rule; 2] = [&rules::ISN_REUSED, &rules::SYN_COOKIES_SUSPECTED];

/// `signs: the client retried after 1, 2, 4 s: looks like Linux before 6.5 or Android`; nothing where there are none.
pub(super) fn signs(connection: &Connection) -> Option<Note> {
    let mut parts = Vec::new();
    if let Some(retries) = connection.handshake.retries.as_deref() {
        parts.extend(client_retried(retries));
        parts.extend(server_retried(retries));
    }
    parts.extend(connection.path_mtu.as_deref().map(large_segments));
    for annotation in
        connection.annotations.iter().filter(|a| ON_NO_RUNG.iter().any(|rule| rule.id == a.rule.id))
    {
        parts.push(format!("{} (frame {})", annotation.rule.title, annotation.frame));
    }
    (!parts.is_empty()).then(|| Note::marked(Mark::Aside, format!("signs: {}", parts.join(" · "))))
}

fn client_retried(retries: &Retries) -> Option<String> {
    let families: Vec<_> = retries.client_looks_like().map(Family::title).collect();
    (!families.is_empty()).then(|| {
        format!("the client retried after {}: looks like {}", waits(&retries.syn), any_of(&families))
    })
}

fn server_retried(retries: &Retries) -> Option<String> {
    retries
        .server_looks_like_linux()
        .then(|| format!("the server retried after {}: looks like Linux", waits(&retries.syn_ack)))
}

/// `1, 2, 4 s`, and below a second `60, 61 ms`.
fn waits(waits: &[Duration]) -> String {
    let seconds = waits.iter().all(|wait| wait.0 >= 950_000_000);
    let (unit, name) = if seconds { (1_000_000_000, "s") } else { (1_000_000, "ms") };
    let rounded = |wait: &Duration| ((wait.0 + unit / 2) / unit).to_string();
    let mut listed: Vec<_> = waits.iter().take(MOST_WAITS).map(rounded).collect();
    if waits.len() > MOST_WAITS {
        listed.push("…".to_owned());
    }
    format!("{} {name}", listed.join(", "))
}

fn any_of(names: &[&str]) -> String {
    names.join(", or ")
}

fn large_segments(path: &PathMtu) -> String {
    let sender = Side::name(path.sender);
    let size = counted(path.segment_bytes.into(), "byte");
    let limit =
        path.announced.map(|mtu| format!(" (the way takes packets of {})", counted(mtu.into(), "byte")));
    let limit = limit.unwrap_or_default();
    if path.lowered {
        format!("the {sender} made its segments of {size} smaller{limit}")
    } else {
        format!("the {sender}'s segments of {size} do not seem to get through{limit}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{Annotation, FrameNo};
    use crate::ladder::sample::chat;

    fn said(waits: Option<Vec<Duration>>, path: Option<PathMtu>) -> Option<String> {
        let mut talk = chat();
        talk.connection.handshake.retries = waits.map(|waits| {
            let mut retries = Box::<Retries>::default();
            retries.syn = waits;
            retries
        });
        talk.connection.path_mtu = path.map(Box::new);
        signs(&talk.connection).map(|note| note.text)
    }

    #[test]
    fn all_systems_that_fit_are_named() {
        let syn = [1_030, 2_040, 4_100].map(|ms| Duration(ms * 1_000_000)).to_vec();
        let text =
            "signs: the client retried after 1, 2, 4 s: looks like Linux before 6.5 or Android, or Windows";
        assert_eq!(said(Some(syn), None).as_deref(), Some(text));
        assert_eq!(said(Some(vec![Duration::seconds(1)]), None), None);
        assert_eq!(waits(&[Duration(61_000_000), Duration(119_600_000)]), "61, 120 ms");
    }

    #[test]
    fn what_rests_on_other_connections_is_told_with_its_frame() {
        let mut talk = chat();
        let annotation = Annotation { rule: ON_NO_RUNG[0], frame: FrameNo(2), about: None };
        talk.connection.annotations.push(annotation);
        assert!(signs(&talk.connection).unwrap().text.ends_with("the same sequence number (frame 2)"));
    }

    #[test]
    fn sizes_are_told() {
        let path = PathMtu {
            sender: Side::Server,
            announced: Some(1_400),
            icmp_frame: Some(FrameNo(7)),
            segment_bytes: 1_448,
            repeats: 1,
            lowered: true,
        };
        let heeded = "signs: the server made its segments of 1,448 bytes smaller (the way takes packets of 1,400 bytes)";
        assert_eq!(said(None, Some(path)).as_deref(), Some(heeded));
        let stuck = PathMtu { announced: None, icmp_frame: None, lowered: false, ..path };
        let text = "signs: the server's segments of 1,448 bytes do not seem to get through";
        assert_eq!(said(None, Some(stuck)).as_deref(), Some(text));
    }
}

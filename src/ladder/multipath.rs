//! A connection's part in Multipath TCP, in a sentence.

use crate::ladder::{Mark, Note};
use crate::track::{Connection, PathRole};

/// Whether it is one path of several, and of which connection; nothing where its SYN did not ask for that.
pub(super) fn sentence(connection: &Connection) -> Option<Note> {
    let path = connection.multipath.as_deref()?;
    let token = path.token.map(|token| format!(" (token {token:08x})")).unwrap_or_default();
    let text = match (path.role, path.accepted) {
        (PathRole::Capable(version), true) => {
            format!("the first path of a Multipath TCP connection, version {version}{token}")
        }
        (PathRole::Capable(_), false) => {
            "the client asked for Multipath TCP, the server did not grant it: plain TCP".to_owned()
        }
        (PathRole::Join, accepted) => {
            let whole = match path.joins {
                Some(first) => format!("the Multipath TCP connection that #{first} began{token}"),
                None => format!("a Multipath TCP connection whose first path is not in this capture{token}"),
            };
            if accepted {
                format!("a further path of {whole}")
            } else {
                format!("meant to be a further path of {whole}; the server did not grant that")
            }
        }
    };
    Some(Note::marked(Mark::Aside, text))
}

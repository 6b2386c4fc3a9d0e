//! Names of protocols for people.

/// Short names, as in JSON, with the names that people use.
const TITLES: [(&str, &str); 2] = [("http1", "HTTP/1.1"), ("websocket", "WebSocket")];

/// The name for people of the protocol with this short name: `HTTP/1.1` of `http1`. The short name itself where there is no other.
#[must_use]
pub fn title(name: &'static str) -> &'static str {
    TITLES.iter().find(|(short, _)| *short == name).map_or(name, |(_, title)| title)
}

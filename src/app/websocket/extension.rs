//! What an upgrade offers and grants: extensions with their parameters (RFC 6455 §9.1), permessage-deflate above all (RFC 7692 §7.1).

use crate::app::http1::Headers;

/// An extension with its parameters, as sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Extension<'a> {
    pub(super) name: &'a str,
    parameters: Vec<Parameter<'a>>,
}

/// A parameter; the quotes of its value are taken off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Parameter<'a> {
    name: &'a str,
    value: Option<&'a str>,
}

const DEFLATE: &str = "permessage-deflate";
const CLIENT_WINDOW: &str = "client_max_window_bits";
const SERVER_WINDOW: &str = "server_max_window_bits";

impl<'a> Extension<'a> {
    /// Every extension that a head lists, in its order.
    pub(super) fn all(headers: &'a Headers) -> Vec<Self> {
        headers.members("Sec-WebSocket-Extensions").map(Self::parse).collect()
    }

    fn parse(member: &'a str) -> Self {
        let mut parts = member.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default();
        let parameters = parts.filter(|part| !part.is_empty()).map(|part| match part.split_once('=') {
            Some((name, value)) => {
                Parameter { name: name.trim(), value: Some(value.trim().trim_matches('"')) }
            }
            None => Parameter { name: part, value: None },
        });
        Self { name, parameters: parameters.collect() }
    }

    /// Whether it compresses messages.
    pub(super) fn is_deflate(&self) -> bool {
        self.name.eq_ignore_ascii_case(DEFLATE)
    }

    /// Whether its parameters are allowed in an offer; those of unknown extensions always are.
    pub(super) fn is_sound_offer(&self) -> bool {
        !self.is_deflate()
            || self.are_sound(|name, value| match name {
                CLIENT_WINDOW => value.is_none_or(|value| window_bits(value).is_some()),
                _ => value.and_then(window_bits).is_some(),
            })
    }

    /// Whether its parameters are allowed in an answer to these offers.
    pub(super) fn is_sound_answer(&self, offers: &[Self]) -> bool {
        if !self.is_deflate() {
            return true;
        }
        let is_written_well = self.are_sound(|_, value| value.and_then(window_bits).is_some());
        is_written_well && offers.iter().any(|offer| offer.is_deflate() && self.fits(offer))
    }

    /// Whether an answer grants what an offer of the same extension asks for, and no more.
    fn fits(&self, offer: &Self) -> bool {
        let bits = |of: &Self, name| of.parameter(name)?.value.and_then(window_bits);
        let client_fits = match (self.parameter(CLIENT_WINDOW), offer.parameter(CLIENT_WINDOW)) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(_), Some(_)) => bits(self, CLIENT_WINDOW) <= Some(bits(offer, CLIENT_WINDOW).unwrap_or(15)),
        };
        let server_fits = bits(offer, SERVER_WINDOW)
            .is_none_or(|most| bits(self, SERVER_WINDOW).is_some_and(|granted| granted <= most));
        let keeps_promise = offer.parameter("server_no_context_takeover").is_none()
            || self.parameter("server_no_context_takeover").is_some();
        client_fits && server_fits && keeps_promise
    }

    /// Whether every parameter is known, there once and has a value of its kind.
    fn are_sound(&self, is_window: impl Fn(&str, Option<&str>) -> bool) -> bool {
        self.parameters.iter().enumerate().all(|(place, parameter)| {
            let is_first =
                self.parameters.iter().position(|other| other.name == parameter.name) == Some(place);
            is_first
                && match parameter.name {
                    "server_no_context_takeover" | "client_no_context_takeover" => parameter.value.is_none(),
                    name @ (CLIENT_WINDOW | SERVER_WINDOW) => is_window(name, parameter.value),
                    _ => false,
                }
        })
    }

    fn parameter(&self, name: &str) -> Option<&Parameter<'a>> {
        self.parameters.iter().find(|parameter| parameter.name == name)
    }
}

/// A window's size as its binary logarithm, 8 to 15, without leading zeros.
fn window_bits(value: &str) -> Option<u8> {
    let bits = value.parse().ok().filter(|bits| (8..=15).contains(bits))?;
    (!value.starts_with(['0', '+'])).then_some(bits)
}

//! The first line: what is being read.

use serde::Serialize;

use crate::base::LinkType;
use crate::capture::Identity;

#[derive(Serialize)]
pub(super) struct CaptureLine<'a> {
    r#type: &'static str,
    file: Option<&'a str>,
    format: &'static str,
    compression: Option<&'static str>,
    link_types: Vec<LinkTypeValue>,
    interface: Option<&'a str>,
}

/// A link type: its registered number, and its name where synscope has one.
#[derive(Serialize)]
pub(super) struct LinkTypeValue {
    number: u16,
    name: Option<&'static str>,
}

impl<'a> CaptureLine<'a> {
    pub(super) fn new(identity: &'a Identity, link_types: &[LinkType]) -> Self {
        Self {
            r#type: "capture",
            file: identity.file.as_deref(),
            format: identity.format,
            compression: identity.compression,
            link_types: LinkTypeValue::list(link_types),
            interface: identity.interface.as_deref(),
        }
    }
}

impl LinkTypeValue {
    pub(super) fn list(link_types: &[LinkType]) -> Vec<Self> {
        link_types.iter().map(|link_type| Self { number: link_type.0, name: link_type.name() }).collect()
    }
}

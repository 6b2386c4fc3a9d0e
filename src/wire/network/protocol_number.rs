//! IP protocol numbers (IANA).

//! Heads of messages: start line and header fields (RFC 9112 §2.1).

/// Head of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestHead {
    /// `GET`, as sent.
    pub method: String,
    /// The request target as sent; bytes that are not UTF-8 are replaced.
    pub target: String,
    /// The minor version: 1 for HTTP/1.1.
    pub minor_version: u8,
    /// Its header fields.
    pub headers: Headers,
}

/// Head of a response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResponseHead {
    /// The status code, 100 to 999.
    pub status: u16,
    /// The reason phrase as sent; may be empty.
    pub reason: String,
    /// The minor version: 1 for HTTP/1.1.
    pub minor_version: u8,
    /// Its header fields.
    pub headers: Headers,
}

/// Header fields in the order and spelling in which they were sent.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Headers(pub Vec<(String, String)>);

impl Headers {
    /// The value of the first field with this name, whatever its case.
    #[must_use]
    pub fn first(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The values of all fields with this name, whatever its case.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The members of a comma-separated list that may be spread over several fields (RFC 9110 §5.6.1), without empty ones.
    pub fn members<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.all(name).flat_map(|value| value.split(',')).map(str::trim).filter(|member| !member.is_empty())
    }

    /// Bytes of memory held beyond its own size.
    #[must_use]
    pub fn memory(&self) -> usize {
        let texts: usize = self.0.iter().map(|(name, value)| name.capacity() + value.capacity()).sum();
        texts + self.0.capacity() * size_of::<(String, String)>()
    }

    /// Whether such a list names this token, whatever its case.
    #[must_use]
    pub fn names(&self, name: &str, token: &str) -> bool {
        self.members(name).any(|member| member.eq_ignore_ascii_case(token))
    }
}

//! Words of a line: separated by spaces, with texts in quotes.

/// The words of a line, quotes and escapes still in them. A quoted text may stand alone or behind a `=`, and may hold spaces.
pub(crate) fn split(line: &str) -> Result<Vec<String>, String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut quote = None;
    let mut characters = line.chars();
    while let Some(character) = characters.next() {
        match quote {
            None if character.is_whitespace() => {
                words.extend((!word.is_empty()).then(|| std::mem::take(&mut word)));
                continue;
            }
            None if is_quote(character) => quote = Some(character),
            Some(end) if character == end => quote = None,
            Some(_) if character == '\\' => {
                word.push(character);
                word.extend(characters.next());
                continue;
            }
            _ => {}
        }
        word.push(character);
    }
    if quote.is_some() {
        return Err(format!("`{word}` has no closing quote"));
    }
    words.extend((!word.is_empty()).then_some(word));
    Ok(words)
}

/// Whether a word is nothing but a quoted text.
pub(crate) fn is_quoted(word: &str) -> bool {
    word.starts_with(is_quote)
}

/// The octets that a text means: without its quotes, and with its escapes `\r`, `\n`, `\t`, `\0`, `\\`, `\"`, `\'` and `\xNN` read.
pub(crate) fn octets(text: &str) -> Result<Vec<u8>, String> {
    let wrong = || format!("`{text}` has an escape that cannot be read");
    let inner = text.strip_prefix(is_quote).and_then(|rest| rest.strip_suffix(is_quote)).unwrap_or(text);
    let mut octets = Vec::new();
    let mut characters = inner.chars();
    while let Some(character) = characters.next() {
        if character != '\\' {
            octets.extend(character.encode_utf8(&mut [0; 4]).bytes());
            continue;
        }
        octets.push(match characters.next().ok_or_else(wrong)? {
            'r' => b'\r',
            'n' => b'\n',
            't' => b'\t',
            '0' => 0,
            'x' => {
                let mut digit = || characters.next().and_then(|c| c.to_digit(16)).ok_or_else(wrong);
                (digit()? * 16 + digit()?) as u8
            }
            itself @ ('\\' | '"' | '\'') => itself as u8,
            _ => return Err(wrong()),
        });
    }
    Ok(octets)
}

fn is_quote(character: char) -> bool {
    matches!(character, '"' | '\'')
}

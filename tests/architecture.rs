//! Holds the source against the plan of the house (`docs/architecture.md`): who may import whom, how long a function and a file
//! may be, what every rule has to say.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

/// Longest function body in lines.
const LONGEST_FUNCTION: usize = 60;
/// Longest file in lines, before its tests.
const LONGEST_FILE: usize = 400;
/// Names that say nothing about what a file holds.
const EMPTY_NAMES: [&str; 6] = ["utils", "util", "types", "common", "helpers", "manager"];

/// The stages in order, and what each may import beside itself.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("base", &[]),
    ("explain", &["base"]),
    ("capture", &["base"]),
    ("wire", &["base", "explain"]),
    ("fragments", &["base", "wire"]),
    ("track", &["base", "wire"]),
    ("stream", &["base"]),
    ("app", &["base", "explain"]),
    ("session", &["base", "track", "app"]),
    ("timeline", &["base", "capture", "track", "app", "session"]),
    ("diagnose", &["base", "track", "app", "session", "timeline"]),
    (
        "pipeline",
        &[
            "base",
            "explain",
            "capture",
            "wire",
            "fragments",
            "track",
            "stream",
            "app",
            "session",
            "timeline",
            "diagnose",
        ],
    ),
    ("ladder", &["base", "explain", "wire", "track", "app", "session", "timeline", "diagnose"]),
    (
        "render",
        &[
            "base",
            "explain",
            "capture",
            "wire",
            "fragments",
            "track",
            "stream",
            "app",
            "session",
            "timeline",
            "diagnose",
            "ladder",
        ],
    ),
    ("tui", FACES),
    ("web", FACES),
    (
        "cli",
        &[
            "base",
            "explain",
            "capture",
            "wire",
            "fragments",
            "track",
            "stream",
            "app",
            "session",
            "timeline",
            "diagnose",
            "pipeline",
            "ladder",
            "render",
            "tui",
            "web",
        ],
    ),
];

/// What the interactive faces may import: everything before them, but not each other.
const FACES: &[&str] = &[
    "base",
    "explain",
    "capture",
    "wire",
    "fragments",
    "track",
    "stream",
    "app",
    "session",
    "timeline",
    "diagnose",
    "pipeline",
    "ladder",
    "render",
];

/// One file below `src`.
struct Source {
    /// Path below `src`, with `/`.
    path: String,
    text: String,
    tokens: Vec<TokenTree>,
}

impl Source {
    fn new(path: &str, text: &str) -> Self {
        let tokens = text.parse::<TokenStream>().unwrap_or_else(|e| panic!("{path} cannot be read: {e}"));
        Self { path: path.to_owned(), text: text.to_owned(), tokens: tokens.into_iter().collect() }
    }

    /// The stage that the file belongs to; `None` for `lib.rs` and `main.rs`.
    fn stage(&self) -> Option<&str> {
        let first = self.path.split('/').next()?;
        let stage = first.strip_suffix(".rs").unwrap_or(first);
        (stage != "lib" && stage != "main").then_some(stage)
    }
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    collect(&root, &mut files);
    files.sort();
    assert!(!files.is_empty(), "no source below {}", root.display());
    let read = |file: &PathBuf| {
        let path = file.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
        Source::new(&path, &fs::read_to_string(file).unwrap())
    };
    files.iter().map(read).collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|e| e == "rs") {
            files.push(path);
        }
    }
}

/// Fails with everything that `check` finds wrong in any source file.
fn hold(check: impl Fn(&Source) -> Vec<String>) {
    let mut report = String::new();
    for source in sources() {
        for wrong in check(&source) {
            writeln!(report, "  src/{}: {wrong}", source.path).unwrap();
        }
    }
    assert!(report.is_empty(), "\n{report}");
}

#[test]
fn every_stage_imports_only_what_the_plan_allows() {
    hold(forbidden_arrows);
}

#[test]
fn functions_are_short() {
    hold(|source| long_functions(&source.tokens));
}

#[test]
fn files_are_short_and_say_what_they_are() {
    hold(file_faults);
}

#[test]
fn every_rule_says_why_and_where_it_is_written() {
    hold(|source| silent_rules(&source.tokens));
}

#[test]
fn nothing_is_left_to_do() {
    hold(|source| unfinished(&source.tokens));
}

#[test]
fn the_plan_names_only_stages_that_come_before() {
    for (number, (stage, imports)) in MAY_IMPORT.iter().enumerate() {
        for import in *imports {
            let earlier = MAY_IMPORT[..number].iter().any(|(name, _)| name == import);
            assert!(earlier, "{stage} imports {import}, which does not come before it");
        }
    }
}

fn forbidden_arrows(source: &Source) -> Vec<String> {
    let Some(stage) = source.stage() else {
        return Vec::new();
    };
    let Some((_, allowed)) = MAY_IMPORT.iter().find(|(name, _)| *name == stage) else {
        return vec![format!("the plan knows no stage `{stage}`")];
    };
    let mut named = Vec::new();
    crate_paths(&source.tokens, &mut named);
    named.sort();
    named.dedup();
    named.retain(|name| name != stage && !allowed.contains(&name.as_str()));
    named.into_iter().map(|name| format!("`{stage}` may not import `{name}`")).collect()
}

/// First names after `crate::`, in `use` lines, in `crate::{a, b::c}` and in paths anywhere, macros included.
fn crate_paths(tokens: &[TokenTree], named: &mut Vec<String>) {
    for (at, token) in tokens.iter().enumerate() {
        match token {
            TokenTree::Ident(word) if word == "crate" && is_path_separator(tokens.get(at + 1..at + 3)) => {
                match tokens.get(at + 3) {
                    Some(TokenTree::Ident(name)) => named.push(name.to_string()),
                    Some(TokenTree::Group(group)) => first_names(group, named),
                    _ => named.push("*".to_owned()),
                }
            }
            TokenTree::Group(group) => crate_paths(&content(group), named),
            _ => {}
        }
    }
}

/// The first name of each part of `{a::b, c}`.
fn first_names(group: &Group, named: &mut Vec<String>) {
    let mut at_beginning = true;
    for token in content(group) {
        match token {
            TokenTree::Ident(name) if at_beginning => {
                named.push(name.to_string());
                at_beginning = false;
            }
            TokenTree::Punct(mark) if mark.as_char() == ',' => at_beginning = true,
            _ => {}
        }
    }
}

fn is_path_separator(tokens: Option<&[TokenTree]>) -> bool {
    let is_colon = |token: &TokenTree| matches!(token, TokenTree::Punct(mark) if mark.as_char() == ':');
    tokens.is_some_and(|tokens| tokens.iter().all(is_colon))
}

fn long_functions(tokens: &[TokenTree]) -> Vec<String> {
    let mut wrong = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        if let TokenTree::Group(group) = token {
            wrong.extend(long_functions(&content(group)));
        }
        if let Some((name, body)) = function_at(&tokens[at..]) {
            let lines = (body.span_close().start().line - body.span_open().start().line).saturating_sub(1);
            if lines > LONGEST_FUNCTION {
                wrong.push(format!(
                    "function `{name}` has {lines} lines, at most {LONGEST_FUNCTION} are allowed"
                ));
            }
        }
    }
    wrong
}

/// The name and body of the function that begins with the first token, where one does and it has a body.
fn function_at(tokens: &[TokenTree]) -> Option<(String, &Group)> {
    let (TokenTree::Ident(word), TokenTree::Ident(name)) = (tokens.first()?, tokens.get(1)?) else {
        return None;
    };
    if word != "fn" {
        return None;
    }
    for token in &tokens[2..] {
        match token {
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                return Some((name.to_string(), group));
            }
            TokenTree::Punct(mark) if mark.as_char() == ';' => return None,
            _ => {}
        }
    }
    None
}

fn file_faults(source: &Source) -> Vec<String> {
    let mut wrong = Vec::new();
    let lines = source.text.lines().count();
    let before_tests = tests_begin(&source.tokens).map_or(lines, |line| line - 1);
    if before_tests > LONGEST_FILE {
        wrong.push(format!("has {before_tests} lines before its tests, at most {LONGEST_FILE} are allowed"));
    }
    if !source.text.starts_with("//! ") {
        wrong.push("does not begin with a comment that says what it is".to_owned());
    }
    let stem = Path::new(&source.path).with_extension("");
    if stem.components().any(|part| EMPTY_NAMES.iter().any(|name| part.as_os_str() == *name)) {
        wrong.push("is named after nothing that it holds".to_owned());
    }
    wrong
}

/// Line of the first `#[cfg(test)]` that stands before a module.
fn tests_begin(tokens: &[TokenTree]) -> Option<usize> {
    let is_word = |token: &TokenTree, word: &str| matches!(token, TokenTree::Ident(ident) if ident == word);
    let is_test = |token: &TokenTree| token.to_string().replace(' ', "") == "[cfg(test)]";
    let found = tokens.windows(3).find(|three| is_test(&three[1]) && is_word(&three[2], "mod"))?;
    Some(found[0].span().start().line)
}

/// Statics of type `Rule` without a `why` or without a `cite`.
fn silent_rules(tokens: &[TokenTree]) -> Vec<String> {
    let mut wrong = Vec::new();
    let text: Vec<String> = tokens.iter().map(ToString::to_string).collect();
    for (at, seven) in tokens.windows(7).enumerate() {
        let shape: Vec<&str> = text[at..at + 6].iter().map(String::as_str).collect();
        let ["static", name, ":", "Rule", "=", "Rule"] = shape[..] else {
            continue;
        };
        let TokenTree::Group(fields) = &seven[6] else {
            continue;
        };
        for field in ["id", "title", "why", "cite"] {
            if words_of(field, &content(fields)).trim().is_empty() {
                wrong.push(format!("rule {name} has no `{field}`"));
            }
        }
    }
    for token in tokens {
        if let TokenTree::Group(group) = token {
            wrong.extend(silent_rules(&content(group)));
        }
    }
    wrong
}

/// The text literal that a field `name: "..."` or `name: Cite("...")` holds; nothing where there is none.
fn words_of(name: &str, fields: &[TokenTree]) -> String {
    let value = fields.iter().skip_while(|token| token.to_string() != name).skip(2);
    let value: Vec<String> = value.map(ToString::to_string).take_while(|token| token != ",").collect();
    let text = value.concat();
    text.split_once('"')
        .and_then(|(_, rest)| rest.rsplit_once('"'))
        .map_or(String::new(), |(words, _)| words.to_owned())
}

fn unfinished(tokens: &[TokenTree]) -> Vec<String> {
    let mut wrong = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let is_macro = || tokens.get(at + 1).is_some_and(|next| next.to_string() == "!");
        match token {
            TokenTree::Group(group) => wrong.extend(unfinished(&content(group))),
            TokenTree::Ident(word) if (word == "todo" || word == "unimplemented") && is_macro() => {
                wrong.push(format!("line {}: `{word}!`", word.span().start().line));
            }
            _ => {}
        }
    }
    wrong
}

fn content(group: &Group) -> Vec<TokenTree> {
    group.stream().into_iter().collect()
}

mod the_checks_themselves {
    use super::*;

    fn arrows(path: &str, text: &str) -> Vec<String> {
        forbidden_arrows(&Source::new(path, text))
    }

    fn tokens(text: &str) -> Vec<TokenTree> {
        Source::new("base/any.rs", text).tokens
    }

    #[test]
    fn a_forbidden_use_line_is_found() {
        let wrong = arrows("wire/tcp.rs", "use crate::base::Side;\nuse crate::capture::Frame;");
        assert_eq!(wrong, ["`wire` may not import `capture`"]);
    }

    #[test]
    fn a_forbidden_part_of_a_group_is_found() {
        let wrong = arrows("track/mod.rs", "use crate::{base::{Side, Rule}, render::Text, wire};");
        assert_eq!(wrong, ["`track` may not import `render`"]);
    }

    #[test]
    fn a_forbidden_path_in_code_and_in_a_macro_is_found() {
        assert_eq!(arrows("base/rule.rs", "fn f() { crate::wire::x(); }").len(), 1);
        assert_eq!(arrows("base/rule.rs", "fn f() { print!(\"{}\", crate::wire::X); }").len(), 1);
    }

    #[test]
    fn importing_the_whole_crate_is_found() {
        assert_eq!(arrows("base/rule.rs", "use crate::*;").len(), 1);
    }

    #[test]
    fn a_stage_that_is_not_in_the_plan_is_found() {
        assert_eq!(arrows("magic.rs", ""), ["the plan knows no stage `magic`"]);
    }

    #[test]
    fn allowed_arrows_and_words_in_comments_are_no_fault() {
        let text = "//! See crate::render.\nuse crate::base::Side;\nuse crate::track::Step;\n/// crate::cli\nfn f() {}";
        assert!(arrows("track/step.rs", text).is_empty());
        assert!(arrows("timeline/mod.rs", "use crate::capture::Identity;").is_empty());
        assert!(arrows("main.rs", "use crate::anything;").is_empty());
    }

    #[test]
    fn a_long_function_is_found_wherever_it_stands() {
        let function = |lines: usize| format!("fn f(a: [u8; 4]) -> u8 {{\n{}}}\n", "x();\n".repeat(lines));
        assert!(long_functions(&tokens(&function(60))).is_empty());
        assert_eq!(long_functions(&tokens(&function(61))).len(), 1);
        assert_eq!(long_functions(&tokens(&format!("impl A {{ {} }}", function(61)))).len(), 1);
        assert!(long_functions(&tokens("trait A { fn f(&self); }")).is_empty());
    }

    #[test]
    fn a_long_file_is_found_but_its_tests_are_not_counted() {
        let file = |lines: usize| format!("//! A file.\n{}", "static A: u8 = 1;\n".repeat(lines - 1));
        let tests = format!("#[cfg(test)]\nmod tests {{\n{}}}\n", "// more\n".repeat(100));
        assert!(file_faults(&Source::new("base/a.rs", &(file(400) + &tests))).is_empty());
        assert_eq!(file_faults(&Source::new("base/a.rs", &(file(401) + &tests))).len(), 1);
    }

    #[test]
    fn a_file_without_a_comment_or_with_an_empty_name_is_found() {
        assert_eq!(file_faults(&Source::new("base/a.rs", "use std::fmt;")).len(), 1);
        assert_eq!(file_faults(&Source::new("base/utils.rs", "//! Things.")).len(), 1);
        assert_eq!(file_faults(&Source::new("common/a.rs", "//! Things.")).len(), 1);
    }

    #[test]
    fn a_rule_without_reason_or_source_is_found() {
        let rule = |why: &str, cite: &str| {
            format!(
                "pub static A: Rule = Rule {{ id: \"a\", title: \"b\", why: \"{why}\", cite: Cite(\"{cite}\") }};"
            )
        };
        assert!(silent_rules(&tokens(&rule("It was lost.", "RFC 9293"))).is_empty());
        assert_eq!(silent_rules(&tokens(&rule("", "RFC 9293"))), ["rule A has no `why`"]);
        assert_eq!(silent_rules(&tokens(&rule("It was lost.", " "))), ["rule A has no `cite`"]);
        assert_eq!(silent_rules(&tokens("mod a { static A: Rule = Rule { id: \"a\" }; }")).len(), 3);
    }

    #[test]
    fn unfinished_code_is_found() {
        assert_eq!(unfinished(&tokens("fn f() {\n    todo!()\n}")), ["line 2: `todo!`"]);
        assert!(unfinished(&tokens("// todo!()\nfn todo() {}")).is_empty());
    }
}

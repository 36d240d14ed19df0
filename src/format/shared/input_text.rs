//! The text of an input, whatever its format: character data of markup, long strings of JSON, text elements of office
//! files, and the text of everything else as it is. Knows no element of any wire.

use std::borrow::Cow;
use std::collections::HashMap;

use encoding_rs::{Encoding, WINDOWS_1252};

use crate::format::html::decode_entities;
use crate::format::json::{unescape, without_script};
use crate::format::mail::decode_transfers;
use crate::format::office::Parts;
use crate::format::shared::encoding;
use crate::text::count_letters;

/// Strings of JSON with no more letters than this are names and codes rather than text.
const SHORT_STRING: usize = 20;

/// How often escaped markup is unescaped.
const MAX_ESCAPES: u32 = 3;

/// Bytes at the start of an input in which the tags of a page are looked for.
const LOOK: usize = 64 << 10;

/// Calls `take` for each run of text of an input. What follows a run stands elsewhere: in another element or string.
pub(in crate::format) fn for_each_run(bytes: &[u8], take: &mut dyn FnMut(&str)) {
    if bytes.starts_with(b"{\\rtf") {
        return for_each_rtf_run(bytes, take);
    }
    let bytes = decode_transfers(bytes);
    let text = encoding::decode(&bytes).text;
    let start = without_script(text.trim_start());
    if start.starts_with(['{', '[']) && memchr::memchr(b'"', start.as_bytes()).is_some() {
        for_each_string(start, take);
    } else if is_markup(start) {
        for_each_markup_run(start.as_bytes(), MAX_ESCAPES, take);
    } else if has_objects(start) {
        for line in start.split('\n') {
            let (before, object) = line.split_at(line.find("{\"").unwrap_or(line.len()));
            take(before);
            for_each_string(object, take);
        }
    } else {
        take(start);
    }
}

/// True for a text with the tags of a page or a document.
fn is_markup(text: &str) -> bool {
    let bytes = text.as_bytes();
    let begins = bytes.first() == Some(&b'<')
        && bytes.get(1).is_some_and(|b| b.is_ascii_alphabetic() || matches!(b, b'!' | b'?' | b'_'));
    let look = &bytes[..bytes.len().min(LOOK)];
    begins
        || memchr::memchr_iter(b'<', look).any(|at| {
            ["<html", "<!doctype html", "</p>"].iter().any(|tag| {
                let found = look.get(at..at + tag.len());
                found.is_some_and(|found| found.eq_ignore_ascii_case(tag.as_bytes()))
            })
        })
}

/// True for a text with lines that end in an object of JSON: logs.
fn has_objects(text: &str) -> bool {
    let look = &text[..text.floor_char_boundary(LOOK)];
    look.lines().any(|line| line.trim_end().ends_with('}') && line.contains("{\""))
}

/// Calls `take` for the text between the tags of block elements. Markup in character data that is escaped, up to
/// `escapes` times, is markup.
fn for_each_markup_run(bytes: &[u8], escapes: u32, take: &mut dyn FnMut(&str)) {
    let mut run = String::new();
    let end_run = |run: &mut String, take: &mut dyn FnMut(&str)| {
        if run.bytes().any(|b| !b.is_ascii_whitespace()) {
            if escapes > 0 && has_tag(run) {
                for_each_markup_run(run.as_bytes(), escapes - 1, take);
            } else {
                take(run);
            }
        }
        run.clear();
    };
    let mut after_end_tag = false;
    for_each_part_of_markup(bytes, &mut |piece| {
        match piece {
            Part::Text(text) => run.push_str(&decode_entities(&String::from_utf8_lossy(text))),
            Part::Literal(text) => run.push_str(&String::from_utf8_lossy(text)),
            Part::Tag(tag) if after_end_tag && NAMES.contains(&tag) => run.push(' '),
            Part::Tag(tag) if is_inline(tag) => {}
            Part::Tag(_) => end_run(&mut run, take),
        }
        after_end_tag = matches!(piece, Part::Tag(tag) if tag.starts_with(b"/"));
    });
    end_run(&mut run, take);
}

/// True if there is something like a tag or an entity in the text.
fn has_tag(text: &str) -> bool {
    let bytes = text.as_bytes();
    memchr::memchr2_iter(b'<', b'&', bytes).any(|at| {
        let next = bytes.get(at + 1);
        let next = if bytes[at] == b'<' && next == Some(&b'/') { bytes.get(at + 2) } else { next };
        next.is_some_and(|b| b.is_ascii_alphabetic() || *b == b'#' || *b == b'!')
    })
}

/// Calls `take` for the long strings of a JSON text that are values. Strings do not go over line ends, so that a line
/// of another kind does no harm to those after it.
fn for_each_string(text: &str, take: &mut dyn FnMut(&str)) {
    for line in text.split('\n') {
        let mut rest = line;
        while let Some(start) = memchr::memchr(b'"', rest.as_bytes()) {
            let content = &rest[start + 1..];
            let length = string_length(content.as_bytes());
            let raw = &content[..length];
            rest = content.get(length + 1..).unwrap_or_default();
            let is_name = rest.trim_ascii_start().starts_with(':');
            if !is_name && raw.len() > SHORT_STRING {
                take_string(&unescape(raw), take);
            }
        }
    }
}

/// Length of a string in bytes, from after its opening quotation mark to its closing one.
fn string_length(content: &[u8]) -> usize {
    let mut at = 0;
    while let Some(found) = memchr::memchr2(b'"', b'\\', &content[at..]) {
        at += found;
        if content[at] == b'"' {
            return at;
        }
        at = content.len().min(at + 2);
    }
    content.len()
}

fn take_string(text: &str, take: &mut dyn FnMut(&str)) {
    if count_letters(text.as_bytes()) <= SHORT_STRING as u64 {
        return;
    }
    // Sets of data write line ends so.
    let text = text.replace("NEWLINE_CHAR", "\n\n");
    if has_tag(&text) {
        for_each_markup_run(text.as_bytes(), MAX_ESCAPES, take);
    } else {
        take(&text);
    }
}

/// A text without the markup, or the escapes of JSON, that may be in it.
pub(in crate::format) fn without_markup(text: &str) -> Option<String> {
    let unescaped = if text.contains('\\') { unescape(text) } else { Cow::Borrowed(text) };
    if !has_tag(&unescaped) {
        return matches!(unescaped, Cow::Owned(_)).then(|| unescaped.into_owned());
    }
    let mut all = String::with_capacity(text.len());
    for_each_markup_run(unescaped.as_bytes(), MAX_ESCAPES, &mut |run| {
        all.push_str(run);
        all.push('\n');
    });
    Some(all)
}

// Markup.

/// A part of a marked-up text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part<'a> {
    /// Character data, with its entities.
    Text(&'a [u8]),
    /// The content of a CDATA section, in which entities are no such.
    Literal(&'a [u8]),
    /// The name of a start or end tag, with its prefix; `/` before it at an end tag.
    Tag(&'a [u8]),
}

/// Elements whose content is for programs.
const SCRIPTS: [&[u8]; 2] = [b"script", b"style"];

/// Calls `take` for the parts of a marked-up text, in order. Looks at every byte once or twice.
fn for_each_part_of_markup<'a>(bytes: &'a [u8], take: &mut dyn FnMut(Part<'a>)) {
    let mut at = 0;
    let mut text = 0;
    while let Some(found) = memchr::memchr(b'<', &bytes[at..]) {
        let start = at + found;
        let rest = &bytes[start..];
        let Some(end) = markup_length(rest) else {
            // An angle bracket in running text.
            at = start + 1;
            continue;
        };
        if text < start {
            take(Part::Text(&bytes[text..start]));
        }
        at = start + end;
        text = at;
        if let Some(literal) = rest[..end].strip_prefix(b"<![CDATA[") {
            take(Part::Literal(literal.strip_suffix(b"]]>").unwrap_or(literal)));
            continue;
        }
        let name = tag_name(rest);
        if name.is_empty() {
            continue;
        }
        take(Part::Tag(name));
        if SCRIPTS.iter().any(|script| name.eq_ignore_ascii_case(script))
            && !rest[..end].ends_with(b"/>")
        {
            at += script_length(&bytes[at..], name);
            text = at;
        }
    }
    if text < bytes.len() {
        take(Part::Text(&bytes[text..]));
    }
}

/// Length of the tag, comment, declaration or instruction that a text begins with; `None` if `<` begins none.
fn markup_length(rest: &[u8]) -> Option<usize> {
    let up_to = |mark: &[u8], from: usize| {
        let body = rest.get(from..).unwrap_or_default();
        memchr::memmem::find(body, mark).map_or(rest.len(), |at| from + at + mark.len())
    };
    match rest.get(1)? {
        b'!' if rest.starts_with(b"<!--") => Some(up_to(b"-->", 4)),
        b'!' if rest.starts_with(b"<![CDATA[") => Some(up_to(b"]]>", 9)),
        b'!' | b'?' => Some(up_to(b">", 2)),
        b'/' | b'a'..=b'z' | b'A'..=b'Z' | b'_' => Some(up_to(b">", 1)),
        _ => None,
    }
}

/// The name of the tag that a text begins with, `/` before it included; empty if it begins with no tag.
fn tag_name(rest: &[u8]) -> &[u8] {
    let is_end = |b: &u8| b.is_ascii_whitespace() || matches!(b, b'>' | b'/');
    let start = 1 + usize::from(rest.get(1) == Some(&b'/'));
    let length = rest[start..].iter().position(is_end).unwrap_or(rest.len() - start);
    match rest.get(1) {
        Some(b'!' | b'?') | None => b"",
        _ => &rest[1..start + length],
    }
}

/// Length of the content of a script or style, up to its end tag; of all that is left if it has none.
fn script_length(rest: &[u8], name: &[u8]) -> usize {
    let is_end = |at: &usize| {
        let tag = rest.get(at + 2..at + 2 + name.len());
        tag.is_some_and(|tag| tag.eq_ignore_ascii_case(name))
    };
    memchr::memmem::find_iter(rest, b"</").find(is_end).unwrap_or(rest.len())
}

/// Tags that stand within a line: what they enclose belongs to the words around it.
const INLINE: [&[u8]; 36] = [
    b"a",
    b"b",
    b"i",
    b"u",
    b"s",
    b"q",
    b"em",
    b"tt",
    b"ins",
    b"del",
    b"sub",
    b"sup",
    b"big",
    b"abbr",
    b"cite",
    b"code",
    b"font",
    b"mark",
    b"span",
    b"small",
    b"strong",
    b"strike",
    b"acronym",
    b"person",
    b"org",
    b"location",
    b"chron",
    b"num",
    b"money",
    b"event",
    b"function",
    b"lang",
    b"wbr",
    b"r",
    b"t",
    b"rPr",
];

/// True for the name of a tag within a line, of a start or end tag, with or without a prefix.
fn is_inline(tag: &[u8]) -> bool {
    let name = local_name(tag);
    name.len() <= 8 && INLINE.iter().any(|inline| inline.eq_ignore_ascii_case(name))
}

/// The name of a start or end tag, without its prefix.
fn local_name(tag: &[u8]) -> &[u8] {
    let name = tag.strip_prefix(b"/").unwrap_or(tag);
    memchr::memrchr(b':', name).map_or(name, |at| &name[at + 1..])
}

/// Tags within a line that enclose a whole name or number, never a part of a word.
const NAMES: [&[u8]; 6] = [b"person", b"org", b"location", b"chron", b"money", b"event"];

/// Like [`count_letters`], of the text of a marked-up input.
pub(in crate::format) fn count_markup_letters(bytes: &[u8]) -> u64 {
    let mut count = 0;
    for_each_part_of_markup(bytes, &mut |piece| match piece {
        Part::Text(text) | Part::Literal(text) => count += count_letters(text),
        Part::Tag(_) => {}
    });
    count
}

// Office files.

/// Calls `take` for the character data that is text, and for each end of a paragraph.
fn for_each_text(part: &[u8], take: &mut dyn FnMut(Option<&[u8]>)) {
    // Of word processors, text stands in elements of its own: what else there is are settings and instructions.
    let has = |mark: &[u8]| memchr::memmem::find(part, mark).is_some();
    let has_runs = has(b"<w:t") || has(b"wordprocessingml");
    // Tables repeat formulas and numbers beside the texts.
    let is_sheet = has(b"<worksheet");
    let mut is_text = !has_runs && !is_sheet;
    for_each_part_of_markup(part, &mut |piece| match piece {
        Part::Text(text) | Part::Literal(text) if is_text => take(Some(text)),
        Part::Tag(tag) => match (tag.starts_with(b"/"), local_name(tag)) {
            (false, b"t") => is_text = true,
            (true, b"t") => is_text = !has_runs && !is_sheet,
            (false, b"br" | b"tab") | (true, b"p" | b"h" | b"si" | b"is") => take(None),
            _ => {}
        },
        _ => {}
    });
}

/// True for the parts of a package that hold text.
fn has_text(name: &str) -> bool {
    let name = name.trim_start_matches('/');
    let last = name.rsplit('/').next().unwrap_or(name);
    last == "content.xml"
        || last == "sharedStrings.xml"
        || name.starts_with("xl/worksheets/")
        || name.starts_with("word/")
            && ["document", "footnotes", "endnotes"].iter().any(|part| last.starts_with(part))
            && last.split('.').next_back() == Some("xml")
}

/// The text of an office file as it stands in its parts: a paragraph a line.
#[must_use]
pub fn package_text(parts: &Parts) -> String {
    let mut all = String::new();
    for (_, part) in parts.0.iter().filter(|(name, _)| has_text(name)) {
        for_each_text(part, &mut |text| match text {
            Some(text) => all.push_str(&decode_entities(&String::from_utf8_lossy(text))),
            None => all.push_str("\n\n"),
        });
        all.push_str("\n\n");
    }
    all
}

/// The number of letters in the text of an office file, see [`count_letters`].
pub(in crate::format) fn count_package_letters(parts: &Parts) -> u64 {
    let mut count = 0;
    for (_, part) in parts.0.iter().filter(|(name, _)| has_text(name)) {
        for_each_text(part, &mut |text| count += text.map_or(0, count_letters));
    }
    count
}

// RTF.

/// The text of an RTF file as it stands in it: a paragraph a line.
#[must_use]
pub fn rtf_text(bytes: &[u8]) -> String {
    let mut all = String::new();
    for_each_rtf_run(bytes, &mut |run| {
        all.push_str(run);
        all.push_str("\n\n");
    });
    all
}

/// Groups of RTF without text of the document.
const SETTINGS: [&[u8]; 18] = [
    b"fonttbl",
    b"colortbl",
    b"stylesheet",
    b"info",
    b"pict",
    b"header",
    b"headerl",
    b"headerr",
    b"headerf",
    b"footer",
    b"footerl",
    b"footerr",
    b"footerf",
    b"fldinst",
    b"objdata",
    b"xe",
    b"tc",
    b"nonshppict",
];

/// Calls `take` for each paragraph of an RTF file.
fn for_each_rtf_run(bytes: &[u8], take: &mut dyn FnMut(&str)) {
    let mut text = RtfText {
        page: WINDOWS_1252,
        encoding: WINDOWS_1252,
        fonts: HashMap::new(),
        pending: Vec::new(),
        run: String::new(),
    };
    let mut groups = vec![Group::default()];
    let (mut at, mut repeated) = (0, 0);
    while let Some(&first) = bytes.get(at) {
        let Group { is_skipped, is_hidden, fallback, font } =
            groups.last().copied().unwrap_or_default();
        let is_left_out = is_skipped || is_hidden;
        at += 1;
        match first {
            b'{' if groups.len() < 10_000 => {
                let is_skipped = is_skipped || bytes[at..].starts_with(b"\\*");
                groups.push(Group { is_skipped, ..groups.last().copied().unwrap_or_default() });
            }
            b'}' if groups.len() > 1 => {
                groups.pop();
                text.set_font(groups.last().and_then(|group| group.font));
            }
            b'\\' => {
                let control = Control::read(&bytes[at..]);
                at += control.length;
                let Some(group) = groups.last_mut() else { break };
                match (control.word, control.number) {
                    (b"par" | b"cell" | b"row" | b"line" | b"tab" | b"sect" | b"page", _) => {
                        text.end_run(take);
                    }
                    (b"ansicpg", Some(page)) => text.set_page(page),
                    (b"uc", Some(count)) => {
                        group.fallback = usize::try_from(count).unwrap_or(1);
                    }
                    (b"f", number) => {
                        group.font = number;
                        if !group.is_skipped {
                            text.set_font(number);
                        }
                    }
                    (b"fcharset", Some(charset)) => text.add_font(font, charset),
                    // What is deleted or hidden is no text.
                    (b"deleted" | b"v", number) => group.is_hidden = number != Some(0),
                    (b"plain", _) => group.is_hidden = false,
                    (b"u", Some(unit)) if !is_left_out => {
                        text.push_unit(unit);
                        repeated = fallback;
                    }
                    (b"bin", Some(count)) => at += usize::try_from(count).unwrap_or(0),
                    (b"'", Some(byte)) if !is_left_out => {
                        if repeated > 0 {
                            repeated -= 1;
                        } else {
                            text.pending.extend(u8::try_from(byte));
                        }
                    }
                    (b"~", _) => text.pending.push(b' '),
                    (b"_", _) => text.pending.push(b'-'),
                    (word, _) if SETTINGS.contains(&word) => group.is_skipped = true,
                    _ => {}
                }
            }
            b'\r' | b'\n' | b'{' | b'}' => {}
            _ if is_left_out => {}
            _ if repeated > 0 => repeated -= 1,
            byte => text.pending.push(byte),
        }
    }
    text.end_run(take);
}

/// What holds in a group of RTF and those within it.
#[derive(Clone, Copy)]
struct Group {
    is_skipped: bool,
    is_hidden: bool,
    /// How many characters repeat one of Unicode.
    fallback: usize,
    /// Number of the font.
    font: Option<i32>,
}

impl Default for Group {
    fn default() -> Self {
        Self { is_skipped: false, is_hidden: false, fallback: 1, font: None }
    }
}

/// A control word or symbol of RTF.
struct Control<'a> {
    word: &'a [u8],
    /// Of `'`, the byte.
    number: Option<i32>,
    /// In bytes, after the backslash.
    length: usize,
}

impl<'a> Control<'a> {
    /// Reads the control after a backslash.
    fn read(rest: &'a [u8]) -> Self {
        let letters = rest.iter().take_while(|b| b.is_ascii_alphabetic()).count();
        let parse = |digits: &[u8], radix| {
            i32::from_str_radix(std::str::from_utf8(digits).ok()?, radix).ok()
        };
        if letters == 0 {
            let is_byte = rest.first() == Some(&b'\'');
            let number = rest.get(1..3).filter(|_| is_byte).and_then(|digits| parse(digits, 16));
            let length = if is_byte { 3 } else { 1 }.min(rest.len());
            return Self { word: &rest[..rest.len().min(1)], number, length };
        }
        let digits = &rest[letters..];
        let sign = usize::from(digits.first() == Some(&b'-'));
        let count = digits[sign..].iter().take(10).take_while(|b| b.is_ascii_digit()).count();
        let end = if count > 0 { letters + sign + count } else { letters };
        let space = usize::from(rest.get(end) == Some(&b' '));
        Self { word: &rest[..letters], number: parse(&rest[letters..end], 10), length: end + space }
    }
}

/// The text of an RTF file under construction.
struct RtfText {
    /// The encoding of the document.
    page: &'static Encoding,
    /// That of the current font.
    encoding: &'static Encoding,
    /// The encodings of fonts that have one of their own, by number.
    fonts: HashMap<i32, &'static Encoding>,
    /// Bytes that are not yet decoded.
    pending: Vec<u8>,
    run: String,
}

impl RtfText {
    fn set_page(&mut self, page: i32) {
        let name = match page {
            932 => "shift_jis".to_owned(),
            936 => "gbk".to_owned(),
            949 => "euc-kr".to_owned(),
            950 => "big5".to_owned(),
            10000 => "macintosh".to_owned(),
            65001 => "utf-8".to_owned(),
            page => format!("windows-{page}"),
        };
        self.page = Encoding::for_label(name.as_bytes()).unwrap_or(WINDOWS_1252);
        self.encoding = self.page;
    }

    /// Adds a font with a character set of Windows.
    fn add_font(&mut self, font: Option<i32>, charset: i32) {
        let label: &[u8] = match charset {
            128 => b"shift_jis",
            129 => b"euc-kr",
            134 => b"gbk",
            136 => b"big5",
            161 => b"windows-1253",
            162 => b"windows-1254",
            163 => b"windows-1258",
            177 => b"windows-1255",
            178 => b"windows-1256",
            186 => b"windows-1257",
            204 => b"windows-1251",
            222 => b"windows-874",
            238 => b"windows-1250",
            _ => return,
        };
        if let (Some(font), Some(encoding)) = (font, Encoding::for_label(label)) {
            self.fonts.insert(font, encoding);
        }
    }

    /// Goes on in a font.
    fn set_font(&mut self, font: Option<i32>) {
        let encoding = font.and_then(|font| self.fonts.get(&font)).copied().unwrap_or(self.page);
        if encoding != self.encoding {
            self.decode();
            self.encoding = encoding;
        }
    }

    fn decode(&mut self) {
        let bytes = std::mem::take(&mut self.pending);
        self.run.push_str(&self.encoding.decode_without_bom_handling(&bytes).0);
    }

    /// Adds a character of Unicode. Halves of characters beyond the basic plane, which are no letters of most scripts,
    /// are left out.
    fn push_unit(&mut self, unit: i32) {
        self.decode();
        let unit = u32::try_from(if unit < 0 { unit + 0x1_0000 } else { unit });
        self.run.extend(unit.ok().and_then(char::from_u32));
    }

    fn end_run(&mut self, take: &mut dyn FnMut(&str)) {
        self.decode();
        if !self.run.trim_ascii().is_empty() {
            take(&self.run);
        }
        self.run.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let mut found = Vec::new();
        for_each_run(text.as_bytes(), &mut |run| found.push(run.trim().to_owned()));
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn character_data_of_markup() {
        check("<p>One <b>t</b>wo</p><div>Three &amp; four</div>", &["One two", "Three & four"]);
        check(
            "<item><t>A &lt;b&gt; x</t><d><![CDATA[<p>In</p><p>Out &eacute;</p>]]></d></item>",
            &["A  x", "In", "Out é"],
        );
        check("WARC/1.0\n\n<!DOCTYPE html><p>Text</p>", &["WARC/1.0", "Text"]);
    }

    #[test]
    fn long_strings_of_json() {
        check(
            r#"{"headline": "Ferries sail again from Tarn", "id": "abc", "body_html": "<p>The ferries \"sail\" again.</p>\n<p>They sail at ten o'clock.</p>"}"#,
            &[
                "Ferries sail again from Tarn",
                "The ferries \"sail\" again.",
                "They sail at ten o'clock.",
            ],
        );
        check("{\"a\": \"cut off in the middle of the te", &["cut off in the middle of the te"]);
    }

    #[test]
    fn other_texts() {
        check("Ferries sail\nagain", &["Ferries sail\nagain"]);
        check("[Editors: see note]", &["[Editors: see note]"]);
        check(
            r"{\rtf1\ansi{\fonttbl{\f0 Arial;}}\pard One \b t\b0 wo\par F\'e4hre \u8364?\par}",
            &["One two", "Fähre €"],
        );
    }

    #[test]
    fn names_without_spaces_between_them() {
        check(
            "<p><person>Anna Lind</person><person>Ola Brun</person></p>",
            &["Anna Lind Ola Brun"],
        );
        check("<p><b>Fer</b><b>ries</b></p>", &["Ferries"]);
    }

    #[test]
    fn lines_with_objects() {
        check(
            "10:00 INFO got {\"text\": \"The ferries sail again from Tarn.\"}\n10:01 DEBUG idle",
            &["10:00 INFO got", "The ferries sail again from Tarn.", "10:01 DEBUG idle"],
        );
        check(
            "{\"document\": \"The bell rang. NEWLINE_CHAR Nobody slept.\"}",
            &["The bell rang. \n\n Nobody slept."],
        );
    }

    #[test]
    fn fonts_and_hidden_text_of_rtf() {
        check(
            r"{\rtf1\ansi{\fonttbl{\f0\fcharset0 Arial;}{\f1\fcharset204 Arial Cyr;}}{\f1 \'cf\'f0} \'e4 {\v hidden}{\deleted old}well\_made \v no\v0 yes\par}",
            &["Пр ä well-made yes"],
        );
    }

    /// The parts of a text: tags in angle brackets, literal text in square ones.
    #[track_caller]
    fn check_parts(text: &str, expected: &str) {
        let mut found = String::new();
        for_each_part_of_markup(text.as_bytes(), &mut |piece| {
            let (open, bytes, close) = match piece {
                Part::Text(bytes) => ("", bytes, ""),
                Part::Literal(bytes) => ("[", bytes, "]"),
                Part::Tag(bytes) => ("<", bytes, ">"),
            };
            found.push_str(open);
            found.push_str(std::str::from_utf8(bytes).unwrap());
            found.push_str(close);
        });
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn character_data() {
        check_parts("a<p class='x'>b &amp; c</p>d", "a<p>b &amp; c</p>d");
        check_parts("<?xml version='1.0'?><!DOCTYPE x><n:a/>t<!-- <b>no</b> -->u", "<n:a>tu");
        check_parts("<a><![CDATA[<p>x</p>]]></a>", "<a>[<p>x</p>]</a>");
        check_parts(
            "<script>if (a<b) {}</script>x<STYLE>p{}</Style>y",
            "<script></script>x<STYLE></Style>y",
        );
        check_parts("<script src=x/>y</script>z", "<script>y</script>z");
        check_parts("1 < 2 and <3 <b>x", "1 < 2 and <3 <b>x");
    }

    #[test]
    fn broken_markup() {
        check_parts("a<p", "a<p>");
        check_parts("a<!-- b", "a");
        check_parts("a<![CDATA[b", "a[b]");
        check_parts("<script>a", "<script>");
        check_parts("a<", "a<");
        for tag in ["<", "<!--", "<![CDATA[", "<script>", "</", "<a <b"] {
            for_each_part_of_markup(tag.repeat(50_000).as_bytes(), &mut |_| {});
        }
    }

    #[test]
    fn letters_are_counted_in_bytes() {
        assert_eq!(count_letters("A b, 1 é!".as_bytes()), 4);
        assert_eq!(count_letters(&[b'x'; 1000]), 1000);
        assert_eq!(count_markup_letters(b"<p class=x>ab<script>c</script><![CDATA[d]]></p>"), 3);
    }

    #[track_caller]
    fn check_package(name: &str, part: &str, expected: &str) {
        let parts = Parts(vec![(name.to_owned(), part.as_bytes().to_vec())]);
        let text = package_text(&parts);
        let lines: Vec<&str> = text.split('\n').filter(|line| !line.is_empty()).collect();
        assert_eq!(lines.join("/"), expected);
        let letters = expected.bytes().filter(u8::is_ascii_alphabetic).count();
        assert_eq!(count_package_letters(&parts), letters as u64);
    }

    #[test]
    fn text_of_packages() {
        let document = "<w:body><w:p><w:r><w:t>Fer</w:t></w:r><w:r><w:t xml:space=\"preserve\">ries </w:t><w:instrText>PAGE</w:instrText><w:delText>old</w:delText></w:r></w:p><w:p><w:r><w:t>Two</w:t></w:r></w:p></w:body>";
        check_package("word/document.xml", document, "Ferries /Two");
        check_package("word/header1.xml", document, "");
        let strict = "<x:document xmlns:x=\"http://purl.oclc.org/ooxml/wordprocessingml/main\"><x:p><x:t>One</x:t></x:p><x:p><x:t>Two</x:t></x:p></x:document>";
        check_package("word/document.xml", strict, "One/Two");
        check_package("content.xml", "<text:p>One</text:p><text:p>Two</text:p>", "One/Two");
        check_package(
            "xl/worksheets/sheet1.xml",
            "<worksheet><c><f>SUM(A)</f><v>3</v></c><c t='inlineStr'><is><t>Quay</t></is></c></worksheet>",
            "Quay",
        );
    }

    #[test]
    fn damaged_rtf_is_harmless() {
        for text in ["{", "}", "\\", "\\'", "\\u", "\\bin999999999 ", "{\\*", "\\uc9 \\u9 "] {
            for_each_rtf_run(text.repeat(20_000).as_bytes(), &mut |_| {});
        }
    }
}

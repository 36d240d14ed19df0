//! The header of an ANPA 1312 transmission: the story line and the line of priority, category and keyword.
//!
//! After the layout that agencies send (the ANPA bulletin itself is not public):
//! `SYN SYN SOH service-letter number [identifier] US selector`, then
//! `priority SP category format SP keyword [version] [reference] MM-DD [count]`. Controls may be lost.

use crate::dispatch::Urgency;
use crate::format::clock;
use crate::format::draft::Draft;
use crate::format::{label, rails};

/// What a header says. Texts are empty where it says nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::format) struct Header<'a> {
    /// Routing codes before the story line, as written.
    pub routing: &'a str,
    /// Service letter (`W`).
    pub service: &'a str,
    /// Story number (`2870`), which begins anew each day.
    pub number: &'a str,
    /// What stands between the number and US: a longer identifier.
    pub identifier: &'a str,
    /// Selector after US (`asian`).
    pub selector: &'a str,
    /// Priority letter (`f`, `b`, `u`, `r`, `d`, `a`, `s`, ...).
    pub priority: &'a str,
    /// Category letter (`i`).
    pub category: &'a str,
    /// DC4: the copy is set as agate.
    pub is_agate: bool,
    /// DC2: the copy is tabular.
    pub is_tabular: bool,
    /// Keyword with its cycle (`BC-US--Ethanol-LosingGra`), cut to its field.
    pub keyword: &'a str,
    /// Version field (`1stLd-Writethru`).
    pub version: &'a str,
    /// The story that this one goes on with or replaces (`a0584`).
    pub reference: &'a str,
    /// Month and day.
    pub date: Option<(i8, i8)>,
    /// Count at the end of the line: not the number of words.
    pub count: &'a str,
    /// Bytes of the text that the header takes, line ends included; 0 where there is none.
    pub byte_len: usize,
}

/// Reads the header that a text begins with; lines that are no part of it may stand before it.
pub(in crate::format) fn parse_header(text: &str) -> Header<'_> {
    let mut found = Header::default();
    let mut at = 0;
    for whole in text.split_inclusive('\n').take(12) {
        let start = at;
        at += whole.len();
        let line = whole.trim_end_matches(['\r', '\n']);
        if parse_priority_line(line, &mut found) {
            found.byte_len = at;
            return found;
        }
        if line.contains('\u{2}') {
            break;
        }
        if found.number.is_empty() && parse_story_line(line, &mut found) {
            found.routing = text[..start].trim();
            found.byte_len = at;
        }
    }
    found
}

/// `SYN SYN SOH W2870 US asian`, with or without its controls.
pub(super) fn parse_story_line<'a>(line: &'a str, found: &mut Header<'a>) -> bool {
    let framed = memchr::memrchr2(0x01, 0x16, line.as_bytes());
    let rest = framed.map_or(line, |at| &line[at + 1..]);
    let bytes = rest.as_bytes();
    let digits = bytes.iter().skip(1).take_while(|b| b.is_ascii_digit());
    let end = 1 + digits.count();
    if !bytes.first().is_some_and(u8::is_ascii_alphabetic) || !(4..=6).contains(&end) {
        return false;
    }
    let after = &rest[end..];
    let (identifier, selector) = after.split_once('\u{1f}').unwrap_or(("", after));
    let fits = |text: &str, most: usize| text.len() <= most && !text.contains(' ');
    let selector = selector.trim_start_matches(['_', '^']);
    if framed.is_none() && !(fits(identifier, 15) && fits(selector, 8)) {
        return false;
    }
    (found.service, found.number) = (&rest[..1], &rest[1..end]);
    (found.identifier, found.selector) = (trim_controls(identifier), trim_controls(selector));
    true
}

/// A text without controls around it.
fn trim_controls(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_ascii_control() || c == ' ')
}

/// `f l DC3 DC1 BC-KEYWORD 1stLd-Writethru a0584 11-13 1049`, with or without its controls.
pub(super) fn parse_priority_line<'a>(line: &'a str, found: &mut Header<'a>) -> bool {
    // Filling and framing that was left before the line.
    let line = line.trim_start_matches(|c: char| c.is_ascii_control());
    let bytes = line.as_bytes();
    let letter = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_alphabetic);
    if !(letter(0) && bytes.get(1) == Some(&b' ') && letter(2)) || line.len() > 120 {
        return false;
    }
    let parts = &line[3..];
    let controls = parts.bytes().take_while(u8::is_ascii_control).count();
    if !parts[controls..].starts_with(' ') {
        return false;
    }
    let mut words: Vec<&str> = parts[controls..].split_ascii_whitespace().collect();
    let is_count = |word: &&str| word.len() <= 5 && word.bytes().all(|b| b.is_ascii_digit());
    let count = words.pop_if(|word| is_count(&&**word)).unwrap_or("");
    let date = words.last().and_then(|word| parse_month_day(word));
    if date.is_some() {
        words.pop();
    }
    // Without a date only the format bytes tell that this is the line.
    if date.is_none() && controls == 0 || words.is_empty() {
        return false;
    }
    let reference = if words.len() > 1 {
        words.pop_if(|word| is_story_reference(word)).unwrap_or("")
    } else {
        ""
    };
    let first = words[0];
    let rest = text_between(line, words.get(1).copied(), words.last().copied());
    let (keyword, version) = if rest.is_empty() || is_version_field(rest) {
        (first, rest)
    } else {
        (text_between(line, Some(first), words.last().copied()), "")
    };
    *found = Header {
        priority: &line[..1],
        category: &line[2..3],
        is_agate: parts[..controls].contains('\u{14}'),
        is_tabular: parts[..controls].contains('\u{12}'),
        keyword: keyword.trim_end_matches(','),
        version,
        reference,
        date,
        count,
        ..std::mem::take(found)
    };
    true
}

/// What lies between the start of one part of a line and the end of another.
fn text_between<'a>(line: &'a str, first: Option<&'a str>, last: Option<&'a str>) -> &'a str {
    let (Some(first), Some(last)) = (first, last) else {
        return "";
    };
    let at = |part: &str| part.as_ptr() as usize - line.as_ptr() as usize;
    line.get(at(first)..at(last) + last.len()).unwrap_or("")
}

/// True for a version field; a keyword may also hold spaces.
pub(super) fn is_version_field(text: &str) -> bool {
    label::parse_label_line(&text.to_uppercase()).is_some()
        || text.starts_with(|c: char| c.is_ascii_digit())
        || text.get(..3).is_some_and(|start| {
            ["adv", "hfr", "ldw"]
                .iter()
                .any(|word| start.eq_ignore_ascii_case(word))
        })
}

/// `a0584`, `V9991`: a service letter and a story number.
pub(super) fn is_story_reference(word: &str) -> bool {
    let digits = word.get(1..).unwrap_or("");
    word.starts_with(|c: char| c.is_ascii_alphabetic())
        && (3..=5).contains(&digits.len())
        && digits.bytes().all(|b| b.is_ascii_digit())
}

fn parse_month_day(word: &str) -> Option<(i8, i8)> {
    let (month, day) = word.split_once('-')?;
    let number = |text: &str| (text.len() == 2).then(|| text.parse::<i8>().ok())?;
    let (month, day) = (number(month)?, number(day)?);
    ((1..=12).contains(&month) && (1..=31).contains(&day)).then_some((month, day))
}

impl Header<'_> {
    /// Hands the header to a draft. `sent` is what the transmission line says of date and time, as written.
    pub(in crate::format) fn apply(&self, draft: &mut Draft<'_>, sent: Option<&str>) {
        let date = self.date.map(|(month, day)| format!("{month:02}-{day:02}"));
        if !self.number.is_empty() {
            let mut id = [self.service, self.number].concat();
            if let Some(sent) = sent.or(date.as_deref()) {
                id.push(' ');
                id.push_str(sent);
            }
            draft.dispatch.id = Some(id);
        }
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let d = &mut draft.dispatch;
        d.priority = some(self.priority);
        d.category = some(self.category);
        d.urgency = self.urgency();
        d.slug = some(self.keyword);
        d.label = some(self.version);
        let routing = rails::remove_controls(self.routing);
        for (name, value) in [
            ("routing", &*routing),
            ("service", self.service),
            ("sequence", self.number),
            ("identifier", self.identifier),
            ("selector", self.selector),
            ("keyword", self.keyword),
            ("reference", self.reference),
            ("date", date.as_deref().unwrap_or("")),
            ("count", self.count),
            ("face", if self.is_agate { "agate" } else { "" }),
            ("copy", if self.is_tabular { "tabular" } else { "" }),
        ] {
            if !value.is_empty() {
                draft.add_field(name, value);
            }
        }
        if !self.reference.is_empty() {
            draft.add_reference(self.reference);
        }
        if sent.is_none()
            && let Some((month, day)) = self.date
        {
            draft.dispatch.created = clock::infer_year(draft, "header", month, day);
        }
    }

    /// Letters of priority as an urgency. AP's filing guide orders them f, b, u, r, d; a and s are for later use.
    pub(in crate::format) fn urgency(&self) -> Option<Urgency> {
        Urgency::new(
            match self.priority.as_bytes().first()?.to_ascii_lowercase() {
                b'f' => 1,
                b'b' => 2,
                b'u' => 3,
                b'r' => 5,
                b'd' => 6,
                b'a' | b'h' | b'w' => 7,
                b's' => 8,
                _ => return None,
            },
        )
    }
}

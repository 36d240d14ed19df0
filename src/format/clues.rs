//! What the beginning of an input shows at little cost, so that most recognisers need not look at it: plain text, of
//! which folders hold hundreds of thousands of files, is asked for next to nothing.

use std::sync::LazyLock;

use memchr::memmem::Finder;

use crate::format::parser::{Beginning, Sample};

/// What an input must show for a recogniser to be asked. A recogniser may rely on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Clue {
    /// Nothing: the recogniser is cheap, or has a cheap test of its own.
    None,
    /// `<` at the start, not in UTF-16.
    Markup,
    /// `<` at the start, or UTF-16, whose first character is not known before it is decoded.
    MarkupOrUtf16,
    /// The first line of a page that was converted from an office document.
    Converted,
    /// `{` or `[` at the start, or UTF-16.
    JsonOrUtf16,
    /// A call or an assignment, as scripts have it before a value, not in UTF-16.
    Script,
    /// `{"` somewhere, not in UTF-16.
    Object,
    /// A name of graphic characters and a colon at the start, or `From`, not in UTF-16.
    MailHeader,
    /// Near the start, SOH or a line that begins like the header of ANPA 1312 or IPTC 7901.
    WireHeader,
    /// `Z` is the first letter or digit.
    Telex,
    /// A line of underscores near the start, not in UTF-16.
    Rule,
    /// A line that is indented as far as centred lines are, or a line of the cover of Nexis, not in UTF-16.
    CentredLine,
    /// A line that begins with the code of a headline, or a document number, not in UTF-16.
    FactivaCode,
}

/// Length of the part of an input in which wire headers are looked for, in bytes.
pub(super) const WIRE_HEADER_REACH: usize = 512;

/// Length of the longest name of a mail header that is accepted, in bytes, with its colon.
pub(super) const MAX_MAIL_HEADER_NAME: usize = 77;

/// Start of a line that is centred, whatever it says: few names of papers are so long that fewer spaces are left.
const CENTRED_LINE: &[u8] = b"\n          ";

// Every text is searched for these, so the searches are prepared once.
static CENTRED: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(CENTRED_LINE));
static COVER_LINE: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("Time Of Request:"));
static HEADLINE_CODE: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("\nHD"));
static NUMBER_LINE: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("Document "));
static RULE: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(&[b'_'; 50]));

impl Clue {
    /// True if an input shows it. Most clues cost no more than a look at the beginning.
    pub(super) fn is_in(self, sample: &Sample<'_>) -> bool {
        let (start, beginning) = (sample.start, sample.beginning);
        match self {
            Self::None => true,
            Self::Markup => matches!(beginning, Beginning::Markup | Beginning::Converted),
            Self::MarkupOrUtf16 => {
                matches!(beginning, Beginning::Markup | Beginning::Converted | Beginning::Utf16)
            }
            Self::Converted => beginning == Beginning::Converted,
            Self::JsonOrUtf16 => matches!(beginning, Beginning::Json | Beginning::Utf16),
            Self::WireHeader => *sample.has_wire_header.get_or_init(|| has_wire_header(sample)),
            Self::Telex => begins_telex(start),
            _ if beginning == Beginning::Utf16 => false,
            Self::Script => begins_script(start),
            Self::Object => has_object(start),
            Self::MailHeader => begins_like_mail(start),
            Self::Rule => has_rule(start),
            Self::CentredLine => has_centred_line(sample),
            Self::FactivaCode => has_factiva_code(sample),
        }
    }
}

/// True for a name before `(` or `=`, for a declaration, and for what keeps pages of others from running a script.
fn begins_script(start: &[u8]) -> bool {
    let is_name = |b: &&u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'$' | b'.');
    let name = start.iter().take(100).take_while(is_name).count();
    match start[name..].trim_ascii_start().first() {
        Some(b'(' | b'=') => name > 0,
        Some(b')' | b'/') => name == 0,
        _ => matches!(&start[..name], b"var" | b"let" | b"const"),
    }
}

/// True if the first letter or digit is `Z`, in any case.
fn begins_telex(start: &[u8]) -> bool {
    let first = start.iter().take(256).find(|b| b.is_ascii_alphanumeric());
    matches!(first, Some(b'Z' | b'z'))
}

/// True for `{"` anywhere.
fn has_object(start: &[u8]) -> bool {
    memchr::memchr_iter(b'{', start).any(|at| start.get(at + 1) == Some(&b'"'))
}

/// True for a row of underscores near the start.
fn has_rule(start: &[u8]) -> bool {
    let top = &start[..start.len().min(4096)];
    memchr::memchr(b'_', top).is_some() && RULE.find(top).is_some()
}

/// True for a line that is centred, or one of the cover.
fn has_centred_line(sample: &Sample<'_>) -> bool {
    // White space before the first line counts.
    let all = &sample.bytes[..sample.bytes.len().min(sample.start.len() + 4096)];
    all.starts_with(&CENTRED_LINE[1..])
        || CENTRED.find(all).is_some()
        || COVER_LINE.find(&all[..all.len().min(1024)]).is_some()
}

/// True for `From`, or a name of graphic characters before a colon, perhaps with spaces between them.
fn begins_like_mail(start: &[u8]) -> bool {
    let reach = &start[..start.len().min(MAX_MAIL_HEADER_NAME)];
    let end = reach.iter().position(|b| !b.is_ascii_graphic() || *b == b':');
    let after = end.map_or(&[][..], |end| reach[end..].trim_ascii_start());
    after.first() == Some(&b':') || start.starts_with(b"From ")
}

/// Bytes from the start in which the lines of wire headers begin: those that are recognised begin in the first 256, and
/// a short line may stand above them.
const WIRE_LINE_REACH: usize = 320;

/// True if there is SOH, or a line that begins with a letter and either a space, a letter, and a space or format byte
/// (`r i `, a priority line of ANPA 1312), or a digit among the next three characters (`abc0123 3`, as in IPTC 7901).
fn has_wire_header(sample: &Sample<'_>) -> bool {
    let begins_header = |line: &[u8]| {
        let fill = line.iter().take(64).take_while(|b| b.is_ascii_control()).count();
        let is_letter = |at: usize| line.get(at).is_some_and(u8::is_ascii_alphabetic);
        let is_format = |at: usize| matches!(line.get(at), Some(b' ' | 0x10..=0x14));
        let is_priority_line =
            || line.get(1) == Some(&b' ') && is_format(3) && is_letter(0) && is_letter(2);
        let is_service =
            || is_letter(fill) && line[fill + 1..].iter().take(3).any(u8::is_ascii_digit);
        is_service() || is_priority_line()
    };
    let first = &sample.start[..sample.start.len().min(WIRE_HEADER_REACH)];
    if memchr::memchr(0x01, first).is_some() {
        return true;
    }
    let mut at = 0;
    let mut lines = sample.first_lines().map_while(|line| {
        let is_near = at <= WIRE_LINE_REACH;
        at += line.len() + 1;
        is_near.then_some(line)
    });
    // There may be more lines, if all are that short.
    lines.any(begins_header) || at <= WIRE_LINE_REACH && at < sample.start.len()
}

/// Longest line that tells the number of words, in bytes.
const MAX_COUNT_LINE: usize = 60;

/// True for a line that begins with the code of a headline, or for a line of a number and a word among the first ones
/// and a document number somewhere.
fn has_factiva_code(sample: &Sample<'_>) -> bool {
    let start = sample.start;
    let is_count = |line: &[u8]| {
        let line = line.trim_ascii();
        let mut words = line.rsplit(|&b| b == b' ').filter(|word| !word.is_empty());
        // The word before the last is the end of the number.
        let is_number = |word: &[u8]| word.last().is_some_and(|b| !b.is_ascii_alphabetic());
        line.first().is_some_and(u8::is_ascii_digit)
            && line.len() <= MAX_COUNT_LINE
            && words.nth(1).is_some_and(is_number)
    };
    start.starts_with(b"HD")
        || start.starts_with(b"SE")
        || HEADLINE_CODE.find(start).is_some()
        || sample.first_lines().any(is_count) && NUMBER_LINE.find(start).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Clue; 13] = [
        Clue::None,
        Clue::Markup,
        Clue::MarkupOrUtf16,
        Clue::Converted,
        Clue::JsonOrUtf16,
        Clue::Script,
        Clue::Object,
        Clue::MailHeader,
        Clue::WireHeader,
        Clue::Telex,
        Clue::Rule,
        Clue::CentredLine,
        Clue::FactivaCode,
    ];

    /// Checks which clues an input shows besides [`Clue::None`].
    #[track_caller]
    fn check(input: &[u8], expected: &[Clue]) {
        let sample = Sample::new(input);
        let found: Vec<Clue> = ALL.into_iter().filter(|clue| clue.is_in(&sample)).collect();
        assert_eq!(found[1..], *expected, "{}", String::from_utf8_lossy(input));
    }

    #[test]
    fn plain_text_shows_none() {
        check(b"Ferries strike in Ostrel, says a union\nSlug: FERRY\n\nOSTREL - A day of it.", &[]);
        check(b"A strike of days\n\n      Three of 20 ferries sailed [in fog].\n", &[]);
        check("“Fähren”: {noch} nicht _alle_ da.".as_bytes(), &[]);
    }

    #[test]
    fn clues_are_found_where_recognisers_look() {
        check(b"\xef\xbb\xbf \n<p>Kites", &[Clue::Markup, Clue::MarkupOrUtf16]);
        check(b"\xff\xfeF\0e\0", &[Clue::MarkupOrUtf16, Clue::JsonOrUtf16]);
        check(b"[ {\"a\": 1}]", &[Clue::JsonOrUtf16, Clue::Object]);
        check(b"show([1]);", &[Clue::Script]);
        check(b"const a = [];", &[Clue::Script]);
        check(b")]}',\n[]", &[Clue::Script]);
        check(b"2026-03-01 INFO {\"headline\": \"Kites\"}", &[Clue::Object]);
        check(b"Message-ID : <1@b.example>", &[Clue::MailHeader]);
        check(b"From a@b.example Mon", &[Clue::MailHeader]);
        check(b"Kites\n\x05\x16\x16\x01a0123", &[Clue::WireHeader]);
        check(b"Kites\nabc0123 3 pol", &[Clue::WireHeader]);
        check(b"u i BC-KITES", &[Clue::WireHeader]);
        check(b"\x07\r\nzczc\n", &[Clue::Telex]);
        check(format!("Kites\n{}\n", "_".repeat(60)).as_bytes(), &[Clue::Rule]);
        check(b"Kites\n          1 of 20", &[Clue::CentredLine]);
        check(b"          1 of 20", &[Clue::CentredLine]);
        check(b"Time Of Request: noon", &[Clue::CentredLine]);
        check(b"Kites\n\nHD  Kites", &[Clue::FactivaCode]);
        check(b"Kites\n90 words\nDocument QNA0000020150303eb33000", &[Clue::FactivaCode]);
    }
}

//! Record boundaries: where a large input may be split into parts, and where the frames of a wire begin and end.

use std::ops::Range;

use memchr::memmem;

use crate::format::parser::{Input, ItemSink, ParsedItem};
use crate::format::shared::word_set::WordSet;
use crate::text::has_prefix_ignoring_case;

/// Where an input of a format may be split.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordBoundary {
    /// Nowhere: the input must be read in one piece.
    Unsplittable,
    /// After any newline: one item per line.
    Newline,
    /// Before a `From …` line that begins a mail in an mbox (RFC 4155, section 2, and what programs make of it).
    MboxFrom,
    /// Before this text, which begins every item and occurs nowhere else.
    BeforeMark(&'static str),
}

impl RecordBoundary {
    /// How many bytes before a position the check for a boundary may examine. A caller that searches a window of a
    /// larger input must include that many, unless the input begins there.
    pub const LOOKBEHIND: usize = 4;
    /// How many bytes from a position on the check may examine: the `From` line of a mail and its first header.
    pub const LOOKAHEAD: usize = 2048;

    /// Offset of the first boundary at or after `from`.
    #[must_use]
    pub fn find_next(self, bytes: &[u8], from: usize) -> Option<usize> {
        let rest = bytes.get(from..)?;
        match self {
            Self::Unsplittable => None,
            Self::Newline if from == 0 || bytes[from - 1] == b'\n' => Some(from),
            Self::Newline => memchr::memchr(b'\n', rest).map(|at| from + at + 1),
            Self::MboxFrom => {
                let begin = from.saturating_sub(1);
                let lines = memmem::find_iter(&bytes[begin..], MBOX_FROM).map(|at| begin + at + 1);
                let first = (from == 0 && bytes.starts_with(&MBOX_FROM[1..])).then_some(0);
                first.into_iter().chain(lines).find(|&at| is_mail_start(bytes, at))
            }
            Self::BeforeMark(mark) => memmem::find(rest, mark.as_bytes()).map(|at| from + at),
        }
    }

    /// Offset of the last boundary at or after `from`.
    #[must_use]
    pub fn find_last(self, bytes: &[u8], from: usize) -> Option<usize> {
        let from = from.min(bytes.len());
        let rest = &bytes[from..];
        match self {
            Self::Unsplittable => None,
            Self::Newline => memchr::memrchr(b'\n', rest).map(|at| from + at + 1),
            Self::MboxFrom => {
                let begin = from.saturating_sub(1);
                memmem::rfind_iter(&bytes[begin..], MBOX_FROM)
                    .map(|at| begin + at + 1)
                    .find(|&at| is_mail_start(bytes, at))
            }
            Self::BeforeMark(mark) => memmem::rfind(rest, mark.as_bytes()).map(|at| from + at),
        }
    }
}

/// Start of every mail but the first, with the newline before it.
const MBOX_FROM: &[u8] = b"\nFrom ";

/// True if the `From …` line at this offset begins a mail. At least two of three signs are required: the line is dated,
/// it follows an empty line, a header follows it. Lines in a body that happen to begin with `From` rarely have two.
fn is_mail_start(bytes: &[u8], at: usize) -> bool {
    let end = bytes.len().min(at + RecordBoundary::LOOKAHEAD);
    let text = &bytes[at..end];
    let line = &text[..memchr::memchr(b'\n', text).unwrap_or(text.len())];
    let header = text.get(line.len() + 1..).is_some_and(is_mail_header);
    let before = &bytes[at.saturating_sub(RecordBoundary::LOOKBEHIND)..at];
    let after_empty_line = at == 0
        || [&b"\n\n"[..], b"\n\r\n"].iter().any(|gap| before.ends_with(gap))
        || before == b"\n"
        || before == b"\r\n";
    if !after_empty_line && !header {
        return false;
    }
    has_mbox_date(line) || after_empty_line && header
}

/// True if a line has a time followed by a year, as in `From desk@wire.example Tue Mar  3 08:15:00 2026`.
fn has_mbox_date(line: &[u8]) -> bool {
    let mut words = line.split(|&b| b == b' ').map(<[u8]>::trim_ascii);
    let digits = |word: &[u8]| !word.is_empty() && word.iter().all(u8::is_ascii_digit);
    let time = |word: &[u8]| {
        let mut parts = word.split(|&b| b == b':');
        parts.clone().count() > 1 && parts.all(|part| digits(part) && part.len() <= 2)
    };
    let year = |word: &[u8]| word.len() == 4 && digits(word) && matches!(word[0], b'1' | b'2');
    words.any(time) && words.any(year)
}

static MAIL_HEADERS: WordSet = WordSet::new(
    "from to cc subject date message-id received return-path delivered-to mime-version sender reply-to status
     organization keywords newsgroups",
);

/// True if a line begins with a common mail header and a colon.
pub(super) fn is_mail_header(line: &[u8]) -> bool {
    let Some(colon) = line.iter().take(40).position(|&b| b == b':') else {
        return false;
    };
    let Ok(name) = std::str::from_utf8(&line[..colon]) else {
        return false;
    };
    let prefixed = ["x-", "content-"].iter().any(|start| has_prefix_ignoring_case(name, start));
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
    MAIL_HEADERS.contains(name) || prefixed && name.bytes().all(is_plain)
}

// Frames of wires.

/// Offers the item of each frame to the sink until the sink is full. Frames begin at these ascending offsets. Bytes
/// before the first offset belong to the first frame if `leads` accepts them, else they form a frame of their own.
/// Frames without any text are left out.
pub(super) fn offer_frames(
    input: &Input<'_>,
    mut starts: Vec<usize>,
    leads: impl Fn(&[u8]) -> bool,
    sink: &mut ItemSink<'_>,
    parse_item: fn(&Input<'_>, Range<usize>) -> ParsedItem,
) {
    match starts.first_mut() {
        Some(first) if leads(&input.bytes[..*first]) => *first = 0,
        Some(_) => starts.insert(0, 0),
        None => starts.push(0),
    }
    starts.push(input.bytes.len());
    for range in starts.array_windows().map(|&[start, end]| start..end) {
        if sink.is_full() {
            break;
        }
        if has_text(&input.bytes[range.clone()]) {
            sink.offer(|| parse_item(input, range));
        }
    }
}

/// End of the last IPTC 7901 frame: after ETX or EOT (section 3.5) and the controls that follow.
pub(super) fn end_of_iptc(bytes: &[u8]) -> Option<usize> {
    let end = memchr::memrchr2(0x03, 0x04, bytes)? + 1;
    Some(skip_controls(bytes, end))
}

/// End of the last ANPA 1312 frame: after EOT, or before the SYN SYN SOH of the next frame. ETX does not end a frame,
/// since the transmission line follows it.
pub(super) fn end_of_anpa(bytes: &[u8]) -> Option<usize> {
    let next = || memchr::memmem::rfind(bytes, b"\x16\x16\x01").filter(|&at| at > 0);
    match memchr::memrchr(0x04, bytes) {
        Some(end) => Some(skip_controls(bytes, end + 1)),
        None => next(),
    }
}

/// End of the last ZCZC frame: after its closing `NNNN` line and the controls that follow.
pub(super) fn end_of_telex(bytes: &[u8]) -> Option<usize> {
    let ends_line = |end: &usize| bytes.get(*end).is_none_or(u8::is_ascii_control);
    let marks = memchr::memmem::rfind_iter(bytes, b"\nNNNN").map(|at| at + 5);
    let end = marks.into_iter().find(ends_line)?;
    Some(skip_controls(bytes, end))
}

/// Skips the controls and line ends after a frame, up to those that may begin the next one (SOH, ENQ, SYN).
fn skip_controls(bytes: &[u8], end: usize) -> usize {
    let fill = |b: &&u8| b.is_ascii_control() && !matches!(b, 0x01 | 0x05 | 0x16);
    end + bytes[end..].iter().take_while(fill).count()
}

/// True if the bytes contain anything readable: a visible ASCII character, or any byte beyond ASCII.
pub(super) fn has_text(bytes: &[u8]) -> bool {
    bytes.iter().any(|b| b.is_ascii_graphic() || *b >= 0x80)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(boundary: RecordBoundary, text: &str, offsets: &[usize]) {
        let bytes = text.as_bytes();
        let mut found = Vec::new();
        let mut from = 0;
        while let Some(at) = boundary.find_next(bytes, from).filter(|&at| at < bytes.len()) {
            found.push(at);
            from = at + 1;
        }
        assert_eq!(found, offsets, "{text:?}");
        let last = boundary.find_last(bytes, 0).filter(|&at| at < bytes.len());
        assert_eq!(last, offsets.iter().rfind(|&&at| at > 0).copied(), "{text:?}");
    }

    #[test]
    fn lines_and_marks() {
        check(RecordBoundary::Unsplittable, "a\nb", &[]);
        check(RecordBoundary::Newline, "a\nbc\n\nd", &[0, 2, 5, 6]);
        check(RecordBoundary::BeforeMark("<DOC>"), "x\n<DOC>a</DOC>\n<DOC>b", &[2, 15]);
    }

    #[test]
    fn mails() {
        let dated = "From a@b Tue Mar  3 08:15:00 2026";
        check(
            RecordBoundary::MboxFrom,
            &format!("{dated}\nTo: c\n\nx\n\n{dated}\nTo: c\n\ny\n"),
            &[0, 44],
        );
        check(
            RecordBoundary::MboxFrom,
            &format!("{dated}\nTo: c\n\nx\n{dated}\nTo: c\n"),
            &[0, 43],
        );
        check(
            RecordBoundary::MboxFrom,
            &format!("{dated}\r\nTo: c\r\n\r\nx\r\n\r\n{dated}\r\n\r\n"),
            &[0, 49],
        );
        check(
            RecordBoundary::MboxFrom,
            "From desk\nSubject: x\n\ny\n\nFrom desk\nX-Take: 2\n",
            &[0, 25],
        );
        for prose in [
            "From here on",
            ">From x Tue Mar 3 08:15:00 2026",
            "From: x",
            "From 10:30 in 2026\nNote: rain",
        ] {
            check(RecordBoundary::MboxFrom, &format!("{dated}\nTo: c\n\nx\n{prose}\ny\n"), &[0]);
        }
        check(
            RecordBoundary::MboxFrom,
            &format!("{dated}\nTo: c\n\nx\n\nFrom the start\nTel: 5\n"),
            &[0],
        );
    }
}

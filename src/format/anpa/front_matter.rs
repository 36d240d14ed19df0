//! Reads the lines before the copy of an ANPA dispatch, on the upper rail (`^…<`): keyword, headline, notes, byline.

use crate::format::anpa::header::{Header, is_story_reference, is_version_field};
use crate::format::parser::Draft;
use crate::format::shared::bylines::is_byline;
use crate::format::shared::dateline::LeadDateline;
use crate::format::shared::fields::{self, FieldKey};
use crate::format::shared::word_set::WordSet;
use crate::format::shared::{labels, wire_controls};
use crate::text::has_prefix_ignoring_case;

/// Most lines that one rail may continue over, so that a rail without its end sign does not swallow the copy.
const MAX_RAIL_LINES: usize = 8;

/// Moves the front matter of `text` into a draft and returns the rest: the copy.
pub(super) fn read<'a>(text: &'a str, header: &Header<'_>, draft: &mut Draft<'_>) -> &'a str {
    let mut rest = text;
    let mut front = FrontMatterReader::default();
    while let Some((rail, after)) = front.next_line(rest, header) {
        if !front.apply_line(&rail, after, header, draft) {
            break;
        }
        rest = after;
    }
    rest
}

/// One line on the upper rail, its continuation lines joined by spaces.
struct Rail {
    /// Its text without rail and quad signs.
    text: String,
    /// It ends with `=`, the sign for centred lines.
    is_centred: bool,
}

/// What has been read of the front matter so far.
#[derive(Default)]
struct FrontMatterReader {
    has_keyword: bool,
    has_headline: bool,
    byline: BylineState,
}

/// How much of the byline has been read.
#[derive(Default, PartialEq, Eq)]
enum BylineState {
    #[default]
    None,
    /// The line with the writer's name.
    Named,
    /// The name, and the writer's agency or office below it.
    Credited,
}

/// The rail at the start of `text`, and the text after it.
fn parse_rail(text: &str) -> Option<(Rail, &str)> {
    let mut at = text.len() - text.trim_start_matches(['\n', '\r', ' ']).len();
    if !text[at..].starts_with('^') {
        return None;
    }
    at += 1;
    let mut all = String::new();
    for full_line in text[at..].split_inclusive('\n').take(MAX_RAIL_LINES) {
        // A rail, a paragraph, a table row or an empty line ends a rail that lost its end sign.
        if !all.is_empty() && full_line.starts_with(['^', '\t', '\u{8}', '\n', '\r']) {
            break;
        }
        at += full_line.len();
        let clean = wire_controls::remove_controls(full_line);
        let line = clean.trim_end();
        if !all.is_empty() {
            all.push(' ');
        }
        all.push_str(line.trim_start());
        if line.ends_with(['<', '=']) {
            break;
        }
        // A line this long is a whole paragraph: nothing continues it.
        if full_line.len() > 400 {
            break;
        }
    }
    let centred = all.ends_with('=');
    let inner = all.trim_end_matches(['<', '=', '@', ' ']).trim_start();
    let rail_text = wire_controls::convert_typesetter_signs(inner).into_owned();
    Some((Rail { text: rail_text, is_centred: centred }, &text[at..]))
}

impl FrontMatterReader {
    /// The next line of front matter and the text after it: a rail, or a keyword line that lost its rail sign.
    fn next_line<'a>(&self, text: &'a str, header: &Header<'_>) -> Option<(Rail, &'a str)> {
        if let Some(found) = parse_rail(text) {
            return Some(found);
        }
        let start = text.trim_start_matches(['\n', '\r', ' ']);
        if self.has_keyword || start.is_empty() {
            return None;
        }
        let end = memchr::memchr(b'\n', start.as_bytes()).map_or(start.len(), |at| at + 1);
        let line = wire_controls::remove_controls(&start[..end]);
        let line = line.trim();
        let keyword_line = line.trim_end_matches(['<', ' ']);
        (line.len() < 120 && is_keyword_line(keyword_line, header)).then(|| {
            let text = keyword_line.to_owned();
            (Rail { text, is_centred: false }, &start[end..])
        })
    }

    /// Applies a rail to the draft. False if it belongs to the copy, and with it everything after it.
    fn apply_line(
        &mut self,
        rail: &Rail,
        after: &str,
        header: &Header<'_>,
        draft: &mut Draft<'_>,
    ) -> bool {
        let text = rail.text.as_str();
        if !self.has_keyword && !self.has_headline && is_keyword_line(text, header) {
            self.has_keyword = true;
            apply_keyword_line(text, draft);
        } else if let Some(note) = parse_note(text) {
            fields::append_text(&mut draft.dispatch.ednote, note, "\n");
        } else if is_byline(text) && self.byline == BylineState::None {
            self.byline = BylineState::Named;
            draft.set_field(FieldKey::Byline, "byline", text);
        } else if self.byline != BylineState::None {
            // Below a byline, a centred line right above the dateline is a credit whatever its words.
            if self.byline == BylineState::Credited
                || !(is_credit(text) || rail.is_centred && starts_with_dateline(after))
            {
                return false;
            }
            self.byline = BylineState::Credited;
            draft.add_field("credit", text);
            if draft.dispatch.agency.is_none() {
                draft.dispatch.agency = agency_from_credit(text).map(str::to_owned);
            }
        } else if labels::parse_label_line(&text.to_uppercase()).is_some() {
            add_label(text, draft);
        } else if is_visuals_line(text) {
            draft.add_field("visuals", text);
        } else if !self.has_headline {
            // A single rail above a table is taken for the headline, though it may be the table's first row.
            self.has_headline = true;
            draft.set_field(FieldKey::Headline, "headline", text);
        } else if rail.is_centred && !after.trim_start().starts_with('^') {
            return false;
        } else {
            draft.add_field("subheadline", text);
        }
        true
    }
}

/// True if `text` is copy that begins with a dateline.
fn starts_with_dateline(text: &str) -> bool {
    let line = text.trim_start().split(['\n', '\r']).next().unwrap_or("");
    !line.starts_with('^')
        && LeadDateline::parse(&wire_controls::convert_typesetter_signs(line)).is_some()
}

/// Adds a label from a line of its own. If one of two labels contains the other, only the longer one is kept.
fn add_label(text: &str, draft: &mut Draft<'_>) {
    let holds = |all: &str, part: &str| all.to_lowercase().contains(&part.to_lowercase());
    match &draft.dispatch.label {
        Some(label) if holds(label, text) => {}
        Some(label) if holds(text, label) => draft.dispatch.label = Some(text.to_owned()),
        _ => fields::append_text(&mut draft.dispatch.label, text, " "),
    }
}

/// True for the line that repeats the header's keyword in full: `BC-US--Ethanol-Losing Grassland, 1st Ld,1140`.
fn is_keyword_line(line: &str, header: &Header<'_>) -> bool {
    let counted = line.rsplit_once(',').is_some_and(|(_, count)| {
        !count.is_empty() && count.trim().bytes().all(|b| b.is_ascii_digit())
    });
    // Compare the first letters only: the header cuts the keyword and drops its spaces.
    let letters = |text: &str| -> String {
        let letters = text.chars().filter(|c| c.is_alphanumeric()).take(8);
        letters.flat_map(char::to_lowercase).collect()
    };
    let same = header.keyword.len() >= 4 && letters(line) == letters(header.keyword);
    has_cycle_prefix(line) || same || counted && header.keyword.is_empty()
}

/// True for a line that begins with a cycle designator (`BC-`, `AM-`, `PM-`, `AP-`), as keyword lines do.
pub(in crate::format) fn has_cycle_prefix(line: &str) -> bool {
    let cycles = ["bc-", "am-", "pm-", "ap-"];
    line.len() <= 100
        && !line.contains(". ")
        && line
            .get(..3)
            .is_some_and(|start| cycles.iter().any(|cycle| start.eq_ignore_ascii_case(cycle)))
}

/// Sets slug, version, references and stated word count from a keyword line: `KEYWORD, VERSION, REFERENCE,WORDS`.
pub(in crate::format) fn apply_keyword_line(line: &str, draft: &mut Draft<'_>) {
    let mut parts: Vec<&str> = line.split(',').map(str::trim).collect();
    if parts.len() > 1 {
        let count =
            parts.pop_if(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()));
        draft.dispatch.words_stated = count.and_then(|count| count.parse().ok());
    }
    let first =
        parts.iter().skip(1).position(|part| is_version_field(part) || is_story_reference(part));
    let version = first.map_or_else(Vec::new, |at| parts.split_off(at + 1));
    let slug = parts.join(", ");
    draft.dispatch.slug =
        Some(slug.trim_end_matches([',', ' ']).to_owned()).filter(|slug| !slug.is_empty());
    let labels: Vec<&str> = version.iter().copied().filter(|part| is_version_field(part)).collect();
    for part in version.iter().filter(|part| is_story_reference(part)) {
        draft.add_reference(part);
    }
    let version = labels.join(", ");
    match &draft.dispatch.label {
        _ if version.is_empty() => {}
        // The header's version field takes precedence; a different spelling is kept among the fields.
        Some(label) if !label.eq_ignore_ascii_case(&version) => {
            draft.add_field("version", &version);
        }
        Some(_) => {}
        None => draft.dispatch.label = Some(version),
    }
}

// Tests of single lines before the copy, by their wording.

/// The text of a note to editors without its mark (`Eds:`), or the whole line if it opens like a release note.
pub(super) fn parse_note(line: &str) -> Option<&str> {
    const MARKS: [&str; 9] = [
        "eds:",
        "eds.:",
        "ed:",
        "editors:",
        "editor's note",
        "editors' note",
        "editor’s note",
        "editors’ note",
        "eds note",
    ];
    const OPENINGS: [&str; 10] = [
        "for release",
        "hold for release",
        "embargoed",
        "for use",
        "not for",
        "adv ",
        "$adv",
        "attention",
        "editors",
        "moved in advance",
    ];
    let begins = |mark: &&&str| has_prefix_ignoring_case(line, mark);
    if let Some(mark) = MARKS.iter().find(begins) {
        return Some(line[mark.len()..].trim_start_matches([' ', '_', '—', '-', ':'].as_slice()));
    }
    OPENINGS.iter().any(|mark| begins(&mark)).then_some(line)
}

static OFFICES: WordSet = WordSet::new(
    "press writer writers ap news agency correspondent editor service bureau staff reporter columnist canadian critic wire",
);

/// True for the writer's agency or office, the line below a byline (`Associated Press`).
pub(super) fn is_credit(line: &str) -> bool {
    let mut words = line.split([' ', ',', '-']);
    line.len() <= 60 && words.any(|word| OFFICES.contains(word))
}

static VISUALS: WordSet = WordSet::new("photo photos graphic graphics video videos audio");

/// True for a line about pictures, graphics or sound that move with the story: `AP Photo XNP101, XNP102`, `With AP
/// Photos.`, `AP Graphic OIL`.
pub(super) fn is_visuals_line(line: &str) -> bool {
    let words: Vec<&str> = line.split([' ', ',', '.', ':']).take(4).collect();
    // Only `With` and the agency's initials may come before that word.
    let at = words.iter().position(|word| VISUALS.contains(word));
    at.is_some_and(|at| {
        words[..at].iter().all(|word| {
            word.len() <= 5
                && (word.eq_ignore_ascii_case("with")
                    || word.bytes().all(|b| b.is_ascii_uppercase()))
        })
    })
}

/// The short name of an agency that a credit spells out.
pub(super) fn agency_from_credit(credit: &str) -> Option<&'static str> {
    const NAMES: [(&str, &str); 4] = [
        ("associated press", "AP"),
        ("canadian press", "CP"),
        ("kyodo news", "Kyodo"),
        ("agence france-presse", "AFP"),
    ];
    let lower = credit.to_ascii_lowercase();
    let found = NAMES.iter().find(|(name, _)| lower.contains(name));
    found.map(|(_, short)| *short)
}

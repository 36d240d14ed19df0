//! Which share of its letters an input shows in its dispatches, and what is left out by rule. The words of the input are
//! looked for in what can be seen of the dispatches, whatever its punctuation, case and line breaks are.

use std::collections::{BTreeMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

use crate::dispatch::{Dispatch, Problem, Severity};
use crate::format::exports::languages;
use crate::format::office::{ConvertedText, Parts};
use crate::format::shared::dates;
use crate::format::shared::encoding;
use crate::format::shared::input_text::{
    count_package_letters, for_each_run, package_text, without_markup,
};

/// Problems are reported from this number of lost letters on.
const FEW_LETTERS: u64 = 60;

/// Rules that do not excuse what is left out if it is most of an input: an article may stand in such an element.
const DOUBTFUL: [&str; 4] = ["asides", "forms", "embedded objects", "other forms"];

/// What follows a number that is shown in another form: units of stated lengths, in the languages of databases, and
/// words of times of day.
const UNITS: [&str; 23] = [
    "words", "Wörter", "mots", "palabras", "woorden", "parole", "palavras", "slov", "sanaa",
    "слов", "كلمة", "字", "語", "년", "월", "일", "T", "Z", "AM", "PM", "GMT", "UTC", "Uhr",
];

/// What stands before a number or date that is kept without it.
const REFERENCES: [&str; 9] = ["p", "pp", "page", "S", "Seite", "Nr", "No", "vom", "am"];

/// What stands before the number of a document, in the languages of databases.
const DOCUMENT_WORDS: [&str; 9] = [
    "Document",
    "Dokument",
    "Documento",
    "Documento de",
    "Документ",
    "Asiakirja",
    "문서",
    "وثيقة",
    "文書番号",
];

/// What stands before the names in a byline, which is kept without it.
const BYLINE_WORDS: [&str; 9] = ["By", "Von", "Par", "Por", "Door", "Av", "Af", "Di", "Da"];

/// Lines that databases print around every article, whatever it says.
const DATABASE_LINES: [&str; 54] = [
    "Body",
    "Text",
    "Corps",
    "Textkörper",
    "Cuerpo",
    "Corpo",
    "Hoofdtekst",
    "Brödtext",
    "Classification",
    "Klassifizierung",
    "Clasificación",
    "Classificação",
    "Classificazione",
    "Classificatie",
    "Content Type",
    "Narrowed by",
    "News",
    "Graphic",
    "Full text",
    "End of Document",
    "Ende des Dokuments",
    "Fin de document",
    "Fin du document",
    "Fin del documento",
    "Fin de documento",
    "Fine del documento",
    "Final do documento",
    "Einde van document",
    "Slut på dokument",
    "Klassificering",
    "Dokument von",
    "Document of",
    "of DOCUMENTS",
    "FOCUS of DOCUMENTS",
    "ProQuest document link",
    "Document Email",
    "None available",
    "Database copyright ProQuest LLC All rights reserved",
    "Copyright ProQuest LLC All rights reserved Terms and Conditions",
    "Contact us at http about proquest com go pqissupportcontact",
    "Contact us at http support proquest com",
    "Dow Jones Factiva",
    "Dow Jones",
    "Factiva Inc All rights reserved",
    "Search Summary",
    "Documents",
    "Document",
    "Dokument",
    "Documento",
    "Документ",
    "文書番号",
    "Impression",
    "Eureka",
    "Europresse",
];

/// The letters of an input, and how many of them its dispatches show. A text that stands in an input several times
/// counts once. Words of dates, which are shown in another form, and the names of values, which are as tags, do not count.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Share {
    /// Letters of the input.
    pub letters: u64,
    /// Letters that can be seen: in headlines, texts, fields, messages.
    pub shown: u64,
    /// Letters that are left out on purpose, by the name of the rule (`menus`).
    pub left_out: BTreeMap<&'static str, u64>,
}

impl Share {
    /// Adds another input, or another part of the same.
    pub fn add(&mut self, other: &Self) {
        self.letters += other.letters;
        self.shown += other.shown;
        for (rule, letters) in &other.left_out {
            *self.left_out.entry(rule).or_default() += letters;
        }
    }

    /// Per cent of the letters that are shown, 0 to 100: 100 only if all are. `None` if there are no letters.
    #[must_use]
    pub fn percent_shown(&self) -> Option<u64> {
        Self::percent(self.shown, self.letters)
    }

    /// A share in per cent, rounded, but 100 only for all and 0 only for nothing. `None` if the whole is nothing.
    #[must_use]
    pub fn percent(part: u64, whole: u64) -> Option<u64> {
        let rounded = (100 * part + whole / 2).checked_div(whole)?;
        Some(match part {
            0 => 0,
            _ if part >= whole => 100,
            _ => rounded.clamp(1, 99),
        })
    }

    /// The rules by which something is left out, with the per cent of the letters, the largest first.
    #[must_use]
    pub fn rules(&self) -> Vec<(&'static str, u64)> {
        let mut rules: Vec<_> = (self.left_out.iter())
            .filter_map(|(rule, letters)| Some((*rule, Self::percent(*letters, self.letters)?)))
            .filter(|(_, percent)| *percent > 0)
            .collect();
        rules.sort_by_key(|(rule, percent)| (std::cmp::Reverse(*percent), *rule));
        rules
    }

    /// `86 % shown, left out: menus 12 %`; empty if there are no letters.
    #[must_use]
    pub fn describe(&self) -> String {
        let Some(shown) = self.percent_shown() else {
            return String::new();
        };
        let rules = self.rules();
        let names: Vec<String> =
            rules.iter().map(|(rule, percent)| format!("{rule} {percent} %")).collect();
        if names.is_empty() {
            return format!("{shown} % shown");
        }
        format!("{shown} % shown, left out: {}", names.join(", "))
    }

    /// True if less than half is shown of what is not left out by rule.
    fn is_below_half(&self) -> bool {
        let sum = |is_wanted: &dyn Fn(&str) -> bool| -> u64 {
            self.left_out.iter().filter(|(rule, _)| is_wanted(rule)).map(|(_, count)| count).sum()
        };
        let doubtful = sum(&|rule| !excuses(rule));
        let mut left_out = sum(&|_| true);
        if 2 * doubtful > self.letters {
            left_out -= doubtful;
        }
        let expected = self.letters.saturating_sub(left_out);
        2 * self.shown < expected && expected - self.shown >= FEW_LETTERS
    }

    /// The problem of an input that shows less than half of its text.
    #[must_use]
    pub fn problem(&self) -> Option<Problem> {
        if !self.is_below_half() {
            return None;
        }
        let rules = self.rules().into_iter().map(|(rule, percent)| format!("{rule} {percent} %"));
        let rules = rules.collect::<Vec<_>>().join(", ");
        let rules =
            if rules.is_empty() { rules } else { format!(" (left out on purpose: {rules})") };
        let message = format!(
            "only {} % of its text is shown{rules}; the rest stands where this format has no text: \
             --input-format plain shows all of it",
            self.percent_shown().unwrap_or(0)
        );
        Some(Problem::new(Severity::Fault, "", message))
    }
}

/// True for rules that excuse what is left out however much it is.
pub(in crate::format) fn excuses(rule: &str) -> bool {
    !DOUBTFUL.contains(&rule)
}

/// True if less than half of an input may be shown: `expected` bytes of letters that are not left out by rule, and
/// `shown` bytes of text. Not certain, but cheap: a text may stand in an input twice.
pub(in crate::format) fn may_be_below_half(expected: u64, shown: u64, is_utf8: bool) -> bool {
    // About a fifth of a text is spaces and punctuation. Of other encodings, text has up to twice the bytes as UTF-8.
    let letters = if is_utf8 { shown * 4 / 5 } else { shown * 2 / 5 };
    expected > 2 * letters && expected - letters >= FEW_LETTERS
}

/// Collects what the dispatches of an input show and what is left out, and compares it with the input.
#[derive(Debug, Default)]
pub(in crate::format) struct Measure {
    shown: WordSet,
    left_out: Vec<(&'static str, WordSet)>,
    /// The identifiers of the dispatches.
    ids: Vec<String>,
}

impl Measure {
    /// Adds all that can be seen of a dispatch.
    pub(in crate::format) fn show(&mut self, dispatch: &Dispatch) {
        let d = dispatch;
        let texts = [&d.id, &d.slug, &d.label, &d.agency, &d.byline, &d.category, &d.ednote];
        let more = [&d.priority, &d.story, &d.revision, &d.language, &d.rights];
        self.shown.add(&d.headline);
        for text in texts.into_iter().chain(more).flatten() {
            self.shown.add(text);
        }
        if let Some(dateline) = &d.dateline {
            self.shown.add(&dateline.text);
            for text in [&dateline.place, &dateline.country, &dateline.agency] {
                self.shown.add(text.as_deref().unwrap_or_default());
            }
        }
        for text in d.subjects.iter().chain(&d.keywords).chain(&d.links) {
            self.shown.add(text);
        }
        for relation in &d.relations {
            self.shown.add(&relation.id);
        }
        for word in BYLINE_WORDS {
            if let Some(byline) = &d.byline {
                self.shown.add(word);
                self.shown.add(byline);
            }
        }
        self.ids.extend(d.id.clone());
        // A language is shown by its tag.
        for name in d.language.as_deref().map_or(&[][..], languages::names) {
            self.shown.add(name);
        }
        self.shown.add(d.body.text());
        for (name, value) in &d.fields {
            self.shown.add(name);
            self.shown.add(value);
            if let Some(plain) = without_markup(value) {
                self.shown.add(&plain);
            }
        }
        for problem in &d.problems {
            self.show_message(problem);
        }
    }

    /// Adds a text that can be seen.
    pub(in crate::format) fn show_text(&mut self, text: &str) {
        self.shown.add(text);
    }

    /// Adds a message.
    pub(in crate::format) fn show_message(&mut self, problem: &Problem) {
        self.shown.add(&problem.message);
    }

    /// Adds a text that is left out by a rule.
    pub(in crate::format) fn leave_out(&mut self, rule: &'static str, text: &str) {
        let at = self.left_out.iter().position(|(known, _)| *known == rule);
        let at = at.unwrap_or_else(|| {
            self.left_out.push((rule, WordSet::default()));
            self.left_out.len() - 1
        });
        self.left_out[at].1.add(text);
    }

    /// Leaves out the lines that databases print around articles.
    pub(in crate::format) fn leave_out_database_lines(&mut self) {
        for line in DATABASE_LINES {
            self.leave_out("database lines", line);
        }
        for id in std::mem::take(&mut self.ids) {
            for word in DOCUMENT_WORDS {
                self.leave_out("database lines", word);
                self.leave_out("database lines", &id);
            }
        }
    }

    /// The share of a table, of which each cell stands by itself.
    pub(in crate::format) fn share_of_table(&self, bytes: &[u8]) -> Share {
        let text = encoding::decode(bytes).text;
        let mut counter = Counter::new(self);
        for line in text.lines() {
            let line = line.replace("\\n", ";");
            let plain = without_markup(&line).unwrap_or(line);
            counter.count(&plain.replace([',', '"'], ";"));
        }
        counter.share
    }

    /// The share of an input.
    pub(in crate::format) fn share_of(&self, bytes: &[u8]) -> Share {
        let mut counter = Counter::new(self);
        for_each_run(bytes, &mut |run| counter.count(run));
        counter.share
    }

    /// The share of a text that was taken out of an input.
    pub(in crate::format) fn share_of_text(&self, text: &str) -> Share {
        let mut counter = Counter::new(self);
        counter.count(text);
        counter.share
    }
}

/// Counts the letters of an input.
struct Counter<'m> {
    measure: &'m Measure,
    share: Share,
    /// Words with their neighbours that were counted.
    seen: Hashes,
    /// The words of a clause; reused.
    clause: Vec<(u64, u32)>,
}

impl<'m> Counter<'m> {
    fn new(measure: &'m Measure) -> Self {
        Self { measure, share: Share::default(), seen: Hashes::default(), clause: Vec::new() }
    }

    /// Counts a run of text.
    fn count(&mut self, run: &str) {
        for_each_piece(run, &mut |piece| match piece {
            Piece::Word(word, letters) => self.clause.push((word, letters)),
            Piece::Break => self.end_clause(false),
            Piece::Label => self.end_clause(true),
        });
        self.end_clause(false);
    }

    /// Counts the words of the clause. The name of a value counts only if it is shown: like a tag, it is no text.
    fn end_clause(&mut self, is_label: bool) {
        let clause = std::mem::take(&mut self.clause);
        for (at, (_, letters)) in clause.iter().enumerate() {
            let letters = u64::from(*letters);
            let is_shown = self.measure.shown.has(&clause, at);
            // Codes of two letters name values, too.
            let is_code = clause.len() == 1 && letters == 2;
            if (is_label || is_code) && !is_shown || !self.seen.insert(context(&clause, at)) {
                continue;
            }
            self.share.letters += letters;
            if is_shown {
                self.share.shown += letters;
            } else if let Some((rule, _)) =
                self.measure.left_out.iter().find(|(_, words)| words.has(&clause, at))
            {
                *self.share.left_out.entry(rule).or_default() += letters;
            }
        }
        self.clause = clause;
        self.clause.clear();
    }
}

/// The problem of an office file of whose text less than half was converted.
#[must_use]
pub fn conversion_problem(parts: &Parts, texts: &[ConvertedText]) -> Option<Problem> {
    let length: u64 = texts.iter().map(|text| text.text.len() as u64).sum();
    if !may_be_below_half(count_package_letters(parts), length, true) {
        return None;
    }
    let mut measure = Measure::default();
    for text in texts {
        for_each_run(text.text.as_bytes(), &mut |run| measure.show_text(run));
    }
    measure.share_of_text(&package_text(parts)).problem()
}

// Words.

/// A part of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Piece {
    /// A run of letters: its hash, in any case the same, and the number of its letters.
    Word(u64, u32),
    /// The end of a clause: what follows may be shown elsewhere.
    Break,
    /// The end of a clause that is the name of a value, as in `Publication date: 3 March`.
    Label,
}

/// Lines shorter than this, in bytes, are not wrapped: what follows is another clause.
const SHORT_LINE: usize = 40;

/// Longest name of a value, in bytes.
const LONG_LABEL: usize = 40;

/// Longest word, in letters. Longer runs are no words but encoded data.
const MAX_WORD: u32 = 60;

/// Calls `take` for the words of a text, and for the ends of its clauses. Words of dates are left out: a date that was
/// read is shown in another form.
fn for_each_piece(text: &str, take: &mut dyn FnMut(Piece)) {
    let (mut word, mut line, mut before) = (WordHash::default(), 0, '\n');
    // Where the current clause begins.
    let mut clause = 0;
    for (at, c) in text.char_indices() {
        if is_invisible(c) {
            continue;
        }
        if c.is_ascii_alphabetic() || !c.is_ascii() && c.is_alphabetic() {
            if is_unspaced(c) {
                word.finish(text, at, take);
                word.push(c, at);
                word.finish(text, at + c.len_utf8(), take);
            } else {
                word.push(c, at);
            }
            before = c;
            continue;
        }
        // An accent that stands apart from its letter.
        if ('\u{300}'..='\u{36f}').contains(&c) {
            continue;
        }
        word.finish(text, at, take);
        match c {
            '\n' => {
                let is_end = at - line < SHORT_LINE || begins_with_code(&text[at + 1..]);
                if before == '\n' || is_end {
                    take(Piece::Break);
                    clause = at + 1;
                }
                line = at + 1;
            }
            ':' if clause == line && is_label(&text[line..at]) => {
                take(Piece::Label);
                clause = at + 1;
            }
            ';' | ':' | '|' | '(' | ')' | '[' | ']' | '{' | '}' | '\t' | '•' | '·' | '…' => {
                take(Piece::Break);
                clause = at + 1;
            }
            // A code before its value, as in `LP   The quay`.
            ' ' if at - line == 2 && begins_with_code(&text[line..]) => take(Piece::Break),
            ' ' | '\r' => continue,
            _ if c.is_control() => take(Piece::Break),
            _ => {}
        }
        before = c;
    }
    word.finish(text, text.len(), take);
}

/// True for a line that begins with a code of two letters and its value: `LP   The quay`.
fn begins_with_code(rest: &str) -> bool {
    let bytes = rest.as_bytes();
    let is_code = bytes.iter().take(2).filter(|byte| byte.is_ascii_uppercase()).count() == 2;
    let after = bytes.get(2..).unwrap_or_default();
    is_code && (after.starts_with(b"\t") || after.starts_with(b"  "))
}

/// True for the name of a value: a few words from the start of a line.
fn is_label(text: &str) -> bool {
    text.len() <= LONG_LABEL && text.split_whitespace().count() <= 4
}

/// True for characters without a width that may stand within a word.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

/// True for letters of scripts without spaces between words: each counts as a word.
fn is_unspaced(c: char) -> bool {
    matches!(c,
        '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}'
        | '\u{2e80}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// The hash of the current word.
#[derive(Default)]
struct WordHash {
    hash: u64,
    letters: u32,
    start: usize,
}

/// An odd number without a pattern: the golden ratio in 64 bits.
const MIX: u64 = 0x9e37_79b9_7f4a_7c15;

fn mix(hash: u64, value: u64) -> u64 {
    (hash.rotate_left(23) ^ value).wrapping_mul(MIX)
}

impl WordHash {
    fn push(&mut self, c: char, at: usize) {
        if self.letters == 0 {
            self.start = at;
        }
        let lower = if c.is_ascii() {
            c.to_ascii_lowercase()
        } else {
            c.to_lowercase().next().unwrap_or(c)
        };
        self.hash = mix(self.hash, u64::from(lower));
        self.letters += 1;
    }

    /// Ends the word before byte `end` of the text.
    fn finish(&mut self, text: &str, end: usize, take: &mut dyn FnMut(Piece)) {
        let Self { hash, letters, start } = std::mem::take(self);
        if letters == 0 || letters > MAX_WORD {
            return;
        }
        let word = text.get(start..end).unwrap_or_default();
        if letters <= 9
            && (dates::is_weekday(word)
                || dates::month_number(word).is_some()
                || belongs_to_number(&text[..start], word, &text[end..]))
        {
            return;
        }
        take(Piece::Word(hash, letters));
    }
}

/// True for a word that says what the number before or after it is. Numbers are no words.
fn belongs_to_number(before: &str, word: &str, after: &str) -> bool {
    let is_one_of = |words: &[&str]| words.iter().any(|known| known.eq_ignore_ascii_case(word));
    let is_unit = || before.trim_end_matches(' ').ends_with(|c: char| c.is_ascii_digit());
    let is_reference = || {
        let number = after.trim_start_matches(['.', ':', ' ']);
        // Pages of parts of a paper: `p. A4`.
        let number = number.strip_prefix(|c: char| c.is_ascii_uppercase()).unwrap_or(number);
        number.starts_with(|c: char| c.is_ascii_digit())
    };
    is_one_of(&UNITS) && is_unit() || is_one_of(&REFERENCES) && is_reference()
}

/// Passes hashes on, which need no other hash.
#[derive(Default)]
struct Identity(u64);

impl Hasher for Identity {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = mix(self.0, u64::from(byte));
        }
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = value ^ value >> 32;
    }
}

/// A set of hashes.
type Hashes = HashSet<u64, BuildHasherDefault<Identity>>;

/// The words of texts, alone and with their neighbours.
#[derive(Debug, Default)]
struct WordSet {
    /// Hashes of single words, of two and of three in a row.
    rows: Hashes,
    last: [u64; 2],
}

/// The hash of words in a row.
fn row(words: &[u64]) -> u64 {
    words.iter().fold(words.len() as u64, |hash, word| mix(hash, *word))
}

impl WordSet {
    /// Adds the words of a text, as if it followed those before it.
    fn add(&mut self, text: &str) {
        for_each_piece(text, &mut |piece| {
            if let Piece::Word(word, _) = piece {
                let [first, second] = self.last;
                self.rows.insert(row(&[word]));
                self.rows.insert(row(&[second, word]));
                self.rows.insert(row(&[first, second, word]));
                self.last = [second, word];
            }
        });
    }

    /// True if word number `at` of a clause is among these words, with two of its neighbours; with fewer in a short
    /// clause.
    fn has(&self, clause: &[(u64, u32)], at: usize) -> bool {
        // In a short clause, a word before or after a name is often all that is not shown: `By Ada Lenz`.
        let length = match clause.len() {
            length @ 0..=2 => length,
            3..=5 => 2,
            _ => 3,
        };
        let first = (at + 1).saturating_sub(length);
        let last = at.min(clause.len() - length);
        (first..=last).any(|start| {
            let mut words = [0; 3];
            for (to, (word, _)) in words.iter_mut().zip(&clause[start..start + length]) {
                *to = *word;
            }
            self.rows.contains(&row(&words[..length]))
        })
    }
}

/// The hash of a word with its neighbours, by which a text that stands in an input twice is known.
fn context(clause: &[(u64, u32)], at: usize) -> u64 {
    let word = |at: Option<usize>| at.and_then(|at| clause.get(at)).map_or(0, |(word, _)| *word);
    row(&[word(at.checked_sub(1)), word(Some(at)), word(at.checked_add(1))])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::detect::detect;
    use crate::format::parser::Context;
    use crate::format::table::{scan, scan_measured};

    /// A text of `count` words that hardly repeats itself.
    fn prose(seed: u64, count: usize) -> String {
        let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        let mut next = |length: usize| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            usize::try_from(state >> 40).unwrap() % length
        };
        let syllables = ["ta", "ri", "mo", "len", "ku", "sa", "por", "de", "vin", "gra", "she"];
        let mut word = || (0..3).map(|_| syllables[next(syllables.len())]).collect::<String>();
        (0..count).map(|_| word()).collect::<Vec<_>>().join(" ")
    }

    /// Checks the share and whether a scan of heads reports that less than half is shown.
    #[track_caller]
    fn check(input: &str, shown: std::ops::RangeInclusive<u64>, rules: &[&str], is_reported: bool) {
        let Ok(format) = detect(input.as_bytes()) else {
            panic!("refused");
        };
        let context = Context::default();
        let (_, share) = scan_measured(format, input.as_bytes(), &context, None, &mut |_| {});
        let percent = share.percent_shown().unwrap_or(0);
        assert!(shown.contains(&percent), "{}: {}", format.row().name, share.describe());
        let names: Vec<&str> = share.rules().into_iter().map(|(rule, _)| rule).collect();
        assert_eq!(names, rules, "{input}");
        let problems = scan(format, input.as_bytes(), &context, &mut |_| {});
        let found = problems.iter().any(|problem| problem.message.starts_with("only "));
        assert_eq!((found, share.problem().is_some()), (is_reported, is_reported), "{problems:?}");
    }

    #[test]
    fn a_page_is_shown_but_for_its_menus() {
        let (text, menu) = (prose(1, 200), prose(2, 40));
        let page = |menu: &str, text: &str| {
            format!(
                "<!DOCTYPE html><title>Quay</title><script>var a = '{text}'</script>{menu}{text}"
            )
        };
        check(&page("", &format!("<p>{text}</p>")), 100..=100, &[], false);
        let nav = format!("<nav>{menu}</nav>");
        check(&page(&nav, &format!("<p>{text}</p>")), 75..=90, &["menus"], false);
        // Most of a page may be left out by rule.
        let nav = format!("<nav>{text}</nav><footer>{}</footer>", prose(5, 300));
        check(&page(&nav, &format!("<h1>Quay</h1><p>{menu}</p>")), 5..=20, &["menus"], false);
    }

    #[test]
    fn texts_that_stand_twice_count_once() {
        let text = prose(1, 100);
        check(&format!("<html><h1>{text}</h1><p>{text}</p><p>{text}</p>"), 100..=100, &[], false);
        let json = format!(
            "{{\"headline\": \"Quay\", \"body\": \"{text}\", \"body_html\": \"<p>{text}</p>\"}}"
        );
        check(&json, 100..=100, &[], false);
        let feed = format!(
            "<rss><channel><item><title>A</title><description>{text}</description></item><item><title>A</title><description>{text}</description></item></channel></rss>"
        );
        check(&feed, 100..=100, &[], false);
    }

    #[test]
    fn text_under_an_unknown_name_is_shown_as_a_field() {
        let text = prose(1, 200);
        check(&format!("{{\"headline\": \"Quay\", \"xq\": \"{text}\"}}"), 100..=100, &[], false);
        check(
            &format!("{{\"headline\": \"Quay\", \"xq\": {{\"y\": [\"<p>{text}</p>\"]}}}}"),
            95..=100,
            &[],
            false,
        );
    }

    #[test]
    fn lost_text_is_reported() {
        let (text, lost) = (prose(1, 60), prose(2, 240));
        let page = |name: &str| format!("<html><p>{text}</p><{name}><p>{lost}</p></{name}></html>");
        for (name, rule) in
            [("aside", "asides"), ("template", "embedded objects"), ("textarea", "forms")]
        {
            check(&page(name), 15..=25, &[rule], true);
        }
        check(&page("nav"), 15..=25, &["menus"], false);
        check(&page("quay"), 100..=100, &[], false);
        // Two of three bodies, in an element that the format does not have.
        let body = |name: &str, text: &str| format!("<{name}><p>{text}</p></{name}>");
        let nitf = format!(
            "<nitf><body><body.head><hedline><hl1>Quay</hl1></hedline></body.head>{}{}</body></nitf>",
            body("body.content", &text),
            body("media.x", &lost)
        );
        check(&nitf, 15..=100, &[], true);
    }

    #[test]
    fn shares_are_per_cent() {
        for (part, whole, expected) in [
            (0, 0, None),
            (0, 9, Some(0)),
            (1, 900, Some(1)),
            (899, 900, Some(99)),
            (9, 9, Some(100)),
        ] {
            assert_eq!(Share::percent(part, whole), expected);
        }
    }

    /// The clauses of a text, as numbers of letters.
    #[track_caller]
    fn check_clauses(text: &str, expected: &[&[u32]]) {
        let mut clauses = vec![Vec::new()];
        for_each_piece(text, &mut |piece| match piece {
            Piece::Word(_, letters) => clauses.last_mut().unwrap().push(letters),
            Piece::Break | Piece::Label => clauses.push(Vec::new()),
        });
        clauses.retain(|clause| !clause.is_empty());
        assert_eq!(clauses, expected, "{text}");
    }

    #[test]
    fn words_and_clauses() {
        check_clauses("Ferries sail, 12 of them.", &[&[7, 4, 2, 4]]);
        check_clauses("Port: the quay (old)", &[&[4], &[3, 4], &[3]]);
        check_clauses("A short line\nand another", &[&[1, 5, 4], &[3, 7]]);
        check_clauses(
            "The harbour master said on the quay that the ferries\nsail again",
            &[&[3, 7, 6, 4, 2, 3, 4, 4, 3, 7, 4, 5]],
        );
        check_clauses("Fäh\u{ad}re don't", &[&[5, 3, 1]]);
        check_clauses("雨が降った", &[&[1, 1, 1, 1, 1]]);
        check_clauses(&"x".repeat(90), &[]);
        check_clauses("March 3, 2015 Monday, ferry", &[&[5]]);
    }

    #[test]
    fn words_of_numbers_and_codes() {
        check_clauses("Quay, 120 words, p. A4, 10:15 GMT, 2015-03-03T10:00:00Z", &[&[4, 1]]);
        check_clauses("The words of Page and Nr", &[&[3, 5, 2, 4, 3, 2]]);
        check_clauses("LP   The quay\nTD\tIt is wet", &[&[2], &[3, 4], &[2], &[2, 2, 3]]);
        check_clauses("Quay\u{3}Ferry", &[&[4], &[5]]);
    }

    #[test]
    fn lines_of_logs_are_left_out_by_rule() {
        let (text, more) = (prose(1, 60), prose(2, 60));
        let log = |line: &str| {
            let object = |text: &str| format!("{{\"headline\": \"Quay\", \"body\": \"{text}\"}}");
            format!("{line}{}\n{line}{}\n", object(&text), object(&more))
        };
        let rule = "lines that are not JSON";
        check(&log("10:00 INFO poller has started\n"), 90..=99, &[rule], false);
        check(&log("10:00 INFO got "), 90..=99, &[rule], false);
    }

    #[test]
    fn a_cell_of_a_table_that_is_lost_is_no_column_name() {
        let text = prose(1, 60);
        let table = format!("title\tbody\nQuay\t{text}\\nIt <b>is</b> wet.\n");
        let measured = |shown: &str| {
            let mut measure = Measure::default();
            measure.show_text(shown);
            measure.share_of_table(table.as_bytes()).percent_shown().unwrap_or(0)
        };
        assert!(measured(&format!("Quay {text} It is wet.")) > 90);
        assert!(measured("Quay. It is wet.") < 10);
    }

    /// Which words of a text are found in another.
    #[track_caller]
    fn check_found(shown: &str, text: &str, expected: &[bool]) {
        let mut set = WordSet::default();
        set.add(shown);
        let mut clause = Vec::new();
        for_each_piece(text, &mut |piece| {
            if let Piece::Word(word, letters) = piece {
                clause.push((word, letters));
            }
        });
        let found: Vec<bool> = (0..clause.len()).map(|at| set.has(&clause, at)).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn words_are_found_with_their_neighbours() {
        let shown = "The ferries sail again. The quay is wet.";
        check_found(shown, "THE FERRIES – sail", &[true, true, true]);
        check_found(shown, "Soon the ferries sail", &[false, true, true, true]);
        check_found(shown, "the wet quay", &[false, false, false]);
        check_found(shown, "quay is", &[true, true]);
        check_found(shown, "quay", &[true]);
        check_found(shown, "goats", &[false]);
    }
}

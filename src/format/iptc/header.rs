//! The header line of IPTC 7901: source and number, priority, category, words, and what each agency adds (sections 4.2 to 4.10).

use crate::dispatch::Urgency;
use crate::format::dateline;
use crate::format::draft::Draft;
use crate::format::label;

/// Longest header line, in bytes.
pub(super) const MAX_HEADER_BYTES: usize = 120;

/// `eca062 4 i 211 ccccb   dpa 061`
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Header<'a> {
    /// One to three letters (section 4.2).
    pub source: &'a str,
    /// Number of the message, three to five digits.
    pub number: &'a str,
    /// 1 to 6, by some agencies up to 9 (section 4.4).
    pub priority: &'a str,
    /// One to four letters (section 4.6).
    pub category: &'a str,
    /// Number of words (section 4.8).
    pub words: &'a str,
    /// What an agency adds (section 4.10).
    pub optional: &'a str,
}

impl<'a> Header<'a> {
    /// Reads a header line; controls and fill before it do not count.
    pub(super) fn parse(line: &'a str) -> Option<Self> {
        let line = line.trim_matches(|c: char| c.is_ascii_control() || c == ' ');
        if line.len() > MAX_HEADER_BYTES {
            return None;
        }
        let (name, rest) = line.split_once(' ')?;
        let (source, number) = split_message_name(name)?;
        let (priority, rest) = rest.trim_start().split_once(' ')?;
        let (category, rest) = rest.trim_start().split_once(' ')?;
        let rest = rest.trim_start();
        let (words, optional) = rest.split_once(' ').unwrap_or((rest, ""));
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        let letters =
            |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphabetic());
        let fits = priority.len() == 1
            && digits(priority)
            && priority != "0"
            && category.len() <= 4
            && letters(category)
            && words.len() <= 5
            && digits(words);
        fits.then(|| Self {
            source,
            number,
            priority,
            category,
            words,
            optional: optional.trim(),
        })
    }

    /// The same where SOH stands before it and only its name is whole.
    pub(super) fn parse_damaged(line: &'a str) -> Option<Self> {
        let line = line.trim_matches(|c: char| c.is_ascii_control() || c == ' ');
        let (name, rest) = line.split_once(' ').unwrap_or((line, ""));
        let (source, number) = split_message_name(name)?;
        Some(Self {
            source,
            number,
            optional: rest.trim(),
            ..Self::default()
        })
    }

    /// Hands the header to a draft; `sent` is the date-time group as written.
    pub(super) fn apply(&self, draft: &mut Draft<'_>, sent: Option<&str>) {
        let name = [self.source, self.number].concat();
        let zero = self.number.bytes().all(|b| b == b'0');
        draft.dispatch.id = match sent {
            Some(sent) => Some(format!("{name} {sent}")),
            None => (!zero).then_some(name),
        };
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let d = &mut draft.dispatch;
        d.priority = some(self.priority);
        d.urgency = self.priority.parse().ok().and_then(Urgency::new);
        d.category = some(self.category);
        d.words_stated = self.words.parse().ok().filter(|&words| words > 0);
        draft.add_field("source", self.source);
        draft.add_field("message", self.number);
        if !self.optional.is_empty() {
            draft.add_field("optional", self.optional);
            self.apply_optional(draft);
        }
    }

    /// Agency and its own number, language, and the item that is corrected or repeated.
    fn apply_optional(&self, draft: &mut Draft<'_>) {
        let words: Vec<&str> = self.optional.split_ascii_whitespace().collect();
        let number = |at: usize| {
            words
                .get(at)
                .copied()
                .filter(|word| word.len() <= 6 && word.bytes().all(|b| b.is_ascii_digit()))
        };
        let mut agency: Option<(&str, Option<&str>)> = None;
        for (at, &word) in words.iter().enumerate() {
            if word.len() == 2
                && at == 0
                && LANGUAGES.iter().any(|one| one.eq_ignore_ascii_case(word))
            {
                draft.dispatch.language = Some(word.to_ascii_lowercase());
                continue;
            }
            let act = label::parse_label_line(&word.to_uppercase())
                .filter(|meaning| meaning.role.is_some())
                .or_else(|| expand_short_label(word));
            if let Some(meaning) = act {
                if draft.dispatch.label.is_none() {
                    draft.dispatch.label = Some(word.to_owned());
                }
                if let Some(role) = meaning.role {
                    draft.dispatch.role = role;
                }
                if let Some(number) = number(at + 1) {
                    draft.add_reference(number);
                }
                continue;
            }
            let letters = (2..=10).contains(&word.len())
                && word.bytes().all(|b| b.is_ascii_alphabetic() || b == b'-');
            let known = dateline::is_known_agency(word);
            if known || agency.is_none() && letters && number(at + 1).is_some() {
                agency = Some((word, number(at + 1)));
            }
        }
        if let Some((name, number)) = agency {
            let name = name.split('-').next().unwrap_or(name);
            draft.dispatch.agency = Some(name.to_owned());
            if let Some(number) = number {
                draft.dispatch.agency_number = number.parse().ok();
                draft.add_field("agency-number", number);
            }
        }
    }
}

/// Languages that an optional field may name first.
const LANGUAGES: [&str; 6] = ["de", "en", "es", "fr", "it", "nl"];

/// `COR`, `REP`: short forms of acts in the optional field.
fn expand_short_label(word: &str) -> Option<label::LabelMeaning> {
    let long = match word {
        "COR" | "CORR" | "KOR" | "COR." => "CORRECTION",
        "REP" | "RPT" => "REPEAT",
        "ANN" => "KILL",
        _ => return None,
    };
    label::parse_label_line(long)
}

/// `eca062` as source and number.
fn split_message_name(name: &str) -> Option<(&str, &str)> {
    let letters = name.bytes().take_while(u8::is_ascii_alphabetic).count();
    let (source, number) = name.split_at_checked(letters)?;
    let fits = (1..=3).contains(&letters)
        && (3..=5).contains(&number.len())
        && number.bytes().all(|b| b.is_ascii_digit());
    fits.then_some((source, number))
}

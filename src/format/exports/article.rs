//! From the parts of an exported article to a dispatch: what databases have in common, whatever their layout.

use std::collections::HashSet;

use crate::dispatch::{Problem, Severity};
use crate::format::exports::languages;
use crate::format::parser::{Draft, ItemSink};
use crate::format::shared::agencies::agency_sign;
use crate::format::shared::dates::{LongDate, parse_long_date};
use crate::format::shared::fields::{self, FieldKey};
use crate::format::shared::finish;
use crate::format::shared::markup::{Markup, TextBlock};
use crate::text;

/// Finds the articles that stand in an export more than once.
#[derive(Default)]
pub(in crate::format) struct Repeats {
    /// Identities of the articles so far.
    seen: HashSet<u64>,
    repeated: usize,
}

impl Repeats {
    /// True for the first article with this number, headline, source, time and text.
    pub(in crate::format) fn is_new(&mut self, draft: &Draft<'_>, blocks: &[TextBlock]) -> bool {
        let d = &draft.dispatch;
        let time = d.sent.map_or(0, |sent| sent.seconds);
        let or_empty = |value: &Option<String>| value.clone().unwrap_or_default();
        let mut identity =
            [or_empty(&d.id), d.headline.clone(), or_empty(&d.agency), time.to_string()].join("\0");
        for (_, block) in blocks {
            identity.push('\0');
            identity.push_str(block);
        }
        let is_new = self.seen.insert(text::stable_hash(identity.as_bytes()));
        self.repeated += usize::from(!is_new);
        is_new
    }

    /// True if there was any article.
    pub(in crate::format) fn has_articles(&self) -> bool {
        !self.seen.is_empty()
    }

    /// A note that says how many articles were left out because they stand in the export more than once.
    pub(in crate::format) fn note(&self) -> Option<Problem> {
        let articles = text::count_noun(self.repeated, "article");
        let verb =
            if self.repeated == 1 { "repeats an earlier one" } else { "repeat earlier ones" };
        let message = format!("{articles} of this export {verb}, and are shown once");
        let message =
            if self.repeated == 1 { message.replace("and are", "and is") } else { message };
        (self.repeated > 0).then(|| Problem::new(Severity::Note, "", message))
    }
}

/// Most messages about parts of an export that are left out.
const MAX_LEFT_OUT: usize = 20;

/// Takes the articles of an export in order and offers them to a sink. An article that stands in the export more than
/// once is offered once.
pub(in crate::format) struct ArticleSink<'k, 's> {
    sink: &'k mut ItemSink<'s>,
    repeats: Repeats,
    /// An article was found, offered or not.
    has_articles: bool,
    /// Why parts of the export are left out.
    left_out: Vec<String>,
    /// Parts beyond [`MAX_LEFT_OUT`].
    more_left_out: usize,
}

impl<'k, 's> ArticleSink<'k, 's> {
    pub(in crate::format) fn new(sink: &'k mut ItemSink<'s>) -> Self {
        Self {
            sink,
            repeats: Repeats::default(),
            has_articles: false,
            left_out: Vec::new(),
            more_left_out: 0,
        }
    }

    /// True if no further article is wanted.
    pub(in crate::format) fn is_full(&self) -> bool {
        self.sink.is_full()
    }

    /// Offers an article that has a byte range of its own.
    pub(in crate::format) fn offer(&mut self, draft: Draft<'_>, blocks: Vec<TextBlock>) {
        if self.is_new(&draft, &blocks) {
            self.sink.offer(|| finish::finish_blocks(draft, blocks));
        }
    }

    /// Offers an article that shares its byte range with others. `number` is its position among them, those that are not
    /// offered included.
    pub(in crate::format) fn offer_numbered(
        &mut self,
        number: u32,
        draft: Draft<'_>,
        blocks: Vec<TextBlock>,
    ) {
        if self.is_new(&draft, &blocks) {
            self.sink.offer_numbered(number, || finish::finish_blocks(draft, blocks));
        }
    }

    /// Reports a part of the export that is no article: a cover, a summary of the search, an error page. The same is
    /// reported once, of many different parts the first ones. `text` is all of the part.
    pub(in crate::format) fn leave_out(&mut self, message: String, text: &str) {
        self.sink.leave_out("covers", text);
        if self.left_out.contains(&message) {
        } else if self.left_out.len() < MAX_LEFT_OUT {
            self.left_out.push(message);
        } else {
            self.more_left_out += 1;
        }
    }

    /// Reports what was left out.
    pub(in crate::format) fn finish(mut self) {
        if self.more_left_out > 0 {
            let parts = text::count_noun(self.more_left_out, "further part");
            self.left_out.push(format!("{parts} without an article left out"));
        }
        let notes = self.left_out.into_iter();
        self.sink.problems.extend(notes.map(|note| Problem::new(Severity::Note, "", note)));
        self.sink.problems.extend(self.repeats.note());
    }

    /// Reports what was left out if there are articles. If there are none, returns the sink: the input only looks like
    /// an export.
    pub(in crate::format) fn finish_export(self) -> Option<&'k mut ItemSink<'s>> {
        if self.has_articles {
            self.finish();
            return None;
        }
        Some(self.sink)
    }

    /// Where single items are read again, the first of several equal ones is asked for: all are new.
    fn is_new(&mut self, draft: &Draft<'_>, blocks: &[TextBlock]) -> bool {
        self.has_articles = true;
        self.sink.wanted().is_some() || self.repeats.is_new(draft, blocks)
    }
}

// Parts of an article as fields of a draft. A value that does not fit its field is kept under its own label.

/// Names the database that an article comes from.
pub(in crate::format) fn set_database(draft: &mut Draft<'_>, name: &str) {
    draft.add_field("database", name);
}

/// Sets the paper or agency, by its short name if the agency is known, and keeps the name as the database writes it.
pub(in crate::format) fn set_source(draft: &mut Draft<'_>, name: &str) {
    let name = text::one_line(name);
    if name.is_empty() {
        return;
    }
    draft.add_field("source", &name);
    draft.set_field(FieldKey::Agency, "source", agency_sign(&name).unwrap_or(&name));
}

/// Sets the headline. A further one, such as a subtitle, goes to the fields.
pub(in crate::format) fn set_headline(draft: &mut Draft<'_>, headline: &str) {
    draft.set_field(FieldKey::Headline, "headline", &text::one_line(headline));
}

/// Sets when the article was published. A time without a zone is that of the agency's home, else UTC.
pub(in crate::format) fn set_date(draft: &mut Draft<'_>, label: &str, found: &LongDate<'_>) {
    let agency = draft.dispatch.agency.clone();
    set_date_of(draft, label, found, agency.as_deref());
}

/// Like [`set_date`], where a time without a zone is that of the home of an agency that is known otherwise.
pub(in crate::format) fn set_date_of(
    draft: &mut Draft<'_>,
    label: &str,
    found: &LongDate<'_>,
    agency: Option<&str>,
) {
    if !draft.mark_given(FieldKey::Sent) {
        return;
    }
    let default = if found.time.is_some() && found.offset.is_none() {
        fields::zone_or_agency_offset(draft, label, "", agency, found.date)
    } else {
        0
    };
    draft.dispatch.sent = found.stamp(default);
}

/// Like [`set_date`], from a text that should be a date; anything else goes to the fields with a note.
pub(in crate::format) fn set_date_text(draft: &mut Draft<'_>, label: &str, value: &str) {
    match parse_long_date(value) {
        Some(found) if found.rest.is_empty() => set_date(draft, label, &found),
        _ => draft.add_invalid_value(label, value, "a date such as March 3, 2015"),
    }
}

/// Sets the stated number of words from `1,058 words`, `239 Wörter`, `254字`. Other values go to the fields.
pub(in crate::format) fn set_length(draft: &mut Draft<'_>, label: &str, value: &str) {
    match word_count(value) {
        Some(count) => draft.set_field(FieldKey::Words, label, &count.to_string()),
        None => draft.add_field(label, value),
    }
}

/// The number in a stated length: `1,058 words`, `1 058 mots`, `254字`. `None` if it is no number and a unit.
pub(in crate::format) fn word_count(value: &str) -> Option<u32> {
    let value = value.trim();
    let is_digit_mark =
        |c: char| c.is_ascii_digit() || matches!(c, ',' | '.' | ' ' | '\'' | '\u{a0}' | '\u{202f}');
    let unit = value.trim_start_matches(is_digit_mark);
    let digits: String =
        value[..value.len() - unit.len()].chars().filter(char::is_ascii_digit).collect();
    let is_unit = unit.chars().all(|c| c.is_alphabetic() || c == '.') && unit.len() <= 24;
    (value.starts_with(|c: char| c.is_ascii_digit()) && is_unit).then(|| digits.parse().ok())?
}

/// Sets the language from its name in any of the languages that databases use, or from a tag.
pub(in crate::format) fn set_language(draft: &mut Draft<'_>, label: &str, value: &str) {
    match languages::tag(value) {
        Some(tag) => draft.set_field(FieldKey::Language, label, tag),
        None => draft.add_field(label, value),
    }
}

/// Sets the dateline that the database gives in a field of its own: `OSTREL, March 3 2015`, `BRANDT Vessaria`.
pub(in crate::format) fn set_dateline(draft: &mut Draft<'_>, label: &str, value: &str) {
    // A place in capitals and its country, without the comma that other datelines have between them.
    let in_capitals =
        |word: &&str| word.chars().any(char::is_uppercase) && !word.chars().any(char::is_lowercase);
    let count = value.split(' ').take_while(in_capitals).count();
    let names: Vec<&str> = value.split(' ').collect();
    let (place, country) = names.split_at(count);
    let is_name = |word: &&str| {
        word.starts_with(char::is_uppercase) && word.chars().all(|c| c.is_alphabetic() || c == '-')
    };
    let is_month = |word: &&str| parse_long_date(&format!("1 {word} 2000")).is_some();
    if count > 0
        && (1..=3).contains(&country.len())
        && !value.contains([',', '(', ':'])
        && country.iter().all(is_name)
        && !country.iter().any(is_month)
    {
        draft.set_field(
            FieldKey::Dateline,
            label,
            &format!("{}, {}", place.join(" "), country.join(" ")),
        );
        if let Some(dateline) = &mut draft.dispatch.dateline {
            value.clone_into(&mut dateline.text);
        }
        draft.has_formal_dateline = false;
        return;
    }
    draft.set_field(FieldKey::Dateline, label, value);
}

/// Stores links, and media other than the logos of a page, in the draft, and returns the blocks.
pub(in crate::format) fn keep_markup(draft: &mut Draft<'_>, markup: Markup) -> Vec<TextBlock> {
    draft.add_links(markup.links);
    for media in markup.media {
        draft.add_field("media", &media);
    }
    markup.blocks
}

/// The first words of a text as one line, for a message.
pub(in crate::format) fn beginning(text: &str) -> String {
    let line = text::one_line(text);
    let line = line.trim();
    match line.char_indices().nth(80) {
        Some((end, _)) => format!("{} …", line[..end].trim_end()),
        None => line.to_owned(),
    }
}

/// True for a copyright line, by its first words or its last.
pub(in crate::format) fn is_rights(line: &str) -> bool {
    let line = line.trim();
    let lower = line[..line.floor_char_boundary(200)].to_lowercase();
    let starts = [
        "copyright",
        "©",
        "(c)",
        "(c ",
        "&copy;",
        "all rights reserved",
        "alle rechte",
        "tous droits",
        "todos los derechos",
        "版权",
        "版權",
        "著作権",
        "저작권",
        "авторские права",
        "tutti i diritti",
    ];
    line.len() <= 1500 && starts.iter().any(|start| lower.starts_with(start))
        || line.len() <= 200
            && [
                "all rights reserved",
                "alle rechte vorbehalten",
                "tous droits réservés",
                "alle rechten voorbehouden",
            ]
            .iter()
            .any(|end| lower.trim_end_matches(['.', ' ']).ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::{is_rights, word_count};

    #[test]
    fn stated_lengths() {
        for (value, count) in [
            ("58 words", Some(58)),
            ("1,058 words", Some(1058)),
            ("1 058 mots", Some(1058)),
            ("1.058 Wörter", Some(1058)),
            ("254字", Some(254)),
            ("254", Some(254)),
            ("words", None),
            ("58 words of praise", None),
            ("", None),
        ] {
            assert_eq!(word_count(value), count, "{value}");
        }
    }

    #[test]
    fn copyright_lines() {
        for line in [
            "Copyright 2015 Quay",
            "© 2015 Quay",
            "(c) 2015. Quay",
            "2015 Quay. All Rights Reserved.",
        ] {
            assert!(is_rights(line), "{line}");
        }
        for line in ["The copyright lapsed.", "(court) Quay", ""] {
            assert!(!is_rights(line), "{line}");
        }
    }
}

//! The head of the page of changes: the headline, what is compared with what, how much changed, and the facts.

use jiff::tz::TimeZone;

use super::{DiffLineKind, DiffPage, DiffStyle};
use crate::app::facts::format_time;
use crate::changes::{ChangeCounts, FieldChange, VersionDiff};
use crate::dispatch::{Dispatch, Role};
use crate::text::count_noun;

impl DiffPage {
    pub(super) fn push_head(&mut self, compared: &VersionDiff, zone: &TimeZone, width: usize) {
        let VersionDiff { old, new, changes } = compared;
        let headline = changes.fields.iter().find(|fact| fact.name == "headline");
        match headline {
            Some(fact) if fact.has_common_words() => {
                let from = self.text.len();
                self.change_lines.push(self.lines.len());
                self.push_fact(fact);
                self.wrap(from, DiffLineKind::Headline, Some("~"), width);
            }
            Some(fact) => {
                self.change_lines.push(self.lines.len());
                if let Some(old) = &fact.old {
                    self.push_line(old, DiffLineKind::Deleted, Some("-"), width);
                }
                let headline = fact.new.as_ref().unwrap_or(&new.headline);
                self.push_line(headline, DiffLineKind::Headline, Some("+"), width);
            }
            None => self.push_line(&new.headline, DiffLineKind::Headline, None, width),
        }
        let about = format!(
            "{}\nagainst {}",
            version_name(new, zone),
            version_name(old, zone)
        );
        self.push_line(&about, DiffLineKind::Summary, None, width);
        let figures = change_counts(compared.counts());
        self.push_line(&figures, DiffLineKind::Summary, None, width);
        if changes.coarse {
            let coarse = "A paragraph is too long to be compared word by word: what stands between its same start and end is shown as replaced.";
            self.push_line(coarse, DiffLineKind::Summary, None, width);
        }
        let others: Vec<&FieldChange> = changes
            .fields
            .iter()
            .filter(|fact| fact.name != "headline")
            .collect();
        if !others.is_empty() {
            self.push_blank();
            self.change_lines.push(self.lines.len());
        }
        for fact in others {
            let from = self.text.len();
            self.push_styled(DiffStyle::Name, fact.name);
            self.push_text("  ");
            self.push_fact(fact);
            self.wrap(from, DiffLineKind::Text, Some("~"), width);
        }
    }

    fn push_fact(&mut self, fact: &FieldChange) {
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        self.push_runs(&text(&fact.old), &text(&fact.new), &fact.runs);
    }
}

/// A version as it is called: `2nd Lead-Writethru, 19 Nov 2026 16:40`.
fn version_name(d: &Dispatch, zone: &TimeZone) -> String {
    let label = d
        .label
        .as_deref()
        .map(|label| label.trim_end_matches('-').to_owned());
    let role = (d.role != Role::Story).then(|| d.role.name().to_owned());
    let called = label.or(role).or_else(|| d.id.clone());
    let time = d.time.map(|time| format_time(time, zone));
    let words = d.word_count();
    let parts = called.into_iter().chain(time);
    let parts = parts.chain([count_noun(words as usize, "word")]);
    parts.collect::<Vec<_>>().join(", ")
}

/// How much changed in the text: `2 paragraphs in, 1 out, 3 changed, 1 moved; 40 words in, 12 out`.
fn change_counts(counts: ChangeCounts) -> String {
    let paragraphs = [
        (counts.inserted, "in"),
        (counts.deleted, "out"),
        (counts.edited, "changed"),
        (counts.moved, "moved"),
    ];
    let mut parts = Vec::new();
    for (count, what) in paragraphs.into_iter().filter(|(count, _)| *count > 0) {
        parts.push(if parts.is_empty() {
            format!("{} {what}", count_noun(count, "paragraph"))
        } else {
            format!("{count} {what}")
        });
    }
    let (words_in, words_out) = (counts.words_inserted, counts.words_deleted);
    if parts.is_empty() {
        return "the text is the same".to_owned();
    }
    let words_in = count_noun(words_in as usize, "word");
    format!("{}; {words_in} in, {words_out} out", parts.join(", "))
}

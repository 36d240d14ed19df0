//! What can be told of the current quote: why it has this speaker, and the quote with its source for the clipboard.

use super::facts::title_case;
use super::{State, format_time};
use crate::dispatch::TimeSource;
use crate::quote::{self, Certainty};

impl State {
    /// The sentence that says who made the current statement, and why that is believed; its words are marked in the
    /// text. Asked again, both go.
    pub(super) fn toggle_explanation(&mut self) {
        let Some((document, number)) = self.document().zip(self.reader.current_quote) else {
            return;
        };
        let Some(quote) = document.quotes.get(number) else {
            return;
        };
        let text = match (&quote.speaker, quote.certainty) {
            (Some(name), Certainty::Sure) => format!("{name}: {}", quote.why),
            (Some(name), _) => format!("{name} (not certain): {}", quote.why),
            (None, _) => format!("no speaker: {}", quote.why),
        };
        let shown = self.reader.explained_quote == Some(number);
        self.reader.explained_quote = (!shown).then_some(number);
        self.notice = (!shown).then_some(text);
    }

    /// The current statement with its source, for the clipboard: speaker, title, agency, place, time, headline. What
    /// must not be used unseen stands before it.
    pub(super) fn citation(&self) -> Option<String> {
        let document = self.document()?;
        let quote = document.quotes.get(self.reader.current_quote?)?;
        let dispatch = &document.dispatch;
        let words = quote::quote_text(quote, document.part_text(quote.part));
        let mut from = Vec::new();
        match (&quote.speaker, &quote.title) {
            (Some(name), Some(title)) => from.push(format!("{name}, {title}")),
            (Some(name), None) => from.push(name.clone()),
            (None, _) => from.push("unattributed".to_owned()),
        }
        if quote.speaker.is_some() && quote.certainty != Certainty::Sure {
            from.push("attribution inferred".to_owned());
        }
        let time = dispatch.time.map(|time| {
            let of_file = dispatch.time_source == TimeSource::File;
            let zone = time.in_zone(&self.zone).strftime("%Z").to_string();
            let file = if of_file { "file dated " } else { "" };
            format!("{file}{} {zone}", format_time(time, &self.zone))
        });
        let place = dispatch.place().map(title_case);
        let facts: Vec<String> = [dispatch.agency.clone(), place, time]
            .into_iter()
            .flatten()
            .collect();
        if !facts.is_empty() {
            from.push(facts.join(", "));
        }
        if !dispatch.headline.is_empty() {
            from.push(dispatch.headline.clone());
        }
        let warning = document.warning();
        Some(format!("{warning}“{words}”\n— {}\n", from.join("; ")))
    }
}

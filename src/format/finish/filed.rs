//! The dateline of a dispatch: what its lead says, completed by what was sent apart.

use std::borrow::Cow;

use crate::dispatch::{BlockKind, Dateline, DatelineDate, Role};
use crate::format::dateline::{self, LeadDateline};
use crate::format::draft::Draft;
use crate::format::label;
use crate::format::markup::TextBlock;

/// The dateline of the lead: read, unless it is known from before or is the one that was sent apart.
pub(super) fn lead_dateline(
    draft: &Draft<'_>,
    lead: &str,
    known: Option<LeadDateline<'_>>,
) -> Option<Dateline> {
    if let Some(sent) = draft
        .dispatch
        .dateline
        .as_ref()
        .filter(|_| draft.has_formal_dateline)
        && let Some(range) = dateline::range_of(&sent.text, lead)
    {
        return Some(Dateline {
            text: sent.text.clone(),
            range: Some(range),
            ..Dateline::default()
        });
    }
    known
        .and_then(|known| known.for_lead(lead))
        .or_else(|| dateline::parse(lead))
        .or_else(|| {
            draft
                .dispatch
                .dateline
                .is_some()
                .then(|| dateline::parse_top_brackets(lead))?
        })
        .or_else(|| is_add(draft).then(|| dateline::parse_add_dateline(lead))?)
}

/// True where a role or a label says that this goes on with another text.
fn is_add(draft: &Draft<'_>) -> bool {
    let d = &draft.dispatch;
    d.role == Role::Add || d.label.as_deref().is_some_and(label::is_add)
}

/// The dateline of the lead, completed by one that was sent apart; its date.
pub(super) fn set_dateline(draft: &mut Draft<'_>, found: Option<Dateline>) -> Option<DatelineDate> {
    let sent = draft.dispatch.dateline.take();
    let mut found = match (found, sent) {
        (Some(found), Some(sent)) => Some(Dateline {
            place: sent.place.or(found.place),
            country: sent.country.or(found.country),
            date: sent.date.or(found.date),
            agency: sent.agency.or(found.agency),
            ..found
        }),
        (found, sent) => found.or(sent),
    };
    if let Some(found) = &mut found
        && found.text.is_empty()
    {
        let parts = [found.place.as_deref(), found.country.as_deref()];
        found.text = parts.into_iter().flatten().collect::<Vec<_>>().join(", ");
    }
    let date = found.as_ref().and_then(|found| found.date);
    if draft.dispatch.agency.is_none() {
        draft.dispatch.agency = found
            .as_ref()
            .and_then(|found| found.agency.as_deref())
            .and_then(|agency| agency.split(['-', '/']).next())
            .map(|agency| agency.trim().to_owned())
            .filter(|agency| !agency.is_empty())
            .or_else(|| draft.sender.take());
    }
    draft.dispatch.dateline = found;
    date
}

/// The first paragraph, and where it begins in the text; few blocks of other kinds may stand before it.
pub(super) fn first_paragraph_block(blocks: &[TextBlock]) -> (Option<Cow<'_, str>>, usize) {
    let mut at = 0;
    for (kind, text) in blocks.iter().take(6) {
        if *kind == BlockKind::Paragraph {
            return (Some(Cow::Borrowed(text.as_str())), at);
        }
        at += text.len() + 2;
    }
    (None, 0)
}

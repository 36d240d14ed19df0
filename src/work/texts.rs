//! Several dispatches read at once, for a reader who copies them all.

use std::sync::mpsc::Receiver;

use super::{Answer, AnswerSink, recv_newest};
use crate::desk::{EntryId, Snapshot};
use crate::load;

/// Reads dispatches, in their order; those that cannot be read are left out and counted.
#[must_use]
pub fn read_texts(ids: &[EntryId], snapshot: &Snapshot) -> Answer {
    let origins = ids.iter().filter_map(|&id| {
        let entry = snapshot.entry(id)?;
        Some((id, (entry.origin()?, entry.item_key())))
    });
    let (ids_there, wanted): (Vec<_>, Vec<_>) = origins.unzip();
    let read = load::read_dispatches(&wanted).into_iter();
    let texts = ids_there.into_iter().zip(read);
    let texts = texts.filter_map(|(id, read)| Some((id, read.ok()?)));
    Answer::Texts(texts.collect(), ids.len())
}

/// Answers what is asked, the newest question only.
pub(super) fn answer_all(jobs: &Receiver<(Vec<EntryId>, Snapshot)>, tell: &AnswerSink) {
    while let Some((ids, snapshot)) = recv_newest(jobs) {
        tell(read_texts(&ids, &snapshot));
    }
}

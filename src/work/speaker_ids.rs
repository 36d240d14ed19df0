//! The ids of speakers in JSON records of quotes. Who is who is known once all dispatches are read: until then the
//! records are kept, with room for the ids.

use crate::quotes::Quote;
use crate::record::{QuotesRecord, to_json_line};
use crate::speakers::{DispatchStatements, SpeakerId, SpeakerTally};
use crate::work::dispatches::{FullDispatch, find_quotes};

/// What stands before an id in a record. It can stand nowhere else: quotation marks in texts have a backslash before them.
const ID_KEY: &str = r#""speaker_id":""#;

/// The quotes of one dispatch as a JSON record, without the ids of its speakers.
#[derive(Debug)]
pub struct PendingRecord {
    /// The record and a line end; `None` if it is not to be printed.
    pub text: Option<String>,
    /// How many quotes it has.
    pub count: usize,
    statements: DispatchStatements,
    /// The statements that the record has, as indexes.
    kept: Vec<u32>,
}

impl PendingRecord {
    /// Makes the record of the quotes for which `keep` is true; `None` in place of its text unless `prints` is true of their
    /// number.
    pub fn new(
        full: &mut FullDispatch,
        keep: impl Fn(&Quote) -> bool,
        prints: impl Fn(usize) -> bool,
    ) -> Self {
        let quotes = find_quotes(&mut full.dispatch);
        let statements = DispatchStatements::new(&full.dispatch, &quotes);
        let count = quotes.iter().filter(|quote| keep(quote)).count();
        let mut kept = Vec::new();
        let text = prints(count).then(|| {
            let (of, path) = ((&full.dispatch, &full.status), full.path.clone());
            let mut record = QuotesRecord::new(of, &quotes, &keep, path, full.index);
            let said = (0u32..).zip(&statements.statements);
            kept = said.filter(|(_, said)| keep(&quotes[said.quote])).map(|(at, _)| at).collect();
            record.make_room_for_ids();
            to_json_line(&record) + "\n"
        });
        Self { text, count, statements, kept }
    }
}

/// Records that are kept until it is known who is who.
#[derive(Debug, Default)]
pub struct PendingRecords {
    tally: SpeakerTally,
    /// The texts, each with the numbers of its statements among all.
    texts: Vec<(String, Vec<u32>)>,
    /// The number of statements so far.
    statements: u32,
}

impl PendingRecords {
    /// Adds the record of a dispatch. Its statements count even if it is not printed.
    pub fn add(&mut self, record: PendingRecord) {
        let PendingRecord { text, statements, mut kept, .. } = record;
        for at in &mut kept {
            *at = at.saturating_add(self.statements);
        }
        let count = u32::try_from(statements.statements.len()).unwrap_or(u32::MAX);
        self.statements = self.statements.saturating_add(count);
        self.tally.add(statements);
        self.texts.extend(text.map(|text| (text, kept)));
    }

    /// The texts with the ids in place, in the order in which they were added.
    pub fn finish(self) -> impl Iterator<Item = String> {
        let ids = self.tally.ids();
        self.texts.into_iter().map(move |(text, kept)| {
            let own = kept.into_iter().filter_map(|at| ids.get(at as usize).copied());
            put_ids(&text, own)
        })
    }
}

/// Puts ids into the room for them, in order.
fn put_ids(text: &str, ids: impl Iterator<Item = SpeakerId>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    for id in ids {
        let Some(at) = rest.find(ID_KEY) else {
            break;
        };
        let from = at + ID_KEY.len();
        let Some(length) = rest[from..].find('"') else {
            break;
        };
        out.push_str(&rest[..from]);
        out.push_str(&id.to_string());
        rest = &rest[from + length..];
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::put_ids;
    use crate::speakers::SpeakerId;

    #[test]
    fn ids_are_put_into_the_room_for_them_alone() {
        let text = r#"{"text":"\"speaker_id\":\"x\"","speaker_id":"0"},{"speaker_id":null},{"speaker_id":"0"}"#;
        let found = put_ids(text, [SpeakerId(10), SpeakerId(11)].into_iter());
        let expected = text.replacen(r#"":"0"}"#, r#"":"000000000000000a"}"#, 1).replacen(
            r#"":"0"}"#,
            r#"":"000000000000000b"}"#,
            1,
        );
        assert_eq!(found, expected);
    }
}

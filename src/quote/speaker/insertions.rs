//! Steps back over what stands between a subject and its verb: ages, offices, relative clauses between commas.

use super::super::lexicon::WordClass;
use super::super::mentions::MentionKind;
use super::subject::{MAX_DISTANCE, SubjectFinder};

impl SubjectFinder<'_, '_> {
    /// The subject before one or more insertions between commas: “Lee, 43, who left in May, said”.
    pub(super) fn subject_before_comma(&self, comma: usize) -> Option<usize> {
        let mut best: Option<usize> = None;
        let mut end = comma;
        for _ in 0..8 {
            let from = self.start.max(end.saturating_sub(MAX_DISTANCE));
            let mut start = end;
            while start > from
                && !self.is_punctuation(start - 1, ',')
                && !self.reading.tokens[start - 1].is_quote()
            {
                start -= 1;
            }
            let mut first = start;
            while first < end
                && self.is(
                    first,
                    WordClass::CONJUNCTION | WordClass::ADVERB | WordClass::SUBORDINATOR,
                )
            {
                first += 1;
            }
            let at_comma = start > self.start && self.is_punctuation(start - 1, ',');
            let relative = first < end
                && (self.is(first, WordClass::RELATIVE)
                    || self.is(first, WordClass::PREPOSITION)
                        && first + 1 < end
                        && self.is(first + 1, WordClass::RELATIVE));
            if !relative {
                // What stands after “who” is no verb of this clause.
                let clause = (first..end)
                    .find(|&i| self.is(i, WordClass::RELATIVE))
                    .unwrap_or(end);
                let verb = (first..clause).any(|i| self.is_verb(i));
                if verb {
                    return best.or_else(|| self.ending_at(end));
                }
                match (first < end)
                    .then(|| self.reading.mention_starting_at(first))
                    .flatten()
                {
                    Some(mention) if self.reading.can_speak(mention) => {
                        best = Some(self.better_mention(best, mention));
                    }
                    // “Lee, of Leeds, Maine, said”: the places belong to the insertion.
                    _ if first < end && self.is(first, WordClass::PREPOSITION) => best = None,
                    _ if best.is_some() => return best,
                    _ => {}
                }
            }
            if !at_comma {
                break;
            }
            end = start - 1;
        }
        best
    }

    /// A verb with a subject of its own: not “to draw”.
    fn is_verb(&self, i: usize) -> bool {
        let infinitive =
            i > self.start && self.is(i - 1, WordClass::TO) && !self.is(i, WordClass::FINITE);
        self.reading.tokens[i].is_finite() && self.reading.mention(i).is_none() && !infinitive
    }

    /// Of two phrases beside each other the one that names: the earlier, unless only the later is a name.
    fn better_mention(&self, later: Option<usize>, earlier: usize) -> usize {
        let sort = |m: usize| self.reading.mentions[m].kind;
        match later {
            Some(later)
                if sort(later) == MentionKind::Name
                    && !self.reading.head_has(later, WordClass::PLACE)
                    && sort(earlier) == MentionKind::Nominal
                    && (self.looks_personal(later)
                        || self.reading.mention_has(earlier, WordClass::ROLE)) =>
            {
                later
            }
            _ => earlier,
        }
    }

    fn looks_personal(&self, mention: usize) -> bool {
        self.reading.entities.of_mention[mention]
            .is_some_and(|e| self.reading.entities.list[e].is_person)
    }
}

//! Makes a headline from the lead of a dispatch whose wire sent none.

/// Longest derived headline, in characters.
const LONGEST: usize = 110;
/// Shortest part of a sentence that may stand for it.
const SHORTEST: usize = 55;

/// Words that no headline ends with.
const DANGLING: [&str; 30] = [
    "a", "an", "the", "of", "to", "and", "or", "in", "on", "at", "by", "for", "with", "from", "as",
    "that", "but", "its", "his", "her", "their", "is", "was", "who", "which", "le", "la", "de",
    "der", "und",
];

/// The first sentence of a lead (without its dateline), or its start up to a clause or word, with `…`.
pub(super) fn derive_headline(lead: &str) -> String {
    let lead = lead.trim();
    let reach = &lead[..lead.floor_char_boundary(1024)];
    let sentence = &reach[..sentence_end(reach)];
    let whole = sentence.len() < lead.len() || reach.len() == lead.len();
    let limit = match sentence.char_indices().nth(LONGEST) {
        None if whole => return without_stop(sentence).to_owned(),
        None => sentence.len(),
        Some((limit, _)) => limit,
    };
    let cut = last_clause_end(&sentence[..limit]).unwrap_or_else(|| last_word_end(sentence, limit));
    let mut kept = trimmed(&sentence[..cut]);
    while let Some((front, last)) = kept.rsplit_once(' ') {
        if !DANGLING.contains(&last.to_lowercase().as_str()) {
            break;
        }
        kept = trimmed(front);
    }
    if kept.is_empty() {
        kept = &sentence[..limit];
    }
    format!("{kept}…")
}

/// A sentence without its full stop.
fn without_stop(sentence: &str) -> &str {
    let sentence = sentence.trim_end();
    match sentence.strip_suffix('.') {
        Some(front) if !front.ends_with('.') && !ends_with_abbreviation(front) => front,
        _ => sentence,
    }
}

fn trimmed(text: &str) -> &str {
    text.trim_end_matches(|c: char| c.is_whitespace() || ",;:—–-(“\"«…".contains(c))
}

/// Where the first sentence ends, its full stop and closing marks included.
fn sentence_end(text: &str) -> usize {
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if matches!(c, '。' | '！' | '？' | '۔' | '؟' | '।') {
            return at + c.len_utf8();
        }
        if !matches!(c, '.' | '!' | '?') {
            continue;
        }
        let mut end = at + 1;
        while let Some((close, c)) = chars.next_if(|(_, c)| "\"”’»)'“".contains(*c)) {
            end = close + c.len_utf8();
        }
        let rest = &text[end..];
        let next = rest.trim_start().chars().next();
        let starts = next
            .is_none_or(|c| !c.is_lowercase() && !c.is_ascii_punctuation() || "\"(".contains(c));
        if rest.starts_with(char::is_whitespace)
            && starts
            && !(c == '.' && ends_with_abbreviation(&text[..at]))
        {
            return end;
        }
    }
    text.len()
}

/// True where the word before a full stop is an initial or a usual short form (`U.S.`, `Mr.`, `Feb.`).
fn ends_with_abbreviation(text: &str) -> bool {
    let word = text.rsplit([' ', '(', '“', '"']).next().unwrap_or("");
    let letters = word.chars().filter(|c| c.is_alphabetic()).count();
    letters == 1
        || word.contains('.')
        || [
            "Mr", "Mrs", "Ms", "Dr", "St", "Gen", "Col", "Sen", "Rep", "Gov", "Lt", "Sgt", "No",
            "Prof",
        ]
        .contains(&word)
        || super::days::month_number(word).is_some() && letters <= 4
}

/// The last place in a text where a clause ends.
fn last_clause_end(text: &str) -> Option<usize> {
    let ends = |&(at, mark): &(usize, char)| {
        let rest = &text[at + mark.len_utf8()..];
        mark == '、'
            || matches!(mark, ',' | ';' | '—' | '–' | '،') && rest.starts_with([' ', '"', '”'])
    };
    let (at, _) = text.char_indices().rev().find(ends)?;
    (text[..at].chars().count() >= SHORTEST).then_some(at)
}

/// The end of the last word that lies before the limit.
fn last_word_end(text: &str, limit: usize) -> usize {
    if text[limit..].starts_with(' ') {
        return limit;
    }
    match text[..limit].rfind(' ') {
        Some(at) if at > limit / 2 => at,
        _ => limit,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_headline(lead: &str, expected: &str) {
        assert_eq!(derive_headline(lead), expected);
    }

    #[test]
    fn takes_a_short_sentence_whole() {
        check_headline("", "");
        check_headline(
            "The mine reopened on Friday.",
            "The mine reopened on Friday",
        );
        check_headline("The mine reopened. Miners sang.", "The mine reopened");
        check_headline(
            "Gen. Olaf Brun of the U.S. Army left St. Malo. He sailed.",
            "Gen. Olaf Brun of the U.S. Army left St. Malo",
        );
        check_headline("“We dig,” she said. “And sing.”", "“We dig,” she said");
        check_headline("鉱山が再開した。歌った。", "鉱山が再開した。");
    }

    #[test]
    fn cuts_a_long_one_at_a_clause() {
        check_headline(
            "The mine at Nordvik reopened on Friday after eleven months of repair, its owner said in a statement that named no cost.",
            "The mine at Nordvik reopened on Friday after eleven months of repair…",
        );
    }

    #[test]
    fn cuts_at_a_word_and_leaves_nothing_dangling() {
        check_headline(
            "The mine at Nordvik which has been closed since the great flood of last winter reopened on Friday morning to the sound of brass bands",
            "The mine at Nordvik which has been closed since the great flood of last winter reopened on Friday morning…",
        );
        let long = "x".repeat(300);
        check_headline(&long, &format!("{}…", "x".repeat(110)));
    }
}

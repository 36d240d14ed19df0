//! Parses labels such as `UPDATE 2-`, `1ST LEAD` or `STORY WITHDRAWN` into the role and urgency of an item.

use crate::dispatch::{Role, Urgency};

/// The meaning of a label. Both fields are `None` for a label that says nothing about either (`EXCLUSIVE`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::format) struct LabelMeaning {
    pub role: Option<Role>,
    pub urgency: Option<Urgency>,
}

const NO_MEANING: LabelMeaning = LabelMeaning { role: None, urgency: None };

const fn with_role(role: Role) -> LabelMeaning {
    LabelMeaning { role: Some(role), urgency: None }
}

/// The meaning of one word of a label, in any case; `None` if it is no label word. Knows those of the large English,
/// German, French, Spanish, Italian and Dutch services.
fn word_meaning(word: &str) -> Option<LabelMeaning> {
    let role = |role| Some(with_role(role));
    let alert =
        |urgency| Some(LabelMeaning { role: Some(Role::Alert), urgency: Urgency::new(urgency) });
    if word.len() > 20 || !word.is_ascii() {
        return None;
    }
    match word.to_ascii_uppercase().as_str() {
        "FLASH" | "BLITZ" | "BLITZMELDUNG" => alert(1),
        "URGENT" | "BULLETIN" | "ALERT" | "NEWSALERT" | "SNAP" | "EIL" | "EILMELDUNG"
        | "ALERTE" | "URGENTE" => alert(2),
        "UPDATE" | "UPDATED" | "UPDATES" | "WRAPUP" | "WRITETHRU" | "WRITETHROUGH" | "LEAD"
        | "LD" | "RECASTS" | "ZUSAMMENFASSUNG" | "AKTUALISIERUNG" | "AMPLIACION" => {
            role(Role::Update)
        }
        "CORRECTED" | "CORRECTION" | "CORRECTIVE" | "CORRECTS" | "REFILE" | "CORRECT"
        | "KORREKTUR" | "BERICHTIGUNG" | "KORR" | "RECTIFICATIF" | "RECTIFICATION"
        | "CORRECTIE" | "CORRECCION" | "RETTIFICA" => role(Role::Correction),
        "KILL" | "WITHDRAWN" | "WITHDRAWAL" | "KILLED" | "ANNULATION" | "ANULACION"
        | "ANNULLAMENTO" => role(Role::Kill),
        "REPEAT" | "REPEATS" | "RPT" | "REPEATING" | "WIEDERHOLUNG" | "REPETITION" => {
            role(Role::Repeat)
        }
        "ADD" | "ADDS" => role(Role::Add),
        "ADVISORY" | "PLANUNGSHINWEIS" => role(Role::Advisory),
        "STORY" | "MANDATORY" | "HOLD" | "EXTRA" | "NET" | "TAKE" | "TAKES" | "EXCLUSIVE"
        | "ANALYSIS" | "FACTBOX" | "INTERVIEW" | "EMBARGOED" | "OPTIONAL" | "FEATURE"
        | "PREVIEW" | "TIMELINE" | "NEWSMAKER" | "INSIGHT" | "ACHTUNG" | "HINTERGRUND"
        | "BERICHT" | "ANALYSE" | "EMBARGO" | "SPERRFRIST" => Some(NO_MEANING),
        _ => None,
    }
}

/// True for words that may accompany a label word but are no label by themselves: numbers, ordinals and conjunctions.
fn is_filler(word: &str) -> bool {
    let digits = word.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let ending = word[digits.len()..].to_ascii_lowercase();
    !digits.is_empty()
        && digits.len() <= 3
        && digits.bytes().all(|b| b.is_ascii_digit())
        && ["", "st", "nd", "rd", "th"]
            .contains(&ending.trim_end_matches("ld").trim_end_matches("add"))
        || ["AND", "OF", "ITEM", "ALL"].contains(&word)
}

/// The meaning of a line that is a label and nothing else: `1ST LEAD`, `(CORRECTED)`, `1stLd-Writethru`,
/// `KILL KILL KILL`.
pub(in crate::format) fn parse_label_line(line: &str) -> Option<LabelMeaning> {
    let line = line.trim().trim_matches(['(', ')', '*', '[', ']', ':', '=']).trim();
    if line.is_empty() || line.len() > 48 || !line.is_ascii() {
        return None;
    }
    if line.starts_with("KORR-") {
        // At dpa, reports by correspondents, not corrections.
        return Some(NO_MEANING);
    }
    // A label in mixed case must have a number: `Lead` alone may be a headline.
    let is_label_style =
        line.bytes().any(|b| b.is_ascii_digit()) || !line.bytes().any(|b| b.is_ascii_lowercase());
    let mut all = None;
    let mut adds = false;
    for word in line.split([' ', '-', '/', ',', '!', '.']).filter(|word| !word.is_empty()) {
        adds |= word.eq_ignore_ascii_case("add") || is_numbered(word, "add");
        // Every word must belong to a label; a single other word makes it a headline.
        match word_meaning(word) {
            Some(meaning) => all = Some(merge_meanings(all, meaning)),
            None if is_numbered(word, "ld") => {
                all = Some(merge_meanings(all, with_role(Role::Update)));
            }
            None if is_numbered(word, "add") => {
                all = Some(merge_meanings(all, with_role(Role::Add)));
            }
            None if is_filler(word) => {}
            None => return None,
        }
    }
    // `1st Lead-1st Add` is an add to a lead.
    if let Some(all) = all.as_mut().filter(|all| adds && all.role == Some(Role::Update)) {
        all.role = Some(Role::Add);
    }
    all.filter(|_| is_label_style)
}

/// True for the label of an item that continues another one: `1st Lead-1st Add`, `2nd Take`.
pub(in crate::format) fn is_add(label: &str) -> bool {
    let is_add_word = |word: &str| {
        word.eq_ignore_ascii_case("add")
            || word.eq_ignore_ascii_case("take")
            || is_numbered(word, "add")
    };
    parse_label_line(label).is_some()
        && label.split([' ', '-', '/', ',', '(', ')']).any(is_add_word)
}

/// True for an ordinal joined to a word: `1stLd`, `2ndAdd`.
fn is_numbered(word: &str, suffix: &str) -> bool {
    is_filler(word) && word.len() > suffix.len() + 2 && word.to_ascii_lowercase().ends_with(suffix)
}

/// The label in brackets at the end of a headline, and its meaning. This is the style of Belga: `(2)`, `(3DER)` for the
/// final version, `(1LEAD)`, `(CORRECT)`.
pub(in crate::format) fn parse_label_suffix(headline: &str) -> Option<(&str, LabelMeaning)> {
    let inner = headline.strip_suffix(')')?;
    let (front, inner) = inner.rsplit_once(" (")?;
    let digits = inner.trim_end_matches(|c: char| c.is_ascii_uppercase());
    let numbered = digits.len() == 1 && digits.bytes().all(|b| b.is_ascii_digit());
    let meaning = match &inner[digits.len()..] {
        "" | "DER" | "LEAD" if numbered => with_role(Role::Update),
        "CORRECT" | "CORRECTION" if digits.is_empty() => with_role(Role::Correction),
        _ => return None,
    };
    (!front.trim().is_empty()).then_some((&headline[front.len() + 1..], meaning))
}

/// Combines the meanings of two label words. The stronger role wins: a kill over a correction, a correction over an
/// update.
fn merge_meanings(before: Option<LabelMeaning>, next: LabelMeaning) -> LabelMeaning {
    let Some(before) = before else { return next };
    let rank = |role: Option<Role>| match role {
        Some(Role::Kill) => 4,
        Some(Role::Correction) => 3,
        Some(Role::Repeat | Role::Advisory) => 2,
        Some(_) => 1,
        None => 0,
    };
    LabelMeaning {
        role: if rank(next.role) > rank(before.role) { next.role } else { before.role },
        urgency: before.urgency.or(next.urgency),
    }
}

/// The label at the start of a headline, as written and including the dash (`UPDATE 2-`), and its meaning. Several
/// labels in a row count as one (`CORRECTED-UPDATE 1-`).
pub(in crate::format) fn parse_label_prefix(headline: &str) -> Option<(&str, LabelMeaning)> {
    let mut at = 0;
    let mut all: Option<LabelMeaning> = None;
    let mut end = 0;
    while let Some((length, meaning, closed)) = parse_one_label(&headline[at..]) {
        all = Some(merge_meanings(all, meaning));
        at += length;
        end = at;
        if !closed {
            break;
        }
    }
    all.map(|meaning| (headline[..end].trim_end(), meaning))
}

/// Parses one label at the start of a text. Returns its length in bytes including the separator, its meaning, and
/// whether another label may follow.
fn parse_one_label(text: &str) -> Option<(usize, LabelMeaning, bool)> {
    let bracket = text.starts_with('(');
    let body = &text[usize::from(bracket)..];
    let mut all: Option<LabelMeaning> = None;
    let mut at = 0;
    loop {
        let rest = &body[at..];
        let length = rest.bytes().take_while(u8::is_ascii_alphanumeric).count();
        let word = &rest[..length];
        if word.is_empty() || word.bytes().any(|b| b.is_ascii_lowercase()) {
            break;
        }
        // `UPDATE2`
        let letters = word.trim_end_matches(|c: char| c.is_ascii_digit());
        match word_meaning(letters) {
            Some(meaning) => all = Some(merge_meanings(all, meaning)),
            None if all.is_some() && is_filler(word) => {}
            None => break,
        }
        at += length;
        match body[at..].strip_prefix(' ') {
            Some(_) => at += 1,
            None => break,
        }
    }
    let meaning = all?;
    let (word_end, rest) = (body[..at].trim_end().len(), body[..].get(at..)?);
    let start = usize::from(bracket);
    if bracket {
        let length = body[word_end..].strip_prefix(')').map(|_| word_end + 1)?;
        let space = body[length..].len() - body[length..].trim_start_matches([' ', '-', ':']).len();
        return Some((start + length + space, meaning, true));
    }
    let mark = rest.chars().next();
    match mark {
        None => Some((at, meaning, false)),
        Some('-' | ':' | '—' | '–' | '/' | '*' | '!') => {
            let marks =
                rest.len() - rest.trim_start_matches(['-', ':', '—', '–', '/', '*', '!']).len();
            let after = &rest[marks..];
            let space = after.len() - after.trim_start().len();
            Some((at + marks + space, meaning, true))
        }
        // Without a separator, only an alert before a headline in mixed case: `URGENT Dam bursts`.
        Some(_)
            if meaning.urgency.is_some()
                && body[..at].ends_with(' ')
                && rest.chars().any(char::is_lowercase) =>
        {
            Some((at, meaning, false))
        }
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(headline: &str, label: &str, role: Option<Role>, urgency: u8) {
        let (found, meaning) = parse_label_prefix(headline).unwrap_or(("", NO_MEANING));
        assert_eq!((found, meaning.role), (label, role), "{headline}");
        assert_eq!(meaning.urgency, Urgency::new(urgency), "{headline}");
    }

    #[test]
    fn labels_at_the_start_of_headlines() {
        check("Dam holds", "", None, 0);
        check("UPDATE 2-Dam holds", "UPDATE 2-", Some(Role::Update), 0);
        check("UPDATE2-Dam holds", "UPDATE2-", Some(Role::Update), 0);
        check("CORRECTED-UPDATE 1-Dam holds", "CORRECTED-UPDATE 1-", Some(Role::Correction), 0);
        check("CORRECTED - Dam holds", "CORRECTED -", Some(Role::Correction), 0);
        check("(CORRECTED) Dam holds", "(CORRECTED)", Some(Role::Correction), 0);
        check("RPT-Dam holds", "RPT-", Some(Role::Repeat), 0);
        check("EXCLUSIVE-Dam holds", "EXCLUSIVE-", None, 0);
        check("FLASH: Dam holds", "FLASH:", Some(Role::Alert), 1);
        check("URGENT Dam holds", "URGENT", Some(Role::Alert), 2);
        check("STORY WITHDRAWN", "STORY WITHDRAWN", Some(Role::Kill), 0);
        check("MANDATORY KILL: Dam", "MANDATORY KILL:", Some(Role::Kill), 0);
        check("ADVISORY: Dam", "ADVISORY:", Some(Role::Advisory), 0);
        check("UPDATE on the dam", "", None, 0);
        check("Kill bill passes", "", None, 0);
        check("KILL BILL PASSES", "", None, 0);
        check("URGENT CARE CENTRES CLOSE", "", None, 0);
    }

    #[test]
    fn labels_of_adds() {
        for label in ["1stAdd", "1st Add", "1ST LEAD-2ND ADD", "2nd Take", "(ADD)"] {
            assert!(is_add(label), "{label}");
        }
        for label in ["1st Lead", "ADDS quote", "Add salt", ""] {
            assert!(!is_add(label), "{label}");
        }
    }

    #[test]
    fn labels_at_the_end_of_headlines() {
        let check = |text: &str, label| {
            assert_eq!(parse_label_suffix(text).map(|(l, _)| l), label, "{text}");
        };
        check("Dam holds (2)", Some("(2)"));
        check("Dam holds (3DER)", Some("(3DER)"));
        check("Dam holds (CORRECT)", Some("(CORRECT)"));
        check("Dam holds (1911)", None);
        check("Dam (north) holds", None);
        check("(2)", None);
    }

    #[test]
    fn lines_that_are_labels() {
        let check =
            |text: &str, role| assert_eq!(parse_label_line(text).map(|m| m.role), role, "{text}");
        check("1ST LEAD", Some(Some(Role::Update)));
        check("1stLd-Writethru", Some(Some(Role::Update)));
        check("(CORRECTED)", Some(Some(Role::Correction)));
        check("KILL KILL KILL", Some(Some(Role::Kill)));
        check("HOLD HOLD HOLD", Some(None));
        check("URGENT", Some(Some(Role::Alert)));
        check("REFILE 1ST LEAD", Some(Some(Role::Correction)));
        check("Lead", None);
        check("DAM BURSTS", None);
        check("42", None);
    }
}

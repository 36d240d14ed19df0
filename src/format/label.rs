//! Labels of versions and roles: what `UPDATE 2-`, `1ST LEAD` or `STORY WITHDRAWN` say about an item.

use crate::dispatch::{Role, Urgency};

/// What a label says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Meaning {
    pub role: Option<Role>,
    pub urgency: Option<Urgency>,
}

const SILENT: Meaning = Meaning {
    role: None,
    urgency: None,
};

/// What one word of a label says; `None` where it is no such word.
fn meaning(word: &str) -> Option<Meaning> {
    let role = |role| {
        Some(Meaning {
            role: Some(role),
            urgency: None,
        })
    };
    let alert = |urgency| {
        Some(Meaning {
            role: Some(Role::Alert),
            urgency: Urgency::new(urgency),
        })
    };
    if word.len() > 14 || !word.is_ascii() {
        return None;
    }
    match word.to_ascii_uppercase().as_str() {
        "FLASH" => alert(1),
        "URGENT" | "BULLETIN" | "ALERT" | "NEWSALERT" | "SNAP" | "EIL" => alert(2),
        "UPDATE" | "UPDATED" | "UPDATES" | "WRAPUP" | "WRITETHRU" | "WRITETHROUGH" | "LEAD"
        | "LD" | "RECASTS" => role(Role::Update),
        "CORRECTED" | "CORRECTION" | "CORRECTIVE" | "CORRECTS" | "REFILE" | "CORRECT"
        | "KORREKTUR" => role(Role::Correction),
        "KILL" | "WITHDRAWN" | "WITHDRAWAL" | "KILLED" => role(Role::Kill),
        "REPEAT" | "REPEATS" | "RPT" | "REPEATING" => role(Role::Repeat),
        "ADD" | "ADDS" => role(Role::Add),
        "ADVISORY" => role(Role::Advisory),
        "STORY" | "MANDATORY" | "HOLD" | "EXTRA" | "NET" | "TAKE" | "TAKES" | "EXCLUSIVE"
        | "ANALYSIS" | "FACTBOX" | "INTERVIEW" | "EMBARGOED" | "OPTIONAL" | "FEATURE"
        | "PREVIEW" | "TIMELINE" | "NEWSMAKER" | "INSIGHT" => Some(SILENT),
        _ => None,
    }
}

/// Words that only a label which holds another one may hold: numbers and links.
fn is_filler(word: &str) -> bool {
    let digits = word.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let ending = word[digits.len()..].to_ascii_lowercase();
    !digits.is_empty()
        && digits.len() <= 3
        && digits.bytes().all(|b| b.is_ascii_digit())
        && ["", "st", "nd", "rd", "th", "stld", "ndld", "rdld", "thld"].contains(&ending.as_str())
        || ["AND", "OF", "ITEM", "ALL"].contains(&word)
}

/// What a line says that holds nothing but a label: `1ST LEAD`, `(CORRECTED)`, `1stLd-Writethru`, `KILL KILL KILL`.
pub(super) fn line(line: &str) -> Option<Meaning> {
    let line = line
        .trim()
        .trim_matches(['(', ')', '*', '[', ']', ':', '='])
        .trim();
    if line.is_empty() || line.len() > 48 || !line.is_ascii() {
        return None;
    }
    let written =
        line.bytes().any(|b| b.is_ascii_digit()) || !line.bytes().any(|b| b.is_ascii_lowercase());
    let mut all = None;
    for word in line
        .split([' ', '-', '/', ',', '!', '.'])
        .filter(|word| !word.is_empty())
    {
        match meaning(word) {
            Some(meaning) => all = Some(strongest(all, meaning)),
            None if is_lead_number(word) => {
                let meaning = Meaning {
                    role: Some(Role::Update),
                    urgency: None,
                };
                all = Some(strongest(all, meaning));
            }
            None if is_filler(word) => {}
            None => return None,
        }
    }
    all.filter(|_| written)
}

/// True for a label that says that an item goes on with another one: `1st Lead-1st Add`, `2nd Take`.
pub(super) fn is_add(label: &str) -> bool {
    let says = |word: &str| word.eq_ignore_ascii_case("add") || word.eq_ignore_ascii_case("take");
    line(label).is_some() && label.split([' ', '-', '/', ',', '(', ')']).any(says)
}

/// `1stLd`
fn is_lead_number(word: &str) -> bool {
    is_filler(word) && word.len() > 4 && word.to_ascii_lowercase().ends_with("ld")
}

/// A kill says more than a correction, a correction more than an update.
fn strongest(before: Option<Meaning>, next: Meaning) -> Meaning {
    let Some(before) = before else { return next };
    let rank = |role: Option<Role>| match role {
        Some(Role::Kill) => 4,
        Some(Role::Correction) => 3,
        Some(Role::Repeat | Role::Advisory) => 2,
        Some(_) => 1,
        None => 0,
    };
    Meaning {
        role: if rank(next.role) > rank(before.role) {
            next.role
        } else {
            before.role
        },
        urgency: before.urgency.or(next.urgency),
    }
}

/// The label that a headline begins with, as written, dash included (`UPDATE 2-`), and what it says.
pub(super) fn prefix(headline: &str) -> Option<(&str, Meaning)> {
    let mut at = 0;
    let mut all: Option<Meaning> = None;
    let mut end = 0;
    while let Some((length, meaning, closed)) = one_prefix(&headline[at..]) {
        all = Some(strongest(all, meaning));
        at += length;
        end = at;
        if !closed {
            break;
        }
    }
    all.map(|meaning| (headline[..end].trim_end(), meaning))
}

/// One label at the start: its length with what parts it from the rest, and whether another one may follow.
fn one_prefix(text: &str) -> Option<(usize, Meaning, bool)> {
    let bracket = text.starts_with('(');
    let body = &text[usize::from(bracket)..];
    let mut all: Option<Meaning> = None;
    let mut at = 0;
    loop {
        let rest = &body[at..];
        let length = rest.bytes().take_while(u8::is_ascii_alphanumeric).count();
        let word = &rest[..length];
        if word.is_empty() || word.bytes().any(|b| b.is_ascii_lowercase()) {
            break;
        }
        let letters = word.trim_end_matches(|c: char| c.is_ascii_digit());
        match meaning(letters) {
            Some(meaning) => all = Some(strongest(all, meaning)),
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
            let marks = rest.len()
                - rest
                    .trim_start_matches(['-', ':', '—', '–', '/', '*', '!'])
                    .len();
            let after = &rest[marks..];
            let space = after.len() - after.trim_start().len();
            Some((at + marks + space, meaning, true))
        }
        // Without a mark only what is surely meant as a label: `URGENT Dam bursts`.
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
        let (found, meaning) = prefix(headline).unwrap_or(("", SILENT));
        assert_eq!((found, meaning.role), (label, role), "{headline}");
        assert_eq!(meaning.urgency, Urgency::new(urgency), "{headline}");
    }

    #[test]
    fn labels_before_headlines() {
        check("Dam holds", "", None, 0);
        check("UPDATE 2-Dam holds", "UPDATE 2-", Some(Role::Update), 0);
        check("UPDATE2-Dam holds", "UPDATE2-", Some(Role::Update), 0);
        check(
            "CORRECTED-UPDATE 1-Dam holds",
            "CORRECTED-UPDATE 1-",
            Some(Role::Correction),
            0,
        );
        check(
            "CORRECTED - Dam holds",
            "CORRECTED -",
            Some(Role::Correction),
            0,
        );
        check(
            "(CORRECTED) Dam holds",
            "(CORRECTED)",
            Some(Role::Correction),
            0,
        );
        check("RPT-Dam holds", "RPT-", Some(Role::Repeat), 0);
        check("EXCLUSIVE-Dam holds", "EXCLUSIVE-", None, 0);
        check("FLASH: Dam holds", "FLASH:", Some(Role::Alert), 1);
        check("URGENT Dam holds", "URGENT", Some(Role::Alert), 2);
        check("STORY WITHDRAWN", "STORY WITHDRAWN", Some(Role::Kill), 0);
        check(
            "MANDATORY KILL: Dam",
            "MANDATORY KILL:",
            Some(Role::Kill),
            0,
        );
        check("ADVISORY: Dam", "ADVISORY:", Some(Role::Advisory), 0);
        check("UPDATE on the dam", "", None, 0);
        check("Kill bill passes", "", None, 0);
        check("KILL BILL PASSES", "", None, 0);
        check("URGENT CARE CENTRES CLOSE", "", None, 0);
    }

    #[test]
    fn labels_of_adds() {
        for label in ["1st Add", "1ST LEAD-2ND ADD", "2nd Take", "(ADD)"] {
            assert!(is_add(label), "{label}");
        }
        for label in ["1st Lead", "ADDS quote", "Add salt", ""] {
            assert!(!is_add(label), "{label}");
        }
    }

    #[test]
    fn lines_that_are_labels() {
        let check = |text: &str, role| assert_eq!(line(text).map(|m| m.role), role, "{text}");
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

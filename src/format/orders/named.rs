//! The items that an order to editors names.

use crate::format::dateline;

/// The items that an order names: `item 207`, `item dpa 157`, `story HARBOUR-FIRE, a0584`, `V9991`, `bdt0157`.
///
/// In a text, that is no title, the story may also be named by its slug or headline.
pub(super) fn find_named_items(text: &str, is_text: bool, ids: &mut Vec<String>) {
    if is_text {
        ids.extend(headlined(text));
    }
    let mut words = text
        .split([' ', '\n', '(', ')', '"', '“', '”', ';'])
        .map(|word| word.trim_matches([',', '.', ':', '\'']));
    let mut agency: Option<&str> = None;
    // `story` was the last word: a slug may follow.
    let mut story = false;
    for word in words.by_ref().filter(|word| !word.is_empty()).take(200) {
        let number = word.len() <= 5 && word.bytes().all(|b| b.is_ascii_digit());
        if number && let Some(agency) = agency {
            ids.push(if agency.is_empty() {
                word.to_owned()
            } else {
                format!("{agency} {word}")
            });
        } else if is_code(word)
            || word.starts_with("urn:newsml:")
            || is_text && story && is_slug(word)
        {
            ids.push(word.to_owned());
        }
        story =
            matches!(word, "story" | "Story" | "STORY" | "story:") || story && word == "slugged";
        agency = match agency {
            _ if is_item(word) => Some(""),
            // `item dpa 157`, `item No. 157`
            Some("") if is_number(word) => Some(""),
            Some("") if is_agency(word) => Some(word),
            _ => None,
        };
    }
}

/// The headline that a text says its item has: `headlined “…”`.
fn headlined(text: &str) -> Option<String> {
    let (_, after) = text.split_once("headlined ")?;
    let rest = after.trim_start();
    let open = rest.chars().next()?;
    let close = match open {
        '"' => '"',
        '“' | '„' => '”',
        '«' => '»',
        _ => return None,
    };
    let (title, _) = rest[open.len_utf8()..].split_once(close)?;
    let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
    (4..=200).contains(&title.len()).then_some(title)
}

/// A word that a number of an item follows.
fn is_item(word: &str) -> bool {
    [
        "item",
        "items",
        "meldung",
        "dépêche",
        "depeche",
        "bericht",
        "cor",
    ]
    .iter()
    .any(|one| word.eq_ignore_ascii_case(one))
}

/// The agency whose number follows.
fn is_agency(word: &str) -> bool {
    let initials = (2..=6).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_uppercase());
    initials || dateline::is_known_agency(word)
}

fn is_number(word: &str) -> bool {
    ["no", "nr", "number", "nummer"]
        .iter()
        .any(|one| word.eq_ignore_ascii_case(one))
}

/// One to three letters and a number of four or five digits.
fn is_code(word: &str) -> bool {
    let letters = word.bytes().take_while(u8::is_ascii_alphabetic).count();
    let digits = &word.as_bytes()[letters..];
    (1..=3).contains(&letters)
        && matches!(digits.len(), 4 | 5)
        && digits.iter().all(u8::is_ascii_digit)
}

/// `HARBOUR-FIRE`, `Limbaugh-Painkillers`, `Hafen/Brand`
fn is_slug(word: &str) -> bool {
    word.len() >= 4 && word.contains(['-', '/']) && word.starts_with(|c: char| c.is_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_named() {
        let check = |text: &str, expected: &[&str]| {
            let mut ids = Vec::new();
            find_named_items(text, true, &mut ids);
            assert_eq!(ids, expected, "{text}");
        };
        check("Please kill item dpa 157 of 12:03.", &["dpa 157"]);
        check(
            "Please kill the story Dam-Leak, V9991.",
            &["Dam-Leak", "V9991"],
        );
        check("kill item No. 207 and bdt0157", &["207", "bdt0157"]);
        check("In 2024 the 12 items cost 300 crowns", &[]);
    }
}

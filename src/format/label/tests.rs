//! Labels in headlines, lines and titles.

use super::*;

#[track_caller]
fn check(headline: &str, label: &str, role: Option<Role>, urgency: u8) {
    let (found, meaning) = parse_label_prefix(headline).unwrap_or(("", NO_MEANING));
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
    for label in ["1stAdd", "1st Add", "1ST LEAD-2ND ADD", "2nd Take", "(ADD)"] {
        assert!(is_add(label), "{label}");
    }
    for label in ["1st Lead", "ADDS quote", "Add salt", ""] {
        assert!(!is_add(label), "{label}");
    }
}

#[test]
fn labels_behind_titles() {
    let check =
        |text: &str, label| assert_eq!(parse_label_suffix(text).map(|(l, _)| l), label, "{text}");
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

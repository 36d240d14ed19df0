//! What a line before the copy may be, by its words.

/// What a note to editors says, without its mark (`Eds:`).
pub(super) fn parse_note(line: &str) -> Option<&str> {
    const MARKS: [&str; 9] = [
        "eds:",
        "eds.:",
        "ed:",
        "editors:",
        "editor's note",
        "editors' note",
        "editor’s note",
        "editors’ note",
        "eds note",
    ];
    const WHOLE: [&str; 10] = [
        "for release",
        "hold for release",
        "embargoed",
        "for use",
        "not for",
        "adv ",
        "$adv",
        "attention",
        "editors",
        "moved in advance",
    ];
    let begins = |mark: &&&str| {
        line.get(..mark.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(mark))
    };
    if let Some(mark) = MARKS.iter().find(begins) {
        return Some(line[mark.len()..].trim_start_matches([' ', '_', '—', '-', ':'].as_slice()));
    }
    WHOLE.iter().any(|mark| begins(&mark)).then_some(line)
}

pub(super) fn is_byline(line: &str) -> bool {
    line.get(..3)
        .is_some_and(|by| by.eq_ignore_ascii_case("by "))
        && line.len() <= 160
}

/// The writer's agency or office below a byline.
pub(super) fn is_credit(line: &str) -> bool {
    const OFFICES: [&str; 16] = [
        "press",
        "writer",
        "writers",
        "ap",
        "news",
        "agency",
        "correspondent",
        "editor",
        "service",
        "bureau",
        "staff",
        "reporter",
        "columnist",
        "canadian",
        "critic",
        "wire",
    ];
    let mut words = line.split([' ', ',', '-']);
    line.len() <= 60
        && words.any(|word| {
            OFFICES
                .iter()
                .any(|office| office.eq_ignore_ascii_case(word))
        })
}

/// `AP Photo XNP101, XNP102`, `With AP Photos.`, `AP Graphic OIL`: what moves with the story.
pub(super) fn is_visuals_line(line: &str) -> bool {
    let words: Vec<&str> = line.split([' ', ',', '.', ':']).take(4).collect();
    let visual = |word: &&str| {
        [
            "photo", "photos", "graphic", "graphics", "video", "videos", "audio",
        ]
        .iter()
        .any(|one| one.eq_ignore_ascii_case(word))
    };
    let at = words.iter().position(visual);
    at.is_some_and(|at| {
        words[..at].iter().all(|word| {
            word.len() <= 5
                && (word.eq_ignore_ascii_case("with")
                    || word.bytes().all(|b| b.is_ascii_uppercase()))
        })
    })
}

/// The short name of an agency that a credit names in full.
pub(super) fn agency_from_credit(credit: &str) -> Option<&'static str> {
    const NAMES: [(&str, &str); 4] = [
        ("associated press", "AP"),
        ("canadian press", "CP"),
        ("kyodo news", "Kyodo"),
        ("agence france-presse", "AFP"),
    ];
    let lower = credit.to_ascii_lowercase();
    let found = NAMES.iter().find(|(name, _)| lower.contains(name));
    found.map(|(_, short)| *short)
}

//! Every quote of the built-in wire, as a careful reader would attribute it: how it begins, and its speaker (`?` for nobody).

use dateline::format::{Context, parse};
use dateline::ingest::BUILT_IN_WIRE;
use dateline::quotes::{TextPart, extract_quotes, quote_text};

/// Quotes of which the engine says something else than a careful reader. This list only shrinks.
const LEFT_OUT: &[(&str, &str)] = &[
    // “The oldest written version, in a book of 1871, asks for”: the phrase is cut before “written”, which may be a verb.
    ("17-storm-soup.txt", "whatever the sea"),
    // A parrot recites “as far as” one word: by its words no less a statement than “he said as much as ‘no’”.
    ("20-obit-halloway.txt", "Cement"),
    // “It was a year of quiet doubt, the tables suggest”: the words are the reporter's, not the tables'.
    ("desk.jsonl", "quiet doubt"),
];

/// The first words of a quote: three, or eight characters of a script without spaces.
fn start(words: &str) -> String {
    let dense = words.chars().any(|c| ('\u{3000}'..='\u{9fff}').contains(&c));
    if dense {
        return words.chars().take(8).collect();
    }
    let first: Vec<&str> = words.split_whitespace().take(3).collect();
    first.join(" ")
}

/// Checks the statements of a file of the built-in wire, in order.
fn check(file: &str, expected: &[&str]) {
    let bytes = BUILT_IN_WIRE
        .iter()
        .find_map(|(name, bytes)| name.ends_with(file).then_some(*bytes))
        .unwrap_or_default();
    let mut found = Vec::new();
    for dispatch in parse(bytes, &Context::default()).dispatches {
        for quote in extract_quotes(&dispatch).iter().filter(|quote| quote.is_statement()) {
            let source = match quote.part {
                TextPart::Headline => dispatch.headline.as_str(),
                TextPart::Body => dispatch.body.text(),
            };
            let start = start(&quote_text(quote, source));
            if LEFT_OUT.contains(&(file, start.as_str())) {
                continue;
            }
            let speaker = quote.speaker.as_deref().unwrap_or("?");
            found.push(format!("{start} | {speaker}"));
        }
    }
    assert_eq!(found, expected, "{file}");
}

#[test]
fn no_file_is_forgotten() {
    let here = include_str!("wire_quotes.rs");
    for (name, _) in BUILT_IN_WIRE {
        let file = name.rsplit('/').next().unwrap_or(name);
        assert!(
            here.contains(&format!("check(\"{file}\"")) || here.contains(&format!("\"{file}\",\n")),
            "{file}"
        );
    }
}

#[test]
fn ferry_flash() {
    check("01-ferry-flash.txt", &[]);
}

#[test]
fn ferry_urgent() {
    check("02-ferry-urgent.txt", &["engines, radar and | the coastguard"]);
}

#[test]
fn ferry_first_lead() {
    check(
        "03-ferry-1st-lead.txt",
        &[
            "We have about | Tove Harl",
            "After that we | Tove Harl",
            "well past the | Tove Harl",
            "Tell them to | Bram Oster",
            "And tell them | Bram Oster",
            "all passengers are | Salane Line",
            "has never missed | Salane Line",
            "He rang me | Petra Ronne",
            "I told him | Petra Ronne",
            "Until then, no | the weather office",
        ],
    );
}

#[test]
fn ferry_first_add() {
    check(
        "04-ferry-1st-add.txt",
        &[
            "I have been | Jonas Reke",
            "Lady Ansgar, what | SALANE COASTGUARD",
            "Salane, my compass | LADY ANSGAR",
            "He's pointing at | PATIENCE",
            "Say again, Patience? | SALANE COASTGUARD",
            "In daylight, with | Harl",
            "I would not | Harl",
            "We are through | Peder Lund",
            "Nobody has asked | Peder Lund",
        ],
    );
}

#[test]
fn ferry_correction() {
    check("05-ferry-correction.txt", &["a clerk's slip | Salane Line", "We go by | Tove Harl"]);
}

#[test]
fn ferry_writethru() {
    check(
        "06-ferry-writethru.txt",
        &[
            "I am not | Ingrith Moe",
            "I had the | Ingrith Moe",
            "You could not | Bram Oster",
            "I was steering | Bram Oster",
            "Two long, one | Bram Oster",
            "too heavy to | Ingrith Moe",
            "People ask was | ?",
            "The little ones | Peder Lund",
            "I said, ‘Not | Peder Lund",
            "brilliant | Eskil Ronne",
            "disgusting | Eskil Ronne",
            "much longer than | Eskil Ronne",
            "We had lifeboats | Tove Harl",
            "I went outside | Tove Harl",
            "Wrists, collarbones, one | Hanne Aas",
            "modern vessels no | A letter",
            "We thank you | A letter",
            "The board takes | a spokesman",
            "with a proper | Lise Corrin",
            "A ship should | Lise Corrin",
            "Today it was | Lise Corrin",
            "Ask them which | Solveig Tamm",
            "and then ask | Solveig Tamm",
            "I said thank | Jonas Reke",
            "She said, ‘You | Jonas Reke",
        ],
    );
}

#[test]
fn opera_found() {
    check(
        "07-opera-found.txt",
        &[
            "I thought it | Aurel Vantine",
            "There is nothing | Beatrix Soll",
            "If it is | Beatrix Soll",
            "For Therese, who | A note",
        ],
    );
}

#[test]
fn opera_kill() {
    check("08-opera-kill.txt", &["an enthusiasm | Beatrix Soll"]);
}

#[test]
fn governor_speech() {
    check(
        "09-governor-speech.txt",
        &[
            "the comfort of | Vessaria bank chief",
            "A man with | Marguerite Osei-Lund",
            "I have been | Marguerite Osei-Lund",
            "Nobody eats a | the text",
            "neither asleep nor | Marguerite Osei-Lund",
            "two households in | The bank's annual report",
            "They look as | Marguerite Osei-Lund",
            "I have read | Marguerite Osei-Lund",
        ],
    );
}

#[test]
fn count_table() {
    check(
        "10-count-table.txt",
        &[
            "The box is | Amadou Fray",
            "the longest week | Corvin Quill",
            "eleven is a | Delphine Marsh",
        ],
    );
}

#[test]
fn feature_clocks() {
    check(
        "11-feature-clocks.txt",
        &[
            "People think it | Valentin Orsic",
            "It is the | Valentin Orsic",
            "I was elected | Bogna Trask",
            "I was elected | Bogna Trask",
            "when the later | the town statutes",
            "Twenty-three minutes is | Bruno Kess",
            "Ten and he | Bruno Kess",
            "There was a | Bruno Kess",
            "Passengers for Dvorac | The company",
            "He was late, | Zdenka",
            "You see how | Valentin Orsic",
            "opinions | Valentin Orsic",
            "A motor doesn't | Valentin Orsic",
            "There was, | the boy",
            "It said eleven | the boy",
            "He says when | Ilko Farr",
            "Let it finish, | Valentin Orsic",
            "It's a guest. | Valentin Orsic",
        ],
    );
}

#[test]
fn feature_saltroad() {
    check(
        "12-feature-saltroad.txt",
        &[
            "She has carried | Nuria Bensadek",
            "Books she likes | Nuria Bensadek",
            "It began as | Nuria Bensadek",
            "Then people started | Nuria Bensadek",
            "The one about | Yazid Amrane",
            "I let it | Yazid Amrane",
            "nothing but a | ?",
            "I read it | Nuria Bensadek",
            "I thought, who | Nuria Bensadek",
            "no objection in | The ministry",
            "not gazetted as | The ministry",
            "in the commas | Nuria Bensadek",
            "My husband reads | Houria Sellami",
            "I wanted to | Houria Sellami",
            "Then I shall | Houria Sellami",
            "and he will | Houria Sellami",
            "You cannot keep | The old guide",
            "Two hundred and | a ledger",
            "and some of | a ledger",
        ],
    );
}

#[test]
fn brief_goat() {
    check(
        "13-brief-goat.txt",
        &["It was asked | Ottilie Brandl", "It had, strictly | Ottilie Brandl"],
    );
}

#[test]
fn digest_advisory() {
    check("14-digest-advisory.txt", &[]);
}

#[test]
fn repeat_comet() {
    check(
        "15-repeat-comet.txt",
        &[
            "and it will | the Institute of Small Bodies",
            "I have had | Sunniva Achterberg",
            "They should. | Sunniva Achterberg",
            "as a smudge | the institute",
        ],
    );
}

#[test]
fn comet() {
    check(
        "16-comet.txt",
        &[
            "and it will | the Institute of Small Bodies",
            "I have had | Sunniva Achterberg",
            "They should. | Sunniva Achterberg",
            "as a smudge | the institute",
        ],
    );
}

#[test]
fn storm_soup() {
    check(
        "17-storm-soup.txt",
        &[
            "You start it | Agathe Pellow",
            "If the roof | Agathe Pellow",
            "Open the window, | Agathe Pellow",
        ],
    );
}

#[test]
fn rowing_final() {
    check(
        "18-rowing-final.txt",
        &[
            "I couldn't see | Tomasina \"Tommy\" Grell",
            "Then I could | Tomasina \"Tommy\" Grell",
            "We lost because | Ugo Ferrante",
            "indecent | Casimir Noll",
            "glorious | Casimir Noll",
            "a bit late. | Casimir Noll",
            "I've got the | Tomasina \"Tommy\" Grell",
            "It says, 'lacks | Tomasina \"Tommy\" Grell",
        ],
    );
}

#[test]
fn twin_talks() {
    check(
        "19-twin-talks.txt",
        &[
            "broaden | the Citadel",
            "Each of the | the Citadel",
            "armed gangs such | the Citadel",
            "renewed their pledge | the Rotunda",
            "the need for | Josephine Hale",
            "one fleet under | Ostrel",
            "concerns over the | Josephine Hale",
        ],
    );
}

#[test]
fn obit_halloway() {
    check(
        "20-obit-halloway.txt",
        &[
            "She corrected it, | Nathaniel Halloway",
            "I did know | Rosalind \"Ticker\" Halloway",
            "I used to | Rosalind \"Ticker\" Halloway",
            "a country where | Rosalind \"Ticker\" Halloway",
            "She made money | Benedikta Struan",
            "It was the | Benedikta Struan",
            "Dear Miss Halloway, | One letter",
        ],
    );
}

#[test]
fn court_bells() {
    check(
        "21-court-bells.txt",
        &[
            "I rang it | ?",
            "an act of | Lucan Brathwaite",
            "Did you at | Lucan Brathwaite",
            "I made the | Marius Tench",
            "And why did | Lucan Brathwaite",
            "He told me | Marius Tench",
            "The witness will | Henrika Vole",
            "I'm trying to, | Marius Tench",
            "a debt that | Ferdinand Amory",
            "still, and in | Henrika Vole",
        ],
    );
}

#[test]
fn neutrino() {
    check(
        "22-neutrino.txt",
        &[
            "We checked the | Yewande Castellan",
            "There are galaxies | Yewande Castellan",
            "The absence of | her group",
            "is remarkable. | her group",
            "They showed me | Rafe Ingolby",
            "Straight through my | Rafe Ingolby",
            "but I would | Yewande Castellan",
            "People imagine that | Yewande Castellan",
            "We look down, | Yewande Castellan",
        ],
    );
}

#[test]
fn review_tidetables() {
    check(
        "23-review-tidetables.txt",
        &[
            "I wanted a | Isaura Penhallow",
            "My sister says | Isaura Penhallow",
            "The trick's not | Jerome Adeyemi-Black",
            "When the clerk | Jerome Adeyemi-Black",
        ],
    );
}

#[test]
fn arabic_lamp() {
    check(
        "24-arabic-lamp.txt",
        &[
            "كنت أبحث عن | ?",
            "أبي هو الذي | ?",
            "ولا يأخذ الابن | ?",
            "مضاء كل ليلة | ?",
            "قلت لهم: ‹هذا | ?",
        ],
    );
}

#[test]
fn greek_bees() {
    check(
        "25-greek-bees.txt",
        &[
            "Άκουσα την καμπάνα | Ευανθία Ραζή",
            "Σκέφτηκα ότι κάποιος | Ευανθία Ραζή",
            "Δεν τους άρεσε | ?",
            "Ούτε εμένα μου | ?",
            "οι μέλισσες δεν | ?",
        ],
    );
}

#[test]
fn japanese_whistle() {
    check(
        "26-japanese-whistle.txt",
        &[
            "発車はハルさんの | ?",
            "笛は息です。息が | ?",
            "『客を急がせるな | ?",
            "ハルさんの笛が聞 | ?",
            "後任の車掌は置か | ?",
        ],
    );
}

#[test]
fn french_bakery() {
    check(
        "27-french-bakery.txt",
        &[
            "On a trouvé | Maëlle Kerouanton",
            "Un four, ça | ?",
            "Ça se boude. | ?",
            "sauf nécessité ou | ?",
            "Demandez aux gens | ?",
            "Mon père disait | ?",
            "et il disait | ?",
        ],
    );
}

#[test]
fn german_organ() {
    check(
        "28-german-organ.txt",
        &[
            "Es war ein | Kantorin Wiebke Harmsen",
            "Das gelingt nicht | Kantorin Wiebke Harmsen",
            "Drei Tasten klemmen | ?",
            "aber bisher hat | ?",
            "im Ganzen zuverlässig, | ?",
            "Mein Vorgänger sagte | ?",
        ],
    );
}

#[test]
fn polish_map() {
    check(
        "29-polish-map.txt",
        &[
            "Są na niej | Żaneta Łącka-Wójcik",
            "Autor nie kłamał, | ?",
            "Głębokości są prawdziwe | ?",
            "Ktoś je zmierzył, | ?",
            "jako dokument tego, | ?",
            "Wrócę, gdy ją | ?",
        ],
    );
}

#[test]
fn spanish_tuna() {
    check(
        "30-spanish-tuna.txt",
        &[
            "Le vi el | Remedios Alcaudete",
            "Luego leí mi | Remedios Alcaudete",
            "Yo siempre dije | ?",
            "Ella decía que | ?",
            "menor que la | ?",
            "A ese lo | ?",
        ],
    );
}

#[test]
fn desk() {
    check(
        "desk.jsonl",
        &[
            "At two o'clock | Ned Oyelaran",
            "By four they | Ned Oyelaran",
            "materially less delicious | a notice",
            "Toquei a campainha | Inácio Feitor",
            "Não tive coragem | Inácio Feitor",
            "O médico também | ?",
            "registado, compreendido e | ?",
            "a short demonstration | the union",
            "We have offered | A spokesman",
            "I mean a | A spokesman",
            "The company speaks | the union",
            "So did the | the union",
            "A lamp that | The letter",
            "smug, | Eudora Finch",
            "insulting | Eudora Finch",
            "a decent fellow | Eudora Finch",
            "I did not | Edmond Salter",
            "When the honourable | Edmond Salter",
            "The adjective was | Edmond Salter",
            "Let the record | Verity Lockhart",
            "Let it show, | Verity Lockhart",
            "that she is | Verity Lockhart",
            "better order in | Ione Baptiste",
            "something you could | the weather office",
            "We regard the | the office's bulletin",
            "Yes, | Bertil Quist",
            "But from indoors. | Bertil Quist",
            "She offered me | Grigor Thane",
            "He hums, | a note",
            "I'd like to | Cressida Boam",
            "I don't want | Cressida Boam",
            "Confidence falls with | the survey",
            "and recovers a | the survey",
            "all such figures | Tomaz Eide",
            "I do not | one",
            "I said, ‘Who | Alderney Voss",
            "I was nine | Alderney Voss",
            "To whoever finds | The letter",
            "Raining. Sorry for | Kitty Mulcahy",
            "I have written | Delphine Marsh",
            "They have the | Delphine Marsh",
            "I wrote one, | Corvin Quill",
            "and left the | Corvin Quill",
            "or when the | Amadou Fray",
        ],
    );
}

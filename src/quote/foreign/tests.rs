//! Copy in other languages in, statements and speakers out.

use super::super::{QuoteKind, extract_quotes, quote_text};
use super::is_foreign;
use crate::dispatch::{Body, Dispatch};

/// Checks the quotes of one paragraph: `words | speaker` for a statement, the words in brackets for no statement.
fn check(language: &str, paragraph: &str, expected: &[&str]) {
    let dispatch = Dispatch {
        language: Some(language.to_owned()),
        body: Body::from_paragraphs([paragraph]),
        ..Dispatch::default()
    };
    let found: Vec<String> = extract_quotes(&dispatch)
        .iter()
        .map(|q| {
            let words = quote_text(q, dispatch.body.text());
            match (q.kind, &q.speaker) {
                (QuoteKind::NotAStatement, _) => format!("[{words}]"),
                (_, Some(speaker)) => format!("{words} | {speaker}"),
                (_, None) => format!("{words} | ?"),
            }
        })
        .collect();
    assert_eq!(found, expected, "{paragraph}");
}

#[test]
fn a_name_right_beside_the_reporting_word_is_the_speaker() {
    check(
        "de",
        "„Wir fahren morgen früh“, sagte Ada Berg. „Das Meer ist ruhig.“",
        &[
            "Wir fahren morgen früh | Ada Berg",
            "Das Meer ist ruhig. | Ada Berg",
        ],
    );
    check(
        "fr-FR",
        "« Nous partons demain matin », a déclaré le maire Luc Morel, élu en mai.",
        &["Nous partons demain matin | Luc Morel"],
    );
    check(
        "es",
        "«Nos vamos mañana temprano», dijo Ana Soto. Soto añadió: «El mar está en calma».",
        &[
            "Nos vamos mañana temprano | Ana Soto",
            "El mar está en calma | Ana Soto",
        ],
    );
    check(
        "pl",
        "„Płyniemy jutro rano” – powiedziała Ewa Nowak.",
        &["Płyniemy jutro rano | Ewa Nowak"],
    );
    check(
        "ru",
        "«Мы выходим завтра утром», — сказал Иван Петров.",
        &["Мы выходим завтра утром | Иван Петров"],
    );
}

#[test]
fn anything_less_stays_open() {
    check(
        "de",
        "„Wir fahren morgen früh“, sagte er am Montag in Bremen.",
        &["Wir fahren morgen früh | ?"],
    );
    check(
        "de",
        "Ada Berg fährt gern. „Das Meer ist heute ruhig“, erklärte sie.",
        &["Das Meer ist heute ruhig | ?"],
    );
    check(
        "it",
        "«Partiamo domani mattina presto», secondo il sindaco.",
        &["Partiamo domani mattina presto | ?"],
    );
    check(
        "ja",
        "市長は「明日の朝に出発します」と話した。",
        &["明日の朝に出発します | ?"],
    );
}

#[test]
fn titles_and_single_words_are_no_statements() {
    check(
        "fr",
        "Le bateau « Belle Marie » porte du « sel » et du bois.",
        &["[Belle Marie]", "[sel]"],
    );
    check(
        "pt",
        "O barco “Vento Norte” ficou parado. “Não”, disse o mestre.",
        &["[Vento Norte]", "Não | ?"],
    );
    check("ar", "وصل «باب البحر» إلى الميناء.", &["[باب البحر]"]);
}

#[test]
fn speech_after_a_dash() {
    check(
        "es",
        "—Yo no salgo hoy —dijo Ana Soto—. Mañana sí.",
        &["Yo no salgo hoy | Ana Soto", "Mañana sí. | Ana Soto"],
    );
    check("de", "– Punkt eins der Liste", &[]);
}

#[test]
fn english_is_told_from_other_languages_by_tag_or_words() {
    assert!(is_foreign(Some("de-AT"), "The tag decides."));
    assert!(!is_foreign(Some("en-GB"), "Der Wind dreht."));
    assert!(!is_foreign(
        None,
        "The wind turns to the north and the boats stay in the harbour for the night."
    ));
    assert!(!is_foreign(None, "Berg 12, Soto 9, Lind 8, Holm 7."));
    assert!(is_foreign(
        None,
        "Der Wind dreht nach Norden, und die Boote bleiben über Nacht im Hafen der Stadt."
    ));
    assert!(is_foreign(
        None,
        "明日の朝、船は港を出て北の島へ向かいます。"
    ));
}

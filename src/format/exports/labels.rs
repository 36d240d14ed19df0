//! Labels of the fields of exported articles (`LENGTH:`, `LÄNGE:`, `LOAD-DATE:`) in the languages that databases print
//! them in, and where they stand: before the text or after it.

use crate::format::exports::article;
use crate::format::parser::Draft;
use crate::format::shared::fields::FieldKey;
use crate::format::shared::search::memchr;
use crate::text;

/// What a label says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::format) enum Meaning {
    Headline,
    Byline,
    Section,
    Length,
    Dateline,
    Language,
    Subjects,
    /// The text follows.
    Body,
    /// Has no key of its own: kept among the fields under its label.
    Other,
}

/// Where a label stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::format) enum Place {
    /// Before the text.
    Head,
    /// After the text, and proof that it has ended: no paragraph begins like that.
    Tail,
    /// After the text as a rule; a paragraph may begin with the same word.
    LikelyTail,
}

/// A known label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::format) struct Label {
    pub meaning: Meaning,
    pub place: Place,
}

/// Labels in upper case, in English, German, French and Dutch as seen in exports; those in Spanish, Italian,
/// Portuguese, Swedish and Danish are inferred.
const LABELS: &[(Meaning, Place, &[&str])] = &[
    (
        Meaning::Headline,
        Place::Head,
        &["HEADLINE", "KOP", "TITRE", "ÜBERSCHRIFT", "TITULAR", "TITOLO", "TÍTULO"],
    ),
    (
        Meaning::Byline,
        Place::Head,
        &["BYLINE", "AUTOR", "AUTEUR", "AUTORE", "FÖRFATTARE", "FORFATTER", "VERFASSER"],
    ),
    (
        Meaning::Section,
        Place::Head,
        &[
            "SECTION", "RUBRIK", "RUBRIQUE", "RUBRIEK", "SECTIE", "SECCIÓN", "SEZIONE", "SEÇÃO",
            "SEKTION", "AVSNITT",
        ],
    ),
    (
        Meaning::Length,
        Place::Head,
        &[
            "LENGTH",
            "LÄNGE",
            "LAENGE",
            "LONGUEUR",
            "LENGTE",
            "LONGITUD",
            "EXTENSIÓN",
            "LUNGHEZZA",
            "COMPRIMENTO",
            "EXTENSÃO",
            "LÄNGD",
            "LÆNGDE",
            "LENGDE",
        ],
    ),
    (
        Meaning::Dateline,
        Place::Head,
        &["DATELINE", "ORTSMARKE", "DATATION", "ORIGINE-DEPECHE", "ORIGINE-DÉPÊCHE"],
    ),
    (
        Meaning::Other,
        Place::Head,
        &["HIGHLIGHT", "SERIES", "DISTRIBUTION", "COLUMN", "TICKER-SYMBOL"],
    ),
    (Meaning::Body, Place::Head, &["TEKST", "BODY", "TEXT", "TEXTE", "TEXTO", "TESTO"]),
    (
        Meaning::Language,
        Place::Tail,
        &["LANGUAGE", "SPRACHE", "LANGUE", "TAAL", "IDIOMA", "LINGUA", "LÍNGUA", "SPRÅK", "SPROG"],
    ),
    (
        Meaning::Other,
        Place::Tail,
        &[
            "LOAD-DATE",
            "UPDATE",
            "DATE-CHARGEMENT",
            "LAAD-DATUM",
            "LAADDATUM",
            "FECHA-CARGA",
            "FECHA DE CARGA",
            "DATA-CARICAMENTO",
        ],
    ),
    (
        Meaning::Other,
        Place::Tail,
        &[
            "PUBLICATION-TYPE",
            "PUB-TYPE",
            "TYPE-PUBLICATION",
            "PUBLICATIETYPE",
            "TYPE-PUBLICATIE",
            "PUBLIKATIONSTYP",
            "ZEITUNGS-CODE",
            "JOURNAL-CODE",
            "CODE-JOURNAL",
            "TIJDSCHRIFT-CODE",
            "CORRECTION-DATE",
            "PUB-DATE",
            "ACC-NO",
            "DOCUMENT-TYPE",
            "TIPO-PUBLICACIÓN",
        ],
    ),
    (Meaning::Subjects, Place::LikelyTail, &["SUBJECT", "SUJET", "THEMA", "ONDERWERP", "TEMA"]),
    (
        Meaning::Other,
        Place::LikelyTail,
        &[
            "GEOGRAPHIC",
            "GRAPHIC",
            "GRAFIK",
            "GRAFIEK",
            "GRAPHIQUE",
            "GRÁFICO",
            "CORRECTION",
            "ENCART",
            "PERSON",
            "PERSONNE",
            "ORGANIZATION",
            "ORGANISATION",
            "COMPANY",
            "ENTREPRISE",
            "FIRMA",
            "INDUSTRY",
            "INDUSTRIE",
            "STATE",
            "CITY",
            "COUNTRY",
            "LAND",
            "PAYS",
            "TICKER",
            "TYPE",
            "NOTES",
            "CONTACT",
            "URL",
            "ISSN",
            "CLASSIFICATION",
        ],
    ),
];

/// The known label with this name, in any case, with or without its colon.
pub(in crate::format) fn known_label(name: &str) -> Option<Label> {
    let name = name.trim().trim_end_matches(':').trim_end();
    if name.is_empty() || name.len() > 40 {
        return None;
    }
    let upper = name.to_uppercase();
    let found = LABELS.iter().find(|(_, _, names)| names.contains(&upper.as_str()));
    found.map(|(meaning, place, _)| Label { meaning: *meaning, place: *place })
}

/// Splits `LABEL: value` at its colon. The label may have letters, spaces and hyphens, and at most 40 bytes; the value
/// may be empty.
pub(in crate::format) fn split_label(text: &str) -> Option<(&str, &str)> {
    let reach = &text.as_bytes()[..text.len().min(41)];
    let colon = memchr::memchr(b':', reach)?;
    let (label, value) = (text.get(..colon)?, &text[colon + 1..]);
    let label = label.trim_end();
    let is_letter = |c: char| c.is_alphabetic() || matches!(c, '-' | ' ' | '/' | '_');
    let begins = label.starts_with(char::is_alphabetic);
    let apart = value.is_empty() || value.starts_with(char::is_whitespace);
    (begins && apart && label.chars().all(is_letter)).then(|| (label, value.trim()))
}

/// True for a label whose letters are all capitals, at least two.
pub(in crate::format) fn is_in_capitals(label: &str) -> bool {
    label.chars().filter(|c| c.is_uppercase()).count() >= 2
        && !label.chars().any(char::is_lowercase)
}

/// The meaning of an unknown label by the form of its value: a number of words, a language.
pub(super) fn meaning_by_value(value: &str) -> Meaning {
    let has_unit = value.ends_with(char::is_alphabetic) && value.contains(' ');
    if has_unit && article::word_count(value).is_some() {
        return Meaning::Length;
    }
    if super::languages::tag(value).is_some() && value.len() > 3 {
        return Meaning::Language;
    }
    Meaning::Other
}

/// Sets the field of a label. Further lines of the value are joined, except in fields without a key.
pub(in crate::format) fn set_labelled(draft: &mut Draft<'_>, label: &str, value: &str) {
    let known = known_label(label).map(|known| known.meaning);
    let line = text::one_line(value);
    if line.is_empty() {
        return;
    }
    match known.unwrap_or_else(|| meaning_by_value(&line)) {
        Meaning::Headline => {
            // A label says more than the order of lines does: what they gave was a kicker or a section.
            let other = std::mem::take(&mut draft.dispatch.headline);
            draft.unmark_given(FieldKey::Headline);
            article::set_headline(draft, &line);
            if !other.is_empty() {
                draft.add_field("kicker", &other);
            }
        }
        Meaning::Byline => draft.set_field(FieldKey::Byline, label, &line),
        Meaning::Section => {
            let section = line.trim_end_matches([';', ' ']);
            draft.set_field(FieldKey::Category, label, section);
        }
        Meaning::Length => article::set_length(draft, label, &line),
        Meaning::Dateline => article::set_dateline(draft, label, &line),
        Meaning::Language => article::set_language(draft, label, &line),
        Meaning::Subjects => {
            draft.add_field(label, &line);
            for subject in line.split([';', '|']) {
                let subject = without_score(subject.trim());
                draft.add_subject(Some(subject.to_owned()).filter(|subject| !subject.is_empty()));
            }
        }
        Meaning::Body | Meaning::Other => draft.add_field(label, value.trim()),
    }
}

/// Strips the relevance that a database adds to an index term: `STRIKES (93%)`.
fn without_score(term: &str) -> &str {
    let front = term.rsplit_once(" (").filter(|(_, score)| score.ends_with("%)"));
    front.map_or(term, |(front, _)| front)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_and_values() {
        assert_eq!(split_label("LENGTH: 58 words"), Some(("LENGTH", "58 words")));
        assert_eq!(
            split_label("DATE-CHARGEMENT:\u{a0}4 mars"),
            Some(("DATE-CHARGEMENT", "4 mars"))
        );
        assert_eq!(split_label("LÄNGE:"), Some(("LÄNGE", "")));
        for text in ["", ":", "16:07", "a:b", "He said, on Monday: no", "http://quay.example"] {
            assert_eq!(split_label(text), None, "{text}");
        }
        assert_eq!(without_score("STRIKES (93%)"), "STRIKES");
        assert_eq!(without_score("STRIKES (rail)"), "STRIKES (rail)");
    }

    #[test]
    fn labels_are_known_in_any_case() {
        for name in ["LENGTH", "Length:", "länge", "LENGTE"] {
            assert_eq!(
                known_label(name).map(|label| label.meaning),
                Some(Meaning::Length),
                "{name}"
            );
        }
        assert_eq!(known_label("KABUL"), None);
    }
}

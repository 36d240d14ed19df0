//! `ProQuest`: what its layouts have in common. An article is a headline and labelled paragraphs, one of them the text.

use crate::dispatch::BlockKind;
use crate::format::exports::article;
use crate::format::parser::Draft;
use crate::format::shared::bylines::is_byline;
use crate::format::shared::dates::parse_long_date;
use crate::format::shared::fields::FieldKey;
use crate::format::shared::markup::TextBlock;
use crate::format::shared::search::memchr;

/// Name of the format in records.
pub(super) const FORMAT: &str = "proquest";

/// What a label says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    Author,
    /// Paper, city, day and page in one line.
    PublicationInfo,
    Abstract,
    Text,
    Subjects,
    /// Repeats the headline.
    Title,
    Publication,
    Date,
    Dateline,
    Section,
    Language,
    Id,
    Address,
    Rights,
    /// Kept among the fields.
    Other,
}

/// Labels without their spaces, which exports lose at times, in lower case: English as seen, German, French and Spanish
/// inferred.
const LABELS: &[(Meaning, &[&str])] = &[
    (Meaning::Author, &["author", "autor", "auteur", "verfasser"]),
    (
        Meaning::PublicationInfo,
        &[
            "publicationinfo",
            "publikationsinfo",
            "informationsdepublication",
            "informacióndepublicación",
        ],
    ),
    (Meaning::Abstract, &["abstract", "zusammenfassung", "résumé", "resumen"]),
    (Meaning::Text, &["fulltext", "volltext", "texteintégral", "textointegral", "textocompleto"]),
    (Meaning::Subjects, &["subject", "thema", "fachgebiet", "sujet", "materia"]),
    (Meaning::Title, &["title", "titel", "titre", "título"]),
    (
        Meaning::Publication,
        &[
            "publicationtitle",
            "titelderpublikation",
            "publikationstitel",
            "titredelapublication",
            "títulodepublicación",
            "títulodelapublicación",
        ],
    ),
    (
        Meaning::Date,
        &[
            "publicationdate",
            "publikationsdatum",
            "datumderpublikation",
            "erscheinungsdatum",
            "datedepublication",
            "fechadepublicación",
        ],
    ),
    (Meaning::Dateline, &["dateline"]),
    (Meaning::Section, &["section", "abschnitt", "rubrique", "sección"]),
    (
        Meaning::Language,
        &[
            "languageofpublication",
            "language",
            "sprachederpublikation",
            "languedepublication",
            "idiomadelapublicación",
            "idiomadepublicación",
        ],
    ),
    (
        Meaning::Id,
        &[
            "proquestdocumentid",
            "proquest-dokument-id",
            "dokument-idvonproquest",
            "iddudocumentproquest",
            "idproquest",
            "iddeldocumentodeproquest",
        ],
    ),
    (Meaning::Address, &["documenturl", "dokument-url", "urldudocument", "urldeldocumento"]),
    (Meaning::Rights, &["copyright", "droitsd'auteur", "derechosdeautor"]),
    (
        Meaning::Other,
        &[
            "links",
            "businessindexingterm",
            "location",
            "people",
            "company/organization",
            "company",
            "classification",
            "pages",
            "firstpage",
            "numberofpages",
            "publicationyear",
            "publisher",
            "placeofpublication",
            "countryofpublication",
            "publicationsubject",
            "issn",
            "e-issn",
            "sourcetype",
            "documenttype",
            "documentfeature",
            "lastupdated",
            "database",
            "volume",
            "issue",
            "correspondenceauthor",
            "companynaics",
            "identifier/keyword",
            "column",
            "edition",
            "illustration",
            "productname",
            "source",
            "headnote",
            "credit",
            "caption",
            "quellentyp",
            "dokumenttyp",
            "datenbank",
            "herausgeber",
            "zuletztaktualisiert",
            "seiten",
            "publikationsjahr",
            "typedesource",
            "typededocument",
            "basededonnées",
            "éditeur",
            "dernièremiseàjour",
            "annéedepublication",
            "lieu",
            "tipodefuente",
            "tipodedocumento",
            "basededatos",
            "editorial",
            "últimaactualización",
            "añodepublicación",
            "lugar",
        ],
    ),
];

/// The meaning of a label, with or without its colon and spaces.
pub(super) fn meaning_of(label: &str) -> Option<Meaning> {
    let name = label.trim().trim_end_matches(':');
    if name.len() > 60 {
        return None;
    }
    let plain: String =
        name.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect();
    let found = LABELS.iter().find(|(_, names)| names.contains(&plain.as_str()));
    found.map(|(meaning, _)| *meaning)
}

/// Splits `Label: value` where the label is a known one.
pub(super) fn split_label(text: &str) -> Option<(&str, Meaning, &str)> {
    let colon = memchr::memchr(b':', &text.as_bytes()[..text.len().min(64)])?;
    let (label, value) = (text.get(..colon)?, &text[colon + 1..]);
    Some((label.trim(), meaning_of(label)?, value.trim()))
}

/// An article under construction.
#[derive(Default)]
pub(super) struct Article {
    blocks: Vec<TextBlock>,
    summary: Option<String>,
    /// Set from the line with paper, city and day, used where no label of their own gives them.
    info: Option<String>,
    /// The longest value of a label that is not known, and that label: the text if no label says which it is.
    possible_text: Option<(String, Vec<TextBlock>)>,
    /// True once a label of the database was seen.
    pub has_labels: bool,
}

impl Article {
    /// Adds blocks to the text.
    pub(super) fn add_text(&mut self, blocks: impl IntoIterator<Item = TextBlock>) {
        self.blocks.extend(blocks);
    }

    /// True if a text was added.
    pub(super) fn has_text(&self) -> bool {
        !self.blocks.is_empty()
    }

    /// Keeps a long value whose label is not known. The longest one is the text if there is no other.
    pub(super) fn set_possible_text(
        &mut self,
        draft: &mut Draft<'_>,
        label: &str,
        blocks: Vec<TextBlock>,
    ) {
        let length =
            |blocks: &[TextBlock]| blocks.iter().map(|(_, text)| text.len()).sum::<usize>();
        let mut other = Some((label.to_owned(), blocks));
        if self.possible_text.as_ref().is_none_or(|(_, known)| {
            length(known) < other.as_ref().map_or(0, |(_, blocks)| length(blocks))
        }) {
            std::mem::swap(&mut self.possible_text, &mut other);
        }
        if let Some((label, blocks)) = other {
            draft.add_field(&label, &join(&blocks));
        }
    }

    /// Sets a labelled value. The text itself goes to [`Article::add_text`].
    pub(super) fn set(
        &mut self,
        draft: &mut Draft<'_>,
        label: &str,
        meaning: Meaning,
        value: &str,
    ) {
        self.has_labels = true;
        let value = value.trim();
        if value.is_empty() {
            return;
        }
        match meaning {
            Meaning::Author => draft.set_field(FieldKey::Byline, label, value),
            Meaning::PublicationInfo => self.info = Some(value.to_owned()),
            Meaning::Abstract => {
                self.summary = Some(value.to_owned()).filter(|_| !is_absent(value));
            }
            Meaning::Text => self.blocks.push((BlockKind::Paragraph, value.to_owned())),
            Meaning::Subjects => {
                for subject in value.split(';').map(str::trim).filter(|subject| !subject.is_empty())
                {
                    draft.add_subject(Some(subject.to_owned()));
                }
            }
            Meaning::Title if draft.dispatch.headline == value => {}
            Meaning::Title => article::set_headline(draft, value),
            Meaning::Publication => set_publication(draft, label, value),
            Meaning::Date => article::set_date_text(draft, label, value),
            Meaning::Dateline => article::set_dateline(draft, label, value),
            Meaning::Section => draft.set_field(FieldKey::Category, label, value),
            Meaning::Language => article::set_language(draft, label, value),
            Meaning::Id => draft.set_field(FieldKey::Id, label, value),
            Meaning::Address => draft.add_links(vec![value.to_owned()]),
            Meaning::Rights => draft.set_field(FieldKey::Rights, label, value),
            Meaning::Other if label.eq_ignore_ascii_case("database") => {
                draft.add_field("collection", value);
            }
            Meaning::Other if meaning_of(label).is_some() => draft.add_field(label, value),
            Meaning::Other => set_unknown(draft, label, value),
        }
    }

    /// Completes the fields and returns the blocks of the text. An abstract stands in for a text that is missing.
    pub(super) fn finish(mut self, draft: &mut Draft<'_>) -> Vec<TextBlock> {
        article::set_database(draft, "ProQuest");
        if let Some((label, blocks)) = self.possible_text.take() {
            if self.blocks.is_empty() && self.summary.is_none() {
                self.blocks = blocks;
            } else {
                draft.add_field(&label, &join(&blocks));
            }
        }
        take_captions(draft, &mut self.blocks);
        if let [(_, only)] = &self.blocks[..]
            && is_absent(only)
        {
            draft.add_field("Full text", only);
            self.blocks.clear();
        }
        if let Some(info) = self.info {
            let (paper, rest) = info.split_once(';').unwrap_or((&info, ""));
            if draft.dispatch.agency.is_none() {
                set_publication(draft, "Publication info", paper);
            }
            // `City [City]. 03 Mar 2015: A3.`
            let day = rest.rsplit_once(['.', ']']).map_or(rest, |(_, day)| day);
            let day = if day.trim().is_empty() {
                rest.trim_end_matches('.').rsplit(['.', ']']).next().unwrap_or("")
            } else {
                day
            };
            let day = day.split(':').next().unwrap_or("");
            if let Some(date) = parse_long_date(day)
                && draft.dispatch.sent.is_none()
            {
                article::set_date(draft, "Publication info", &date);
            }
            draft.add_field("Publication info", &info);
        }
        if let Some(summary) = self.summary {
            if self.blocks.is_empty() {
                self.blocks.push((BlockKind::Paragraph, summary));
            } else {
                draft.add_field("Abstract", &summary);
            }
        }
        self.blocks
    }
}

/// Sets a value whose label is in a language that is not known, by its form: a date, a language. Others are kept.
fn set_unknown(draft: &mut Draft<'_>, label: &str, value: &str) {
    let date = parse_long_date(value).filter(|date| date.rest.is_empty());
    match date {
        Some(date) if draft.dispatch.sent.is_none() => article::set_date(draft, label, &date),
        _ if value.len() > 3 => article::set_language(draft, label, value),
        _ => draft.add_field(label, value),
    }
}

fn join(blocks: &[TextBlock]) -> String {
    blocks.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>().join("\n")
}

/// True for a value that says that there is none.
fn is_absent(value: &str) -> bool {
    ["none available.", "none available", "not available.", "not available"]
        .contains(&value.to_ascii_lowercase().as_str())
}

/// Sets the source from `Paper; City`.
fn set_publication(draft: &mut Draft<'_>, label: &str, value: &str) {
    let (paper, city) = value.split_once(';').unwrap_or((value, ""));
    article::set_source(draft, paper);
    if !city.trim().is_empty() {
        draft.add_field(&format!("{label} city"), city.trim());
    }
}

/// Moves captions and credits from the end of a text to the fields, and the credit of an author to the byline.
fn take_captions(draft: &mut Draft<'_>, blocks: &mut Vec<TextBlock>) {
    while let Some((_, last)) = blocks.last() {
        let Some((label, value)) = last.split_once(':') else {
            break;
        };
        let plain = label.trim().to_ascii_uppercase();
        if !["CAPTION", "CREDIT", "CREDITS", "ILLUSTRATION", "PHOTO", "CAPTION CREDIT"]
            .contains(&plain.as_str())
        {
            break;
        }
        // Without an author, who is credited with the text is its author; others took the pictures.
        let value = value.trim();
        if plain.starts_with("CREDIT") && draft.dispatch.byline.is_none() && is_byline(value) {
            draft.set_field(FieldKey::Byline, &plain, value);
        } else {
            draft.add_field(&plain, value);
        }
        blocks.pop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_may_lose_a_space() {
        assert_eq!(meaning_of("Place ofpublication:"), Some(Meaning::Other));
        assert_eq!(meaning_of("ProQuest document ID"), Some(Meaning::Id));
        assert_eq!(meaning_of("Full text:"), Some(Meaning::Text));
        assert_eq!(split_label("Full text: x: y"), Some(("Full text", Meaning::Text, "x: y")));
        assert_eq!(split_label("She said: no"), None);
    }
}

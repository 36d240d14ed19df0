//! The names of columns: which field a column holds by its name, and names that the user gives (`--columns`).

use std::fmt;
use std::sync::Arc;

use crate::format::shared::field_keys::{FieldKey, field_key};

/// How certain the name of a column is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Certainty {
    /// Used if no other column has this field: `domain` is a source only where there is no `source`.
    Likely,
    /// A name for nothing else.
    Certain,
}

/// Looks up the field of a column by its name, in any case, without spaces and punctuation.
pub(super) fn column_key(name: &str) -> Option<(FieldKey, Certainty)> {
    let plain: String = name
        .chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .take(40)
        .collect();
    // Before the names that other formats know: in a table, `story` and `document` are texts.
    if let Some((key, _)) = CERTAIN.iter().find(|(_, names)| has_word(names, &plain)) {
        return Some((*key, Certainty::Certain));
    }
    if let Some((key, _)) = LIKELY.iter().find(|(_, names)| has_word(names, &plain)) {
        return Some((*key, Certainty::Likely));
    }
    let known = field_key(&plain).filter(|key| !matches!(key, FieldKey::Label | FieldKey::Ednote));
    Some((known?, Certainty::Certain))
}

fn has_word(words: &str, word: &str) -> bool {
    words.split_ascii_whitespace().any(|other| other == word)
}

/// Names without spaces, hyphens and underscores, in the languages and services whose tables are common. Two letters
/// are the field codes of Factiva.
const CERTAIN: &[(FieldKey, &str)] = &[
    (
        FieldKey::Headline,
        "hed heading hd titel überschrift ueberschrift schlagzeile titre titular titulo título titolo kop tytuł \
         nagłówek заголовок название 标题 標題 題名 タイトル 見出し 제목 العنوان başlık baslik otsikko overskrift \
         manchete nadpis cím webtitle articletitle newstitle headlinemain doctitle titletext",
    ),
    (
        FieldKey::Body,
        "fulltext maintext articletext newstext bodytext story document articlecontent newscontent cleantext texte texto \
         testo tekst volltext artikeltext inhalt corps contenu contenido cuerpo corpo conteudo conteúdo contenuto inhoud \
         treść текст содержание 正文 内容 全文 本文 본문 내용 النص metin teksti brödtext szöveg lp td",
    ),
    (
        FieldKey::Sent,
        "publisheddate publishdate datepublish publishedon publicationdatetime publicationdate pubdatetime webpublicationdate \
         datum fecha дата 日期 发布时间 日付 날짜 일자 التاريخ tarih dato päivämäärä erscheinungsdatum veröffentlicht \
         veröffentlichungsdatum datedepublication fechadepublicación fechadepublicacion datadepublicação pd \
         seendate uhrzeit zeit heure hora ora tijd godzina et",
    ),
    (
        FieldKey::Agency,
        "newspaper newspapername publicationname publicationtitle medianame sourcename sourcetitle newssource newsagency \
         newsoutlet outletname quelle zeitung agentur nachrichtenagentur fuente agencia fonte agenzia bron krant krantnaam \
         źródło agencja источник агентство 来源 媒体 新聞社 出典 출처 언론사 kaynak lähde källa kilde sn pub",
    ),
    (
        FieldKey::Byline,
        "authorname autor autorin autoren auteur auteurs autore autori autores verfasser verfasserin reporter journalist \
         journalists writer автор 作者 记者 著者 記者 기자 yazar kirjoittaja författare forfatter",
    ),
    (
        FieldKey::Id,
        "docid documentid articleid newsid itemid storiesid accessionnumber accessionno urn uuid an",
    ),
    (
        FieldKey::Links,
        "weburl articleurl fullurl permalink sourceurl newsurl hyperlink enlace lien adresse",
    ),
    (
        FieldKey::Category,
        "section sectionname ressort rubrik rubrique sección seccion sezione seção sectie newsdesk раздел 版面 se",
    ),
    (
        FieldKey::Language,
        "languagecode sprache langue idioma lingua taal język язык 语言 言語 언어 la",
    ),
    (
        FieldKey::Keywords,
        "schlagwörter schlagworte stichwörter motsclés motscles palabrasclave parolechiave palavraschave trefwoorden",
    ),
    (
        FieldKey::Summary,
        "snippet teaser standfirst trailtext zusammenfassung vorspann resumen résumé resume sommario resumo samenvatting 摘要",
    ),
    (FieldKey::Rights, "copyrightline cy"),
    (FieldKey::Words, "numwords nwords wörter wc"),
    (FieldKey::Place, "ort lieu lugar luogo plaats"),
];

const LIKELY: &[(FieldKey, &str)] = &[
    (FieldKey::Sent, "data erstellt erschienen day crawldate"),
    (
        FieldKey::Agency,
        "paper publication publisher media medium outlet journal zeitschrift medio testata jornal издание domain \
         sourcedomain website site sitename newswire wire",
    ),
    (FieldKey::Byline, "creator"),
    (FieldKey::Words, "length länge laenge longueur lengte longitud"),
    (FieldKey::Subjects, "thema themen theme themes temas"),
    (FieldKey::Summary, "lead leadparagraph kicker chapeau"),
];

/// Which columns the user wants to be read as which field: `headline=Titel,time=Datum,body=Text`.
#[derive(Debug, Clone, Default)]
pub struct ColumnNames(Arc<[(FieldKey, String)]>);

/// A mistake in [`ColumnNames`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ColumnError {
    /// There is no field with this name.
    UnknownField(String),
    /// A field without the name of a column.
    NoColumn(String),
}

/// The fields that a column can hold, as `--columns` calls them.
const FIELD_NAMES: &str = "headline, body, time, byline, agency, place, country, dateline, id, slug, category, subjects, \
                           keywords, language, url, words, rights, summary, created, urgency, ednote, revision, status, \
                           html";

impl fmt::Display for ColumnError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownField(name) => {
                write!(f, "there is no field `{name}`; there are {FIELD_NAMES}")
            }
            Self::NoColumn(name) => {
                write!(f, "`{name}` needs the name of a column: write headline=Titel,body=Text")
            }
        }
    }
}

impl std::error::Error for ColumnError {}

impl ColumnNames {
    /// Parses a list such as `headline=Titel,time=Datum`. A comma that no further `FIELD=` follows belongs to the name
    /// of the column.
    ///
    /// # Errors
    /// If a part names no field or no column.
    pub fn parse(list: &str) -> Result<Self, ColumnError> {
        let mut pairs: Vec<(&str, String)> = Vec::new();
        for part in list.split(',') {
            match (part.split_once('='), pairs.last_mut()) {
                (Some((field, column)), _) => pairs.push((field.trim(), column.trim().to_owned())),
                (None, Some((_, column))) => {
                    column.push(',');
                    column.push_str(part.trim_end());
                }
                (None, None) if part.trim().is_empty() => {}
                (None, None) => return Err(ColumnError::NoColumn(part.trim().to_owned())),
            }
        }
        let mut names = Self::default();
        for (field, column) in pairs {
            names = names.with(field, &column)?;
        }
        Ok(names)
    }

    /// Adds a column for a field. Several columns of a field are used in this order.
    ///
    /// # Errors
    /// If there is no such field, or the name of the column is empty.
    pub fn with(self, field: &str, column: &str) -> Result<Self, ColumnError> {
        let key = match field.to_lowercase().as_str() {
            "section" => Some(FieldKey::Category),
            _ => field_key(field),
        };
        let key = key.ok_or_else(|| ColumnError::UnknownField(field.to_owned()))?;
        if column.trim().is_empty() {
            return Err(ColumnError::NoColumn(field.to_owned()));
        }
        let added = (key, column.trim().to_owned());
        Ok(Self(self.0.iter().cloned().chain([added]).collect()))
    }

    /// True if the user named no column.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// These columns, and those of `others` for fields that these do not name.
    #[must_use]
    pub fn or(&self, others: &Self) -> Self {
        let is_new = |(key, _): &&(FieldKey, String)| !self.0.iter().any(|(own, _)| own == key);
        Self(self.0.iter().chain(others.0.iter().filter(is_new)).cloned().collect())
    }

    /// The field of the column with this name, ignoring case and the spaces around it.
    pub(super) fn key_of(&self, column: &str) -> Option<FieldKey> {
        let column = column.trim().to_lowercase();
        self.0.iter().find(|(_, name)| name.to_lowercase() == column).map(|(key, _)| *key)
    }

    /// The fields that the user named, each with its column.
    pub(super) fn iter(&self) -> impl Iterator<Item = (FieldKey, &str)> {
        self.0.iter().map(|(key, name)| (*key, name.as_str()))
    }
}

impl PartialEq for ColumnNames {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl Eq for ColumnNames {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_columns() {
        for (name, key) in [
            ("Headline", FieldKey::Headline),
            ("TITEL", FieldKey::Headline),
            ("Überschrift", FieldKey::Headline),
            ("full_text", FieldKey::Body),
            ("Full Text", FieldKey::Body),
            ("正文", FieldKey::Body),
            ("date_publish", FieldKey::Sent),
            ("media_name", FieldKey::Agency),
            ("source.name", FieldKey::Agency),
            ("stories_id", FieldKey::Id),
            ("story", FieldKey::Body),
            ("PD", FieldKey::Sent),
        ] {
            assert_eq!(column_key(name), Some((key, Certainty::Certain)), "{name}");
        }
        assert_eq!(column_key("domain"), Some((FieldKey::Agency, Certainty::Likely)));
        assert_eq!(column_key("media_id"), None);
        assert_eq!(column_key(""), None);
    }

    #[test]
    fn requested_names() {
        let names =
            ColumnNames::parse("headline=Titel, lang,time = Datum,body=Lead,body=Text").unwrap();
        assert_eq!(names.key_of("titel, LANG"), Some(FieldKey::Headline));
        assert_eq!(names.key_of(" Datum"), Some(FieldKey::Sent));
        assert_eq!(names.iter().filter(|(key, _)| *key == FieldKey::Body).count(), 2);
        let message = |list| ColumnNames::parse(list).unwrap_err().to_string();
        assert!(
            message("headlin=Titel")
                .starts_with("there is no field `headlin`; there are headline, ")
        );
        assert!(message("Titel").contains("needs the name of a column"));
        assert!(message("body=").starts_with("`body` needs the name of a column"));
        assert!(ColumnNames::parse("").unwrap().is_empty());
    }
}

//! Which field a column of a table holds: by its name, by names that the user gives (`--columns`), and, of tables without a
//! header, by what stands in its cells.

use std::fmt;
use std::sync::Arc;

use crate::format::exports::languages;
use crate::format::shared::agencies::agency_sign;
use crate::format::shared::dateline::is_known_agency;
use crate::format::shared::dates::parse_field_time;
use crate::format::shared::field_keys::{FieldKey, field_key};
use crate::format::tables::layout::{Column, column_number_name};
use crate::text;

/// How certain the name of a column is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Certainty {
    /// Used if no other column has this field: `domain` is a source only where there is no `source`.
    Likely,
    /// A name for nothing else.
    Certain,
}

/// The fields that a column may hold by its name, the best first. Case, accents, spaces and punctuation are ignored.
pub(super) fn column_keys(name: &str) -> Vec<(FieldKey, Certainty)> {
    let plain = ColumnName::new(name);
    let keys_in = |table: &[(FieldKey, &str)], certainty| -> Vec<(FieldKey, Certainty)> {
        let found = table.iter().filter(|(_, names)| plain.is_in(names));
        found.map(|(key, _)| (*key, certainty)).collect()
    };
    // Before the names that other formats know: in a table, `story` and `document` are texts.
    let mut keys = keys_in(CERTAIN, Certainty::Certain);
    keys.extend(keys_in(LIKELY, Certainty::Likely));
    if !keys.is_empty() {
        return keys;
    }
    let known =
        field_key(&plain.folded).filter(|key| !matches!(key, FieldKey::Label | FieldKey::Ednote));
    match known.or_else(|| main_word_key(name)) {
        Some(key) if known.is_some() => vec![(key, Certainty::Certain)],
        Some(key) => vec![(key, Certainty::Likely)],
        None => Vec::new(),
    }
}

/// The field that a name stands for in any of the languages whose names are known.
pub(in crate::format) fn name_in_any_language(name: &str) -> Option<FieldKey> {
    let (key, certainty) = column_keys(name).into_iter().next()?;
    (certainty == Certainty::Certain).then_some(key)
}

/// The field of a name of several words, of which one says what the column holds: `article.title`, `News Headline`,
/// `text_clean`.
fn main_word_key(name: &str) -> Option<FieldKey> {
    let mut words: Vec<String> = Vec::new();
    let mut after_small = false;
    for c in name.chars() {
        let begins = c.is_uppercase() && after_small;
        after_small = c.is_lowercase();
        if !c.is_alphanumeric() || begins || words.is_empty() {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| c.is_alphanumeric()) {
            word.push(c);
        }
    }
    words.retain(|word| !word.is_empty());
    if !(2..=4).contains(&words.len()) {
        return None;
    }
    let words: Vec<ColumnName> = words.iter().map(|word| ColumnName::new(word)).collect();
    let key = |word: &ColumnName| {
        let certain = CERTAIN.iter().find(|(_, names)| word.is_in(names)).map(|(key, _)| *key);
        certain.or_else(|| field_key(&word.folded))
    };
    let mut main = words.iter().filter(|word| !word.is_in(FILLERS));
    let key = match (main.next(), main.next()) {
        (Some(word), None) => key(word),
        // `article_text`, `text_clean`: the last word that is a name.
        (None, _) => words.iter().rev().find_map(key),
        _ => None,
    };
    key.filter(|key| {
        matches!(
            key,
            FieldKey::Headline
                | FieldKey::Body
                | FieldKey::Summary
                | FieldKey::Sent
                | FieldKey::Agency
                | FieldKey::Byline
                | FieldKey::Id
                | FieldKey::Links
                | FieldKey::Language
                | FieldKey::Category
        )
    })
}

/// Words of names that only say what kind of thing a row is, or how its text was prepared.
const FILLERS: &str = "article articles news doc document story item post record data text full clean cleaned raw original main integral complet completo \
         en english de fr es it artikel nachricht articulo noticia meta the of l";

/// A name, or a word of one, in lower case, without spaces and punctuation.
struct ColumnName {
    /// With its accents, for names in other scripts.
    written: String,
    /// Without accents, for names in Latin script.
    folded: String,
}

impl ColumnName {
    fn new(name: &str) -> Self {
        let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).take(40).collect();
        Self { written: letters(&name.to_lowercase()), folded: letters(&text::fold(name)) }
    }

    fn is_in(&self, names: &str) -> bool {
        names.split_ascii_whitespace().any(|name| name == self.folded || name == self.written)
    }
}

/// Names in the languages and services whose tables are common, in lower case, without spaces, hyphens and underscores;
/// those in Latin script without accents. Two letters are the field codes of Factiva.
const CERTAIN: &[(FieldKey, &str)] = &[
    (
        FieldKey::Headline,
        "hed hl heading headlines titles hd titel uberschrift ueberschrift schlagzeile titre titular titulo \
         titolo kop kopje krantenkop tytul naglowek заголовок название 标题 標題 題名 タイトル 見出し 제목 العنوان عنوان baslik \
         haberbasligi otsikko overskrift tittel manchete nadpis titulek nazov cim focim titlu titlul τίτλος \
          כותרת judul tieude webtitle articletitle newstitle headlinemain doctitle titletext \
         schlagzeilen titolooriginale",
    ),
    (
        FieldKey::Body,
        "fulltext maintext articletext newstext bodytext story document articlecontent newscontent cleantext \
         texte texto testo tekst volltext artikeltext meldungstext inhalt corps contenu contenido cuerpo corpo \
         conteudo contenuto inhoud tresc текст содержание 正文 内容 全文 本文 본문 내용 النص نص المحتوى metin icerik teksti \
         brodtext brodtekst szoveg textclanku obsah κείμενο טקסט תוכן isi noidung continut paragraphs txt ft lp \
         td artikelinhalt",
    ),
    (
        FieldKey::Sent,
        "publisheddate publishdate datepublish publishedon publicationdatetime publicationdate pubdatetime \
         webpublicationdate dateofpublication datum datumvydani publikationsdatum datumuhrzeit fecha fechahora \
         дата датапубликации 日期 发布时间 发布日期 時間 时间 日付 日時 掲載日 公開日 날짜 일자 작성일 발행일 التاريخ تاريخ tarih dato \
         julkaisupaiva paivamaara paiva megjelenes erscheinungsdatum erscheinungstag veroffentlicht \
         veroffentlichtam veroffentlichungsdatum datedepublication datepublication datedeparution \
         fechadepublicacion fechapublicacion datadepublicacao datapublicacao datadipubblicazione \
         datapubblicazione datapublikacji datapublicarii publicatiedatum publiceringsdatum pd ημερομηνία תאריך \
         tanggal ngay seendate uhrzeit zeit heure hora ora tijd godzina et dateandtime dateetheure",
    ),
    (
        FieldKey::Agency,
        "newspaper newspapername publicationname publicationtitle pubtitle medianame sourcename sourcetitle \
         newssource newsagency newsoutlet outletname quelle zeitung agentur nachrichtenagentur publikation fuente \
         agencia fonte agenzia bron krant krantnaam zrodlo agencja источник агентство джерело 来源 媒体 新聞社 出典 出所 출처 \
         언론사 매체 veiculo المصدر مصدر kaynak lahde kalla kilde zdroj forras sursa πηγή מקור sumber nguon sn pub",
    ),
    (
        FieldKey::Byline,
        "authorname autor autorin autoren auteur auteurs autore autori autores verfasser verfasserin reporter \
         journalist journalists writer автор авторы 作者 记者 著者 記者 執筆者 기자 글쓴이 الكاتب المؤلف yazar muhabir \
         kirjoittaja toimittaja forfattare forfatter szerzo ujsagiro autorinnen συντάκτης συγγραφέας מחבר כתב \
         penulis tacgia",
    ),
    (
        FieldKey::Id,
        "docid documentid articleid newsid itemid storiesid accessionnumber accessionno urn uuid an storeid",
    ),
    (
        FieldKey::Links,
        "weburl articleurl fullurl permalink sourceurl newsurl hyperlink enlace lien adresse ссылка 链接 網址 링크",
    ),
    (
        FieldKey::Category,
        "section sectionname ressort rubrique seccion sezione secao sectie newsdesk раздел рубрика 版面 se sektion",
    ),
    (
        FieldKey::Language,
        "languagecode sprache langue idioma lingua taal jezyk язык 语言 言語 언어 la",
    ),
    (
        FieldKey::Keywords,
        "schlagworter schlagworte stichworter motscles palabrasclave parolechiave palavraschave trefwoorden",
    ),
    (
        FieldKey::Summary,
        "snippet teaser standfirst trailtext zusammenfassung vorspann resumen resume sommario resumo samenvatting \
         摘要",
    ),
    (FieldKey::Rights, "copyrightline cy"),
    (FieldKey::Words, "numwords nwords worter wc"),
    (FieldKey::Place, "ort lieu lugar luogo plaats"),
];

const LIKELY: &[(FieldKey, &str)] = &[
    // A headline in Swedish, a section in German.
    (FieldKey::Headline, "rubrik"),
    (FieldKey::Category, "rubrik"),
    (FieldKey::Sent, "data erstellt erschienen day crawldate"),
    (
        FieldKey::Agency,
        "paper publication publisher media medium outlet journal zeitschrift medio testata jornal издание domain \
         sourcedomain website site sitename newswire wire",
    ),
    (FieldKey::Byline, "creator"),
    (FieldKey::Words, "length lange laenge longueur lengte longitud"),
    (FieldKey::Subjects, "thema themen theme themes temas"),
    (FieldKey::Summary, "lead leadparagraph kicker chapeau"),
];

/// The columns of a date in three parts (year, month, day), if a table has them.
pub(super) fn date_parts(names: &[String]) -> Option<[usize; 3]> {
    let find = |words: &str| names.iter().position(|name| ColumnName::new(name).is_in(words));
    Some([
        find("year jahr annee ano anno jaar год ar")?,
        find("month monat mois mes mese maand месяц maned manad")?,
        find("day tag jour dia giorno dag день")?,
    ])
}

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

// Tables without a header row.

/// Fewest rows from which columns are recognised.
const MIN_ROWS: usize = 3;

/// Longest cell with a time, in bytes.
const MAX_TIME: usize = 40;

/// The columns of rows of one length, if they have a time and a headline or a text: the first row is then a dispatch,
/// too. `None` if they show no such thing, and if the user named no column by its number.
pub(super) fn columns_by_content(
    rows: &[Vec<String>],
    requested: &ColumnNames,
) -> Option<Vec<Column>> {
    let width = rows.first()?.len();
    let cells = |nth: usize| rows.iter().filter_map(move |row| row.get(nth)).map(|c| c.trim());
    let contents: Vec<Content> = (0..width).map(|nth| Content::of(cells(nth))).collect();
    let mut keys: Vec<Option<FieldKey>> = contents.iter().map(|found| found.key).collect();
    // The text has the longest cells, and the headline those that come after it.
    let longest = |keys: &[Option<FieldKey>], words: std::ops::RangeInclusive<usize>| {
        let free = (0..width).filter(|nth| keys[*nth].is_none());
        let fitting = free.filter(|nth| {
            words.contains(&contents[*nth].tenths_of_words) && contents[*nth].is_distinct
        });
        fitting.max_by_key(|nth| contents[*nth].letters)
    };
    if let Some(text) = longest(&keys, 120..=usize::MAX) {
        keys[text] = Some(FieldKey::Body);
    }
    // Names of authors have about two words.
    if let Some(headline) = longest(&keys, 25..=300) {
        keys[headline] = Some(FieldKey::Headline);
    }
    keep_first_of_each(&mut keys);
    let has = |key| keys.contains(&Some(key));
    let is_shown = rows.len() >= MIN_ROWS
        && width >= 2
        && has(FieldKey::Sent)
        && (has(FieldKey::Headline) || has(FieldKey::Body));
    let numbered: Vec<Option<FieldKey>> =
        (0..width).map(|nth| requested.key_of(&column_number_name(nth))).collect();
    if !is_shown && numbered.iter().all(Option::is_none) {
        return None;
    }
    let column = |nth: usize| Column {
        name: column_number_name(nth),
        key: numbered[nth].or(keys[nth].filter(|key| !numbered.contains(&Some(*key)))),
        is_requested: numbered[nth].is_some(),
    };
    Some((0..width).map(column).collect())
}

/// Each field has one column: the first.
fn keep_first_of_each(keys: &mut [Option<FieldKey>]) {
    for nth in 1..keys.len() {
        if keys[..nth].contains(&keys[nth]) {
            keys[nth] = None;
        }
    }
}

/// What the cells of a column look like.
struct Content {
    /// The field that they show by their form.
    key: Option<FieldKey>,
    /// Mean number of words of those that are not empty, in tenths.
    tenths_of_words: usize,
    /// Mean length of those in bytes.
    letters: usize,
    /// True if hardly any stand in the column twice.
    is_distinct: bool,
}

impl Content {
    fn of<'a>(cells: impl Iterator<Item = &'a str>) -> Self {
        let given: Vec<&str> = cells.filter(|cell| !cell.is_empty()).collect();
        let count = given.len().max(1);
        let mean = |of: fn(&str) -> usize| given.iter().map(|cell| of(cell)).sum::<usize>() / count;
        let all = |is: fn(&str) -> bool| !given.is_empty() && given.iter().all(|cell| is(cell));
        let most =
            |is: fn(&str) -> bool| given.iter().filter(|cell| is(cell)).count() * 10 >= count * 9;
        let is_agency = |cell: &str| is_known_agency(cell) || agency_sign(cell).is_some();
        let mut distinct = given.clone();
        distinct.sort_unstable();
        distinct.dedup();
        let is_distinct = distinct.len() * 10 >= count * 8;
        let key = if given.is_empty() {
            None
        } else if most(is_time) {
            Some(FieldKey::Sent)
        } else if all(|cell| cell.starts_with("http://") || cell.starts_with("https://")) {
            Some(FieldKey::Links)
        } else if all(|cell| cell.len() == 2 && languages::tag(cell).is_some()) {
            Some(FieldKey::Language)
        } else if given.iter().filter(|cell| is_agency(cell)).count() * 2 > count {
            Some(FieldKey::Agency)
        } else if distinct.len() == given.len() && all(is_id) {
            Some(FieldKey::Id)
        } else {
            None
        };
        let tenths_of_words = mean(|cell| cell.split_whitespace().count() * 10);
        Self { key, tenths_of_words, letters: mean(str::len), is_distinct }
    }
}

/// True for a time or a day. A number that is no day may be anything else.
fn is_time(cell: &str) -> bool {
    let is_number = || cell.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    // `20150303`
    let is_day = || cell.len() == 8 && (cell.starts_with("19") || cell.starts_with("20"));
    cell.len() <= MAX_TIME && (!is_number() || is_day()) && parse_field_time(cell).is_some()
}

/// True for a word with a digit.
fn is_id(cell: &str) -> bool {
    cell.len() <= 64
        && cell.bytes().any(|b| b.is_ascii_digit())
        && !cell.contains(char::is_whitespace)
}

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
            assert_eq!(column_keys(name), [(key, Certainty::Certain)], "{name}");
        }
        for (name, key) in [
            ("domain", FieldKey::Agency),
            ("headline_text", FieldKey::Headline),
            ("News Headline", FieldKey::Headline),
            ("story.title", FieldKey::Headline),
            ("documentDate", FieldKey::Sent),
            ("text_clean", FieldKey::Body),
            ("article_text_raw", FieldKey::Body),
            ("Titre de l'article", FieldKey::Headline),
        ] {
            assert_eq!(column_keys(name), [(key, Certainty::Likely)], "{name}");
        }
        let fields: Vec<_> = column_keys("Rubrik").into_iter().map(|(key, _)| key).collect();
        assert_eq!(fields, [FieldKey::Headline, FieldKey::Category]);
        for name in ["media_id", "", "title_length", "a sentence about the news of the day"] {
            assert_eq!(column_keys(name), [], "{name}");
        }
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

    /// Checks the fields of columns by the rows of a table, whose cells are parted by bars.
    #[track_caller]
    fn check(rows: &[&str], expected: Option<&[Option<FieldKey>]>) {
        let rows: Vec<Vec<String>> =
            rows.iter().map(|row| row.split('|').map(str::to_owned).collect()).collect();
        let found = columns_by_content(&rows, &ColumnNames::default());
        let keys: Option<Vec<_>> =
            found.map(|columns| columns.iter().map(|column| column.key).collect());
        assert_eq!(keys.as_deref(), expected, "{rows:?}");
    }

    #[test]
    fn columns_are_told_by_their_cells() {
        let text = "The ferry that was to sail on Monday stayed in port for want of a crew.";
        let (one, two, three) = (
            format!("1|2020-01-02|Ferry stays in port|AFP|{text}"),
            format!("2|2020-01-03|Crew found on the quay|AP|{text} It left."),
            format!("3|2020-01-04|Goat joins the crew|AFP|{text} It sank."),
        );
        check(
            &[&one, &two, &three],
            Some(&[
                Some(FieldKey::Id),
                Some(FieldKey::Sent),
                Some(FieldKey::Headline),
                Some(FieldKey::Agency),
                Some(FieldKey::Body),
            ]),
        );
        check(&[&one, &two], None);
        check(&["1|2|3", "4|5|6", "7|8|9"], None);
        check(&["A|B|C", "A|B|C", "A|B|C"], None);
        check(
            &[
                "2020-01-02|Ferry stays in port",
                "2020-01-03|Crew found here",
                "2020-01-04|Goat joins the crew",
            ],
            Some(&[Some(FieldKey::Sent), Some(FieldKey::Headline)]),
        );
        check(
            &[
                "20200102|Ferry stays in port",
                "20200103|Crew found here again",
                "20200104|Goat joins the crew",
            ],
            Some(&[Some(FieldKey::Sent), Some(FieldKey::Headline)]),
        );
    }
}

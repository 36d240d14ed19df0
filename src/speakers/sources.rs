//! The sources of a dispatch: each speaker, as the extraction of quotes names it, read as a person, a body, a document, an
//! office or somebody without a name. Knows nothing of other dispatches.

use crate::dispatch::Dispatch;
use crate::quotes::Quote;
use crate::speakers::offices::{
    Office, is_capitalised, proper_run, split_at_preposition, usual_scope, word_key,
};
use crate::speakers::words::{WordKind, kind_of, usual_office};
use crate::text::fold;

/// What a speaker is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SourceKind {
    /// Somebody with a name, or whatever else has a name of which no word tells that it is a body.
    Person,
    /// A company, authority or other organisation.
    Body,
    /// A report, a statement, a letter.
    Document,
    /// An office without a name: “the finance minister”.
    Office,
    /// Somebody without a name: “a spokesman”, “officials”.
    Anonymous,
}

/// A speaker of one dispatch.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Source {
    pub(super) kind: SourceKind,
    /// What it is listed as: “Orla Venn”, “a spokesman, Harl”, “report, Harl”.
    pub(super) name: String,
    /// The folded first name of a person; `None` for a surname alone.
    pub(super) given: Option<String>,
    /// Folded: the surname of a person, the name of a body, the kind of a document, the noun for somebody without a name.
    pub(super) key: String,
    /// The office of a person, or the one that speaks; for documents and those without a name, the issuer or employer
    /// as its scope.
    pub(super) office: Option<Office>,
    /// The title as written.
    pub(super) title: Option<String>,
}

/// Reads the sources of one dispatch.
pub(super) struct SourceReader<'d> {
    dispatch: &'d Dispatch,
    /// The bodies that the lead names, looked for once.
    lead: Option<Vec<LeadBody<'d>>>,
}

/// A name in the lead that can be a body's.
struct LeadBody<'d> {
    words: Vec<&'d str>,
    /// A word of it, or a ticker after it, tells that it is a body.
    is_certain: bool,
}

impl<'d> SourceReader<'d> {
    pub(super) fn new(dispatch: &'d Dispatch) -> Self {
        Self { dispatch, lead: None }
    }

    /// The source of a quote; `None` if it has no speaker.
    pub(super) fn read(&mut self, quote: &Quote) -> Option<Source> {
        let name = quote.speaker.as_deref()?.trim();
        let words: Vec<&str> = name.split_whitespace().collect();
        let first = word_key(words.first()?);
        let last = words.last()?;
        let has_article = kind_of(&first).is(WordKind::DETERMINER) && words.len() > 1;
        let is_small = words[0].starts_with(char::is_lowercase);
        let is_nominal = has_article
            || is_small && !has_particle(words[0]) && !ends_in_name(&words)
            || last.starts_with(char::is_lowercase) && !has_particle(last)
            || words.len() == 1 && kind_of(&first).is(WordKind::PEOPLE)
            || is_office_alone(&words);
        let after = quote
            .mention
            .as_ref()
            .and_then(|mention| quote.source(self.dispatch).get(mention.end..));
        if is_nominal && !name.contains(" and ") {
            return Some(self.read_nominal(&words, after.unwrap_or("")));
        }
        let title = quote.title.as_deref().filter(|title| !title.is_empty());
        Some(read_name(&words, title))
    }

    /// Reads a noun phrase: “an Exxon spokesman”, “the company”, “the finance minister”, “the report”. `after`: the text that
    /// follows it.
    fn read_nominal(&mut self, words: &[&str], after: &str) -> Source {
        let article = fold(words[0]);
        let has_article = kind_of(&word_key(words[0])).is(WordKind::DETERMINER);
        let is_definite = !has_article
            || ["the", "this", "that", "his", "her", "its", "their"].contains(&article.as_str());
        let own = &words[usize::from(has_article)..];
        let (left, right) = split_at_preposition(own);
        let head = left.last().map_or_else(String::new, |word| word_key(word));
        let kind = kind_of(&head);
        let mut left_scope = &left[..left.len().saturating_sub(1)];
        if kind.is(WordKind::OFFICE) {
            // “the Finance Minister” is no minister of Finance's.
            let belongs = |word: &&str| kind_of(&word_key(word)).is(WordKind::OFFICE_WORD);
            let end = left_scope.iter().rposition(|word| !belongs(word)).map_or(0, |at| at + 1);
            left_scope = &left_scope[..end];
        }
        let mut scope = scope_run(right).or_else(|| scope_run(left_scope));
        if scope.is_none() && right.is_empty() {
            scope = employer_after(after);
        }
        let generic = left_scope
            .iter()
            .map(|word| word_key(word))
            .find(|key| kind_of(key).is(WordKind::BODY));
        if scope.is_none()
            && let Some(generic) = &generic
        {
            scope = self.lead_body(generic);
        }
        if kind.is(WordKind::DOCUMENT) {
            return named_by(SourceKind::Document, &head, words, scope);
        }
        // “the Ostrel Gazette”, “the Kremlin”.
        if left.last().is_some_and(|word| is_capitalised(word)) && !is_office_phrase(own) {
            return body(words);
        }
        if kind.is(WordKind::BODY) {
            let mut lead = || self.lead_body(&head).filter(|_| is_definite && left.len() == 1);
            return match &scope {
                Some(_) if scope_run(left_scope).is_some() => body(words),
                _ => match lead() {
                    Some(lead) => body(&lead.split(' ').collect::<Vec<_>>()),
                    None => named_by(SourceKind::Anonymous, &head, words, scope),
                },
            };
        }
        let office = Office::parse(&own.join(" "));
        if is_definite && let Some(mut office) = office.filter(Office::has_one_holder) {
            office.scope = office.scope.or(scope
                .as_deref()
                .and_then(|scope| usual_scope(&scope.split(' ').collect::<Vec<_>>())));
            let name = if has_article { format!("the {}", own.join(" ")) } else { own.join(" ") };
            return Source {
                kind: SourceKind::Office,
                name,
                given: None,
                key: office.head.clone(),
                office: Some(office),
                title: None,
            };
        }
        named_by(SourceKind::Anonymous, &head, words, scope)
    }

    /// The name of the body that the lead names and that a noun can stand for: a company, a bank, a ministry.
    fn lead_body(&mut self, noun: &str) -> Option<String> {
        let dispatch = self.dispatch;
        let bodies = self.lead.get_or_insert_with(|| find_lead_bodies(dispatch.body.text()));
        let has_word =
            |body: &&LeadBody<'_>| body.words.iter().any(|word| word_key(word).starts_with(noun));
        let is_paper = |body: &&LeadBody<'_>| {
            let papers = [
                "times", "post", "journal", "news", "tribune", "herald", "gazette", "guardian",
                "globe",
            ];
            body.words.iter().any(|word| papers.contains(&word_key(word).as_str()))
        };
        let found = match noun {
            "newspaper" | "paper" => bodies.iter().find(is_paper),
            _ if kind_of(noun).is(WordKind::COMPANY) => {
                let mut certain = bodies.iter().filter(|body| body.is_certain);
                bodies.iter().find(has_word).or_else(|| certain.next()).or(bodies.first())
            }
            _ => bodies.iter().find(has_word),
        };
        found.map(|body| body.words.join(" "))
    }
}

/// True if a name follows an office in small letters: “oil minister Odo Brand”.
fn ends_in_name(words: &[&str]) -> bool {
    let role = WordKind::OFFICE.or(WordKind::PUBLIC);
    let is_role = |word: &&str| kind_of(usual_office(&word_key(word))).is(role);
    let own = words.iter().rposition(is_role).map_or(&[][..], |at| &words[at + 1..]);
    !own.is_empty() && own.iter().all(|word| is_capitalised(word) || has_particle(word))
}

/// True for a particle of a name, alone or before a hyphen: “von”, “al-Rashid”.
fn has_particle(word: &str) -> bool {
    let first = word.split('-').next().unwrap_or(word);
    kind_of(&word_key(first)).is(WordKind::PARTICLE)
        && (first == word || word.contains(char::is_uppercase))
}

/// True if all words belong to an office: “Prime Minister”, “Treasury Secretary”.
fn is_office_alone(words: &[&str]) -> bool {
    let kinds = WordKind::OFFICE.or(WordKind::OFFICE_WORD);
    words.iter().all(|word| kind_of(&word_key(word)).is(kinds) && is_capitalised(word))
        && words.last().is_some_and(|word| kind_of(&word_key(word)).is(WordKind::OFFICE))
        && words.len() > 1
}

/// True if the last word before a preposition is an office.
fn is_office_phrase(words: &[&str]) -> bool {
    let (left, _) = split_at_preposition(words);
    left.last().is_some_and(|word| kind_of(&word_key(word)).is(WordKind::OFFICE))
}

/// The first name of a body or place in some words, as written.
fn scope_run(words: &[&str]) -> Option<String> {
    let run = proper_run(words);
    let trimmed =
        run.iter().map(|word| word.trim_matches(|c: char| !c.is_alphanumeric() && c != '.'));
    let joined = trimmed.collect::<Vec<_>>().join(" ");
    let plain = joined.strip_suffix("'s").or(joined.strip_suffix("’s")).unwrap_or(&joined);
    (!plain.is_empty()).then(|| plain.to_owned())
}

/// The employer that follows a noun: “ for Harl Shipping said”.
fn employer_after(after: &str) -> Option<String> {
    let rest = ["for", "of", "at", "from", "with"]
        .iter()
        .find_map(|word| after.strip_prefix(' ')?.strip_prefix(word)?.strip_prefix(' '))?;
    let sentence = rest.split(['\n', '“', '"', ',', ';']).next().unwrap_or(rest);
    let words: Vec<&str> = sentence.split_whitespace().take(8).collect();
    let is_name_next = words.iter().find(|word| !kind_of(&word_key(word)).is(WordKind::DETERMINER));
    is_name_next.filter(|word| is_capitalised(word))?;
    scope_run(&words)
}

/// A document or somebody without a name, listed by its noun and its issuer or employer.
fn named_by(kind: SourceKind, head: &str, words: &[&str], scope: Option<String>) -> Source {
    let article = match head.chars().next() {
        _ if head.ends_with('s') && head != "boss" || head == "police" => "",
        Some('a' | 'e' | 'i' | 'o' | 'u') => "an ",
        _ => "a ",
    };
    let name = match (&scope, kind) {
        (Some(scope), SourceKind::Document) => format!("{head}, {scope}"),
        (Some(scope), _) => format!("{article}{head}, {scope}"),
        (None, _) => lower_first(&words.join(" ")),
    };
    let scope = scope.and_then(|scope| usual_scope(&scope.split(' ').collect::<Vec<_>>()));
    let office =
        scope.map(|scope| Office { head: head.to_owned(), scope: Some(scope), is_former: false });
    Source { kind, name, given: None, key: head.to_owned(), office, title: None }
}

/// With the first letter small, unless the first word has further capitals.
fn lower_first(text: &str) -> String {
    let first = text.split(' ').next().unwrap_or(text);
    if first.chars().filter(|c| c.is_uppercase()).count() > 1 {
        return text.to_owned();
    }
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |c| c.to_lowercase().chain(chars).collect())
}

/// With a small letter at the start of an article.
fn lower_article(name: &str) -> String {
    match name.split_once(' ') {
        Some((first, rest)) if kind_of(&fold(first)).is(WordKind::DETERMINER) => {
            format!("{} {rest}", first.to_lowercase())
        }
        _ => name.to_owned(),
    }
}

fn body(words: &[&str]) -> Source {
    let key = usual_scope(words).unwrap_or_default();
    let shown = lower_article(&words.join(" "));
    Source { kind: SourceKind::Body, name: shown, given: None, key, office: None, title: None }
}

// Names.

/// Reads a name: of a person with what stands before it, or of a body.
fn read_name(words: &[&str], title: Option<&str>) -> Source {
    let keys: Vec<String> = words.iter().map(|word| word_key(word)).collect();
    let is_body_word =
        |key: &String| kind_of(key).is(WordKind::ORGANISATION.or(WordKind::LEGAL_FORM));
    let joins = words.iter().any(|word| matches!(*word, "and" | "&" | "of"));
    let is_body = words.len() > 1 && keys.iter().skip(1).any(is_body_word);
    if joins || is_body && !is_first_name_like(&keys, title) {
        return body(words);
    }
    let mut end = words.len();
    while end > 1 && kind_of(&keys[end - 1].replace('.', "")).is(WordKind::NAME_SUFFIX) {
        end -= 1;
    }
    // What stands before the name: the last office in it ends it, then come forms of address.
    let role = WordKind::OFFICE.or(WordKind::PUBLIC);
    let usual_kind = |key: &str| kind_of(usual_office(key));
    let mut start = (0..end.saturating_sub(1))
        .rev()
        .find(|&at| usual_kind(&keys[at]).is(role))
        .map_or(0, |at| at + 1);
    let before = start;
    while start + 1 < end && kind_of(&keys[start]).is(WordKind::HONORIFIC) {
        start += 1;
    }
    let own: Vec<usize> = (start..end).filter(|&at| !is_nickname(words[at], at > start)).collect();
    let (given, family) = split_name(&own, words, &keys);
    let title =
        title.map(str::to_owned).or_else(|| (before > 0).then(|| words[..before].join(" ")));
    let office = title.as_deref().and_then(Office::parse);
    let name = words[before..].join(" ");
    Source { kind: SourceKind::Person, name, given, key: family, office, title }
}

/// True if the words look like a person's name in spite of a word that bodies have: “Winston Post”, with a title.
fn is_first_name_like(keys: &[String], title: Option<&str>) -> bool {
    keys.len() == 2 && title.is_some()
}

/// True for a nickname in marks within a name.
fn is_nickname(word: &str, inside: bool) -> bool {
    inside && word.starts_with(['"', '“', '‘', '\'', '(', '`'])
}

/// The folded first name, if there is one, and the surname, from the places of the words of a name.
fn split_name(own: &[usize], words: &[&str], keys: &[String]) -> (Option<String>, String) {
    let key = |at: usize| keys[at].clone();
    let Some((&first, rest)) = own.split_first() else {
        return (None, keys.join(" "));
    };
    let Some(&last) = rest.last() else {
        return (None, key(first));
    };
    let is_particle = |at: usize| kind_of(&keys[at]).is(WordKind::PARTICLE);
    let join =
        |from: &[usize]| from.iter().map(|&at| keys[at].as_str()).collect::<Vec<_>>().join(" ");
    if is_particle(first) && (words[first].starts_with(char::is_lowercase) || own.len() == 2) {
        return (None, join(own));
    }
    let from = rest.iter().position(|&at| is_particle(at) && at != last);
    let family = from.map_or_else(|| key(last), |from| join(&rest[from..]));
    // “R. Gil Brand” is called Gil.
    let is_initial = |at: usize| keys[at].chars().filter(|c| c.is_alphanumeric()).count() == 1;
    let middle = rest.len() > 1 && !is_initial(rest[0]) && !is_particle(rest[0]);
    let given = if is_initial(first) && middle { key(rest[0]) } else { key(first) };
    // Of “J.A.” the first initial.
    let given = match given.split_once('.') {
        Some((initial, _)) => initial.to_owned(),
        None => given,
    };
    (Some(given), family)
}

// The lead.

/// The longest part of a text that is its lead, in bytes.
const LEAD_BYTES: usize = 500;

/// The capitalised names in the first sentence of a text, in order, that can be those of bodies.
fn find_lead_bodies(text: &str) -> Vec<LeadBody<'_>> {
    let lead = &text[..text.floor_char_boundary(LEAD_BYTES)];
    let lead = lead.trim_start();
    // Without a dateline.
    let start = [" - ", " -- ", " — ", " – "]
        .iter()
        .filter_map(|dash| Some((lead.find(dash)?, dash.len())));
    let start = start.min().filter(|(at, _)| *at < 80);
    let lead = start.map_or(lead, |(at, length)| &lead[at + length..]);
    let lead = lead.split("\n\n").next().unwrap_or(lead);
    let words: Vec<&str> = lead.split_whitespace().collect();
    let mut bodies = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let run = proper_run(&words[at..]);
        let Some(first) = run.first() else {
            break;
        };
        let start =
            at + words[at..].iter().position(|word| std::ptr::eq(*word, *first)).unwrap_or(0);
        at = start + run.len();
        let has_ticker =
            words.get(at).is_some_and(|word| word.starts_with('<') || word.starts_with("(<"));
        let is_body_word = |word: &&str| {
            kind_of(&word_key(word)).is(WordKind::ORGANISATION.or(WordKind::LEGAL_FORM))
        };
        let is_certain = has_ticker || run.iter().skip(1).any(is_body_word);
        let speaks = words.get(at).is_some_and(|word| {
            ["said", "says", "will", "plans", "reported", "announced", "agreed"].contains(word)
        });
        if is_certain || start == 0 && speaks && !kind_of(&word_key(first)).is(WordKind::DETERMINER)
        {
            let trimmed = run.iter().map(|word| word.trim_end_matches([',', ';', ':']));
            let trimmed = trimmed
                .map(|word| word.strip_suffix("'s").or(word.strip_suffix("’s")).unwrap_or(word));
            bodies.push(LeadBody { words: trimmed.collect(), is_certain });
        }
        if words[at - 1].ends_with('.') && !is_certain {
            break;
        }
    }
    bodies
}

#[cfg(test)]
mod tests {
    use super::{SourceKind, SourceReader, read_name};
    use crate::format::{Context, parse};
    use crate::quotes::extract_quotes;

    /// Reads the first quote's source of a text and checks kind, listed name, first name and key.
    #[track_caller]
    fn check(text: &str, kind: SourceKind, name: &str, given: Option<&str>, key: &str) {
        let line = format!("{{\"headline\": \"H\", \"body\": {text:?}}}\n");
        let dispatch = parse(line.as_bytes(), &Context::default()).dispatches.remove(0);
        let quotes = extract_quotes(&dispatch);
        let mut reader = SourceReader::new(&dispatch);
        let source = reader.read(quotes.last().expect("a quote")).expect("a speaker");
        let found =
            (source.kind, source.name.as_str(), source.given.as_deref(), source.key.as_str());
        assert_eq!(found, (kind, name, given, key), "{text}\n{source:?}");
    }

    #[test]
    fn a_speaker_is_a_person_a_body_a_document_an_office_or_nobody_in_particular() {
        use SourceKind::{Anonymous, Body, Document, Office, Person};
        let said = |speaker: &str| {
            format!(
                "Harl Shipping Corp <HRL> said it lost money. \"It was a hard year for all of us,\" {speaker} said."
            )
        };
        for (speaker, kind, name, given, key) in [
            ("Orla Venn", Person, "Orla Venn", Some("orla"), "venn"),
            ("Orla M. Venn Jr.", Person, "Orla M. Venn Jr.", Some("orla"), "venn"),
            ("Mr. Venn", Person, "Venn", None, "venn"),
            ("the company", Body, "Harl Shipping Corp", None, "harl shipping"),
            ("a spokesman", Anonymous, "a spokesman", None, "spokesman"),
            (
                "a company spokesman",
                Anonymous,
                "a spokesman, Harl Shipping Corp",
                None,
                "spokesman",
            ),
            ("a Brand Oil spokeswoman", Anonymous, "a spokeswoman, Brand Oil", None, "spokeswoman"),
            ("a spokesman for Brand Oil", Anonymous, "a spokesman, Brand Oil", None, "spokesman"),
            ("the finance minister", Office, "the finance minister", None, "finance minister"),
            ("the Ostrel Gazette", Body, "the Ostrel Gazette", None, "ostrel gazette"),
            ("a Brand Oil report", Document, "report, Brand Oil", None, "report"),
        ] {
            check(&said(speaker), kind, name, given, key);
        }
    }

    #[test]
    fn a_name_is_a_first_name_and_a_surname() {
        for (name, given, family) in [
            ("Piet van der Berg", Some("piet"), "van der berg"),
            ("van der Berg", None, "van der berg"),
            ("de Klerk", None, "de klerk"),
            ("ORLA VENN", Some("orla"), "venn"),
            ("Orla \"Lamp\" Venn", Some("orla"), "venn"),
            ("Orla M. Venn III", Some("orla"), "venn"),
            ("J.A. Venn", Some("j"), "venn"),
            ("R. Orla Venn", Some("orla"), "venn"),
            ("Dr. Orla Venn", Some("orla"), "venn"),
            ("oil minister al-Venn", None, "al-venn"),
            ("Aldport Mayor Orla Venn", Some("orla"), "venn"),
            ("King Harl", None, "harl"),
            ("Venn", None, "venn"),
        ] {
            let words: Vec<&str> = name.split(' ').collect();
            let source = read_name(&words, None);
            assert_eq!((source.given.as_deref(), source.key.as_str()), (given, family), "{name}");
        }
    }
}

//! What a web page says of its article as JSON-LD with the words of schema.org: headline, times, authors, publisher.

use crate::format::json::tokenizer::{Cursor, Value, elements, unescape};

/// An article as a page describes it. What the page does not say is empty.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(in crate::format) struct LinkedArticle {
    pub headline: String,
    /// `datePublished` and `dateModified`, as written.
    pub published: String,
    pub changed: String,
    /// Names of the authors, with commas between them.
    pub authors: String,
    pub publisher: String,
}

/// Most objects that are looked at. Articles come first.
const MAX_OBJECTS: usize = 200;

/// Most authors that are kept.
const MAX_AUTHORS: usize = 20;

/// The first article in a script of JSON-LD: an object, an array of objects, or the objects of a `@graph`.
pub(in crate::format) fn find_article(script: &str) -> Option<LinkedArticle> {
    let mut waiting = vec![Cursor::new(script).read_value().ok()?];
    let mut members = Vec::new();
    for _ in 0..MAX_OBJECTS {
        match waiting.pop()? {
            Value::Array(array) => {
                let from = waiting.len();
                waiting.extend(elements(array).take(MAX_OBJECTS));
                waiting[from..].reverse();
            }
            Value::Object(object) => {
                if Cursor::new(object).members(&mut members).is_err() {
                    continue;
                }
                if members.iter().any(|(name, value)| *name == "@type" && is_article(*value)) {
                    return Some(read_article(&members));
                }
                let graph =
                    members.iter().filter(|(name, _)| matches!(*name, "@graph" | "mainEntity"));
                waiting.extend(graph.map(|(_, value)| *value));
            }
            _ => {}
        }
    }
    None
}

/// True for `NewsArticle`, `ReportageNewsArticle`, `BlogPosting` and the like, alone or among several types.
fn is_article(kind: Value<'_>) -> bool {
    let is_one = |kind: &str| kind.ends_with("Article") || kind.ends_with("Posting");
    match kind {
        Value::Text(kind) => is_one(kind),
        Value::Array(kinds) => elements(kinds).any(|kind| kind.as_text().is_some_and(is_one)),
        _ => false,
    }
}

fn read_article(members: &[(&str, Value<'_>)]) -> LinkedArticle {
    let mut article = LinkedArticle::default();
    for (name, value) in members {
        let names = || names_of(*value).join(", ");
        match *name {
            "headline" => article.headline = names(),
            "datePublished" => article.published = names(),
            "dateModified" => article.changed = names(),
            "author" => article.authors = names(),
            "publisher" => article.publisher = names(),
            _ => {}
        }
    }
    article
}

/// A text, the `name` of an object, or those of several.
fn names_of(value: Value<'_>) -> Vec<String> {
    let name_of = |value: Value<'_>| match value {
        Value::Text(raw) => Some(unescape(raw).trim().to_owned()),
        Value::Object(object) => {
            let mut members = Vec::new();
            // Members before a mistake are read.
            let _ = Cursor::new(object).members(&mut members);
            let name = members.iter().find(|(name, _)| *name == "name")?.1.as_text()?;
            Some(unescape(name).trim().to_owned())
        }
        _ => None,
    };
    let names: Vec<Option<String>> = match value {
        Value::Array(array) => elements(array).take(MAX_AUTHORS).map(name_of).collect(),
        value => vec![name_of(value)],
    };
    names.into_iter().flatten().filter(|name| !name.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(script: &str, headline: &str, published: &str, authors: &str) {
        let found = find_article(script).unwrap_or_default();
        let parts = (found.headline.as_str(), found.published.as_str(), found.authors.as_str());
        assert_eq!(parts, (headline, published, authors), "{script}");
    }

    #[test]
    fn articles_are_found_alone_in_arrays_and_in_graphs() {
        let article = r#"{"@type":"NewsArticle","headline":"Kites \u201cfly\u201d","datePublished":"2016-08-25","author":{"@type":"Person","name":"Ada Lenz"}}"#;
        check(article, "Kites “fly”", "2016-08-25", "Ada Lenz");
        check(
            &format!("[{{\"@type\":\"WebPage\"}}, {article}]"),
            "Kites “fly”",
            "2016-08-25",
            "Ada Lenz",
        );
        check(
            &format!("{{\"@graph\":[{{\"@type\":\"Person\"}},{article}]}}"),
            "Kites “fly”",
            "2016-08-25",
            "Ada Lenz",
        );
        check(
            r#"{"@type":["Article","CreativeWork"],"author":[{"name":"Ada Lenz"},"Otto Tarn"]}"#,
            "",
            "",
            "Ada Lenz, Otto Tarn",
        );
    }

    #[test]
    fn other_scripts_have_none() {
        for script in
            ["", "x", "{", "[]", r#"{"@type":"WebSite","headline":"x"}"#, &"[".repeat(50_000)]
        {
            assert_eq!(find_article(script), None, "{}", &script[..script.len().min(40)]);
        }
    }
}

//! The record of one dispatch: the keys of `list`, and those that `show` adds.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::dispatch::{Dispatch, Precision, Urgency};

/// A relation in a record.
#[derive(Debug, Serialize)]
pub struct RelationRecord<'a> {
    pub kind: &'static str,
    pub id: &'a str,
}

/// One dispatch as `dateline list` prints it. Unknown values are `null`.
#[derive(Debug, Serialize)]
pub struct DispatchRecord<'a> {
    pub path: String,
    pub index: u64,
    pub format: &'static str,
    pub item: String,
    pub story: String,
    pub id: Option<&'a str>,
    pub revision: Option<&'a str>,
    pub label: Option<&'a str>,
    pub agency: Option<&'a str>,
    pub slug: Option<&'a str>,
    pub headline: &'a str,
    pub headline_derived: bool,
    pub byline: Option<&'a str>,
    pub dateline: Option<&'a str>,
    pub place: Option<&'a str>,
    pub country: Option<&'a str>,
    pub urgency: Option<u8>,
    pub priority: Option<&'a str>,
    pub category: Option<&'a str>,
    pub subjects: &'a [String],
    pub keywords: &'a [String],
    pub status: &'static str,
    pub embargoed: bool,
    pub embargo: Option<String>,
    pub role: &'static str,
    pub relates: Vec<RelationRecord<'a>>,
    pub superseded_by: Option<&'a str>,
    pub killed_by: Option<&'a str>,
    pub ednote: Option<&'a str>,
    pub created: Option<String>,
    pub sent: Option<String>,
    pub time: Option<String>,
    pub time_source: &'static str,
    pub time_precision: Option<&'static str>,
    pub words: u32,
    pub words_stated: Option<u32>,
    pub language: Option<&'a str>,
    pub rights: Option<&'a str>,
    pub links: &'a [String],
}

impl<'a> DispatchRecord<'a> {
    /// The record of a dispatch that is the `index`-th of the input at `path`.
    #[must_use]
    pub fn new(dispatch: &'a Dispatch, path: String, index: u64) -> Self {
        let d = dispatch;
        let precision = |p| if p == Precision::Day { "day" } else { "second" };
        Self {
            path,
            index,
            format: d.format,
            item: d.item_identity(),
            story: d.story_name(),
            id: d.id.as_deref(),
            revision: d.revision.as_deref(),
            label: d.label.as_deref(),
            agency: d.agency.as_deref(),
            slug: d.slug.as_deref(),
            headline: &d.headline,
            headline_derived: d.headline_derived,
            byline: d.byline.as_deref(),
            dateline: d.dateline.as_ref().map(|line| line.text.as_str()),
            place: d.place(),
            country: d.country(),
            urgency: d.urgency.map(Urgency::value),
            priority: d.priority.as_deref(),
            category: d.category.as_deref(),
            subjects: &d.subjects,
            keywords: &d.keywords,
            status: d.status.name(),
            embargoed: d.embargoed,
            embargo: d.embargo.map(crate::dispatch::Stamp::to_rfc3339),
            role: d.role.name(),
            relates: d
                .relations
                .iter()
                .map(|r| RelationRecord {
                    kind: r.kind.name(),
                    id: &r.id,
                })
                .collect(),
            superseded_by: None,
            killed_by: None,
            ednote: d.ednote.as_deref(),
            created: d.created.map(crate::dispatch::Stamp::to_rfc3339),
            sent: d.sent.map(crate::dispatch::Stamp::to_rfc3339),
            time: d.time.map(crate::dispatch::Stamp::to_rfc3339),
            time_source: d.time_source.name(),
            time_precision: d.time.map(|t| precision(t.precision)),
            words: d.word_count(),
            words_stated: d.words_stated,
            language: d.language.as_deref(),
            rights: d.rights.as_deref(),
            links: &d.links,
        }
    }
}

impl<'a> DispatchRecord<'a> {
    /// The record with what the desk found among the dispatches at hand.
    #[must_use]
    pub fn with_relations(mut self, told: &'a Relations) -> Self {
        self.superseded_by = told.superseded_by.as_deref();
        self.killed_by = told.killed_by.as_deref();
        self
    }
}

/// The items that do something to a dispatch, as far as the desk has them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Relations {
    /// The newest version of its story.
    pub superseded_by: Option<String>,
    /// The notice that kills it.
    pub killed_by: Option<String>,
    /// Why it does, as that says; not in records, which name the notice.
    pub killed_for: Option<String>,
    /// The dispatch that corrects it; as above.
    pub corrected_by: Option<String>,
}

impl Relations {
    /// What must be known by whoever uses a text elsewhere, a line each.
    #[must_use]
    pub fn warnings(&self) -> Vec<String> {
        let why = self.killed_for.as_ref();
        let why = why.map_or(String::new(), |why| format!(": {why}"));
        let by = |by: &Option<String>, word: &str, why: &str| {
            by.as_ref().map(|by| format!("{word} by {by}{why}"))
        };
        let all = [
            by(&self.killed_by, "KILLED", &why),
            by(&self.corrected_by, "CORRECTED", ""),
            by(&self.superseded_by, "SUPERSEDED", ""),
        ];
        all.into_iter().flatten().collect()
    }
}

/// A problem in a record.
#[derive(Debug, Serialize)]
pub struct ProblemRecord<'a> {
    pub place: &'a str,
    pub message: &'a str,
}

/// What `dateline show` adds to a record.
#[derive(Debug, Serialize)]
pub struct BodyRecord<'a> {
    pub body: &'a str,
    pub fields: &'a BTreeMap<String, String>,
    pub problems: Vec<ProblemRecord<'a>>,
}

/// One dispatch as `dateline show` prints it.
#[derive(Debug, Serialize)]
pub struct FullDispatchRecord<'a> {
    #[serde(flatten)]
    pub head: DispatchRecord<'a>,
    #[serde(flatten)]
    pub body: BodyRecord<'a>,
}

impl<'a> FullDispatchRecord<'a> {
    /// The whole record of a dispatch.
    #[must_use]
    pub fn new(dispatch: &'a Dispatch, path: String, index: u64) -> Self {
        let problems = dispatch
            .problems
            .iter()
            .map(|p| ProblemRecord {
                place: &p.location,
                message: &p.message,
            })
            .collect();
        let body = BodyRecord {
            body: dispatch.body.text(),
            fields: &dispatch.fields,
            problems,
        };
        Self {
            head: DispatchRecord::new(dispatch, path, index),
            body,
        }
    }

    /// The whole record with what the desk found among the dispatches at hand.
    #[must_use]
    pub fn with_relations(self, told: &'a Relations) -> Self {
        Self {
            head: self.head.with_relations(told),
            ..self
        }
    }
}

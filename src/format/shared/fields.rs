//! Sets the fields of a draft from named values: how a byline, an urgency, a time, ... is parsed.

use jiff::civil::Date;

use crate::dispatch::{DatelineDate, Relation, Role, Severity, Stamp, Status, Urgency};
use crate::format::exports::languages;
use crate::format::parser::Draft;
use crate::format::shared::dates::{self, parse_field_time};
pub(in crate::format) use crate::format::shared::field_keys::{FieldKey, field_key};
use crate::format::shared::{bylines, dateline, labels};

// Setting fields of a draft.

impl Draft<'_> {
    /// Marks a key as given. Returns true if this is its first value, or if it may have several.
    pub(in crate::format) fn mark_given(&mut self, key: FieldKey) -> bool {
        let bit = key.bit();
        // Bit 63 is that of keys with several values.
        let first = self.given_keys & bit == 0 || bit == 1 << 63;
        self.given_keys |= bit;
        first
    }

    /// True if a key already has this value.
    fn has_value(&self, key: FieldKey, value: &str) -> bool {
        let d = &self.dispatch;
        let current = match key {
            FieldKey::Headline => return d.headline == value,
            FieldKey::Words => {
                return d.words_stated.is_some_and(|words| words.to_string() == value);
            }
            FieldKey::Byline => return d.byline.as_deref() == Some(bylines::strip_by(value)),
            FieldKey::Id => &d.id,
            FieldKey::Slug => &d.slug,
            FieldKey::Language => &d.language,
            FieldKey::Agency => &d.agency,
            FieldKey::Category => &d.category,
            FieldKey::Priority => &d.priority,
            FieldKey::Story => &d.story,
            FieldKey::Revision => &d.revision,
            _ => return false,
        };
        current.as_deref() == Some(value)
    }

    /// True if a key that has one value has it.
    pub(in crate::format) fn is_given(&self, key: FieldKey) -> bool {
        self.given_keys & key.bit() != 0
    }

    /// Marks a key as not given, so that the next value overrides the current one.
    pub(in crate::format) fn unmark_given(&mut self, key: FieldKey) {
        self.given_keys &= !key.bit();
    }

    /// Sets a field; `name` is the wire's own name for it. The first value wins: a further value, or one that is
    /// invalid, is stored in [`crate::dispatch::Dispatch::fields`].
    pub(in crate::format) fn set_field(&mut self, key: FieldKey, name: &str, value: &str) {
        let value = value.trim();
        if value.is_empty() {
            return;
        }
        if !self.mark_given(key) {
            if !self.has_value(key, value) {
                self.add_field(name, value);
            }
            return;
        }
        let owned = || Some(value.to_owned());
        let d = &mut self.dispatch;
        match key {
            FieldKey::Headline => value.clone_into(&mut d.headline),
            FieldKey::Slug => d.slug = owned(),
            FieldKey::Byline => d.byline = Some(bylines::strip_by(value).to_owned()),
            FieldKey::Agency => d.agency = owned(),
            FieldKey::Dateline => {
                let (found, formal) = match self.dateline_cache {
                    Some(cache) => cache.parse_field(value),
                    None => dateline::parse_field(value),
                };
                d.dateline = Some(found);
                self.has_formal_dateline = formal;
            }
            FieldKey::Place => d.dateline.get_or_insert_default().place = owned(),
            FieldKey::Country => d.dateline.get_or_insert_default().country = owned(),
            FieldKey::Priority => d.priority = owned(),
            FieldKey::Category => d.category = owned(),
            FieldKey::Language => d.language = Some(languages::tag_or_name(value).to_owned()),
            FieldKey::Label => d.label = owned(),
            FieldKey::Id => d.id = owned(),
            FieldKey::Revision => self.set_revision(name, value),
            FieldKey::Story => d.story = owned(),
            FieldKey::Subjects => d.subjects.extend(split_list(value)),
            FieldKey::Keywords => d.keywords.extend(split_list(value)),
            FieldKey::Links => d.links.push(value.to_owned()),
            FieldKey::Relates(kind) => {
                d.relations.extend(split_list(value).map(|id| Relation { kind, id }));
            }
            FieldKey::Ednote => append_text(&mut d.ednote, value, "\n"),
            FieldKey::Rights => append_text(&mut d.rights, value, " "),
            FieldKey::Sent => match parse_field_time(value) {
                Some(stamp) => d.sent = Some(stamp),
                None => {
                    self.add_invalid_value(name, value, "a time such as 2016-07-06T14:05:00+02:00");
                }
            },
            FieldKey::Created => match parse_field_time(value) {
                Some(stamp) => d.created = Some(stamp),
                None => {
                    self.add_invalid_value(name, value, "a time such as 2016-07-06T14:05:00+02:00");
                }
            },
            FieldKey::Urgency => match parse_urgency(value) {
                Some(urgency) => d.urgency = Some(urgency),
                None => self.add_invalid_value(name, value, "an urgency of 1 to 9"),
            },
            FieldKey::Words => match value.replace([',', ' '], "").parse() {
                Ok(words) => d.words_stated = (words > 0).then_some(words), // 0: unknown.
                Err(_) => self.add_invalid_value(name, value, "a number of words"),
            },
            FieldKey::Embargo => self.set_embargo(name, value),
            FieldKey::Status => self.set_status(name, value),
            FieldKey::Role => {
                match Role::parse(value)
                    .or_else(|| labels::parse_label_line(&value.to_uppercase())?.role)
                {
                    Some(role) => d.role = role,
                    None => self.add_invalid_value(
                        name,
                        value,
                        "a role such as story, update or correction",
                    ),
                }
            }
            FieldKey::Body | FieldKey::Html | FieldKey::Summary => self.add_field(name, value),
        }
    }

    /// Sets the revision, or the label if that is what the value is (`Version: UPDATE 2`).
    fn set_revision(&mut self, name: &str, value: &str) {
        if labels::parse_label_line(value).is_some() && self.dispatch.label.is_none() {
            self.dispatch.label = Some(value.to_owned());
        } else if value.len() <= 80 {
            self.dispatch.revision = Some(value.to_owned());
        } else {
            self.add_invalid_value(name, value, "a short version");
        }
    }

    /// An embargo may have a time, or only be a flag (`yes`, `true`).
    fn set_embargo(&mut self, name: &str, value: &str) {
        if matches!(value.to_ascii_lowercase().as_str(), "no" | "none" | "false" | "0") {
            return;
        }
        self.dispatch.embargoed = true;
        match parse_field_time(value) {
            Some(until) => self.dispatch.embargo = Some(until),
            None => self.add_field(name, value),
        }
    }

    /// Wires also use the status for embargoes and roles (`embargoed`, `corrected`).
    fn set_status(&mut self, name: &str, value: &str) {
        if let Some(status) = Status::parse(value) {
            self.dispatch.status = status;
        } else if value.eq_ignore_ascii_case("embargoed") {
            self.dispatch.embargoed = true;
        } else if let Some(role) =
            labels::parse_label_line(&value.to_uppercase()).and_then(|meaning| meaning.role)
        {
            self.dispatch.role = role;
            self.add_field(name, value);
        } else if ["ok", "publish", "published", "success"]
            .iter()
            .any(|word| value.eq_ignore_ascii_case(word))
        {
            // How sites and their tools say that all is well.
            self.add_field(name, value);
        } else {
            self.add_invalid_value(name, value, "usable, withheld or canceled");
        }
    }

    /// Reports a field with several values of which only one is used.
    pub(in crate::format) fn report_duplicate(&mut self, name: &str) {
        self.add_problem(
            Severity::Note,
            name,
            "given more than once; using the first, the others are among the fields".to_owned(),
        );
    }
}

// The year and the zone that a wire leaves out: inferred, and reported in the draft.

/// Completes a date without a year from the date of the file, and reports this for the field `location`.
pub(in crate::format) fn infer_year(
    draft: &mut Draft<'_>,
    location: &str,
    month: i8,
    day: i8,
) -> Option<Stamp> {
    let date = DatelineDate { year: None, month, day };
    let (stamp, _) = dates::resolve_date(date, draft.ctx.file_time)?;
    let year = stamp.to_zoned().year();
    let message =
        format!("the {location} names no year; {year} is inferred from the date of the file");
    draft.add_problem(Severity::Note, location, message);
    Some(stamp)
}

/// UTC offset of a time in minutes: that of its zone, else of its agency, else 0. Reports a missing or unknown zone for
/// the field `location`.
pub(in crate::format) fn zone_or_agency_offset(
    draft: &mut Draft<'_>,
    location: &str,
    zone: &str,
    agency: Option<&str>,
    on: Date,
) -> i16 {
    if let Some(offset) = dates::zone_offset(zone, on) {
        return offset;
    }
    let home = agency.and_then(|agency| dates::agency_offset(agency, on));
    let assumed = match home {
        Some(_) => "that of the agency",
        None => "UTC",
    };
    let message = if zone.is_empty() {
        format!("the time has no zone; assuming {assumed}")
    } else {
        format!("expected a zone such as GMT, found `{zone}`; assuming {assumed}")
    };
    draft.add_problem(Severity::Note, location, message);
    home.unwrap_or(0)
}

// Values.

/// Parses an urgency of 1 to 9 or one of its usual names. Some JSON writers turn it into a fraction (`3.0`).
fn parse_urgency(value: &str) -> Option<Urgency> {
    match value.to_ascii_lowercase().as_str() {
        "flash" => Urgency::new(1),
        "urgent" | "bulletin" | "alert" => Urgency::new(2),
        "routine" | "normal" => Urgency::new(5),
        _ => Urgency::new(value.strip_suffix(".0").unwrap_or(value).parse().ok()?),
    }
}

/// Splits a list at `;`, or at `,` if there is no `;`.
fn split_list(value: &str) -> impl Iterator<Item = String> {
    let mark = if value.contains(';') { ';' } else { ',' };
    value.split(mark).map(str::trim).filter(|entry| !entry.is_empty()).map(str::to_owned)
}

/// Appends a text to an optional one, with a separator if there is one already.
pub(in crate::format) fn append_text(to: &mut Option<String>, text: &str, separator: &str) {
    match to {
        Some(current) => {
            current.push_str(separator);
            current.push_str(text);
        }
        None => *to = Some(text.to_owned()),
    }
}

/// Appends a continuation line.
pub(in crate::format) fn continue_line(to: &mut String, line: &str) {
    to.push(' ');
    to.push_str(line);
}

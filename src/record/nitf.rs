//! A dispatch, or its quotes, as NITF 3.6, the News Industry Text Format of the IPTC. `format` reads it back.
//!
//! The elements stand in the order of the schema: `head` with `title`, `meta`, `tobject` and `docdata`; `body` with
//! `body.head` (`hedline`, `note`, `rights`, `byline`, `distributor`, `dateline`) and `body.content`.

use std::fmt::Write as _;

use crate::dispatch::{
    Dispatch, Precision, Relation, RelationKind, Role, Stamp, Status, TimeSource,
};
use crate::quotes::{self, Quote};
use crate::record::current_status::CurrentStatus;
use crate::record::html::to_nitf_blocks;
use crate::text::{sanitize, sanitize_line};

/// The class of notes on the status of a dispatch, by which `format` tells them from those of the agency.
const STATUS_NOTE: &str = "status";

/// The start of a file with one or several documents.
#[must_use]
pub fn nitf_file_start(is_several: bool) -> &'static str {
    // The schema has no element around several documents. Agencies that send them in one file use this one.
    if is_several {
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<nitfs>\n"
    } else {
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    }
}

/// The end of a file with one or several documents.
#[must_use]
pub fn nitf_file_end(is_several: bool) -> &'static str {
    if is_several { "</nitfs>\n" } else { "" }
}

/// A dispatch as a `nitf` element. Warnings become notes.
#[must_use]
pub fn to_nitf(dispatch: &Dispatch, status: &CurrentStatus) -> String {
    document(dispatch, status, &to_nitf_blocks(&dispatch.body))
}

/// Quotes of a dispatch as a `nitf` element with the head of the dispatch: a `bq` for each quote, its speaker as credit.
#[must_use]
pub fn to_nitf_quotes(dispatch: &Dispatch, status: &CurrentStatus, quotes: &[&Quote]) -> String {
    let mut content = String::new();
    for quote in quotes {
        content.push_str("<bq>\n<block>\n");
        for line in quotes::quote_text(quote, quote.source(dispatch)).lines() {
            let _ = writeln!(content, "<p>{}</p>", escape(line));
        }
        let credit = escape(&quote.credit());
        let _ = writeln!(content, "</block>\n<credit>{credit}</credit>\n</bq>");
    }
    document(dispatch, status, &content)
}

fn document(d: &Dispatch, status: &CurrentStatus, content: &str) -> String {
    let language = d.language.as_ref();
    let language = language.map_or(String::new(), |tag| format!(" baselang=\"{}\"", escape(tag)));
    let mut out = format!(
        "<nitf xmlns=\"http://iptc.org/std/NITF/2006-10-18/\" version=\"-//IPTC//DTD NITF 3.6//EN\"{language}>\n"
    );
    push_head(d, status, &mut out);
    push_body_head(d, status, &mut out);
    let _ = writeln!(out, "<body.content>\n{}</body.content>", without_noncharacters(content));
    out.push_str("</body>\n</nitf>\n");
    out
}

fn push_head(d: &Dispatch, status: &CurrentStatus, out: &mut String) {
    let _ = writeln!(out, "<head>\n<title>{}</title>", escape(&d.headline));
    // The names under which agencies carry these over from ANPA 1312.
    let metas = [
        ("anpa-keyword", &d.slug),
        ("anpa-takekey", &d.label),
        ("anpa-category", &d.category),
        ("anpa-priority", &d.priority),
    ];
    for (name, value) in metas {
        if let Some(value) = value {
            let _ = writeln!(out, "<meta name=\"{name}\" content=\"{}\"/>", escape(value));
        }
    }
    let coded: Vec<(Option<&str>, &str)> = d.subjects.iter().filter_map(|s| coded(s)).collect();
    if !coded.is_empty() {
        out.push_str("<tobject tobject.type=\"news\">\n");
        for (name, code) in coded {
            let name = name.map(escape);
            let name =
                name.map_or(String::new(), |name| format!(" tobject.subject.type=\"{name}\""));
            let _ = writeln!(out, "<tobject.subject tobject.subject.refnum=\"{code}\"{name}/>");
        }
        out.push_str("</tobject>\n");
    }
    push_docdata(d, status, out);
    out.push_str("</head>\n");
}

fn push_docdata(d: &Dispatch, status: &CurrentStatus, out: &mut String) {
    let status = match status.status {
        Status::Usable if status.embargoed => "embargoed",
        status => status.name(),
    };
    let _ = write!(out, "<docdata management-status=\"{status}\"");
    let other = |relation: &&Relation| {
        matches!(relation.kind, RelationKind::Kills | RelationKind::Replaces)
    };
    if let Some(other) = d.relations.iter().find(other) {
        let killed = if other.kind == RelationKind::Kills { "canceled" } else { "usable" };
        let id = escape(&other.id);
        let _ = write!(out, " management-doc-idref=\"{id}\" management-idref-status=\"{killed}\"");
    }
    out.push_str(">\n");
    if d.role == Role::Correction {
        let corrected = d.relations.iter().find(|other| other.kind == RelationKind::Corrects);
        let id = corrected.map_or(String::new(), |c| format!(" id-string=\"{}\"", escape(&c.id)));
        let _ = writeln!(out, "<correction{id}/>");
    }
    let agency = d.agency.as_ref();
    let source = agency.map_or(String::new(), |name| format!(" regsrc=\"{}\"", escape(name)));
    let identity = d.id.clone().unwrap_or_else(|| d.item_identity());
    let _ = writeln!(out, "<doc-id{source} id-string=\"{}\"/>", escape(&identity));
    if let Some(urgency) = d.urgency {
        let _ = writeln!(out, "<urgency ed-urg=\"{}\"/>", urgency.value());
    }
    // The date of a file says when it was copied.
    let of_wire = d.time.filter(|_| d.time_source != TimeSource::File);
    if let Some(sent) = d.sent.or(of_wire).and_then(norm) {
        let _ = writeln!(out, "<date.issue norm=\"{sent}\"/>");
    }
    if let Some(release) = d.embargo.and_then(norm) {
        let _ = writeln!(out, "<date.release norm=\"{release}\"/>");
    }
    // An attribute has no line breaks.
    for line in d.ednote.iter().flat_map(|note| note.lines()).filter(|line| !line.is_empty()) {
        let _ = writeln!(out, "<ed-msg info=\"{}\"/>", escape(line));
    }
    if d.story.is_some() || d.revision.is_some() {
        let version = d.revision.as_ref();
        let version = version.map_or(String::new(), |v| format!(" version=\"{}\"", escape(v)));
        let key = escape(&d.story_name());
        let _ = writeln!(out, "<du-key key=\"{key}\"{version}/>");
    }
    if !d.keywords.is_empty() {
        out.push_str("<key-list>\n");
        for word in &d.keywords {
            let _ = writeln!(out, "<keyword key=\"{}\"/>", escape(word));
        }
        out.push_str("</key-list>\n");
    }
    push_identified_content(d, out);
    out.push_str("</docdata>\n");
}

/// Subjects without a code, and a country that the dateline does not name.
fn push_identified_content(d: &Dispatch, out: &mut String) {
    let mut content = String::new();
    if let Some(country) = d.country().filter(|name| !mark_place(d).contains(&country_tag(name))) {
        let _ = writeln!(content, "<location>{}</location>", country_tag(country));
    }
    for subject in d.subjects.iter().filter(|subject| coded(subject).is_none()) {
        let name = escape(subject);
        let _ = writeln!(content, "<classifier type=\"subject\" value=\"{name}\"/>");
    }
    if !content.is_empty() {
        let _ = writeln!(out, "<identified-content>\n{content}</identified-content>");
    }
}

fn country_tag(name: &str) -> String {
    format!("<country>{}</country>", escape(name))
}

/// The name and the code of a subject that has a subject code of the IPTC, eight digits, without which NITF has no
/// `tobject.subject`.
fn coded(subject: &str) -> Option<(Option<&str>, &str)> {
    let is_code = |text: &str| text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit());
    if is_code(subject) {
        return Some((None, subject));
    }
    let (name, code) = subject.strip_suffix(')')?.rsplit_once(" (")?;
    is_code(code).then_some((Some(name), code))
}

fn push_body_head(d: &Dispatch, status: &CurrentStatus, out: &mut String) {
    let headline = escape(&d.headline);
    let _ = writeln!(out, "<body>\n<body.head>\n<hedline><hl1>{headline}</hl1></hedline>");
    for warning in status.warnings() {
        let text = escape(&warning);
        let _ = writeln!(
            out,
            "<note class=\"{STATUS_NOTE}\" type=\"npa\"><body.content><p>{text}</p></body.content></note>"
        );
    }
    for (name, text) in [("rights", &d.rights), ("byline", &d.byline), ("distributor", &d.agency)] {
        if let Some(text) = text {
            let _ = writeln!(out, "<{name}>{}</{name}>", escape(text));
        }
    }
    let date = d.created.and_then(norm);
    let date = date.map(|norm| format!("<story.date norm=\"{norm}\"/>")).unwrap_or_default();
    let line = mark_place(d);
    if !line.is_empty() || !date.is_empty() {
        let _ = writeln!(out, "<dateline>{}</dateline>", format!("{line} {date}").trim());
    }
    out.push_str("</body.head>\n");
}

/// The text of the dateline, with place and country marked up in it; without a dateline the place and the country.
fn mark_place(d: &Dispatch) -> String {
    let Some(place) = d.place() else {
        return d.dateline.as_ref().map_or_else(String::new, |line| escape(&line.text));
    };
    let text = d.dateline.as_ref().map_or("", |line| line.text.as_str());
    let city = format!("<city>{}</city>", escape(place));
    let country = d.country().map(country_tag);
    let Some((before, after)) = text.split_once(place) else {
        let country = country.map_or(String::new(), |country| format!(", {country}"));
        return format!("<location>{city}{country}</location>");
    };
    let before = escape(before);
    let found = d.country().and_then(|name| after.split_once(name)).zip(country);
    match found {
        Some(((between, after), country)) => format!(
            "{before}<location>{city}{}{country}</location>{}",
            escape(between),
            escape(after)
        ),
        None => format!("{before}<location>{city}</location>{}", escape(after)),
    }
}

/// A time as NITF writes it: ISO 8601 without punctuation. `None` outside the years 0 to 9999.
fn norm(stamp: Stamp) -> Option<String> {
    let zoned = stamp.to_zoned();
    let format = match stamp.precision {
        Precision::Day => "%Y%m%d",
        Precision::Second => "%Y%m%dT%H%M%S%z",
    };
    (0..=9999).contains(&zoned.year()).then(|| zoned.strftime(format).to_string())
}

/// One line of text for an element or an attribute.
fn escape(text: &str) -> String {
    let text = sanitize_line(text).replace('&', "&amp;").replace('<', "&lt;");
    without_noncharacters(&text.replace('>', "&gt;").replace('"', "&quot;"))
}

/// XML 1.0 has no controls and neither of these two.
fn without_noncharacters(text: &str) -> String {
    sanitize(text).replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}")
}

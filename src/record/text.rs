//! A dispatch as plain text and as Markdown, in which text of the wire is escaped.

use std::fmt::Write as _;

use crate::dispatch::{BlockKind, Dispatch, Severity, TimeSource};
use crate::record::current_status::CurrentStatus;
use crate::record::html;
use crate::text::{count_noun, sanitize, sanitize_line};

/// The time of a dispatch, marked as `file dated` if it is only that of its file.
fn format_time(dispatch: &Dispatch) -> Option<String> {
    let of_file = dispatch.time_source == TimeSource::File;
    let before = if of_file { "file dated " } else { "" };
    let time = dispatch.time?;
    Some(format!("{before}{}", time.to_rfc3339()))
}

/// What stands below the headline, on one line: place, agency, time, label, slug, urgency and length.
pub(super) fn format_facts(dispatch: &Dispatch) -> String {
    let d = dispatch;
    let place = [d.place(), d.country()].into_iter().flatten();
    let place = place.collect::<Vec<_>>().join(", ");
    let urgency = d.urgency.filter(|urgency| urgency.is_urgent());
    let facts = [
        (!place.is_empty()).then_some(place),
        d.agency.clone(),
        format_time(d),
        d.label.clone(),
        d.slug.clone(),
        urgency.map(|urgency| format!("urgency {}", urgency.value())),
        Some(count_noun(d.word_count() as usize, "word")),
    ];
    facts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// Plain text as `dateline show` prints it: headline, facts, warnings, byline, notes, body, rights and problems, then a
/// rule and an empty line.
#[must_use]
pub fn to_text(dispatch: &Dispatch, status: &CurrentStatus) -> String {
    let d = dispatch;
    let mut out = String::new();
    let _ = writeln!(out, "{}", sanitize_line(&d.headline));
    let _ = writeln!(out, "{}", sanitize_line(&format_facts(d)));
    for warning in status.warnings() {
        let _ = writeln!(out, "[{}]", sanitize_line(&warning));
    }
    if let Some(byline) = &d.byline {
        let _ = writeln!(out, "By {}", sanitize_line(byline));
    }
    if let Some(note) = &d.ednote {
        let _ = writeln!(out, "[{}]", sanitize(note));
    }
    let _ = writeln!(out, "\n{}", sanitize(d.body.text()));
    if let Some(rights) = &d.rights {
        let _ = writeln!(out, "\n{}", sanitize(rights));
    }
    for problem in d.problems.iter().filter(|p| p.severity > Severity::Note) {
        let _ = writeln!(out, "\n[{}]", sanitize_line(&problem.to_string()));
    }
    out.push_str("\n———\n\n");
    out
}

// Markdown.

/// A dispatch as Markdown: headline, facts, warnings and notes as block quotes, the body, rights. Without a newline at
/// the end.
#[must_use]
pub fn to_markdown(dispatch: &Dispatch, status: &CurrentStatus) -> String {
    let d = dispatch;
    let mut parts = vec![format!("# {}", escape_line(&d.headline)), to_markdown_facts(d)];
    parts.push(to_markdown_warnings(status));
    if let Some(byline) = &d.byline {
        parts.push(format!("*By {}*", escape_line(byline)));
    }
    if let Some(note) = &d.ednote {
        let quoted = note.lines().filter(|l| !l.trim().is_empty());
        let quoted: Vec<String> = quoted.map(|l| format!("> {}", escape_line(l))).collect();
        parts.push(quoted.join("  \n"));
    }
    push_body(d, &mut parts);
    parts.extend(d.rights.as_ref().map(|rights| format!("*{}*", escape_line(rights))));
    let faults = d.problems.iter().filter(|p| p.severity > Severity::Note);
    parts.extend(faults.map(|problem| format!("> **{}**", escape_line(&problem.to_string()))));
    parts.retain(|part| !part.is_empty());
    parts.join("\n\n")
}

/// The facts line as Markdown.
#[must_use]
pub fn to_markdown_facts(dispatch: &Dispatch) -> String {
    escape_line(&format_facts(dispatch))
}

/// The warnings as a block quote of a line each, in bold; empty without any.
#[must_use]
pub fn to_markdown_warnings(status: &CurrentStatus) -> String {
    let warnings = status.warnings();
    let warnings = warnings.iter().map(|text| format!("> **{}**", escape_line(text)));
    // Two spaces at the end of a line are a hard line break.
    warnings.collect::<Vec<_>>().join("  \n")
}

/// Adds a part for each block of the body. Items of a list are one part, since an empty line would make it loose.
fn push_body(d: &Dispatch, parts: &mut Vec<String>) {
    let mut before = BlockKind::Paragraph;
    for block in d.body.blocks() {
        let text = d.body.slice(block.range.clone());
        let written = match block.kind {
            BlockKind::Paragraph => escape_line(text),
            BlockKind::Heading => format!("## {}", escape_line(text)),
            BlockKind::Item => format_list_item(text),
            BlockKind::Table => fence_rows(&sanitize(text)),
        };
        match parts.last_mut() {
            Some(list) if before == BlockKind::Item && block.kind == BlockKind::Item => {
                list.push('\n');
                list.push_str(&written);
            }
            _ => parts.push(written),
        }
        before = block.kind;
    }
}

/// A list item. Indented by four spaces per depth, enough to nest in a numbered item too.
fn format_list_item(text: &str) -> String {
    if let Some(mark) = html::parse_list_marker(text) {
        let indent = "    ".repeat(mark.depth);
        let sign = mark.number.map_or("-".to_owned(), |n| format!("{n}."));
        return format!("{indent}{sign} {}", escape_line(mark.text));
    }
    let depth = (text.len() - text.trim_start_matches(' ').len()) / 2;
    format!("\n{}{}", "    ".repeat(depth), escape_line(text.trim_start()))
}

/// Table rows as a code block, with a fence longer than any run of backticks in them.
fn fence_rows(rows: &str) -> String {
    let longest = rows.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{fence}\n{rows}\n{fence}")
}

/// One line without markup and control characters.
fn escape_line(text: &str) -> String {
    escape_markdown(sanitize_line(text).trim())
}

/// Escapes Markdown in a single line of text. `#`, `-` and numbers are escaped only at its start, where they have a
/// meaning.
#[must_use]
pub fn escape_markdown(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let digits = text.chars().take_while(char::is_ascii_digit).count();
    for (at, c) in text.chars().enumerate() {
        let begins = at == 0 && matches!(c, '#' | '-' | '+' | '=')
            || at == digits && at > 0 && matches!(c, '.' | ')');
        if begins || matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '~' | '|' | '&') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dispatch::{Body, Status};

    #[test]
    fn markdown_is_escaped() {
        for (text, shown) in [
            ("plain, as it is.", "plain, as it is."),
            ("*so* [it](is) <b>", "\\*so\\* \\[it\\](is) \\<b\\>"),
            ("# one", "\\# one"),
            ("12. two", "12\\. two"),
            ("at 12. two", "at 12. two"),
        ] {
            assert_eq!(escape_markdown(text), shown);
        }
    }

    #[test]
    fn every_kind_of_block_is_written() {
        let body = Body::new([
            (BlockKind::Paragraph, "# no heading\u{1b}[31m"),
            (BlockKind::Heading, "Tides"),
            (BlockKind::Item, "• First"),
            (BlockKind::Item, "  3. Inner"),
            (BlockKind::Item, "• Second"),
            (BlockKind::Table, "a   ```\nb   2"),
        ]);
        let dispatch = Dispatch {
            headline: "Salt *and* tide".to_owned(),
            ednote: Some("One.\nTwo.".to_owned()),
            rights: Some("All rights kept".to_owned()),
            status: Status::Canceled,
            body,
            ..Dispatch::default()
        };
        let shown = "# Salt \\*and\\* tide\n\n14 words\n\n> **KILLED**\n\n> One.  \n> Two.\n\n\\# no heading␛\\[31m\n\n## Tides\n\n\
        - First\n    3. Inner\n- Second\n\n````\na   ```\nb   2\n````\n\n*All rights kept*";
        assert_eq!(to_markdown(&dispatch, &CurrentStatus::as_sent(&dispatch)), shown);
    }
}

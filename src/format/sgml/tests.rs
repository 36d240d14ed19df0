//! Items of both collections, whole and damaged.

use super::{parse_entity, resolve_entities};
use crate::dispatch::Role;
use crate::format::testing::{one, parsed};

#[test]
fn entities() {
    assert_eq!(
        resolve_entities("a &lt;b&gt; &amp;amp; &#65;&#38; & &x; &#"),
        "a <b> &amp; A& & &x; &#"
    );
    assert_eq!(parse_entity("#5;x"), Some(('\u{5}', 3)));
    assert_eq!(parse_entity("#99999999;"), None);
}

#[test]
fn one_item_ends_where_the_next_begins() {
    let item = |n: u32| {
        format!(
            "<REUTERS NEWID=\"{n}\">\n<TEXT>&#2;\n<TITLE>T{n}</TITLE>\n<BODY>Body {n}.\n Reuter\n&#3;</BODY></TEXT>\n</REUTERS>\n"
        )
    };
    let text = format!(
        "<!DOCTYPE lewis SYSTEM \"lewis.dtd\">\n{}{}",
        item(1),
        item(2)
    );
    let found = parsed(&text);
    let bodies: Vec<_> = found.dispatches.iter().map(|d| d.body.text()).collect();
    assert_eq!(
        (bodies.as_slice(), found.problems.len()),
        (&["Body 1.", "Body 2."][..], 0)
    );
    let torn = parsed(&text.replace("</REUTERS>\n<REU", "junk\n<REU"));
    assert_eq!(torn.dispatches.len(), 2);
    assert_eq!(torn.dispatches[0].problems.len(), 1);
    let junk = parsed(&text.replace("</REUTERS>\n<REU", "</REUTERS>\njunk\n<REU"));
    assert_eq!((junk.dispatches.len(), junk.problems.len()), (2, 1));
    assert_eq!(
        junk.problems[0].message,
        "4 bytes between two dispatches were not read"
    );
}

#[test]
fn briefs_and_bare_texts() {
    let brief = one(
        "<REUTERS NEWID=\"3\"><TEXT TYPE=\"BRIEF\">&#2;\n******<TITLE>QUAY BANK RAISES RATE</TITLE>\n&#3;</TEXT></REUTERS>",
    );
    assert_eq!(
        (brief.headline.as_str(), brief.role),
        ("QUAY BANK RAISES RATE", Role::Alert)
    );
    let bare = one(
        "<REUTERS NEWID=\"4\"><TEXT TYPE=\"UNPROC\">&#2;\nHARBOUR DUES\n\n    LINDHAVN, March 3 - The dues rose again on Tuesday.\n&#3;</TEXT></REUTERS>",
    );
    assert_eq!(bare.place(), Some("LINDHAVN"));
    assert_eq!(bare.headline, "HARBOUR DUES");
}

#[test]
fn versions_stand_at_the_end_of_the_keyword() {
    let check = |keyword: &str, slug: &str, label: Option<&str>| {
        let d = one(&format!(
            "<REUTERS NEWID=\"5\"><UNKNOWN>\n&#22;&#22;&#1;f0704&#31;reute\nu f {keyword}   02-26 0105</UNKNOWN><TEXT>&#2;\n<TITLE>T</TITLE></TEXT></REUTERS>"
        ));
        assert_eq!((d.slug.as_deref(), d.label.as_deref()), (Some(slug), label));
    };
    check("BC-HERRING-REVIEW", "BC-HERRING-REVIEW", None);
    check("AM-FERRY-1STLD", "AM-FERRY", Some("1STLD"));
    check(
        "BC-QUAY-BANK-(CORRECTED)",
        "BC-QUAY-BANK",
        Some("(CORRECTED)"),
    );
}

#[test]
fn trec() {
    let d = one(
        "<DOC>\n<DOCNO> AP900212-0001 </DOCNO>\n<FILEID>AP-NR-02-12-90 2129EST</FILEID>\n<FIRST>u i AM-Ferry-Strike     02-12 0398</FIRST>\n<SECOND>AM-Ferry-Strike, 1st Ld, a0553,0411</SECOND>\n<HEAD>Ferries Sail</HEAD>\n<DATELINE>LINDHAVN, Vessaria (AP) </DATELINE>\n<TEXT>\n   The ferries sailed.\n</TEXT>\n</DOC>\n",
    );
    assert_eq!(d.id.as_deref(), Some("AP900212-0001"));
    assert_eq!(
        (d.slug.as_deref(), d.label.as_deref()),
        (Some("AM-Ferry-Strike"), Some("1st Ld"))
    );
    assert_eq!((d.words_stated, d.place()), (Some(411), Some("LINDHAVN")));
    assert_eq!(
        d.sent.map(crate::dispatch::Stamp::to_rfc3339).as_deref(),
        Some("1990-02-12T21:29:00-05:00")
    );
}

#[test]
fn what_has_no_tags_is_clean_text_all_the_same() {
    let d = one(
        "<REUTERS T\u{e}LINDHAVN FERRY SCHEDULE\n NORTH  \u{e}  08.15   12.40\n SOUTH     09.05   13.30\n",
    );
    assert!(!d.body.text().contains('\u{e}') && !d.headline.contains('\u{e}'));
}

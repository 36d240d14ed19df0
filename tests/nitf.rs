//! Every wire as NITF 3.6: elements and attributes where its DTD allows them, and the same dispatch when it is read again.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::{Path, PathBuf};

use dateline::dispatch::{BlockKind, Body, Dispatch, Stamp, Status};
use dateline::format::{self, Context};
use dateline::record::{CurrentStatus, nitf_file_end, nitf_file_start, to_nitf, to_nitf_quotes};
use proptest::prelude::*;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// Elements with the children that the DTD allows: in this order, each at most once or, with `*`, any number of times.
const IN_ORDER: [(&str, &str); 8] = [
    ("nitf", "head body"),
    ("head", "title meta* tobject iim docdata pubdata* revision-history*"),
    ("tobject", "tobject.property* tobject.subject*"),
    ("body", "body.head body.content* body.end"),
    ("body.head", "hedline note* rights byline* distributor dateline* abstract series"),
    ("hedline", "hl1 hl2*"),
    ("note", "body.content*"),
    ("bq", "block credit"),
];

const BLOCKS: &str = "p hl2 table nitf-table media ol ul dl bq fn note pre hr block";

/// Elements with the children that the DTD allows in any order; `#` stands for text.
const IN_ANY_ORDER: [(&str, &str); 24] = [
    ("title", "#"),
    ("meta", ""),
    ("tobject.subject", ""),
    (
        "docdata",
        "correction evloc doc-id del-list urgency fixture date.issue date.release date.expire doc-scope series ed-msg \
         du-key doc.copyright doc.rights key-list identified-content",
    ),
    ("correction", ""),
    ("doc-id", ""),
    ("urgency", ""),
    ("date.issue", ""),
    ("date.release", ""),
    ("ed-msg", ""),
    ("du-key", ""),
    ("key-list", "keyword"),
    ("keyword", ""),
    ("identified-content", "person org location event function object.title virtloc classifier"),
    ("classifier", "#"),
    ("hl1", "#"),
    ("rights", "#"),
    ("byline", "# person byttl location virtloc"),
    ("distributor", "# org"),
    ("dateline", "# location story.date"),
    ("story.date", "#"),
    ("location", "# sublocation city state region country alt-code"),
    ("city", "#"),
    ("country", "#"),
];

/// Attributes that the DTD has for these elements, `!` after those that they must have.
const ATTRIBUTES: [(&str, &str); 16] = [
    ("nitf", "version baselang xmlns"),
    ("meta", "name content!"),
    ("tobject", "tobject.type"),
    ("tobject.subject", "tobject.subject.refnum! tobject.subject.type"),
    ("docdata", "management-status management-doc-idref management-idref-status"),
    ("correction", "info id-string regsrc"),
    ("doc-id", "regsrc id-string"),
    ("urgency", "ed-urg"),
    ("date.issue", "norm"),
    ("date.release", "norm"),
    ("ed-msg", "msg-type info"),
    ("du-key", "generation part version key"),
    ("keyword", "key"),
    ("classifier", "type value"),
    ("note", "class noteclass type"),
    ("story.date", "norm"),
];

/// Attributes with the values that the DTD lists.
const VALUES: [(&str, &str); 4] = [
    ("management-status", "usable embargoed withheld canceled"),
    ("management-idref-status", "usable embargoed withheld canceled"),
    ("ed-urg", "1 2 3 4 5 6 7 8"),
    ("tobject.type", "news data alert-flash"),
];

fn find<'a>(table: &[(&str, &'a str)], name: &str) -> Option<&'a str> {
    table.iter().find(|(known, _)| *known == name).map(|(_, what)| *what)
}

/// Fails unless an element may have these children.
#[track_caller]
fn check_children(name: &str, children: &[String], xml: &str) {
    if let Some(order) = find(&IN_ORDER, name) {
        let mut order = order.split(' ').peekable();
        for child in children {
            while order.peek().is_some_and(|next| next.trim_end_matches('*') != child) {
                order.next();
            }
            let next = order.peek().unwrap_or_else(|| panic!("{child} in {name}: {xml}"));
            if !next.ends_with('*') {
                order.next();
            }
        }
        return;
    }
    let blocks = match name {
        "body.content" | "block" => BLOCKS.to_owned(),
        "li" => format!("# {BLOCKS}"),
        "ol" | "ul" => "li".to_owned(),
        "p" | "hl2" | "pre" | "credit" => "#".to_owned(),
        _ => find(&IN_ANY_ORDER, name).unwrap_or_else(|| panic!("no {name}: {xml}")).to_owned(),
    };
    for child in children {
        assert!(blocks.split_whitespace().any(|known| known == child), "{child} in {name}: {xml}");
    }
}

#[track_caller]
fn check_attributes(element: &BytesStart<'_>, xml: &str) {
    let name = element.name().as_ref().to_owned();
    let known = match name.as_str() {
        "ol" => "seqnum",
        name => find(&ATTRIBUTES, name).unwrap_or(""),
    };
    let mut found = Vec::new();
    for attribute in element.attributes() {
        let attribute = attribute.unwrap();
        let key = attribute.key.as_ref().to_owned();
        let is_known = known.split(' ').any(|known| known.trim_end_matches('!') == key);
        assert!(is_known, "{key} of {name}: {xml}");
        if let Some(values) = find(&VALUES, &key) {
            let value = attribute.value.to_string();
            assert!(values.split(' ').any(|known| known == value), "{key}={value}: {xml}");
        }
        found.push(key);
    }
    for must in known.split(' ').filter_map(|known| known.strip_suffix('!')) {
        assert!(found.iter().any(|found| found == must), "no {must} of {name}: {xml}");
    }
}

/// Fails unless a document is well-formed, and built as the DTD of NITF 3.6 asks for.
#[track_caller]
fn check_structure(xml: &str) {
    let mut reader = Reader::from_str(xml);
    // The open elements with their children so far.
    let mut open: Vec<(String, Vec<String>)> = vec![(String::new(), Vec::new())];
    loop {
        let event = reader.read_event().unwrap_or_else(|error| panic!("{error}: {xml}"));
        let (started, is_empty) = match &event {
            Event::Start(element) => (Some(element), false),
            Event::Empty(element) => (Some(element), true),
            _ => (None, false),
        };
        if let Some(element) = started {
            check_attributes(element, xml);
            let name = element.name().as_ref().to_owned();
            open.last_mut().unwrap().1.push(name.clone());
            if is_empty {
                check_children(&name, &[], xml);
            } else {
                open.push((name, Vec::new()));
            }
        }
        match event {
            Event::End(_) => {
                let (name, children) = open.pop().unwrap();
                check_children(&name, &children, xml);
            }
            Event::Text(text) if !text.trim_ascii().is_empty() => {
                open.last_mut().unwrap().1.push("#".to_owned());
            }
            Event::GeneralRef(_) | Event::CData(_) => {
                open.last_mut().unwrap().1.push("#".to_owned());
            }
            Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(open, [(String::new(), vec!["nitf".to_owned()])], "{xml}");
}

fn written(dispatch: &Dispatch) -> String {
    let document = to_nitf(dispatch, &CurrentStatus::as_sent(dispatch));
    format!("{}{document}{}", nitf_file_start(false), nitf_file_end(false))
}

/// Checks a dispatch. Returns what has become of the fields that are not the same when it is read again.
#[track_caller]
fn check(d: &Dispatch) -> Vec<String> {
    let xml = written(d);
    check_structure(&xml);
    let quotes = dateline::quotes::extract_quotes(d);
    let quotes: Vec<_> = quotes.iter().collect();
    check_structure(&to_nitf_quotes(d, &CurrentStatus::as_sent(d), &quotes));
    let mut parsed = format::parse(xml.as_bytes(), &Context::default());
    assert_eq!(parsed.dispatches.len(), 1, "{xml}");
    let again = parsed.dispatches.pop().expect("a dispatch");
    let mut lost = Vec::new();
    let mut same = |name: &str, a: &dyn std::fmt::Debug, b: &dyn std::fmt::Debug| {
        let (a, b) = (format!("{a:?}"), format!("{b:?}"));
        if a != b {
            lost.push(format!("{name}: {a} is {b}"));
        }
    };
    if !d.headline.is_empty() {
        same("headline", &d.headline, &again.headline);
    }
    same("body", &d.body.text(), &again.body.text());
    same("slug", &d.slug, &again.slug);
    same("byline", &d.byline, &again.byline);
    same("place", &d.place(), &again.place());
    same("country", &d.country(), &again.country());
    same("label", &d.label, &again.label);
    same("revision", &d.revision, &again.revision);
    same("urgency", &d.urgency, &again.urgency);
    same("priority", &d.priority, &again.priority);
    same("category", &d.category, &again.category);
    same("keywords", &d.keywords, &again.keywords);
    same("agency", &d.agency, &again.agency);
    same("ednote", &d.ednote, &again.ednote);
    same("language", &d.language, &again.language);
    same("rights", &d.rights, &again.rights);
    same("status", &d.status, &again.status);
    // There is one status: that of a withheld or canceled dispatch leaves no room for an embargo.
    if d.status == Status::Usable {
        same("embargoed", &d.embargoed, &again.embargoed);
    }
    let seconds = |stamp: Option<Stamp>| stamp.map(|s| (s.seconds, s.offset_minutes));
    same("created", &seconds(d.created), &seconds(again.created));
    same("embargo", &seconds(d.embargo), &seconds(again.embargo));
    if d.sent.is_some() {
        same("sent", &seconds(d.sent), &seconds(again.sent));
    }
    if d.id.is_some() {
        same("id", &d.id, &again.id);
    }
    let gone = d.subjects.iter().find(|s| !again.subjects.contains(s));
    same("subjects", &gone, &None::<&String>);
    // From then on nothing moves.
    let third = format::parse(written(&again).as_bytes(), &Context::default());
    let fields = |d: &Dispatch| {
        let mut fields = d.fields.clone();
        // The status is told in words, too, and in no more than the schema can hold.
        fields.remove("note@status");
        fields
    };
    same("fields", &fields(&again), &fields(&third.dispatches[0]));
    lost
}

fn files(folder: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(std::fs::read_dir(path).unwrap().map(|e| e.unwrap().path()));
        } else if !path.to_string_lossy().ends_with(".records.json") {
            found.push(path);
        }
    }
    found
}

#[test]
fn every_fixture_is_nitf_and_comes_back() {
    let (mut count, mut lost) = (0, Vec::new());
    for path in files("tests/fixtures").into_iter().chain(files("assets/wire")) {
        let bytes = std::fs::read(&path).unwrap();
        let texts: Vec<Vec<u8>> = match dateline::ingest::convert_office_file(&bytes) {
            Some(converted) => converted.texts.into_iter().map(|t| t.text.into_bytes()).collect(),
            None => vec![bytes],
        };
        for text in texts {
            for dispatch in format::parse(&text, &Context::default()).dispatches {
                let shown = path.display();
                lost.extend(check(&dispatch).into_iter().map(|lost| format!("{shown}: {lost}")));
                count += 1;
            }
        }
    }
    assert!(lost.is_empty(), "{}", lost.join("\n"));
    assert!(count > 150, "{count}");
}

fn block() -> impl Strategy<Value = (BlockKind, String)> {
    let text = "[a-z<>&\"'é“”\u{ffff}]{1,9}( [a-z<>&\"'é“”\u{ffff}]{1,9}){0,4}";
    prop_oneof![
        text.prop_map(|text| (BlockKind::Paragraph, text)),
        text.prop_map(|text| (BlockKind::Heading, text)),
        (0usize..3, 0u32..20, text).prop_map(|(depth, number, text)| {
            let mark = if number == 0 { "•".to_owned() } else { format!("{number}.") };
            (BlockKind::Item, format!("{}{mark} {text}", "  ".repeat(depth)))
        }),
        Just((BlockKind::Table, "one    1 & 2\ntwo    <3>".to_owned())),
    ]
}

proptest! {
    #[test]
    fn any_dispatch_is_built_as_the_dtd_asks(
        blocks in prop::collection::vec(block(), 0..9),
        words in prop::collection::vec("[a-z<>&\"' \u{0}\u{1b}é]{0,20}", 9),
        urgency in 1..9,
    ) {
        let mut parsed = format::parse(
            format!("Headline: x\nUrgency: {urgency}\n\nORSK (NWR) - Text.\n").as_bytes(),
            &Context::default(),
        );
        let mut dispatch = parsed.dispatches.remove(0);
        dispatch.body = Body::new(blocks);
        dispatch.headline.clone_from(&words[0]);
        let some = |at: usize| Some(words[at].clone());
        (dispatch.slug, dispatch.byline, dispatch.rights) = (some(1), some(2), some(3));
        (dispatch.ednote, dispatch.id, dispatch.agency) = (some(4), some(5), some(6));
        dispatch.keywords = vec![words[7].clone()];
        dispatch.subjects = vec![words[8].clone(), "15000000".to_owned(), "sport (15054000)".to_owned()];
        check_structure(&written(&dispatch));
    }
}

//! What broken and hostile documents become: quickly, bounded, and said.

use std::fmt::Write as _;

use crate::dispatch::Dispatch;
use crate::format::{self, Context, FormatId};

/// The only dispatch of a document.
#[track_caller]
fn one(text: &str) -> Dispatch {
    let mut parsed = format::parse(text.as_bytes(), &Context::default());
    assert_eq!(parsed.dispatches.len(), 1, "{:?}", parsed.problems);
    parsed.dispatches.pop().unwrap_or_default()
}

/// A NITF document with this text.
fn nitf(text: &str) -> String {
    format!("<nitf><body><body.content><p>{text}</p></body.content></body></nitf>")
}

#[track_caller]
fn says(dispatch: &Dispatch, message: &str) {
    let found = dispatch.problems.iter();
    let found: Vec<String> = found.map(ToString::to_string).collect();
    assert!(
        found.iter().any(|found| found.contains(message)),
        "{found:?}"
    );
}

#[test]
fn entities_are_bounded_and_never_fetched() {
    let mut doctype = String::from("<!DOCTYPE nitf [<!ENTITY e0 \"aaaaaaaaaaaaaaaa\">");
    for n in 1..8 {
        let inner = format!("&e{};", n - 1).repeat(16);
        let _ = write!(doctype, "<!ENTITY e{n} \"{inner}\">");
    }
    doctype.push_str("<!ENTITY x SYSTEM \"file:///etc/passwd\"><!ENTITY l \"&l;\">]>");
    let bomb = one(&(doctype.clone() + &nitf("&e7; end")));
    assert!(bomb.body.text().len() < 4 << 20);
    says(&bomb, "more than 1 MiB");
    let plain = one(&(doctype + &nitf("&e0; &x; &l; &amp; &nbsp;&eacute; &#150; &#27;")));
    let text = plain.body.text();
    assert!(
        text.starts_with("aaaaaaaaaaaaaaaa &x; &l; & é – ␛"),
        "{text}"
    );
}

#[test]
fn no_depth_and_no_breakage_takes_long() {
    let deep = one(&nitf(&"<b>".repeat(50_000)));
    says(&deep, "nested too deeply");
    let text = one(&nitf(
        &("<b>".repeat(50_000) + "x" + &"</b>".repeat(50_000) + " y"),
    ));
    assert_eq!(text.body.text(), "x y");
    for broken in [
        "<a b=\"",
        "<!--",
        "<![CDATA[",
        "</x>",
        "< ",
        "&",
        "<a b='>'",
        "<?",
        "<!",
    ] {
        let _ = one(&nitf(&broken.repeat(20_000)));
    }
}

#[test]
fn what_is_readable_of_a_cut_document_is_read() {
    let whole = "<nitf><head><docdata><doc-id id-string=\"q1\"/></docdata></head><body><body.content><p>One.</p><p>Two";
    let cut = one(whole);
    assert_eq!(
        (cut.id.as_deref(), cut.body.text()),
        (Some("q1"), "One.\n\nTwo")
    );
    says(&cut, "line 1: expected `</p>`, found the end");
    let tag = one("<nitf><body><body.content><p>One.</p><p>Two</p><bod");
    assert_eq!(tag.body.text(), "One.\n\nTwo");
}

#[test]
fn items_are_found_again_without_those_before_them() {
    let item = |n: u32| format!("<item><title>Item {n}</title><guid>g{n}</guid></item>\n");
    let items: String = (0..500).map(item).collect();
    let feed = format!("<rss><channel><title>Quay</title>{items}</channel></rss>");
    let Some(id) = FormatId::from_name("rss") else {
        return;
    };
    let ctx = Context::default();
    let mut numbers = Vec::new();
    format::scan(id, feed.as_bytes(), &ctx, &mut |found| {
        numbers.push(found.number);
    });
    assert!(numbers.is_sorted() && numbers.len() == 500 && numbers[0] == 0);
    let wanted = [numbers[0], numbers[7], numbers[499]];
    let mut found = Vec::new();
    format::read_items(id, feed.as_bytes(), &wanted, &ctx, &mut |nth, dispatch| {
        found.push((nth, dispatch.headline, dispatch.agency));
    });
    let quay = || Some("Quay".to_owned());
    let expected = [(0, 0), (7, 7), (499, 499)];
    let expected = expected.map(|(at, n): (usize, u32)| (numbers[at], format!("Item {n}"), quay()));
    assert_eq!(found, expected);
    assert!(format::read_item(id, feed.as_bytes(), 3, &ctx).is_none());
}

#[test]
fn entities_are_declared_before_the_first_item() {
    let declare = "<!DOCTYPE nitf [ <!ENTITY quay \"North Quay\"> ]>";
    let item =
        "<nitf><body><body.head><hedline><hl1>At &quay;</hl1></hedline></body.head></body></nitf>";
    let first = |text: String| {
        let found = format::parse(text.as_bytes(), &Context::default()).dispatches;
        found.last().map(|last| last.headline.clone())
    };
    assert_eq!(
        first(format!("{declare}{item}{item}")).as_deref(),
        Some("At North Quay")
    );
    // The last item is the same when it is read without the first.
    let broken = format!("<nitf{declare}{item}");
    let Some(id) = FormatId::from_name("nitf") else {
        return;
    };
    let (ctx, mut last) = (Context::default(), 0);
    format::scan(id, broken.as_bytes(), &ctx, &mut |found| {
        last = found.number
    });
    let whole = format::parse_as(id, broken.as_bytes(), &ctx)
        .dispatches
        .pop();
    assert_eq!(format::read_item(id, broken.as_bytes(), last, &ctx), whole);
}

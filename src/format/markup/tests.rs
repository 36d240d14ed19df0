//! What marked-up bodies become.

use super::*;

/// The blocks of a piece of HTML, each with a letter for its kind.
#[track_caller]
fn check(source: &str, expected: &[&str]) {
    let found: Vec<String> = parse_html(source).blocks.iter().map(lettered).collect();
    assert_eq!(found, expected, "{source}");
}

fn lettered((kind, text): &TextBlock) -> String {
    let letter = match kind {
        BlockKind::Paragraph => 'P',
        BlockKind::Heading => 'H',
        BlockKind::Item => 'I',
        BlockKind::Table => 'T',
    };
    format!("{letter} {text}")
}

#[test]
fn paragraphs_and_headings() {
    check("", &[]);
    check("The  ferry\nsailed.", &["P The ferry sailed."]);
    check("<p>One<p>Two</p> three", &["P One", "P Two", "P three"]);
    check(
        "<h2>Crew <b>lists</b></h2>Text",
        &["H Crew lists", "P Text"],
    );
    check("<h2>Never closed<p>Text</p>", &["H Never closed", "P Text"]);
    check(
        "<div><span>A</span><i>b</i> c</div><hr>d",
        &["P Ab c", "P d"],
    );
    check("<p>One<br><br>Two</p>", &["P One", "P Two"]);
    check("1 < 2 & <b>3 > 2</b>", &["P 1 < 2 & 3 > 2"]);
}

#[test]
fn a_telex_cut_by_breaks_runs_on() {
    check(
        "<p>The ferry to the outer islands stayed in port for want of a<br />crew, its owner said, and nobody had told the passengers who<br />waited on the quay until the lamps were lit in the harbour and<br />the last bus had gone.</p>",
        &[
            "P The ferry to the outer islands stayed in port for want of a crew, its owner said, and nobody had told the passengers who waited on the quay until the lamps were lit in the harbour and the last bus had gone.",
        ],
    );
}

#[test]
fn entities() {
    check(
        "caf&eacute; &amp;amp; &#8220;x&#x201d;",
        &["P café &amp; “x”"],
    );
    check(
        "a&nbsp;b 10&nbsp;km &laquo;&nbsp;x&nbsp;&raquo;",
        &["P a b 10\u{a0}km «\u{a0}x\u{a0}»"],
    );
    check("a&#27;[31m&#7;b&#0;", &["P a␛[31m␇b\u{fffd}"]);
    check("Fäh&shy;re &unknown; &", &["P Fähre &unknown; &"]);
}

#[test]
fn lists() {
    check(
        "<ul><li>One</li><li><p>Two</p><p>More</p><ol start=3><li>In<li>Out</ol></li></ul>End",
        &[
            "I • One",
            "I • Two",
            "I   More",
            "I   3. In",
            "I   4. Out",
            "P End",
        ],
    );
    check("<li>Alone</li>Text", &["I • Alone", "P Text"]);
}

#[test]
fn tables_keep_their_columns() {
    check(
        "<table><caption>Ferries</caption><tr><th>Port</th><th>Sailings</th></tr><tr><td>Ålesund</td><td>12</td></tr><tr><td>東京</td><td>3</td></tr></table>",
        &[
            "P Ferries",
            "T Port     Sailings\nÅlesund        12\n東京            3",
        ],
    );
    check(
        "<table><tr><td colspan=2>Both</td><td>x</td></tr><tr><td>a</td><td>bb</td><td>c</td></tr></table>",
        &["T Both   x\na  bb  c"],
    );
    check(
        "<table><tr><td rowspan=2>North</td><td>1</td></tr><tr><td>2</td></tr></table>",
        &["T North  1\n       2"],
    );
}

#[test]
fn tables_around_running_text_are_no_tables() {
    check(
        "<table><tr><td><table><tr><td><p>One</p><p>Two</p></td></tr></table></td></tr></table>",
        &["P One", "P Two"],
    );
    check("<table><tr><td>One<tr><td>Two</table>", &["P One", "P Two"]);
}

#[test]
fn preformatted_text() {
    check(
        "<pre>a   b\n  c\n\nd</pre>e",
        &["T a   b\n  c", "T d", "P e"],
    );
}

#[test]
fn what_is_no_text() {
    check(
        "<script>if (a<b) {}</script><style>p{}</style>Text<!-- no --><svg><title>no</title></svg>",
        &["P Text"],
    );
    check(
        "<p>She said <q>We sail</q> and <q>“so”</q>.",
        &["P She said “We sail” and “so”."],
    );
}

#[test]
fn links_and_media_are_kept() {
    let found = parse_html(
        "<a href='https://x.example/a?b=1&amp;c=2'>x</a><a href=\"#top\">t</a><a href='javascript:x()'>j</a><a href='https://x.example/a?b=1&amp;c=2'>x</a><img src=p.jpg alt='A quay'><img src=t.gif width=1>",
    );
    assert_eq!(found.links, ["https://x.example/a?b=1&c=2"]);
    assert_eq!(found.media, ["A quay (p.jpg)"]);
}

#[test]
fn no_depth_harms() {
    for tag in [
        "div",
        "table><tr><td",
        "ul><li",
        "b",
        "q",
        "pre",
        "h1",
        "svg",
    ] {
        let deep = format!("<{tag}>").repeat(20_000) + "end";
        assert!(parse_html(&deep).blocks.len() < 20_000);
    }
    assert_eq!(parse_html(&"<p>".repeat(20_000)).blocks, []);
    let _ = parse_html(&"<".repeat(20_000));
    let _ = parse_html(&"<!--".repeat(20_000));
    let _ = parse_html(&"<a b='".repeat(20_000));
}

#[test]
fn tells_html_from_text() {
    for text in ["<p>x", " <DIV class=a>x</DIV>", "<br/>x"] {
        assert!(looks_like_html(text), "{text}");
    }
    for text in ["", "x <p>", "<- x", "<3", "<p", "<bay@x.example>"] {
        assert!(!looks_like_html(text), "{text}");
    }
}

//! Queries as people type them: what is understood, what is wrong and where, and that nothing breaks the reader.

use proptest::prelude::*;

use super::{MatchKind, Node, Query};

/// A short form of what was understood.
fn shape(node: &Node) -> String {
    let join = |nodes: &[Node], with: &str| {
        let parts: Vec<String> = nodes.iter().map(shape).collect();
        format!("({})", parts.join(with))
    };
    match node {
        Node::All => "all".to_owned(),
        Node::Fact(fact) => format!("{fact:?}"),
        Node::Not(node) => format!("!{}", shape(node)),
        Node::And(nodes) => join(nodes, " & "),
        Node::Or(nodes) => join(nodes, " | "),
        Node::Term(term) => {
            let word = &term.needle.folded;
            let word = match term.needle.kind {
                MatchKind::Word => word.clone(),
                MatchKind::Contains => format!("'{word}"),
                MatchKind::Start => format!("^{word}"),
                MatchKind::End => format!("{word}$"),
                MatchKind::Exact => format!("^{word}$"),
                MatchKind::LanguageTag => format!("={word}"),
                MatchKind::Subsequence => format!("~{word}"),
                MatchKind::Regex => "/…/".to_owned(),
            };
            let case = if term.needle.cased.is_some() {
                "Aa"
            } else {
                ""
            };
            format!("{:?}:{case}{word}", term.scope).to_lowercase()
        }
    }
}

#[track_caller]
fn check(query: &str, understood: &str) {
    let read = Query::parse_strict(query);
    assert_eq!(read.as_ref().err(), None, "{query}");
    assert_eq!(shape(Query::parse(query).root()), understood, "{query}");
}

/// A query that is wrong at a column, what it says, and what is used of it all the same.
#[track_caller]
fn wrong(query: &str, column: usize, says: &str, used: &str) {
    let error = Query::parse_strict(query).expect_err(query);
    assert_eq!(error.column, column, "{query}: {}", error.message);
    assert!(error.message.contains(says), "{query}: {}", error.message);
    assert_eq!(shape(Query::parse(query).root()), used, "{query}");
}

#[test]
fn words() {
    check("", "all");
    check("  ", "all");
    check("kremlin", "head:kremlin");
    check("kremlin kremlin", "head:kremlin");
    check("Kremlin", "head:aakremlin");
    check(
        "~krml 'oil ^the end$ ^all$",
        "(head:~krml & head:'oil & head:^the & head:end$ & head:^all$)",
    );
    check("!oil -gas", "(!head:'oil & !head:'gas)");
    check("!!oil", "head:oil");
    check("\"gas  pipeline\"", "anywhere:'gas pipeline");
    check("Łódź", "head:aalodz");
    check("10:30", "head:10:30");
    check("Switzerland/migration", "head:aaswitzerland/migration");
    check("http://a.b/c", "head:http://a.b/c");
    check(
        "Paris - talks -- end",
        "(head:aaparis & head:- & head:talks & head:-- & head:end)",
    );
    check("U.S.(AP)", "head:aau.s.(ap)");
    check("$ 5$", "(head:$ & head:5$)");
    check(
        r"5\$ \(x\) a\ b a\|b",
        "(head:'5$ & head:(x) & head:a b & head:a|b)",
    );
    check("/kreml.*/ /a b/", "(head:/…/ & head:/…/)");
    check("~ ! ^ '", "all");
}

#[test]
fn groups() {
    check("a | b c", "(head:a | (head:b & head:c))");
    check("a (b | c)", "(head:a & (head:b | head:c))");
    check("a|b", "(head:a | head:b)");
    check("a |", "head:a");
    check("!(a | b)", "!(head:'a | head:'b)");
    check("() (a)", "head:a");
    check(
        "headline:(kremlin 'talks !oil)",
        "(headline:kremlin & headline:'talks & !headline:'oil)",
    );
    check("said:(putin | lavrov)", "(said:'putin | said:'lavrov)");
    check("headline:(oil from:afp)", "(headline:oil & from:'afp)");
}

#[test]
fn fields() {
    check(
        "from:afp at:moscow lang:en",
        "(from:'afp & at:'moscow & lang:=en)",
    );
    check(
        "body:\"gas pipe\" headline:^the",
        "(body:'gas pipe & headline:^the)",
    );
    check("is:(unread | starred)", "(Is(Unread) | Is(Starred))");
    check("-is:killed", "!Is(Killed)");
    check(
        "urgency:<=3 words:>300",
        "(Urgency(0..=3) & Words(301..=4294967295))",
    );
    check("newer:2h", "Newer(7200)");
    check("body:/a|b/", "body:/…/");
}

#[test]
fn what_is_wrong_says_where_and_is_left_out() {
    wrong("oil form:afp", 4, "nearest is from:", "head:oil");
    wrong("form:(a b) oil", 0, "nearest is from:", "head:oil");
    wrong("oil from:", 4, "from:afp", "head:oil");
    wrong("é (oil", 2, "not closed", "(head:e & head:oil)");
    wrong("oil)", 3, "closes nothing", "head:oil");
    wrong("\"gas pipe", 0, "ends the phrase", "anywhere:'gas pipe");
    wrong("oil /kreml", 4, "a / ends it", "(head:oil & head:/…/)");
    wrong("oil /(kreml", 4, "a / ends it", "head:oil");
    wrong("oil /(kreml/", 4, "unclosed group", "head:oil");
    wrong("oil !/(kreml/", 5, "unclosed group", "head:oil");
    wrong("date:2016-13", 5, "01 to 12", "all");
    wrong("date:2016-02-30", 5, "there is no day", "all");
    wrong("is:urgnet", 3, "is:urgent", "all");
    wrong("is:hot", 3, "unread", "all");
    wrong("urgency:high", 8, "1 to 9", "all");
    wrong("newer:2", 6, "newer:30m", "all");
}

#[test]
fn no_text_is_too_deep_or_too_long() {
    for part in [
        "(",
        "!",
        "from:",
        "form:",
        "headline:(",
        "-",
        "\"",
        "/",
        "a|",
        "\\",
        "is:x ",
    ] {
        let query = Query::parse(&part.repeat(20_000));
        let _ = (query.positive_words(), query.raw());
    }
    let many: Vec<String> = (0..500).map(|n| format!("w{n}")).collect();
    assert_eq!(
        Query::parse(&many.join(" ")).positive_words().len(),
        super::MAX_TERMS
    );
    assert!(Query::parse_strict(&many.join(" ")).is_err());
}

#[test]
fn longer_queries_narrow() {
    for (longer, shorter, narrows) in [
        ("kremlin", "kreml", true),
        ("kremlin syria", "kremlin", true),
        ("kremlin syria", "kremlin sy", true),
        ("krem", "kre", true),
        ("kr", "k", true),
        ("'kremlin", "'mli", true),
        ("~krmln", "~krm", true),
        ("kremlin | oil", "kremlin", false),
        ("Kremlin", "kremlin", true),
        ("kremlin", "Kremlin", false),
        ("oil newer:2h", "newer:2h", false),
        ("!oil gas", "!oil", true),
        ("!oils", "!oil", false),
        ("headline:oil", "oil", false),
        ("oil", "", true),
    ] {
        let narrow = Query::parse(longer).is_narrower_than(&Query::parse(shorter));
        assert_eq!(narrow, narrows, "{longer} after {shorter}");
    }
}

/// Pieces that queries are made of, so that random ones are more than words.
fn queries() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("(".to_owned()),
        Just(")".to_owned()),
        Just("|".to_owned()),
        Just(" ".to_owned()),
        Just("!".to_owned()),
        Just("-".to_owned()),
        Just("\"".to_owned()),
        Just("/".to_owned()),
        Just("~".to_owned()),
        Just("\\".to_owned()),
        Just("date:".to_owned()),
        Just("headline:".to_owned()),
        Just("is:".to_owned()),
        Just("newer:".to_owned()),
        Just("urgency:".to_owned()),
        Just("form:".to_owned()),
        Just("..".to_owned()),
        Just("<=".to_owned()),
        "[a-zA-Z]{1,4}",
        "[0-9-]{1,10}",
        "\\PC{0,3}",
        "[ -~]{0,6}",
    ];
    proptest::collection::vec(piece, 0..14).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(
        std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(512)
    ))]

    #[test]
    fn no_input_breaks_the_reader(text in prop_oneof![queries(), "\\PC{0,40}", ".*"], on in "\\PC{0,60}") {
        let query = Query::parse(&text);
        let _ = query.match_ranges_in_text(&on);
        let _ = query.raw();
        if let Err(error) = Query::parse_strict(&text) {
            prop_assert!(error.column <= text.chars().count());
            prop_assert!(!error.message.is_empty());
        }
        prop_assert_eq!(&Query::parse(&text), &query);
    }
}

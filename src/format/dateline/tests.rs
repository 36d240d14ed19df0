//! Every style of dateline, and leads that only look like one.

use super::*;

/// Marks in the text: `⟦place⟧`, `⟨country⟩`, `«agency»`, `|` where the text of the lead begins.
#[track_caller]
fn check(marked: &str, date: &str) {
    let text: String = marked.chars().filter(|c| !"⟦⟧⟨⟩«»|".contains(*c)).collect();
    let part = |open: char, close: char| {
        let start = marked.find(open)? + open.len_utf8();
        Some(marked[start..start + marked[start..].find(close)?].to_owned())
    };
    let Some(found) = parse(&text) else {
        panic!("no dateline in {text}");
    };
    assert_eq!(found.place, part('⟦', '⟧'), "place of {text}");
    assert_eq!(found.country, part('⟨', '⟩'), "country of {text}");
    assert_eq!(found.agency, part('«', '»'), "agency of {text}");
    let range = found.range.clone().unwrap_or_default();
    let rest = marked.split_once('|').map(|(_, rest)| rest.to_owned());
    assert_eq!(Some(text[range.end..].to_owned()), rest, "text of {text}");
    let written = found.date.map_or(String::new(), |date| {
        let year = date.year.map_or("-".into(), |year| year.to_string());
        format!("{year}-{:02}-{:02}", date.month, date.day)
    });
    assert_eq!(written, date, "date of {text}");
}

#[track_caller]
fn check_none(text: &str) {
    assert_eq!(parse(text), None, "{text}");
}

#[test]
fn place_and_agency() {
    check("⟦MOSCOW⟧, ⟨Russia⟩ («AFP») — |Rain fell.", "");
    // An agency that nobody lists and that writes itself in small letters.
    check("⟦Nordvik⟧ («npr») - |Rain fell.", "");
    check("⟦Nordvik⟧ («npr») – |“Rain fell,” she said.", "");
    check_none("Nordvik (left) - Rain fell.");
    check_none("Nordvik (npr) - and rain fell.");
    check_none("Nordvik (npr): Rain fell.");
    check("⟦BUENOS AIRES⟧, ⟨Argentina⟩ («AP») _ |Rain fell.", "");
    check("⟦NEW YORK⟧ («AP») — |Rain fell.", "");
    check("⟦NEW YORK⟧ («AP») —|Rain fell.", "");
    check("⟦ST. LOUIS⟧ («AP») -- |Rain fell.", "");
    check("⟦N'DJAMENA⟧ («AFP») - |Rain fell.", "");
    check("⟦Berlin⟧ («dpa») - |Es regnet.", "");
    check("⟦Frankfurt/Main⟧ («dpa») - |Es regnet.", "");
    check("⟦Rom/Sydney⟧ («dpa») – |Es regnet.", "");
    check("⟦Peine⟧ («dpa/lni») - |Es regnet.", "");
    check("⟦Paris⟧ («ats afp») |Il pleut.", "");
    check("⟦Harbour City⟧ («QNA») - |Rain fell.", "");
    check("⟦LIMA⟧ («Thomson Reuters Foundation») - |Rain fell.", "");
}

#[test]
fn with_a_date() {
    check(
        "⟦STOCKHOLM⟧, Aug 29, 2014 («AFP») - |Rain fell.",
        "2014-08-29",
    );
    check(
        "⟦Gaza City⟧, ⟨Palestinian Territories⟩, May 16, 2021 («AFP») -|",
        "2021-05-16",
    );
    check("⟦MOSCOW⟧, Monday («Reuters»)|", "");
    check("⟦MOSCOW⟧, Jan 3 («NWA») - |Rain fell.", "--01-03");
    check("    ⟦SALVADOR⟧, Feb 26 - |Rain fell.", "--02-26");
    check("⟦SALVADOR⟧, FEb 26 - - |Rain fell.", "--02-26");
    check("⟦Salvador⟧, 2 March - |Rain fell.", "--03-02");
    check("Jan 30 («Gracenote») - |Rain fell.", "--01-30");
    check(
        "   ⟦BRUXELLES⟧ 23/07 («AFP-DPA-REUTER») = |Il pleut.",
        "--07-23",
    );
    check("⟦ROMA⟧, 21 jan 2019 («XYZ») - |Piove.", "2019-01-21");
    check("(«ANSA») - ⟦ROMA⟧, 1 LUG - |Piove.", "--07-01");
    check("⟦MOSCOW⟧, January 21. /«TASS»/. |Rain fell.", "--01-21");
    check(
        "⟦SAITAMA⟧, ⟨Japan⟩, Dec. 9 «Kyodo» - |Rain fell.",
        "--12-09",
    );
    check(
        "⟦AUSTIN⟧, ⟨Texas⟩, Feb. 1, 2017 /«PRNewswire-AsiaNet»/ --|",
        "2017-02-01",
    );
    check("⟦OSLO⟧, Monday - |Rain fell.", "");
}

#[test]
fn regions_in_brackets() {
    check(
        "⟦VANNES⟧ (⟨Morbihan⟩), 3 févr 2026 («QNA») - |Il pleut.",
        "2026-02-03",
    );
    check("⟦CONIL⟧ (⟨Cádiz⟩), 3 feb («EFE»).- |Llueve.", "--02-03");
    check("⟦LORIENT⟧ (⟨Morbihan⟩) («QNA») - |Il pleut.", "");
    check("⟦PARIS⟧ (⟨Texas⟩), Feb. 3 - |Rain fell.", "--02-03");
    check(
        "⟦سوسة⟧ (⟨تونس⟩), 3-2-2026 («أ ف ب») - |نزل المطر",
        "2026-02-03",
    );
    check(
        "⟦LIMA⟧ («QNA») - |Rain (much of it), then hail (QNA) fell.",
        "",
    );
}

#[test]
fn agencies_bare_behind_a_date() {
    check("⟦TOULON⟧, ⟨France⟩, Feb. 3 «QNA» - |Rain fell.", "--02-03");
    check("⟦OTARU⟧, ⟨Japan⟩, Feb. 3 «QNA» -- |Rain fell.", "--02-03");
    check("⟦OSLO⟧, Monday «QNA» - |Rain fell.", "");
    check("Feb. 3 «QNA» - |Rain fell.", "--02-03");
    check_none("Rain fell on TV - and then on Oslo");
    check_none("Feb. 3 rain - and hail");
}

#[test]
fn without_an_agency() {
    check("⟦LONDON⟧ — |Rain fell.", "");
    check("⟦MOSCOW⟧, ⟨Russia⟩ - |Rain fell.", "");
    check("⟦BADEN-BADEN⟧ – |Es regnet.", "");
}

#[test]
fn other_scripts() {
    check("⟦نيقوسيا⟧, 25-11-2023 («أ ف ب») - |نزل المطر", "2023-11-25");
    check("⟦ΑΘΗΝΑ⟧ («XX») — |Βρέχει.", "");
    check("【⟦東京⟧=«XX»】|雨が降った。", "");
    check("⟦東京⟧ («XX») ― |雨が降った。", "");
    check("⟦МОСКВА⟧, 5 May («ТАСС») — |Идёт дождь.", "--05-05");
}

#[test]
fn with_months_of_many_languages() {
    check("⟦ΧΑΝΙΑ⟧, 3 Φεβρουαρίου («QNA») - |Βρέχει.", "--02-03");
    check(
        "⟦МУРМАНСК⟧, 3 февраля 2026 («ТАСС») — |Идёт дождь.",
        "2026-02-03",
    );
    check("⟦Gdynia⟧, 3 lutego («PAP») - |Pada.", "--02-03");
    check(
        "⟦سوسة⟧, 3 كانون الثاني 2026 («أ ف ب») - |نزل المطر",
        "2026-01-03",
    );
    check(
        "⟦VIGO⟧, 3 de febrero de 2026 («EFE») - |Llueve.",
        "2026-02-03",
    );
}

#[test]
fn at_the_top_of_a_lead_by_what_else_is_known() {
    let check = |found: Option<Dateline>, text: &str, end: usize| {
        let found = found.unwrap_or_default();
        assert_eq!((found.text.as_str(), found.range), (text, Some(0..end)));
    };
    check(
        parse_top_brackets("【小樽共同】雨が降った。"),
        "【小樽共同】",
        18,
    );
    check(
        parse_add_dateline("COLD BAY: and then it rained."),
        "COLD BAY",
        10,
    );
    for lead in [
        "【速報】雨が降った。",
        "【雨、そして雪】雨が降った。",
        "小樽で雨",
    ] {
        assert_eq!(parse_top_brackets(lead), None, "{lead}");
    }
    for lead in [
        "MAYOR: “It rained.”",
        "COLD BAY: Rain fell.",
        "Cold Bay: and then",
        "NOTE: and then",
    ] {
        assert_eq!(parse_add_dateline(lead), None, "{lead}");
    }
}

#[test]
fn leads_without_one() {
    check_none("");
    check_none("Police said (Friday) - nothing was lost.");
    check_none("Police said (AP) - nothing was lost.");
    check_none("The port - closed since May - opens.");
    check_none("The port (AFP) reopened.");
    check_none("Anna Lind (pictured) - the mayor - spoke.");
    check_none("URGENT - Port closed");
    check_none("UPDATE 1-Port closed");
    check_none("WARNING: rough sea");
    check_none("Two-day talks — and no end.");
    check_none("“We stay,” she said (AFP) - no more.");
    check_none("lower case (AP) - text");
    check_none("/x/y - no");
}

#[test]
fn sent_apart_from_the_body() {
    let check = |text: &str, place: &str, country: Option<&str>, agency: Option<&str>| {
        let (found, formal) = parse_field(text);
        assert_eq!(found.text, text);
        assert_eq!(found.place.as_deref(), Some(place), "{text}");
        assert_eq!(found.country.as_deref(), country, "{text}");
        assert_eq!(found.agency.as_deref(), agency, "{text}");
        assert_eq!(found.range, None);
        let lead = format!("{text} — Rain fell.");
        let again = parse(&lead).filter(|_| formal);
        assert_eq!(
            again.map(|again| again.range),
            formal.then(|| range_of(text, &lead))
        );
    };
    check(
        "OSLO, Norway, Mar 3 (QNA)",
        "OSLO",
        Some("Norway"),
        Some("QNA"),
    );
    check("Oslo", "Oslo", None, None);
    check("OSLO, March 3", "OSLO", None, None);
    check("somewhere at sea", "somewhere at sea", None, None);
}

#[test]
fn sent_apart_with_a_separator() {
    for (sent, text) in [
        ("OSLO, Norway, Mar 3 (QNA) --", "OSLO, Norway, Mar 3 (QNA)"),
        ("OSLO, March 3. /QNA/.", "OSLO, March 3. /QNA/"),
        ("OSLO, 3 MAR (QNA) =", "OSLO, 3 MAR (QNA)"),
        ("OSLO —", "OSLO"),
        ("VIGO (EFE).-", "VIGO (EFE)"),
        ("AMES, N.D.", "AMES, N.D."),
        ("--", "--"),
    ] {
        assert_eq!(parse_field(sent).0.text, text);
    }
    assert_eq!(
        parse_field("OSLO, March 3. /QNA/.").0.agency.as_deref(),
        Some("QNA")
    );
}

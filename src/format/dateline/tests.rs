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

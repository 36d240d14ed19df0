//! `quotes` and `speakers`: what they keep, how they print it.

use serde_json::Value;

use crate::program::run;
use crate::support::Folder;

const FIRST: &str = "Headline: Pier opens, at last
Slug: PIER
Agency: QRN
Sent: 2026-05-04T09:30:00Z

TOLLEN, Vessaria, May 4 (QRN) -- The pier opened on Monday.

“=Planks are dry, and *all* of them,” said harbour master Edda Brook.

“Mind the third step,” Brook said.
";
const SECOND: &str = "Headline: Pier opens, two fined
Slug: PIER
Agency: QRN
Sent: 2026-05-04T11:30:00Z

TOLLEN, Vessaria, May 4 (QRN) -- The pier opened on Monday.

“Mind the third step,” harbour master Edda Brook said.

Piet Amaro, a skipper, called it “a long wait”. He keeps a copy of “The Pilot's Almanac”.
";

fn pier() -> Folder {
    let folder = Folder::new();
    folder.put("a.txt", FIRST);
    folder.put("b.txt", SECOND);
    folder
}

#[track_caller]
fn check(arguments: &[&str], printed: &str) {
    let folder = pier();
    let out = run(&folder, &[&["quotes", "a.txt", "b.txt"], arguments].concat()).ok();
    assert_eq!(out, printed);
}

#[test]
fn quotes_are_kept_by_speaker_and_kind() {
    let dry = "a.txt: Edda Brook: “=Planks are dry, and *all* of them,”\n";
    let step = "a.txt: Edda Brook: “Mind the third step,”\n";
    let again = "b.txt: Edda Brook: “Mind the third step,”\n";
    let wait = "b.txt: Piet Amaro: “a long wait”\n";
    check(&["--speaker", "brook"], &format!("{dry}{step}{again}"));
    check(&["--kind", "partial"], wait);
    check(&["--kind", "direct", "--kind", "partial", "--speaker", "Amaro"], wait);
    check(&["--kind", "not-a-statement", "--filter", "fined"], "b.txt: -: “The Pilot's Almanac”\n");
    check(
        &["--fold", "--speaker", "brook"],
        &format!("{dry}a.txt: Edda Brook: “Mind the third step,” (in 2 dispatches)\n"),
    );
}

#[test]
fn nothing_kept_is_said_by_the_exit_code_alone() {
    let folder = pier();
    let printed = run(&folder, &["quotes", ".", "--speaker", "nobody"]);
    assert_eq!((printed.code, printed.out.as_str()), (Some(1), ""));
    let printed = run(&folder, &["quotes", ".", "--speaker", "nobody", "--format", "jsonl"]);
    assert_eq!((printed.code, printed.out.as_str()), (Some(1), ""));
    let printed = run(&folder, &["quotes", ".", "--fold", "--format", "jsonl"]);
    assert_eq!(printed.code, Some(2));
    assert!(printed.err.contains("--fold prints one row per quote"));
}

#[test]
fn csv_has_one_row_a_quote_and_no_formula() {
    check(
        &["--format", "csv", "--fold", "--filter", "last"],
        "path,index,headline,agency,place,time,status,speaker,title,certainty,kind,in,paragraph,text,takes,warning,status_sent,embargo,killed_by,withheld_by,corrected_by,superseded_by\r\n\
         a.txt,0,\"Pier opens, at last\",QRN,TOLLEN,2026-05-04T09:30:00Z,usable,Edda Brook,harbour master,sure,direct,body,1,\"'=Planks are dry, and *all* of them,\",1,,usable,,,,,\r\n\
         a.txt,0,\"Pier opens, at last\",QRN,TOLLEN,2026-05-04T09:30:00Z,usable,Edda Brook,harbour master,sure,direct,body,2,\"Mind the third step,\",1,,usable,,,,,\r\n",
    );
}

#[test]
fn markdown_is_readable_and_nothing_in_a_text_is_markdown() {
    check(
        &["--format", "md", "--fold", "--kind", "direct"],
        "## Pier opens, at last\n\nTOLLEN, Vessaria · QRN · 2026-05-04T09:30:00Z · PIER · 29 words · a.txt\n\n\
         > “=Planks are dry, and \\*all\\* of them,”\n>\n> — **Edda Brook**, harbour master\n\n\
         > “Mind the third step,”\n>\n> — **Edda Brook**, harbour master (in 2 dispatches)\n\n",
    );
}

#[test]
fn speakers_are_counted() {
    let folder = pier();
    let lines = run(&folder, &["speakers", ".", "--format", "jsonl"]).ok();
    let rows: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(rows.len(), 2);
    assert_eq!(
        rows[0],
        serde_json::json!({"speaker": "Edda Brook", "title": "harbour master", "quotes": 2, "dispatches": 1,
            "first": "2026-05-04T09:30:00Z", "last": "2026-05-04T11:30:00Z", "killed": 0,
            "speaker_id": "a56b7869c0e5f433", "distinction": null, "forms": ["Edda Brook"]})
    );
    let text = run(&folder, &["speakers", "."]).ok();
    assert_eq!(
        text,
        "2  1  2026-05-04T09:30:00Z  2026-05-04T11:30:00Z  Edda Brook  harbour master\n\
         1  1  2026-05-04T11:30:00Z  2026-05-04T11:30:00Z  Piet Amaro  skipper\n"
    );
    let csv = run(&folder, &["speakers", ".", "--format", "csv", "--filter", "fined"]).ok();
    assert_eq!(
        csv,
        "speaker,title,quotes,dispatches,first,last,killed,speaker_id,distinction,forms\r\n\
         Edda Brook,harbour master,1,1,2026-05-04T11:30:00Z,2026-05-04T11:30:00Z,0,a56b7869c0e5f433,,Edda Brook\r\n\
         Piet Amaro,skipper,1,1,2026-05-04T11:30:00Z,2026-05-04T11:30:00Z,0,6d00857a9992c67b,,Piet Amaro\r\n"
    );
    let by_month = run(&folder, &["speakers", ".", "--format", "csv", "--by", "month"]).ok();
    assert_eq!(
        by_month,
        "period,speaker,title,quotes,dispatches,first,last,killed,speaker_id,distinction,forms\r\n\
         2026-05,Edda Brook,harbour master,2,1,2026-05-04T09:30:00Z,2026-05-04T11:30:00Z,0,a56b7869c0e5f433,,Edda Brook\r\n\
         2026-05,Piet Amaro,skipper,1,1,2026-05-04T11:30:00Z,2026-05-04T11:30:00Z,0,6d00857a9992c67b,,Piet Amaro\r\n"
    );
    let by_week = run(&folder, &["speakers", ".", "--by", "week"]).ok();
    assert_eq!(by_week.lines().next().unwrap().get(..15), Some("2026-W19  2  1 "));
    let by_year = run(&folder, &["speakers", ".", "--by", "year", "--format", "jsonl"]).ok();
    assert!(by_year.starts_with(r#"{"period":"2026","speaker":"Edda Brook","#), "{by_year}");
    let none = run(&folder, &["speakers", ".", "--filter", "nowhere"]);
    assert_eq!((none.code, none.out.as_str(), none.err.as_str()), (Some(1), "", ""));
}

//! `dateline export`: its forms, its order, and what comes back when ninjs is read again.

use serde_json::Value;

use crate::program::{run, run_with};
use crate::{HARBOUR, wire};

fn objects(lines: &str) -> Vec<Value> {
    let object = |line| serde_json::from_str(line).expect("an object a line");
    lines.lines().map(object).collect()
}

#[test]
fn ninjs_is_an_object_a_line_in_the_order_of_the_input() {
    let folder = wire();
    let all = objects(&run(&folder, &["export", "--to", "ninjs", "."]).ok());
    let heads: Vec<&Value> = all.iter().map(|o| &o["headlines"][0]["value"]).collect();
    let expected = ["Harbour seals back on the slipway", "Orchard floods", "Bell tower leans"];
    assert_eq!(heads, expected);
    let seals = &all[0];
    assert_eq!(seals["uri"], "urn:x-dateline:id:QRN:QRN-0001");
    assert_eq!(seals["altIds"][0]["value"], "QRN-0001");
    assert_eq!(seals["versionCreated"], "2026-05-04T09:30:00+02:00");
    assert_eq!(seals["slugline"], "HARBOUR-SEALS");
    assert_eq!(seals["located"], "TOLLEN, Vessaria");
    assert_eq!(seals["infoSources"][0]["name"], "QRN");
    assert_eq!(seals["bodies"][0]["contentType"], "text/html");
    let one = objects(&run(&folder, &["export", "--to", "ninjs", ".", "-f", "tower"]).ok());
    assert_eq!(one.len(), 1);
}

#[test]
fn ninjs_is_read_again_as_the_same_dispatches() {
    let folder = wire();
    let wire = run(&folder, &["export", "--to", "ninjs", "."]).ok();
    let before = objects(&run(&folder, &["export", "--to", "jsonl", "."]).ok());
    let after = run_with(&folder, &["export", "--to", "jsonl", "-"], wire.as_bytes()).ok();
    let after = objects(&after);
    assert_eq!(before.len(), after.len());
    for (before, after) in before.iter().zip(&after) {
        for (name, value) in before.as_object().expect("an object") {
            if !["path", "index", "format", "item", "story", "fields"].contains(&name.as_str()) {
                assert_eq!(value, &after[name], "{name}");
            }
        }
    }
    let again = run_with(&folder, &["export", "--to", "ninjs", "-"], wire.as_bytes()).ok();
    assert_eq!(again, wire);
}

#[test]
fn the_other_forms_are_those_of_show_and_markdown() {
    let folder = wire();
    for (form, shown) in [("jsonl", "jsonl"), ("text", "text")] {
        let exported = run(&folder, &["export", "--to", form, "."]).ok();
        let shown = run(&folder, &["show", "--format", shown, "."]).ok();
        assert_eq!(exported, shown);
    }
    let hostile = HARBOUR.replace("The seals", "The \u{1b}[31mseals\u{9b} *all*");
    let md = run_with(&folder, &["export", "--to", "md", "-"], hostile.as_bytes()).ok();
    assert!(md.starts_with("# Harbour seals back on the slipway\n\nTOLLEN, Vessaria · QRN · "));
    assert!(md.contains("\\*all\\*"), "{md}");
    assert!(!md.chars().any(|c| c.is_control() && c != '\n'));
}

#[test]
fn a_form_must_be_named_and_known() {
    let folder = wire();
    for args in [&["export", "."][..], &["export", "--to", "docx", "."]] {
        assert_eq!(run(&folder, args).code, Some(2));
    }
    let help = run(&folder, &["export", "--help"]).ok();
    assert!(help.contains("one object per line"), "{help}");
}

#[test]
fn nitf_is_read_again_as_the_same_dispatches() {
    let folder = wire();
    let nitf = run(&folder, &["export", "--to", "nitf", "."]).ok();
    assert!(
        nitf.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<nitfs>\n<nitf "),
        "{nitf}"
    );
    let before = objects(&run(&folder, &["export", "--to", "jsonl", "."]).ok());
    let after = run_with(&folder, &["export", "--to", "jsonl", "-"], nitf.as_bytes()).ok();
    let after = objects(&after);
    assert_eq!(before.len(), after.len());
    for (before, after) in before.iter().zip(&after) {
        for (name, value) in before.as_object().expect("an object") {
            let other = ["path", "index", "format", "item", "story", "fields", "time_source"];
            if !other.contains(&name.as_str()) {
                assert_eq!(value, &after[name], "{name}");
            }
        }
    }
    let one = run(&folder, &["export", "--to", "xml", ".", "-f", "tower"]).ok();
    assert!(!one.contains("<nitfs>") && one.ends_with("</nitf>\n"), "{one}");
}

#[test]
fn tables_pages_and_arrays_are_whole() {
    let folder = wire();
    let print = |command: &str, option: &str, format: &str, filter: &str| {
        run(&folder, &[command, option, format, "-f", filter, "."])
    };
    let array = |text: &str| serde_json::from_str::<Vec<Value>>(text).expect("an array").len();
    assert_eq!(array(&print("export", "--to", "json", "").ok()), 3);
    assert_eq!(array(&print("export", "--to", "json", "tower").ok()), 1);
    let none = print("export", "--to", "json", "zzz");
    assert_eq!((none.code, array(&none.out)), (Some(1), 0));
    assert_eq!(array(&print("quotes", "--format", "json", "").ok()), 1);
    let csv = print("export", "--to", "csv", "").ok();
    assert!(
        csv.starts_with("path,index,item,headline,") && csv.matches("\r\n").count() == 4,
        "{csv}"
    );
    let tsv = print("export", "--to", "tsv", "").ok();
    assert_eq!(tsv, run(&folder, &["show", "--format", "tsv", "."]).ok());
    for (command, option) in [("export", "--to"), ("quotes", "--format")] {
        let page = print(command, option, "html", "").ok();
        assert!(page.starts_with("<!DOCTYPE html>") && page.ends_with("</html>\n"), "{page}");
        let nitf = print(command, option, "nitf", "").ok();
        assert_eq!(nitf.matches("<nitf ").count(), nitf.matches("</nitf>").count());
    }
    let folded = run(&folder, &["quotes", "--fold", "--format", "html", "."]);
    assert_eq!(folded.code, Some(2));
}

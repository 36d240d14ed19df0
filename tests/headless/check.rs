//! `check`, and formats that are asked for by name.

use crate::program::run;
use crate::support::Folder;
use crate::{HARBOUR, wire};

#[test]
fn check_says_what_each_input_is() {
    let folder = wire();
    let good = run(&folder, &["check", "."]);
    let lines: Vec<&str> = good.out.lines().collect();
    assert_eq!(good.code, Some(0), "{good:?}");
    assert_eq!(
        lines,
        [
            "./harbour.txt: plain, UTF-8, 1 dispatch, 97 % shown",
            "./more/orchard.jsonl: json, UTF-8, 2 dispatches, 100 % shown",
            "2 inputs, 3 dispatches, 0 problems; 0 could not be read completely",
            "",
            "format           files  dispatches   shown  left out  headline    time   place  byline    text",
            "json                 1           2   100 %       0 %     100 %   100 %     0 %     0 %   100 %",
            "plain                1           1    97 %       0 %     100 %   100 %   100 %     0 %   100 %",
            "all                  2           3    98 %       0 %     100 %   100 %    33 %     0 %   100 %",
        ]
    );
    folder.put(
        "bad.jsonl",
        "{\"headline\": \"A\", \"urgency\": 17}\n".to_owned() + &"{broken\n".repeat(9),
    );
    folder.put("nothing.txt", "");
    let bad = run(&folder, &["check", "."]);
    assert_eq!((bad.code, bad.err.as_str()), (Some(2), ""));
    assert!(
        bad.out.contains("./nothing.txt: nothing read, 1 problem\n    the input is empty\n"),
        "{}",
        bad.out
    );
    assert!(bad.out.contains("    and 5 more: --verbose lists them\n"), "{}", bad.out);
    let all = run(&folder, &["check", ".", "--verbose"]).out;
    assert!(all.contains("    dispatch 0: urgency: expected an urgency"), "{all}");
    assert_eq!(all.matches("not JSON").count(), 9, "{all}");
    let records = run(&folder, &["check", ".", "--format", "jsonl"]).out;
    let records: Vec<serde_json::Value> =
        records.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(records.len(), 4);
    assert_eq!(records[0]["path"], "./bad.jsonl");
    assert_eq!(records[0]["problems"].as_array().map(Vec::len), Some(10));
    assert_eq!((&records[1]["format"], &records[1]["dispatches"]), (&"plain".into(), &1.into()));
}

#[test]
fn a_format_may_be_asked_for() {
    let folder = Folder::new();
    folder.put("mail.txt", format!("Message-ID: <1@q>\n{HARBOUR}"));
    let format = |arguments: &[&str]| {
        let printed =
            run(&folder, &[&["list", "mail.txt", "--format", "jsonl"], arguments].concat()).ok();
        let record: serde_json::Value =
            serde_json::from_str(printed.lines().next().unwrap()).unwrap();
        record["format"].as_str().unwrap().to_owned()
    };
    assert_eq!(format(&[]), "mail");
    assert_eq!(format(&["--input-format", "Plain"]), "plain");
    let wrong = run(&folder, &["list", "mail.txt", "--input-format", "telegram"]);
    assert_eq!(wrong.code, Some(2));
    assert!(
        wrong.err.contains("`telegram`; there are ") && wrong.err.contains(" mail, "),
        "{}",
        wrong.err
    );
}

//! No text, whatever is in it, controls the terminal that output goes to.

use crate::HARBOUR;
use crate::program::run;
use crate::support::Folder;

/// Text that would act on a terminal, in every way a text can.
fn hostile() -> Vec<String> {
    let mut texts: Vec<String> = [
        "\u{1b}[31m",
        "\u{1b}]0;x\u{7}",
        "\u{1b}Pq\u{1b}\\",
        "\r\u{8}\u{7f}\u{0}",
        "\u{9b}2J",
        "\u{9d}0;x\u{9c}",
        "\u{202e}desrever\u{202c}",
        "\u{2067}x\u{2069}",
        "\u{feff}\u{200b}\u{ad}\u{2060}",
        "\u{e0041}\u{e0042}",
        "\u{e000}\u{f8ff}\u{10fffd}",
        "\u{fff9}a\u{fffa}b\u{fffb}",
        "\u{2028}\u{2029}\u{85}",
    ]
    .map(String::from)
    .to_vec();
    texts.push(format!("a{}", "\u{301}".repeat(5000)));
    texts.push(format!("a{}", "\u{200d}".repeat(5000)));
    texts
}

/// Checks that nothing of a text acts on a terminal.
#[track_caller]
fn check_harmless(printed: &str) {
    let acts = |c: &char| {
        c.is_control() && !matches!(c, '\n' | '\t')
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{200b}' | '\u{ad}' | '\u{fff9}'..='\u{fffb}')
            || matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{e0000}'.. | '\u{2028}' | '\u{2029}')
    };
    assert_eq!(printed.chars().find(acts), None);
    let mut marks = 0;
    for c in printed.chars() {
        marks = if matches!(c, '\u{300}'..='\u{36f}' | '\u{200c}' | '\u{200d}') {
            marks + 1
        } else {
            0
        };
        assert!(marks <= 16, "a flood of marks");
    }
}

#[test]
fn no_text_controls_the_terminal() {
    let folder = Folder::new();
    for (i, text) in hostile().iter().enumerate() {
        folder.put(format!("{i}.txt"), format!("Headline: h {text} h\nSlug: S{text}\nByline: By {text}\nEdnote: {text}\nX-{text}: {text}\n\nOSTREL, Nov 1 (Q{text}RN) -- b {text} b “q {text} q,” said Ann {text} Holm.\n"));
        let object = serde_json::json!({"headline": format!("h {text} h"), "agency": text, "byline": text, "id": text, text: text, "body": format!("b {text} b")});
        folder.put(format!("{i}.jsonl"), format!("{object}\n{{\"headline\": \"{text}\n"));
        folder.put(
            format!("raw{i}.jsonl"),
            format!("{{\"headline\": \"{text}\", \"body\": \"{text}\"}}\n"),
        );
        #[cfg(unix)]
        if !text.contains('\0') && text.len() < 100 {
            folder.put(format!("{text}.txt"), "");
            folder.put(format!("name {text}.txt"), HARBOUR);
        }
    }
    for what in ["list", "show", "quotes"] {
        for form in ["text", "tsv", "jsonl"] {
            let printed = run(&folder, &[what, ".", "--format", form]);
            check_harmless(&printed.out);
            check_harmless(&printed.err);
            assert!(what == "quotes" || !printed.out.is_empty());
        }
    }
    let usage = run(&folder, &["--no\u{1b}[31m\u{202e}such"]);
    check_harmless(&usage.err);
    let missing = run(&folder, &["list", "gone\u{1b}[31m\u{9b}\u{202e}"]);
    assert_eq!(missing.code, Some(2));
    check_harmless(&missing.err);
}

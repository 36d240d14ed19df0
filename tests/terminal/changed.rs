//! Files that change while they are listed, not followed: what is said, and that no text comes from another dispatch.

#![allow(clippy::unwrap_used)] // A file that cannot be written fails the test.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::path::Path;

use crate::pty::{Terminal, text};
use crate::support::Folder;

/// A record with these words in its text, and a speaker. All have the same length.
fn record(id: &str, head: &str, fruit: &str, speaker: &str) -> String {
    let body = format!(
        "LONDON (AFP) - {fruit} {fruit}. \\\"We like {fruit},\\\" said {speaker}, a farmer."
    );
    let record =
        format!("{{\"id\": \"{id}\", \"headline\": \"{head}\", \"body_text\": \"{body}\"}}");
    format!("{record:<300}\n")
}

/// Writes a file and sets its date back to what it was.
fn rewrite_with_same_date(path: &Path, text: &str) {
    let before = fs::metadata(path).unwrap().modified().unwrap();
    fs::write(path, text).unwrap();
    let file = File::options().write(true).open(path).unwrap();
    file.set_modified(before).unwrap();
}

/// True once an applied query has been looked for in all texts, with a problem told.
fn is_searched(screen: &vt100::Screen, query: &str) -> bool {
    let text = text(screen);
    let applied = text.split_once(&format!("/ {query}"));
    let counts = applied.and_then(|(_, after)| after.lines().next());
    text.contains("1 problem") && counts.is_some_and(|counts| !counts.contains('…'))
}

#[test]
fn a_file_with_a_new_record_in_front_is_said_to_have_changed() {
    let folder = Folder::new();
    let apples = record("id-a", "Alpha head", "apples", "John Smith");
    let pears = record("id-b", "Beta head", "pears", "Mary Jones");
    let plums = record("id-c", "Gamma head", "plums", "Carl Young");
    let path = folder.put("w.jsonl", format!("{apples}{pears}"));
    let mut terminal = Terminal::open(&folder, &["w.jsonl"], 140, 30);
    terminal.wait_for("apples");
    fs::write(&path, format!("{plums}{apples}{pears}")).unwrap();
    // The first place now has another record, the second one that of the first.
    for query in ["body:plums", "said:apples"] {
        terminal.press(&format!("/{query}\r"));
        let shown = terminal.wait("no hit", |screen| is_searched(screen, query));
        assert!(shown.contains("0 of 2"), "{shown}");
        assert!(!shown.contains("Gamma") && !shown.contains("Carl Young"), "{shown}");
        terminal.press("\x1b");
        terminal.wait_for("Alpha head");
    }
    terminal.press("P");
    let problems = terminal.wait_for("problems with the input");
    assert!(problems.contains("(2 dispatches)"), "{problems}");
    terminal.press("qS");
    let speakers = terminal.wait("all speakers", |screen| {
        let text = text(screen);
        let top = text.lines().next().unwrap_or_default();
        top.contains("speakers") && !top.contains('…')
    });
    assert!(!speakers.contains("Carl Young"), "{speakers}");
}

#[test]
fn a_file_rewritten_in_the_same_second_at_the_same_length_is_said_to_have_changed() {
    let folder = Folder::new();
    let old = record("id-1", "Minister resigns over ferry", "apples", "John Smith");
    let new = record("id-1", "Minister denies he quits it", "cherry", "Jane Brown");
    let path = folder.put("two.json", &old);
    folder.put("other.txt", "PARIS, Nov 2 (AFP) - Other story.\n\nText.\n");
    let mut terminal = Terminal::open(&folder, &["."], 120, 30);
    terminal.wait_for("Minister resigns");
    terminal.wait_for("Other story");
    rewrite_with_same_date(&path, &new);
    terminal.press("gg\rqG\rq");
    terminal.press("gg\r");
    terminal.wait("each opened", |screen| {
        let text = text(screen);
        text.contains("changed since it was listed") || text.contains("Text.")
    });
    terminal.press("qG\r");
    let shown = terminal.wait("each opened", |screen| {
        let text = text(screen);
        text.contains("changed since it was listed") || text.contains("Text.")
    });
    assert!(!shown.contains("denies") && !shown.contains("Jane Brown"), "{shown}");
    terminal.press("q/body:cherry\r");
    terminal.wait_for("0 of 2");
}

#[test]
fn searches_for_what_is_gone_say_so_once() {
    let folder = Folder::new();
    folder.put("first.txt", "LONDON, Nov 1 (AFP) - First story.\n");
    let mut terminal = Terminal::open(&folder, &["--follow", "--keep-size", "64K", "."], 120, 30);
    terminal.wait_for("First story");
    for number in 0..300 {
        // Nothing that compresses well, or all would be kept.
        let mut noise = String::new();
        for at in 0..200u64 {
            let word = (number * 1000 + at).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            let _ = write!(noise, " {word:x}");
        }
        let text =
            format!("{{\"headline\": \"Head {number}\", \"body_text\": \"Goat.{noise}\"}}\n");
        folder.put(format!("f{number}.json"), text);
    }
    terminal.wait_for("301 dispatches");
    for number in 0..300 {
        fs::remove_file(folder.wire().join(format!("f{number}.json"))).unwrap();
    }
    for _ in 0..3 {
        for query in ["body:goat", "said:goat"] {
            terminal.press(&format!("/{query}\r"));
            terminal.wait("all searched", |screen| is_searched(screen, query));
            terminal.press("\x1b");
            terminal.wait("no filter", |screen| !text(screen).contains(query));
        }
    }
    terminal.press("P");
    let problems = terminal.wait_for("problems with the input");
    let count = problems.matches("cannot be read again").count();
    assert!(count == 1 && problems.contains("and others: "), "{problems}");
    assert!(problems.contains("64 KiB) ("), "{problems}");
}

//! Paragraphs and tables from texts broken in several ways.

use super::*;

/// Blocks as written: `¶ text`, `▦ row / row`.
#[track_caller]
fn check(text: &str, blocks: &[&str]) {
    let mut found = Vec::new();
    for_each_block(text, &mut |kind, block| {
        let mark = if kind == BlockKind::Table {
            "▦"
        } else {
            "¶"
        };
        found.push(format!("{mark} {}", block.replace('\n', " / ")));
        true
    });
    assert_eq!(found, blocks);
}

#[test]
fn long_lines_are_paragraphs() {
    let long = "word ".repeat(40);
    let long = long.trim();
    check(
        &format!("{long}\n{long}\nShort."),
        &[&format!("¶ {long}"), &format!("¶ {long}"), "¶ Short."],
    );
}

#[test]
fn wrapped_lines_are_joined() {
    check(
        "The harbour was closed on Tuesday\nafter a storm had torn two ships\nfrom their moorings.\n\nNobody was hurt.",
        &[
            "¶ The harbour was closed on Tuesday after a storm had torn two ships from their moorings.",
            "¶ Nobody was hurt.",
        ],
    );
}

#[test]
fn indents_and_short_ends_part_wrapped_paragraphs() {
    check(
        "    The harbour was closed on Tuesday\nafter a storm.\n    Nobody was hurt, the harbour\nmaster said.",
        &[
            "¶ The harbour was closed on Tuesday after a storm.",
            "¶ Nobody was hurt, the harbour master said.",
        ],
    );
    check(
        "The harbour was closed on Tuesday\nafter a storm.\nNobody was hurt, the harbour said\nin a statement.",
        &[
            "¶ The harbour was closed on Tuesday after a storm.",
            "¶ Nobody was hurt, the harbour said in a statement.",
        ],
    );
    check(
        "Asked for:\n- bread\n- wine",
        &["¶ Asked for:", "¶ - bread", "¶ - wine"],
    );
}

#[test]
fn tables_keep_their_columns() {
    check(
        "Goals so far:\n\nNorth      12   4\nSouth       9  11\nWest-End    1   0\n\nMore to come.",
        &[
            "¶ Goals so far:",
            "▦ North      12   4 / South       9  11 / West-End    1   0",
            "¶ More to come.",
        ],
    );
    check(
        "a\tb\nlong cell\tc\nd\te",
        &["▦ a       b / long cell       c / d       e"],
    );
    check(
        "Two spaces end it.  Like this.\nAgain they end.  As before.\nOnce more so.  At the end.",
        &[
            "¶ Two spaces end it.  Like this.",
            "¶ Again they end.  As before.",
            "¶ Once more so.  At the end.",
        ],
    );
}

#[test]
fn a_dash_at_the_start_of_a_line_may_be_within_a_sentence() {
    check(
        "The harbour stays closed until Monday, the office of the\nharbour master said, because the storm tore two ships loose\n- and because nobody knows where they are. Ferries go from\nthe northern quay until then.",
        &[
            "¶ The harbour stays closed until Monday, the office of the harbour master said, because the storm tore two ships loose - and because nobody knows where they are. Ferries go from the northern quay until then.",
        ],
    );
    check(
        "The office of the harbour master named what is closed now:\n- both quays\n- the northern lock",
        &[
            "¶ The office of the harbour master named what is closed now:",
            "¶ - both quays",
            "¶ - the northern lock",
        ],
    );
}

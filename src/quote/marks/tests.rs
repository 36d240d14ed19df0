//! Marks in, spans out.

use super::find_spans;

/// Checks the spans of a text: `[[ ]]` stands for what is expected, a line is a paragraph, nested ones aside.
fn check(marked: &str) {
    let plain = marked.replace("[[", "").replace("]]", "");
    let mut paragraphs = Vec::new();
    let mut start = 0;
    for line in plain.split('\n') {
        paragraphs.push(Some(start..start + line.len()));
        start += line.len() + 1;
    }
    let found = find_spans(&plain, &paragraphs);
    let mut edges: Vec<(usize, &str)> = Vec::new();
    for piece in found
        .iter()
        .filter(|s| s.parent.is_none())
        .flat_map(|s| &s.pieces)
    {
        edges.push((piece.start, "[["));
        edges.push((piece.end, "]]"));
    }
    edges.sort_unstable();
    let mut shown = plain.clone();
    for &(at, mark) in edges.iter().rev() {
        shown.insert_str(at, mark);
    }
    assert_eq!(shown, marked);
}

#[test]
fn every_style_of_marks() {
    for text in [
        "“[[We act,]]” said Lee.",
        "\"[[We act,]]\" said Lee.",
        "''[[We act,]]'' said Lee.",
        "``[[We act,]]'' said Lee.",
        "„[[Wir handeln]]“, sagte Lee.",
        "»[[Wir handeln]]«, sagte Lee.",
        "« [[Nous agissons]] », a dit Lee.",
        "«\u{202f}[[Nous agissons]]\u{202f}», a dit Lee.",
        "„[[Działamy]]”, powiedział Lee.",
        "”[[Vi handlar]]”, sade Lee.",
        "»[[Vi handlar]]», sade Lee.",
        "‹[[Wir handeln]]›, sagte Lee.",
        "‘[[We act]],’ said Lee.".replace("]],", ",]]").as_str(),
        "'[[We act,]]' said Lee.",
        "「[[我们行动]]」他说。",
        "『[[行動する]]』と述べた。",
        "قال لي «[[نحن نعمل]]».",
    ] {
        check(text);
    }
}

#[test]
fn apostrophes_and_measures_are_no_marks() {
    check("The workers' rights and the '90s rock 'n' roll don't count.");
    check("Lee’s ‘[[Grand Design]]’ and the players’ hats of the ’80s.");
    check("He is 5'10\" tall with a 24\" screen and said \"[[no]]\" twice.");
    check("O'Neill didn't say 'em.");
}

#[test]
fn nested_marks_stay_inside() {
    check("“[[When Lee says ‘Come on,’ we come,]]” Holm said.");
    check("“[[When she says ‘He called us a “mess”,’ she is wrong,]]” Holm said.");
    check("\"[[He told me 'never again.']]\" Then he left.");
    check("“[[And he said, ‘Fine.’ ]]”".replace(" ]]", "]] ").as_str());
}

#[test]
fn quotes_over_paragraphs() {
    check("Lee said: “[[First.]]\n“[[Second.]]\n“[[Third,]]” and left.");
    check("Lee said: “[[First.]]\nNobody closed it.");
    check("Lee said: “[[First.]]\n[[Second,]]” and left.");
}

#[test]
fn unbalanced_marks_are_repaired_in_the_paragraph() {
    check("“[[We act.]] “[[We wait.]]”");
    check(
        "“[[We act,“]] said Lee, who \"[[waits]]\" now."
            .replace(",“]]", ",]]“")
            .as_str(),
    );
    check("”[[We act,]]” said Lee.");
}

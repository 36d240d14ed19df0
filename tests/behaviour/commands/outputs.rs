//! What commands print of dispatches: every form over every wire, and the options that choose and sort.

use super::table::{Run, run, together};
use super::{lines, over_all};
use crate::inputs::{self, all_files, everything};

/// Over all folders, then these lines.
fn check(name: &str, forms: &[&str], more: &[&str]) {
    let mut runs = over_all(forms);
    runs.extend(lines(more));
    together(name, &everything(), &runs);
}

#[test]
fn list() {
    let forms = ["list", "list --format tsv", "list --format jsonl"];
    let more = [
        "list .",
        "list --format jsonl .",
        "list --reverse .",
        "list --sort urgency wire plain",
        "list --sort agency wire plain",
        "list --sort place wire plain",
        "list --sort slug wire plain",
        "list --sort length wire plain",
        "list --sort quotes wire plain",
        "list --sort agency,urgency wire plain",
        "list --sort place,length --reverse wire plain",
        "list --sort quotes,slug wire nitf",
        "list --hide-embargoed nitf atom rss",
        "list --hide-embargoed --format jsonl nitf atom rss",
        "list --no-state wire",
        "list --no-pager wire",
        "list --input-format plain wire/desk.jsonl rss/chain.xml",
        "list --input-format mail mail/plain.eml",
        "list wire/13-brief-goat.txt wire/16-comet.txt rss/chain.xml",
        "list wire wire/16-comet.txt",
        "wire",
        "wire --format tsv",
        "--format jsonl wire rss",
        "-f ferry wire",
    ];
    check("list", &forms, &more);
}

#[test]
fn show() {
    let forms = ["show", "show --format tsv", "show --format jsonl"];
    let more = [
        "show --format jsonl .",
        "show wire/10-count-table.txt",
        "show wire/24-arabic-lamp.txt wire/26-japanese-whistle.txt",
        "show -f ferry wire",
        "show --hide-embargoed nitf atom rss",
        "show --input-format plain anpa1312/flash.anpa",
        "show --input-format xml rss/chain.xml",
    ];
    check("show", &forms, &more);
}

#[test]
fn export() {
    let forms = ["export --to ninjs", "export --to jsonl", "export --to md", "export --to text"];
    let more = [
        "export --to ninjs .",
        "export --to md -f is:killed wire plain nitf",
        "export --to ninjs --hide-embargoed nitf atom rss",
        "export --to md wire/10-count-table.txt",
    ];
    check("export", &forms, &more);
}

#[test]
fn quotes() {
    let forms = [
        "quotes",
        "quotes --format tsv",
        "quotes --format jsonl",
        "quotes --format csv",
        "quotes --format md",
    ];
    let more = [
        "quotes --format jsonl .",
        "quotes --all --format jsonl wire plain nitf",
        "quotes --fold wire",
        "quotes --fold --format jsonl wire",
        "quotes --fold --format csv --all wire plain",
        "quotes --fold --format md wire plain",
        "quotes --fold --format tsv wire plain",
        "quotes --speaker oster wire",
        "quotes --speaker 'ingrith moe' --format md wire",
        "quotes --speaker nobody wire",
        "quotes --kind direct wire",
        "quotes --kind partial wire",
        "quotes --kind not-a-statement wire",
        "quotes --kind direct --kind partial --format tsv wire",
        "quotes -f said:oster wire",
        "quotes wire/19-twin-talks.txt",
    ];
    check("quotes", &forms, &more);
}

/// Names that dispatches write in two ways, and speakers with two titles, are left out: which of them is printed depends
/// on which dispatch is read first, and several are read at a time.
#[test]
fn speakers() {
    let forms = ["speakers", "speakers --format jsonl", "speakers --format csv"];
    let mut runs = Vec::new();
    for form in forms {
        let folders = inputs::fixtures().into_iter();
        runs.extend(folders.map(|folder| run(&format!("{form} {folder}"))));
        runs.push(run(&format!("{form} wire -f")).and("!lamplighters !Vell !forecast"));
        runs.push(run(&format!("{form} wire/desk.jsonl")));
    }
    together("speakers", &everything(), &runs);
}

#[test]
fn diff() {
    let versions = [
        ("wire/02-ferry-urgent.txt", "wire/03-ferry-1st-lead.txt"),
        ("wire/03-ferry-1st-lead.txt", "wire/06-ferry-writethru.txt"),
        ("wire/06-ferry-writethru.txt", "wire/03-ferry-1st-lead.txt"),
        ("wire/03-ferry-1st-lead.txt", "wire/05-ferry-correction.txt"),
        ("wire/07-opera-found.txt", "wire/08-opera-kill.txt"),
        ("wire/15-repeat-comet.txt", "wire/16-comet.txt"),
        ("wire/16-comet.txt", "wire/16-comet.txt"),
        ("wire/24-arabic-lamp.txt", "wire/26-japanese-whistle.txt"),
        ("plain/chain-1.txt", "plain/chain-2.txt"),
        ("plain/chain-2.txt", "plain/chain-3.txt"),
        ("plain/chain-4.txt", "plain/chain-5.txt"),
        ("nitf/chain-1.xml", "nitf/chain-2.xml"),
        ("nitf/chain-killed.xml", "nitf/chain-kill.xml"),
        ("ritzau/chain-1.xml", "ritzau/chain-2.xml"),
        ("ritzau/chain-3.xml", "ritzau/chain-5.xml"),
        ("newsml-g2/correction.xml", "newsml-g2/kill.xml"),
        ("plain/chain-1.txt", "nitf/chain-1.xml"),
    ];
    let mut runs = Vec::new();
    for form in ["diff", "diff --format jsonl"] {
        let pairs = versions.iter();
        runs.extend(pairs.map(|(old, new)| run(&format!("{form} {old} {new}"))));
        runs.extend(lines(&[
            &format!("{form} --story calder-ferry-20261119 wire"),
            &format!("{form} --story marrow-election-2026 wire"),
            &format!("{form} --story comet-farrow wire"),
            &format!("{form} --story MRD-1119-0032 wire"),
            &format!("{form} --item MRD-1119-0031 --item MRD-1119-0044 wire"),
        ]));
    }
    runs.extend(lines(&[
        "diff wire",
        "diff --story nothing wire",
        "diff --story NWR/COURT-BELLS/2026-11-18 wire",
        "diff --item MRD-1119-0031 wire",
        "diff --item MRD-1119-0031 --item nothing wire",
        "diff --item a --item b --item c wire",
        "diff --item MRD-1119-0031 --story calder-ferry-20261119 wire",
        "diff wire/16-comet.txt missing.txt",
        "diff wire/16-comet.txt",
        "diff",
    ]));
    // Files that hold a story in several versions, and one of it.
    for file in all_files().iter().filter(|file| file.contains("chain")) {
        runs.push(run(&format!("diff {file}")));
    }
    together("diff", &everything(), &runs);
}

#[test]
fn health() {
    let more = ["health .", "health --format jsonl .", "health -f from:nwr wire plain"];
    check("health", &["health", "health --format jsonl"], &more);
}

#[test]
fn check_of_files() {
    let forms = ["check", "check --format tsv", "check --format jsonl"];
    let more = [
        "check .",
        "check --format jsonl .",
        "check --verbose .",
        "check --verbose --input-format plain rss nitf",
        "check --input-format anpa1312 anpa1312 iptc7901",
        "check bad",
        "check --verbose bad",
        "check --format jsonl bad",
    ];
    let folder = everything();
    inputs::put(&folder, "bad/empty.txt", "");
    inputs::put(&folder, "bad/blank.txt", " \n\t\n");
    inputs::put(&folder, "bad/nuls.bin", [0u8, 1, 2, 3].repeat(500));
    inputs::put(&folder, "bad/sheet.txt", "%PDF-1.7 and so on");
    inputs::put(
        &folder,
        "bad/cut.jsonl",
        "{\"headline\": \"One\", \"body\": \"One.\"}\n{\"headline\": \"cut of\n".repeat(9),
    );
    let mut runs = over_all(&forms);
    runs.extend(lines(&more));
    together("check", &folder, &runs);
}

/// Every file through a pipe, which is followed to its end, and read at once.
#[test]
fn follow_and_pipes() {
    let mut runs: Vec<Run> = Vec::new();
    for file in all_files() {
        runs.push(run("follow").reading(&file));
    }
    for file in ["wire/desk.jsonl", "mail/chain.mbox", "anpa1312/chain.anpa", "rss/chain.xml"] {
        for line in [
            "follow --format text",
            "follow --format tsv",
            "follow -",
            "follow --filter is:killed",
            "follow --all --filter 'bell | ferry'",
            "list -",
            "list --format jsonl",
            "show",
            "show --format jsonl -",
            "quotes --format jsonl -",
            "check -",
            "export --to ninjs -",
        ] {
            runs.push(run(line).reading(file));
        }
    }
    together("follow", &everything(), &runs);
}

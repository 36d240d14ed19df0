//! Help, man page and completions; marks and what is kept of them; the config file.

use super::lines;
use super::table::{in_turn, run, together};
use crate::inputs::{self, everything};

#[test]
fn help_man_page_and_completions() {
    let mut runs = lines(&[
        "--help",
        "-h",
        "help",
        "--version",
        "man",
        "completions bash",
        "completions zsh",
        "completions fish",
    ]);
    for command in [
        "list",
        "show",
        "export",
        "quotes",
        "speakers",
        "diff",
        "follow",
        "health",
        "check",
        "config",
        "config check",
        "config default",
        "config path",
        "mark",
        "mark read",
        "mark unread",
        "mark star",
        "mark unstar",
        "mark note",
        "state",
        "state path",
        "state export",
        "state import",
        "man",
        "completions",
    ] {
        runs.push(run(&format!("{command} --help")));
        runs.push(run(&format!("{command} -h")));
        runs.push(run(&format!("help {command}")));
    }
    together("help", &everything(), &runs);
}

#[test]
fn marks() {
    let folder = everything();
    let mut runs = lines(&[
        "state path",
        "state path --state here",
        "state export",
        "mark star --filter slug:soup wire",
        "mark star --item MRD-1119-0032 wire",
        "mark read --filter from:kdk wire",
        "mark read wire/13-brief-goat.txt wire/16-comet.txt",
        "mark read --item QRN-9 --item MRD-1119-0031 wire",
        "mark note --text 'Ask “Oster” tonight.' wire/18-rowing-final.txt",
        "mark note --text 'Two\nlines.' --filter slug:soup wire",
        "list --filter is:starred wire",
        "list --filter is:read wire",
        "list --filter 'is:unread from:kdk' wire",
        "list --filter is:since-last wire/16-comet.txt",
        "show --filter is:starred wire",
        "mark unread --filter bread wire",
        "mark unread --filter from:kdk wire",
        "mark unstar --item MRD-1119-0032 wire",
        "mark note --text '' wire/18-rowing-final.txt",
        "mark star --no-state wire",
        "mark star rss nitf",
        "list --filter is:starred wire rss nitf",
        "state export",
        "state path",
    ]);
    let exported = r#"{"dateline_state":1,"marks":[
{"kind":"star","key":"593b92480d503a2a","value":true,"at":1795901625890},
{"kind":"star","key":"0000000000000001","value":true,"at":1795901625890}
]}
"#;
    inputs::put(&folder, "marks.json", exported);
    inputs::put(&folder, "broken.json", "{\"dateline_state\":9,\"marks\":[]}");
    runs.extend(lines(&[
        "state import marks.json --state other",
        "state import marks.json --state other",
        "state export --state other",
        "list --filter is:starred --state other wire",
        "state import broken.json --state other",
    ]));
    runs.push(run("state import --state third").reading("marks.json"));
    runs.push(run("state import - --state third").reading("broken.json"));
    in_turn("marks", &folder, &runs);
}

#[test]
fn config() {
    let folder = everything();
    let good = "[screen]\ntheme = \"dark\"\nzone = \"Asia/Tokyo\"\ncolumns = [\"time\", \"slug\"]\nsort = \"agency urgency\"\n[[view]]\nname = \"sea\"\nfilter = \"ferry | harbour\"\ncolour = \"blue\"\n[[mute]]\nfilter = \"slug:rowing\"\n[keys]\nhelp = \"f1\"\n";
    inputs::put(&folder, "good.toml", good);
    let bad = [
        (
            "screen",
            "[screen]\ntheme = \"drak\"\nmouse = 3\nzone = \"Europe/Nowhere\"\ncolumns = [\"tmie\"]\nsort = \"colour\"\ntime-format = \"%Q\"\nfoo = 1\n",
        ),
        (
            "views",
            "[[view]]\nname = \"a\"\nfliter = \"oil\"\n[[view]]\nname = \"b\"\nfilter = \"(oil\"\ncolour = \"pink\"\nletter = \"ab\"\n[[view]]\nname = \"b\"\nfilter = \"gas\"\ncommand = \"one string\"\n",
        ),
        ("mutes", "[[mute]]\nfilter = \"form:x\"\nuntil = \"soon\"\n[[mute]]\nname = \"all\"\n"),
        (
            "keys",
            "[keys]\nstar = \"j\"\nhelp = \"ctrl-\"\nflee = \"x\"\nundo = [\"g\", \"u u\"]\n[keys.list]\ntop = 3\n[keys.nowhere]\nup = \"k\"\n",
        ),
        (
            "open",
            "[open]\nurl = []\neditor = \"vi\"\nshell = \"yes\"\n[keep]\nsize = \"lots\"\nage = \"7 years\"\n",
        ),
        ("syntax", "[screen\ntheme = \"dark\"\n"),
        ("rooms", "[scren]\ntheme = \"dark\"\n[[views]]\nname = \"a\"\n"),
    ];
    for (name, text) in bad {
        inputs::put(&folder, &format!("{name}.toml"), text);
    }
    inputs::put(&folder, "bytes.toml", b"name = \"\xff\"");
    let mut runs = lines(&[
        "config path",
        "config path --config good.toml",
        "config default",
        "config check",
        "config check --config good.toml",
        "list --config good.toml wire",
        "list --config screen.toml wire/16-comet.txt",
        "show --config good.toml wire/16-comet.txt",
        "config check --config bytes.toml",
    ]);
    for (name, _) in bad {
        runs.push(run(&format!("config check --config {name}.toml")));
    }
    together("config", &folder, &runs);
}

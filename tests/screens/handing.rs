//! What is handed on: to commands, the editor, files, a browser; hints of a first visit.

use dateline::app::Msg;
use dateline::app::{StartupOptions, Welcome};
use dateline::ingest::InputSource;
use dateline::marks::{MarkChange, SavedMarks};
use dateline::ui::{LinkSpan, Theme, draw_with_links};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::stage::{Files, Stage};
use crate::{has, lacks, three};

const LINKED: &str = "Headline: Harbour opens\nSent: 2026-03-04T10:00:00Z\n\nSee https://harbour.example/opens?a=1&b=2, or write to mailto:desk@harbour.example.\n\nfile:///etc/passwd is no link.\n";

fn load(files: &Files, size: (u16, u16)) -> Stage {
    Stage::load(vec![InputSource::Path(files.path())], size)
}

#[test]
fn a_command_gets_the_dispatch_as_show_prints_it() {
    let files = three();
    let mut stage = load(&files, (120, 40));
    stage.keys("j |");
    has(&stage, "\n pipe to:");
    stage.tell(Msg::Paste("less -S".into()));
    stage.keys("Enter");
    let (command, text) = &stage.handed[0];
    assert_eq!(command, "less -S");
    assert!(
        text.starts_with("Truce holds in the hills\nORSK · NWR · 2026-03-04T10:00:00Z"),
        "{text}"
    );
    assert!(text.contains("\n“We count the quiet hours,” said Ana Lind"), "{text}");
    // What was typed before comes back, and nothing at all runs nothing.
    stage.keys("| ↑");
    has(&stage, "\n pipe to: less -S");
    stage.keys("Esc | Enter");
    assert_eq!(stage.handed.len(), 1);
    stage.command("pipe wc -l");
    assert_eq!(stage.handed[1].0, "wc -l");
    stage.command("pipe");
    has(&stage, "`:pipe less` gives the dispatch to less");
}

#[test]
fn marked_dispatches_go_together_and_a_quote_goes_alone() {
    let files = three();
    let mut stage = load(&files, (120, 40));
    stage.keys("x j x").command("pipe wc");
    let text = &stage.handed[0].1;
    let order = ["Ferry late again", "Truce holds"].map(|words| text.find(words));
    assert!(order[0] < order[1] && order[0].is_some(), "{text}");
    stage.keys("Esc Enter Enter |");
    stage.tell(Msg::Paste("wc".into()));
    stage.keys("Enter");
    assert!(stage.handed[1].1.starts_with("“We count the quiet hours"), "{:?}", stage.handed);
    stage.keys("E");
    assert!(stage.handed[2].1.contains("The truce held on Wednesday"));
    assert_eq!(stage.handed[2].0, "editor");
}

#[test]
fn marked_dispatches_go_in_the_order_of_the_list() {
    let files = three();
    let mut stage = load(&files, (120, 40));
    stage.keys("X O").command("pipe cat");
    let text = &stage.handed[0].1;
    let order = ["Snow closes", "Truce holds", "Ferry late"].map(|words| text.find(words));
    assert!(order.is_sorted() && order[0].is_some(), "{text}");
    // Those that it leaves out come last.
    stage.keys("/ t r u c e Enter").command("pipe cat");
    let text = &stage.handed[1].1;
    assert!(text.starts_with("Truce holds"), "{text}");
    assert!(text.contains("Snow closes") && text.contains("Ferry late"));
    stage.keys("yy");
    assert!(stage.copied[0].starts_with("Truce holds"), "{:?}", stage.copied);
}

#[test]
fn dispatches_are_saved_in_the_form_of_the_ending() {
    let files = three();
    let mut stage = load(&files, (120, 40));
    let folder = stage.folder();
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).expect(name);
    stage.keys("j").command("w a.txt");
    has(&stage, "1 dispatch saved in ");
    assert!(read("a.txt").contains("The truce held"));
    stage.command("w a.txt");
    has(&stage, "already exists");
    has(&stage, "overwrites it");
    stage.keys("j").command("w! a.txt");
    assert!(read("a.txt").contains("It snowed."));
    stage.command("w a.json");
    assert!(read("a.json").starts_with("{\"path\":"));
    stage.command("w a.md");
    assert!(read("a.md").starts_with("# Snow closes the pass\n"));
    stage.keys("X").command("w all.json");
    has(&stage, "3 dispatches saved in ");
    let all = read("all.json");
    assert!(all.starts_with("[\n{\"path\":") && all.ends_with("}\n]\n"), "{all}");
    assert_eq!(all.matches(",\n{\"path\":").count(), 2);
    stage.command("w all.jsonl");
    assert_eq!(read("all.jsonl").lines().count(), 3);
    stage.command("w no/such/folder.txt");
    has(&stage, "there is no folder");
    std::fs::create_dir(folder.join("sub")).expect("a folder");
    stage.command("w sub");
    has(&stage, "is a folder");
    stage.command("w");
    has(&stage, "`:w FILE` saves the dispatch");
    // Nothing is left beside the files.
    let left = std::fs::read_dir(&folder).expect("a folder").count();
    assert_eq!(left, 6);
    // A stage writes nowhere else.
    for outside in ["../a.txt", "/tmp/dateline-outside.txt", "sub/../../a.txt"] {
        stage.command(&format!("w {outside}"));
        has(&stage, "it leads out of the stage");
    }
}

/// What a saved file is, by its ending and by what is saved: it begins, has, ends, and how often it has something.
#[test]
fn a_file_is_what_its_name_says() {
    const QUOTED: &str = "Headline: Quay & <crane>\nSent: 2026-03-04T10:00:00Z\nAgency: NWR\nId: 7\n\nORSK (NWR) - The quay is open.\n\n“We load, and we sail,” said harbour master Ana Lind.\n\n“It holds,” Lind said.\n";
    const SECOND: &str = "Headline: Pass closed\nSent: 2026-03-03T10:00:00Z\nAgency: NWR\nId: 8\n\nTARN (NWR) - It snowed.\n\n“No way through,” said ranger Bo Holm.\n";
    const SILENT: &str = "Headline: Silent\nSent: 2026-03-02T10:00:00Z\nAgency: NWR\nId: 9\n\nTARN (NWR) - Nothing.\n";
    let files = Files::new(&[("a.txt", QUOTED), ("b.txt", SECOND), ("c.txt", SILENT)]);
    for (ending, dispatch, marked, quotes) in [
        (
            "txt",
            "^Quay & <crane>\n|The quay is open.",
            "^Quay|Pass closed\n|Silent\n",
            "“We load, and we sail,”|Ana Lind",
        ),
        (
            "md",
            "^# Quay \\& \\<crane\\>\n|\n---\n",
            "# Silent\n",
            "^## Quay|> “We load, and we sail,”\n>\n> — **Ana Lind**",
        ),
        (
            "html",
            "^<!DOCTYPE html>|<title>Quay &amp; &lt;crane&gt;</title>|<p>ORSK (NWR) - The quay is open.</p>|</html>\n$",
            "<title>3 dispatches</title>|<h1>Silent</h1>",
            "<blockquote><p>“We load, and we sail,”</p></blockquote>|<figcaption>— Ana Lind, harbour master</figcaption>",
        ),
        (
            "csv",
            "^path,index,item,headline,|Quay & <crane>,NWR",
            "^path,index,item|Silent,NWR",
            "^path,index,headline,|,Ana Lind,harbour master,|\"We load, and we sail,\",,usable,,,,,\r\n",
        ),
        (
            "tsv",
            "\t2026-03-04T10:00:00Z\tNWR\tORSK\tQuay & <crane>\t",
            "\tSilent\t",
            "\tAna Lind\tsure\tdirect\tWe load, and we sail,\tusable\t\t\t\t\t\n",
        ),
        (
            "jsonl",
            "^{\"path\":|\"headline\":\"Quay & <crane>\"|}\n$",
            "\"headline\":\"Silent\"",
            "^{\"path\":|\"quotes\":[{\"text\":\"We load, and we sail,\"",
        ),
        ("json", "^{\"path\":|\"body\":|}\n$", "^[\n{|},\n{|}\n]\n$", "\"quotes\":[{"),
        (
            "xml",
            "^<?xml |<hl1>Quay &amp; &lt;crane&gt;</hl1>|<p>ORSK (NWR) - The quay is open.</p>|</nitf>\n$",
            "<nitfs>\n<nitf |<hl1>Silent</hl1>|</nitfs>\n$",
            "<bq>\n<block>\n<p>We load, and we sail,</p>\n</block>\n<credit>Ana Lind, harbour master</credit>\n</bq>",
        ),
        ("ninjs", "^{\"uri\":|\"name\":\"ninjs\"|Quay & <crane>", "Silent", ""),
        ("ninjs.json", "^{\"uri\":|\"name\":\"ninjs\"|Quay & <crane>", "Silent", ""),
    ] {
        let mut stage = load(&files, (160, 40));
        let folder = stage.folder();
        let mut save = |keys: &str, name: &str, said: &str, expected: &str| {
            stage.keys(keys).command(&format!("w {name}.{ending}"));
            has(&stage, said);
            let text = std::fs::read_to_string(folder.join(format!("{name}.{ending}"))).unwrap();
            for part in expected.split('|') {
                let found = match (part.strip_prefix('^'), part.strip_suffix('$')) {
                    (Some(start), _) => text.starts_with(start),
                    (_, Some(end)) => text.ends_with(end),
                    _ => text.contains(part),
                };
                assert!(found, "{name}.{ending} has no {part:?}:\n{text}");
            }
        };
        save("gg", "one", "1 dispatch saved in ", dispatch);
        if quotes.is_empty() {
            save("h h X", "all", "3 dispatches saved in ", marked);
            continue;
        }
        save("gg Tab Tab", "quotes", "2 quotes saved in ", quotes);
        save("h h X", "all", "3 dispatches saved in ", marked);
        save("Tab Tab", "all-quotes", "3 quotes of 2 dispatches saved in ", quotes);
    }
    let mut stage = load(&files, (160, 40));
    let folder = stage.folder();
    for (command, said) in [
        (
            "w q.docx",
            "q.docx is not saved: no format has the ending .docx: there are .txt, .md, .html, .csv,",
        ),
        ("w! q.csv.gz", "q.csv.gz is not saved: no format has the ending .gz: there are .txt,"),
        ("export csv q.dat", "1 dispatch saved in "),
        ("export csv q.dat", "q.dat already exists: `:export! csv "),
        ("export! csv q.dat", "1 dispatch saved in "),
        ("exp md q.dat2", "1 dispatch saved in "),
        (
            "export docx q.dat3",
            "q.dat3 is not saved: no format is called `docx`: there are text, md,",
        ),
        ("export csv", "`:export FORMAT FILE` saves as `:w` does, as text, md, html,"),
        ("export", "`:export FORMAT FILE`"),
    ] {
        stage.command(command);
        has(&stage, said);
    }
    assert!(std::fs::read_to_string(folder.join("q.dat")).unwrap().starts_with("path,index,item"));
    stage.keys("gg Tab Tab").command("w q.ninjs");
    has(&stage, "q.ninjs is not saved: ninjs has no quotes; .jsonl and .json have them as records");
    stage.keys("h h G Tab Tab").command("w none.csv");
    has(&stage, "none.csv is not saved: there are no quotes in it");
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 2);
}

#[test]
fn one_link_is_opened_and_of_several_one_is_chosen() {
    let files = Files::new(&[("a.txt", LINKED)]);
    let mut stage = load(&files, (100, 30));
    stage.keys("gx");
    has(&stage, "2 links: Enter opens one");
    has(&stage, "  mailto:desk@harbour.example");
    lacks(&stage, "passwd");
    stage.keys("j Enter");
    assert_eq!(stage.launched, ["mailto:desk@harbour.example"]);
    has(&stage, "opening mailto:desk@harbour.example");
    stage.keys("gx Esc");
    has(&stage, "Harbour opens");
    let files = three();
    let mut stage = load(&files, (100, 30));
    stage.keys("gx");
    has(&stage, "this dispatch has no link");
}

fn spans(stage: &Stage) -> Vec<LinkSpan> {
    let (width, height) = stage.state.ui.size;
    let mut buffer = Buffer::empty(Rect::new(0, 0, width, height));
    let mut links = Vec::new();
    draw_with_links(&stage.state, &Theme::mono(), &mut buffer, &mut links);
    for link in &links {
        let cells = (link.x..link.x + link.columns).map(|x| buffer[(x, link.y)].symbol());
        let text: String = cells.collect();
        assert!(link.target.contains(&text), "{text} of {link:?}");
    }
    links
}

#[test]
fn links_on_the_screen_are_known_by_their_cells() {
    let files = Files::new(&[("a.txt", LINKED)]);
    let mut stage = load(&files, (100, 30));
    let links = spans(&stage);
    let targets: Vec<&str> = links.iter().map(|link| link.target.as_str()).collect();
    assert_eq!(targets, ["https://harbour.example/opens?a=1&b=2", "mailto:desk@harbour.example"]);
    // A narrow screen breaks the first: both parts lead to the same.
    stage.tell(Msg::Resize(28, 30));
    stage.keys("Enter");
    let links = spans(&stage);
    let first = links.iter().filter(|link| link.target.starts_with("https"));
    assert!(first.count() > 1, "{links:?}");
    // What lies over the text is no link.
    stage.keys("?");
    assert_eq!(spans(&stage), []);
}

#[test]
fn the_keys_can_be_searched() {
    let files = three();
    let mut stage = load(&files, (100, 40));
    stage.keys("? /");
    stage.tell(Msg::Paste("NOTE editor".into()));
    has(&stage, "a note on the story, in your editor");
    has(&stage, "\n  Marks\n");
    lacks(&stage, "half a page down");
    stage.keys("Enter");
    has(&stage, "all keys  / NOTE editor");
    stage.keys("Esc");
    has(&stage, "half a page down");
    stage.keys("/");
    stage.tell(Msg::Paste("zzz".into()));
    has(&stage, "No line has “zzz”: Esc shows all of them.");
    stage.keys("Esc");
    has(&stage, "half a page down");
    stage.keys("q H /");
    stage.tell(Msg::Paste("agency".into()));
    has(&stage, "MRD");
    lacks(&stage, "urgency");
}

fn first_visit(kept: SavedMarks) -> (Files, Stage) {
    let files = three();
    let manner = StartupOptions { welcome: Welcome::at_start(true), ..StartupOptions::default() };
    let mut stage = Stage::in_manner((80, 24), manner).fill(vec![InputSource::Path(files.path())]);
    lacks(&stage, "1/3");
    stage.tell(Msg::MarksLoaded(Box::new(kept)));
    (files, stage)
}

#[test]
fn who_has_never_been_here_gets_three_hints() {
    let (_files, mut stage) = first_visit(SavedMarks::default());
    has(&stage, "1/3  Enter reads the dispatch");
    let shown = MarkChange::Setting("welcome".into(), Some("shown".into()));
    assert_eq!(stage.kept, [shown]);
    stage.keys("j k");
    has(&stage, "1/3");
    stage.keys("Enter");
    has(&stage, "2/3  / filters the list");
    stage.keys("q");
    has(&stage, "2/3");
    stage.keys("/ Esc");
    has(&stage, "3/3  ? shows all keys");
    stage.keys("? q");
    lacks(&stage, "3/3");
    has(&stage, "Enter read");
}

#[test]
fn hints_give_way_to_whatever_else_is_done_and_do_not_come_again() {
    let (_files, mut stage) = first_visit(SavedMarks::default());
    stage.keys("s s s");
    lacks(&stage, "/3");
    let mut kept = SavedMarks::default();
    kept.settings.push(("welcome".into(), "shown".into()));
    let (_files, stage) = first_visit(kept);
    lacks(&stage, "1/3");
}

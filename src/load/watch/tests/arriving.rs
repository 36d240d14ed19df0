//! What arrives is shown once, whole, and soon.

use super::*;

#[test]
fn what_was_there_and_what_arrives_is_shown_once() {
    let mut spool = Spool::new(&[("a.txt", &story("Anchor"))]);
    spool.shows(&["Anchor"]);
    spool.write("b.txt", &story("Buoy"));
    spool.write(".c.tmp", &story("Capstan"));
    spool.rename(".c.tmp", "c.txt");
    spool.write("d.txt.part", &story("Dinghy"));
    spool.write("e.txt", &story("Eel"));
    spool.shows(&["Anchor", "Buoy", "Capstan", "Eel"]);
    spool.rename("d.txt.part", "d.txt");
    // A link comes without being written to. One to what is there already is no second dispatch.
    spool.write(".f", &story("Foghorn"));
    fs::hard_link(spool.path(".f"), spool.path("f.txt")).unwrap();
    fs::hard_link(spool.path("a.txt"), spool.path("g.txt")).unwrap();
    spool.shows(&["Anchor", "Buoy", "Capstan", "Dinghy", "Eel", "Foghorn"]);
    for name in ["Anchor", "Buoy", "Capstan", "Dinghy"] {
        spool.reads(name);
    }
}

#[test]
fn several_writes_make_one_dispatch() {
    let mut spool = Spool::new(&[]);
    let text = story("Lantern");
    let mut file = fs::File::create(spool.path("a.txt")).unwrap();
    for part in text.as_bytes().chunks(10) {
        file.write_all(part).unwrap();
    }
    spool.write("b.txt", &story("Mast"));
    spool.shows(&["Mast"]);
    drop(file);
    spool.shows(&["Lantern", "Mast"]);
    spool.reads("Lantern");
    assert!(!spool.desk.is_unlisted(EntryId::new(0, 0)));
}

#[test]
fn folders_that_come_later_are_watched() {
    let mut spool = Spool::new(&[]);
    fs::create_dir_all(spool.path("a/b")).unwrap();
    spool.write("a/b/one.txt", &story("One"));
    spool.shows(&["One"]);
    spool.write("a/b/two.txt", &story("Two"));
    spool.shows(&["One", "Two"]);
    spool.rename("a", "c");
    spool.write("c/b/three.txt", &story("Three"));
    spool.shows(&["One", "Three", "Two"]);
    spool.reads("One");
    let entry = spool
        .ids()
        .into_iter()
        .map(|id| spool.desk.entry(id).unwrap());
    let paths: Vec<String> = entry
        .map(|entry| entry.input().unwrap().display_path())
        .collect();
    assert!(paths.iter().all(|path| path.contains("/c/b/")), "{paths:?}");
}

#[test]
fn lines_are_read_on_and_a_part_of_one_waits() {
    let mut spool = Spool::new(&[("wire.jsonl", &line("Anchor"))]);
    spool.shows(&["Anchor"]);
    let buoy = line("Buoy");
    let mut file = fs::File::options()
        .append(true)
        .open(spool.path("wire.jsonl"))
        .unwrap();
    let all = format!("{}{}", buoy, &line("Capstan")[..20]);
    file.write_all(all.as_bytes()).unwrap();
    spool.shows(&["Anchor", "Buoy"]);
    file.write_all(&line("Capstan").as_bytes()[20..]).unwrap();
    spool.shows(&["Anchor", "Buoy", "Capstan"]);
    drop(file);
    spool.append("wire.jsonl", &line("Dinghy"));
    spool.shows(&["Anchor", "Buoy", "Capstan", "Dinghy"]);
    assert_eq!(spool.problems, Vec::<String>::new());
    for name in ["Anchor", "Buoy", "Capstan", "Dinghy"] {
        spool.reads(name);
    }
    let numbers = spool.ids().into_iter().map(|id| {
        spool
            .desk
            .entry(id)
            .unwrap()
            .origin()
            .unwrap()
            .number_in_input()
    });
    let mut numbers: Vec<u64> = numbers.collect();
    numbers.sort_unstable();
    assert_eq!(numbers, [0, 1, 2, 3]);
}

#[test]
fn a_mailbox_is_read_on() {
    let mail = |name: &str| {
        format!(
            "From desk@wire.example Tue Mar  3 08:15:00 2026\nSubject: {name} in the harbour\nDate: Tue, 3 Mar 2026 08:15:00 +0000\n\nThe {name} was seen. END\n\n"
        )
    };
    let mut spool = Spool::new(&[("desk.mbox", &(mail("Anchor") + &mail("Buoy")))]);
    spool.shows(&["Anchor", "Buoy"]);
    spool.append("desk.mbox", &mail("Capstan"));
    spool.shows(&["Anchor", "Buoy", "Capstan"]);
    // The last one goes on: the same row.
    spool.append("desk.mbox", "And again.\n\n");
    spool.until("the end", |spool, _| {
        spool
            .text("Capstan")
            .is_ok_and(|text| text.contains("And again"))
    });
    assert_eq!(spool.rows(), ["Anchor", "Buoy", "Capstan"]);
    spool.reads("Anchor");
}

#[test]
fn a_burst_makes_few_segments() {
    let mut spool = Spool::new(&[]);
    let names: Vec<String> = (0..2000).map(|number| format!("N{number:04}")).collect();
    for name in &names {
        spool.write(&format!("{name}.txt"), &story(name));
    }
    let expected: Vec<&str> = names.iter().map(String::as_str).collect();
    spool.until("all", |spool, _| spool.desk.len() >= 2000);
    assert_eq!(spool.rows(), expected);
    assert!(spool.segments < 100, "{}", spool.segments);
}

#[test]
fn a_watch_that_begins_later_brings_what_has_come_since() {
    let folder = folder();
    fs::write(folder.join("a.txt"), story("Anchor")).unwrap();
    fs::write(folder.join("b.txt"), story("Buoy")).unwrap();
    fs::write(folder.join("wire.jsonl"), line("Lantern")).unwrap();
    let (tell, reports) = channel();
    let sources = || LoadRequest::from(vec![InputSource::Path(folder.clone())]);
    load(sources(), 2, &|report| drop(tell.send(report)));
    let watch = Watch::new(RetentionLimits::default()).unwrap();
    let mut spool = Spool::of(folder.clone(), watch.clone(), reports);
    spool.shows(&["Anchor", "Buoy", "Lantern"]);
    spool.write("a.txt", &story("Another"));
    spool.write("c.txt", &story("Capstan"));
    spool.append("wire.jsonl", &line("Mast"));
    let (snapshot, all) = (spool.desk.snapshot(), sources());
    thread::spawn(move || watch.resume(&all, &snapshot, &|report| drop(tell.send(report))));
    spool.shows(&["Another", "Buoy", "Capstan", "Lantern", "Mast"]);
    spool.write("d.txt", &story("Dinghy"));
    spool.shows(&["Another", "Buoy", "Capstan", "Dinghy", "Lantern", "Mast"]);
    for name in ["Another", "Buoy", "Lantern", "Mast"] {
        spool.reads(name);
    }
}

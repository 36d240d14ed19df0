//! What is written again, renamed or deleted keeps one row, and stays readable.

use super::ledger::Claim;
use super::*;

#[test]
fn a_file_written_again_updates_its_row() {
    let mut spool = Spool::new(&[("a.txt", &story("Anchor")), ("b.txt", &story("Buoy"))]);
    spool.shows(&["Anchor", "Buoy"]);
    spool.write("a.txt", &story("Adder"));
    spool.shows(&["Adder", "Buoy"]);
    spool.write(".b.tmp", &story("Bollard"));
    spool.rename(".b.tmp", "b.txt");
    spool.shows(&["Adder", "Bollard"]);
    spool.reads("Adder");
    spool.reads("Bollard");
    // The same bytes again are nothing new.
    let count = spool.desk.len();
    spool.write("a.txt", &story("Adder"));
    spool.write("c.txt", &story("Capstan"));
    spool.shows(&["Adder", "Bollard", "Capstan"]);
    assert_eq!(spool.desk.len(), count + 1);
    // Deleted and made again at once: the same row, whatever is in it.
    fs::remove_file(spool.path("c.txt")).unwrap();
    spool.write("c.txt", &story("Crane"));
    spool.shows(&["Adder", "Bollard", "Crane"]);
}

#[test]
fn lines_written_anew_keep_what_is_no_longer_in_them() {
    let all = line("Anchor") + &line("Buoy");
    let mut spool = Spool::new(&[("wire.jsonl", &all)]);
    spool.shows(&["Anchor", "Buoy"]);
    spool.write("wire.jsonl", &(line("Buoy") + &line("Capstan")));
    spool.shows(&["Anchor", "Buoy", "Capstan"]);
    spool.reads("Buoy");
    spool.reads("Capstan");
}

#[test]
fn a_renamed_file_keeps_its_row() {
    let mut spool = Spool::new(&[("a.txt", &story("Anchor")), ("b.txt", &story("Buoy"))]);
    spool.shows(&["Anchor", "Buoy"]);
    spool.rename("a.txt", "c.txt");
    spool.write("d.txt", &story("Dinghy"));
    spool.shows(&["Anchor", "Buoy", "Dinghy"]);
    spool.reads("Anchor");
    assert_eq!(spool.desk.len(), 3);
    // In the place of another one.
    spool.rename("c.txt", "b.txt");
    spool.shows(&["Anchor", "Dinghy"]);
    spool.reads("Anchor");
}

#[test]
fn what_is_deleted_stays_readable() {
    let mut spool = Spool::new(&[("a.txt", &story("Anchor"))]);
    spool.write("b.txt", &story("Buoy"));
    spool.append("wire.jsonl", &line("Capstan"));
    spool.shows(&["Anchor", "Buoy", "Capstan"]);
    for name in ["a.txt", "b.txt", "wire.jsonl"] {
        fs::remove_file(spool.path(name)).unwrap();
    }
    spool.write("d.txt", &story("Dinghy"));
    spool.shows(&["Anchor", "Buoy", "Capstan", "Dinghy"]);
    for name in ["Anchor", "Buoy", "Capstan"] {
        spool.reads(name);
    }
}

#[test]
fn what_goes_before_it_is_read_is_named() {
    let mut spool = Spool::new(&[("a.txt", &story("Anchor"))]);
    let names: Vec<String> = (0..20).map(|number| format!("f{number}.txt")).collect();
    for name in &names {
        spool.write(name, &story(&name[..name.len() - 4]));
        fs::remove_file(spool.path(name)).unwrap();
    }
    // An empty file holds nothing that could be missed.
    spool.write("empty.txt", "");
    fs::remove_file(spool.path("empty.txt")).unwrap();
    spool.write("b.txt", &story("Buoy"));
    // The one that is read in time is a row; all others are named.
    let told = |spool: &Spool, name: &str| {
        let row = spool
            .rows()
            .iter()
            .any(|row| *row == name[..name.len() - 4]);
        let named = |problem: &String| problem.contains(name) && problem.contains("was gone again");
        (row, spool.problems.iter().any(named))
    };
    spool.until("all are told", |spool, _| {
        let one = |name: &String| told(spool, name) != (false, false);
        names.iter().all(one) && spool.rows().contains(&"Buoy".to_owned())
    });
    for name in &names {
        assert_ne!(told(&spool, name), (true, true), "{name}");
    }
    assert!(
        !spool
            .problems
            .iter()
            .any(|problem| problem.contains("empty"))
    );
}

#[test]
fn what_falls_out_of_the_cap_is_said() {
    let limits = RetentionLimits {
        bytes: 0,
        ..RetentionLimits::default()
    };
    let mut spool = Spool::keeping(&[], limits);
    let long = story("Anchor") + &"The tide went out again.\n".repeat(4000);
    spool.write("a.txt", &long);
    spool.shows(&["Anchor"]);
    spool.reads("Anchor");
    fs::remove_file(spool.path("a.txt")).unwrap();
    let said = spool.text("Anchor").unwrap_err();
    let expected =
        "no longer at hand: deleted from the spool, and dropped from what is kept (cap 0 bytes)";
    assert!(said.contains(expected), "{said}");
}

#[test]
fn the_folder_itself_may_go_and_come_back() {
    let mut spool = Spool::new(&[("a.txt", &story("Anchor"))]);
    fs::remove_dir_all(&spool.folder).unwrap();
    spool.until("the note", |spool, _| !spool.problems.is_empty());
    assert!(
        spool.problems[0].contains("the folder is gone"),
        "{:?}",
        spool.problems
    );
    fs::create_dir(&spool.folder).unwrap();
    spool.write("b.txt", &story("Buoy"));
    spool.shows(&["Anchor", "Buoy"]);
    spool.write("c.txt", &story("Capstan"));
    spool.shows(&["Anchor", "Buoy", "Capstan"]);
    spool.reads("Anchor");
}

#[test]
fn a_file_may_become_a_folder() {
    let mut spool = Spool::new(&[("a", &story("Anchor"))]);
    fs::remove_file(spool.path("a")).unwrap();
    fs::create_dir(spool.path("a")).unwrap();
    spool.write("a/b.txt", &story("Buoy"));
    spool.shows(&["Anchor", "Buoy"]);
    spool.reads("Anchor");
}

#[test]
fn a_folder_without_events_is_looked_at() {
    let mut spool = Spool::new(&[
        ("a.txt", &story("Anchor")),
        ("wire.jsonl", &line("Lantern")),
    ]);
    let following = Arc::clone(&spool.watch.0);
    following.event_source.remove_below(&spool.folder);
    let polled = (spool.folder.clone(), std::collections::HashMap::new());
    following.folders().polled.extend([polled]);
    following.event_source.wake();
    spool.write("b.txt", &story("Buoy"));
    spool.append("wire.jsonl", &line("Mast"));
    spool.write("a.txt", &story("Another"));
    fs::create_dir(spool.path("new")).unwrap();
    spool.write("new/c.txt", &story("Capstan"));
    spool.shows(&["Another", "Buoy", "Capstan", "Lantern", "Mast"]);
    spool.reads("Another");
    fs::remove_file(spool.path("b.txt")).unwrap();
    spool.reads("Buoy");
}

#[test]
fn a_part_of_a_line_at_the_end_is_told_after_a_pause_and_read_when_it_is_complete() {
    let half = &line("Buoy")[..30];
    let mut spool = Spool::new(&[("wire.jsonl", &(line("Anchor") + half))]);
    spool.until("the problem", |spool, _| !spool.problems.is_empty());
    assert_eq!(spool.rows(), ["Anchor"]);
    spool.append("wire.jsonl", &line("Buoy")[30..]);
    spool.shows(&["Anchor", "Buoy"]);
    spool.reads("Anchor");
    spool.reads("Buoy");
}

/// Somebody reads a file while it is deleted and made again: what happened to it is looked at when that one is done.
#[test]
fn what_is_made_again_while_it_is_read_is_not_gone() {
    let mut spool = Spool::new(&[("a.txt", &story("Anchor"))]);
    spool.shows(&["Anchor"]);
    let path = spool.path("a.txt");
    let watch = spool.watch.clone();
    let Claim::Free(Some((known, _))) = watch.0.file_states.claim(&path, true) else {
        panic!("not known");
    };
    fs::remove_file(&path).unwrap();
    spool.write("a.txt", &story("Adder"));
    spool.write("b.txt", &story("Buoy"));
    spool.shows(&["Anchor", "Buoy"]);
    watch.0.file_states.finish_read(&path, Some(known));
    spool.shows(&["Adder", "Buoy"]);
    spool.reads("Adder");
}

#[test]
fn what_is_read_while_its_folder_is_renamed_has_one_row() {
    let mut spool = Spool::new(&[]);
    fs::create_dir(spool.path("old")).unwrap();
    spool.write("old/a.txt", &story("Anchor"));
    spool.shows(&["Anchor"]);
    let path = spool.path("old/a.txt");
    let watch = spool.watch.clone();
    let Claim::Free(Some((known, _))) = watch.0.file_states.claim(&path, true) else {
        panic!("not known");
    };
    spool.rename("old", "new");
    spool.write("b.txt", &story("Buoy"));
    spool.shows(&["Anchor", "Buoy"]);
    watch.0.file_states.finish_read(&path, Some(known));
    spool.write("new/a.txt", &story("Adder"));
    spool.shows(&["Adder", "Buoy"]);
    spool.reads("Adder");
}

#[test]
fn a_fault_in_one_file_does_not_end_the_watch() {
    let binary = "\0".repeat(4096);
    let mut spool = Spool::new(&[("faulty.txt", &binary)]);
    spool.write("a.txt", &story("Anchor"));
    spool.shows(&["Anchor"]);
    spool.write(".faulty", &binary);
    spool.rename(".faulty", "new-faulty.txt");
    spool.write("b.txt", &story("Buoy"));
    spool.shows(&["Anchor", "Buoy"]);
    let faults = spool
        .problems
        .iter()
        .filter(|told| told.contains("a fault in dateline itself"));
    assert_eq!(faults.count(), 2, "{:?}", spool.problems);
    // What is written again is read again.
    spool.write("faulty.txt", &story("Capstan"));
    spool.shows(&["Anchor", "Buoy", "Capstan"]);
}

//! Saved views, alerts, the urgent queue and mutes on the screen, driven by keys.

use dateline::app::{Msg, Setup};
use dateline::dispatch::Stamp;
use dateline::ingest::InputSource;
use dateline::jobs::Answer;
use dateline::marks::{MarkChange, SavedMarks};
use dateline::views::{Mute, MuteEnd, SavedView, Tint};

use crate::stage::{Files, Stage};
use crate::{has, lacks, three};

fn view(name: &str, filter: &str) -> SavedView {
    SavedView { name: name.to_owned(), filter: filter.to_owned(), ..SavedView::default() }
}

/// A view that does all that a view can do.
fn loud(name: &str, filter: &str) -> SavedView {
    SavedView {
        tint: Some(Tint::Red),
        alert: true,
        bell: true,
        command: vec!["true".to_owned()],
        ..view(name, filter)
    }
}

/// The three dispatches, with views and mutes.
fn with(views: Vec<SavedView>, mutes: Vec<Mute>, size: (u16, u16)) -> (Files, Stage) {
    let files = three();
    let setup = Setup { views, mutes, ..Setup::new("wire/", size) };
    let mut stage = Stage::of(setup);
    stage.tell(Msg::Now(Stamp::from_seconds(1_772_625_600)));
    stage.load_more(vec![InputSource::Path(files.path())]);
    (files, stage)
}

fn flood(number: usize) -> String {
    format!(
        "Headline: Flood reaches street {number}\nSlug: FLOOD\nSent: 2026-03-04T13:{number:02}:00Z\nUrgency: 1\nAgency: NWR\n\nORSK (NWR) - Water stood in street {number}, said Ana Lind.\n"
    )
}

/// So many dispatches of a flood come in after the load.
fn floods(stage: &mut Stage, numbers: std::ops::Range<usize>) -> Files {
    let texts: Vec<(String, String)> =
        numbers.map(|n| (format!("flood{n}.txt"), flood(n))).collect();
    let files: Vec<(&str, &str)> =
        texts.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let files = Files::new(&files);
    stage.arrive(&files);
    files
}

#[test]
fn views_are_listed_and_applied() {
    let views = vec![view("ferries", "headline:ferry"), loud("floods", "flood")];
    let (_files, mut stage) = with(views, Vec::new(), (100, 24));
    let before = stage.screen();
    stage.keys("f");
    has(&stage, "2 saved views");
    has(&stage, "1  F ferries  headline:ferry");
    has(&stage, "alert bell command");
    stage.keys("f");
    assert_eq!(stage.screen(), before, "f again goes back");
    stage.keys("f Enter");
    has(&stage, "/ headline:ferry");
    has(&stage, "1 of 3");
    stage.keys("f 2");
    has(&stage, "no match for “flood”");
    stage.keys("f 3");
    has(&stage, "there is no view 3");
    stage.keys("j j j k Esc Esc");
    has(&stage, "3 dispatches");
}

#[test]
fn what_arrives_is_written_into_the_log_once() {
    let (_files, mut stage) = with(vec![loud("floods", "flood")], Vec::new(), (100, 24));
    lacks(&stage, "alert");
    let _floods = floods(&mut stage, 1..3);
    has(&stage, "2 alerts: a");
    assert_eq!((stage.run.len(), stage.bells), (2, 1));
    stage.keys("a");
    has(&stage, "2 alerts");
    let screen = stage.screen();
    let (new, old) = (screen.find("street 2"), screen.find("street 1"));
    assert!(new.is_some() && new < old, "the newest stands first\n{screen}");
    has(&stage, "● 12:00  F floods");
    stage.keys("j Enter");
    has(&stage, "Water stood in street 1");
    lacks(&stage, "2 alerts: a");
    stage.keys("Esc");
    has(&stage, "‼ F 13:01");
}

#[test]
fn the_very_same_dispatch_is_no_news() {
    let (_files, mut stage) = with(vec![loud("floods", "flood")], Vec::new(), (100, 24));
    let _first = floods(&mut stage, 1..3);
    let _again = floods(&mut stage, 1..3);
    has(&stage, "2 alerts: a");
    assert_eq!((stage.run.len(), stage.bells), (2, 1));
}

#[test]
fn the_archive_raises_no_alert() {
    let (_files, stage) = with(vec![loud("all", "truce | ferry")], Vec::new(), (100, 24));
    lacks(&stage, "alerts: a");
    assert_eq!((stage.run.len(), stage.bells), (0, 0));
    has(&stage, "! A 12:00");
    has(&stage, "● A 10:00");
}

#[test]
fn a_view_on_texts_tells_too() {
    let (_files, mut stage) = with(vec![loud("lind", "body:'lind")], Vec::new(), (100, 24));
    has(&stage, "● L 10:00");
    let _floods = floods(&mut stage, 1..2);
    has(&stage, "1 alert: a");
    stage.keys("f");
    has(&stage, "       1        2  alert");
}

#[test]
fn an_alert_is_gone_to_through_any_filter() {
    let (_files, mut stage) = with(vec![loud("floods", "flood")], Vec::new(), (80, 24));
    let _floods = floods(&mut stage, 1..2);
    stage.keys("/ f e r r y Enter a Enter");
    has(&stage, "Water stood in street 1");
    stage.keys("q q");
    assert!(stage.quit, "the filter is gone");
}

#[test]
fn the_urgent_queue_lies_over_the_filter() {
    let (_files, mut stage) = with(Vec::new(), Vec::new(), (100, 24));
    stage.keys("!");
    has(&stage, "Ferry late again");
    lacks(&stage, "Truce holds");
    stage.keys("!");
    has(&stage, "Truce holds");
    stage.keys("/ t r u c e Enter !");
    has(&stage, "/ truce › is:urgent | is:alert");
    stage.keys("& f Enter !");
    has(&stage, "/ truce › f");
    stage.keys("Esc Esc");
    has(&stage, "Snow closes");
}

#[test]
fn mutes_leave_out_until_they_end() {
    let mute = Mute {
        name: Some("snow".to_owned()),
        filter: "headline:snow".to_owned(),
        until: Some(MuteEnd::Moment(1_772_629_200)),
    };
    let views = vec![loud("snows", "snow")];
    let (_files, mut stage) = with(views, vec![mute], (100, 24));
    lacks(&stage, "Snow closes");
    has(&stage, "1 muted");
    assert!(stage.state.until_next_tick().is_some(), "it wakes when the mute ends");
    let again = Files::new(&[(
        "d.txt",
        "Headline: Snow again\nSent: 2026-03-04T13:00:00Z\nAgency: NWR\n\nIt snowed.\n",
    )]);
    stage.arrive(&again);
    lacks(&stage, "alert");
    stage.keys(".");
    has(&stage, "2 muted");
    stage.command("muted");
    has(&stage, "Snow closes");
    has(&stage, "m 13:00");
    stage.command("muted");
    lacks(&stage, "Snow closes");
    stage.tell(Msg::Now(Stamp::from_seconds(1_772_629_200)));
    has(&stage, "Snow closes");
    lacks(&stage, "2 muted");
    assert!(stage.state.until_next_tick().is_none());
}

#[test]
fn views_and_mutes_are_made_by_commands() {
    let (_files, mut stage) = with(vec![view("ferries", "ferry")], Vec::new(), (100, 24));
    stage.command("alert truces");
    has(&stage, "there is no filter to save");
    stage.keys("/ t r u c e Enter");
    stage.command("alert");
    has(&stage, "it needs a name");
    stage.command("alert ferries");
    has(&stage, "is in the config file");
    stage.command("alert truces");
    stage.keys("Esc f");
    has(&stage, "truces");
    stage.keys("f");
    let truce = Files::new(&[(
        "t.txt",
        "Headline: Truce over\nSent: 2026-03-04T13:00:00Z\nAgency: NWR\n\nIt is over.\n",
    )]);
    stage.arrive(&truce);
    has(&stage, "1 alert: a");
    stage.command("forget truces");
    stage.command("forget ferries");
    has(&stage, "remove it there");
    stage.command("mute ferry for 2h");
    has(&stage, "1 dispatch is muted");
    lacks(&stage, "Ferry late");
    stage.command("mute ferry until never");
    has(&stage, "“never” cannot end a mute");
    stage.command("unmute");
    has(&stage, "Ferry late");
    stage.command("unmute");
    has(&stage, "nothing is muted");
    let name = |change: &MarkChange| match change {
        MarkChange::View(name, Some(definition)) => Some(format!("{name} = {definition:?}")),
        MarkChange::Setting(name, Some(_)) => Some(name.clone()),
        MarkChange::View(name, None) | MarkChange::Setting(name, None) => {
            Some(format!("no {name}"))
        }
        _ => None,
    };
    let kept: Vec<String> = stage.kept.iter().filter_map(name).collect();
    let expected = ["truces = \"alert\\ntruce\"", "no truces", "mute ferry", "no mute ferry"];
    assert_eq!(kept, expected);
}

#[test]
fn what_was_made_in_earlier_sessions_is_there_again() {
    let (_files, mut stage) = with(Vec::new(), Vec::new(), (100, 24));
    stage.tell(Msg::MarksLoaded(Box::new(SavedMarks {
        views: vec![("truces".to_owned(), "alert\ntruce".to_owned())],
        settings: vec![("mute headline:snow".to_owned(), String::new())],
        ..SavedMarks::default()
    })));
    lacks(&stage, "Snow closes");
    has(&stage, "1 muted");
    stage.keys("f");
    has(&stage, "T truces  truce");
}

#[test]
fn nothing_moves_in_the_log_while_alerts_come() {
    let (_files, mut stage) = with(vec![loud("floods", "flood")], Vec::new(), (100, 16));
    let _first = floods(&mut stage, 1..30);
    stage.keys("a 5 j");
    let rows = |stage: &Stage| {
        let screen = stage.marked();
        screen.lines().skip(2).take(10).collect::<Vec<_>>().join("\n")
    };
    let before = rows(&stage);
    let _more = floods(&mut stage, 30..50);
    assert_eq!(rows(&stage), before);
    has(&stage, "49 alerts");
}

#[test]
fn a_command_that_fails_is_an_alert_of_its_own() {
    let (_files, mut stage) = with(vec![loud("floods", "flood")], Vec::new(), (100, 24));
    stage.tell(Msg::Done(Answer::ViewCommandFailed {
        view: "floods".to_owned(),
        fault: "notify ended with exit code 3".to_owned(),
    }));
    stage.keys("a");
    has(&stage, "F floods");
    has(&stage, "notify ended with exit code 3");
    stage.keys("Enter");
    has(&stage, "notify ended with exit code 3");
}

#[test]
fn the_lists_fit_every_size() {
    for size in [(120, 40), (80, 24), (60, 18), (40, 12)] {
        let views = vec![loud("floods of all kinds and names", "flood | body:flood")];
        let (_files, mut stage) = with(views, Vec::new(), size);
        let _floods = floods(&mut stage, 1..3);
        for keys in ["f", "f a"] {
            stage.keys(keys);
            let screen = stage.screen();
            assert!(screen.contains("flood") || screen.contains("Flood"), "{screen}");
        }
    }
}

#[test]
fn what_is_quoted_in_a_mute_says_no_end() {
    let files = three();
    let mut stage = Stage::load(vec![InputSource::Path(files.path())], (100, 20));
    for (filter, until) in [
        ("\"waiting for godot\"", ""),
        ("\"not until noon\" ferry", ""),
        ("\"waiting for godot\"", " until 2026-12-01"),
    ] {
        stage.command(&format!("mute {filter}{until}"));
        has(&stage, "0 dispatches are muted");
        let muted = stage.state.session.alerts.mutes.last().map(|m| &m.mute);
        assert_eq!(muted.map(|mute| mute.filter.as_str()), Some(filter));
    }
}

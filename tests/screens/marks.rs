//! Marks as a reader makes them: read, star, note, marked rows, undo, and the place in a dispatch.

use dateline::app::Msg;
use dateline::ingest::InputSource;
use dateline::marks::{MarkChange, SavedMarks};

use crate::stage::{Files, Stage};
use crate::{has, lacks, three};

fn open(files: &Files, size: (u16, u16)) -> Stage {
    Stage::load(vec![InputSource::Path(files.path())], size)
}

#[test]
fn r_marks_read_and_unread_and_u_takes_it_back() {
    let files = three();
    let mut stage = open(&files, (60, 24));
    has(&stage, "\n● 10:00  NWR  Truce holds");
    stage.keys("j r");
    has(&stage, "\n*  10:00  NWR  Truce holds");
    stage.keys("r");
    has(&stage, "\n*● 10:00  NWR  Truce holds");
    stage.keys("u");
    has(&stage, "\n*  10:00  NWR  Truce holds");
    has(&stage, "undone: marked unread: Truce holds");
    stage.keys("u");
    has(&stage, "\n*● 10:00  NWR  Truce holds");
    stage.keys("u");
    has(&stage, "there is nothing to undo");
}

#[test]
fn a_mark_shows_when_it_is_kept_and_not_before() {
    let files = three();
    let mut stage = open(&files, (60, 24));
    stage.unkept = Some(Vec::new());
    stage.keys("s r");
    has(&stage, "*!…12:00  MRD  Ferry");
    // What was asked for counts for the next key all the same.
    stage.keys("s");
    let asked = stage.unkept.take().unwrap();
    assert!(matches!(
        asked.concat()[..],
        [MarkChange::Star(_, true), MarkChange::Read(_, true), MarkChange::Star(_, false)]
    ));
    let mut asked = asked.into_iter();
    stage.tell(Msg::MarksSaved(asked.next().unwrap(), None));
    has(&stage, "*!…12:00  MRD  Ferry");
    for changes in asked {
        stage.tell(Msg::MarksSaved(changes, None));
    }
    has(&stage, "*! 12:00  MRD  Ferry");
}

#[test]
fn what_cannot_be_saved_is_shown_and_said() {
    let files = three();
    let mut stage = open(&files, (80, 24));
    stage.unkept = Some(Vec::new());
    stage.keys("s");
    let changes = stage.unkept.take().unwrap().concat();
    stage.tell(Msg::MarksSaved(changes, Some("the disk is full".into())));
    has(&stage, "…12:00");
    has(&stage, "marks will not be saved: the disk is full");
    has(&stage, "1 mark not saved");
    stage.tell(Msg::UnsavedMarksSaved);
    has(&stage, "★12:00");
    lacks(&stage, "not saved");
}

#[test]
fn a_star_stands_in_the_list_and_in_the_reader() {
    let files = three();
    let mut stage = open(&files, (60, 24));
    stage.keys("j s");
    has(&stage, "*●★10:00  NWR  Truce holds");
    stage.keys("Enter");
    has(&stage, "★ Truce holds in the hills");
    stage.keys("s");
    lacks(&stage, "★");
}

#[test]
fn a_note_stands_above_the_text() {
    let files = three();
    let mut stage = open(&files, (60, 24));
    stage.edit = "Ask Ana Lind.\nBefore noon.\n";
    stage.keys("j e Enter");
    has(&stage, "✎ Ask Ana Lind.\n");
    has(&stage, "│ Before noon.\n");
    stage.keys("q");
    has(&stage, "✎ Truce holds");
    stage.edit = "";
    stage.keys("e");
    has(&stage, "the note is unchanged");
    // What was done last was to open it.
    stage.keys("u");
    has(&stage, "undone: marked read: Truce");
    stage.keys("u");
    lacks(&stage, "✎");
}

#[test]
fn notes_are_found_and_shown() {
    let files = three();
    let mut stage = open(&files, (60, 12));
    stage.edit = "Ask Ana Lind before noon.";
    stage.keys("j e gg / n o t e : n o o n Enter");
    insta::assert_snapshot!(stage.screen());
    stage.keys("/ ^U i s : n o t e d Enter");
    has(&stage, "/ is:noted   1 of 3");
    stage.edit = " Or after.";
    stage.keys("e Enter");
    has(&stage, "✎ Ask Ana Lind before noon. Or after.");
    stage.keys("q / ^U n o t e : l a t e r Enter");
    has(&stage, "0 of 3");
}

#[test]
fn actions_act_on_all_marked_rows() {
    let files = three();
    let mut stage = open(&files, (80, 24));
    stage.keys("x j x");
    has(&stage, "+ 12:00");
    has(&stage, "2 selected");
    stage.keys("s");
    has(&stage, "+★12:00");
    has(&stage, "+★10:00");
    has(&stage, "\n●  1 Mar");
    has(&stage, "2 starred; u takes that back");
    stage.keys("u");
    lacks(&stage, "★");
    stage.keys("yy");
    let copied = stage.copied.pop().unwrap();
    assert!(copied.starts_with("Ferry late again\n"), "{copied}");
    assert!(copied.contains("\n\nTruce holds in the hills\n"), "{copied}");
    stage.keys("Esc");
    lacks(&stage, "selected");
    stage.keys("gg x G v");
    has(&stage, "3 selected");
    stage.keys("X");
    lacks(&stage, "selected");
    stage.keys("X r Esc");
    lacks(&stage, "●");
    stage.keys("u");
    assert_eq!(stage.screen().matches('●').count(), 2);
}

#[test]
fn opening_marks_read_and_passing_over_does_not() {
    let files = three();
    let mut stage = open(&files, (60, 24));
    stage.unkept = Some(Vec::new());
    stage.keys("j k j");
    assert!(stage.unkept.as_ref().unwrap().is_empty());
    stage.keys("Enter");
    assert!(matches!(stage.unkept.as_ref().unwrap().concat()[..], [MarkChange::Read(_, true)]));
}

#[test]
fn a_row_marked_read_stays_until_the_filter_is_applied_again() {
    let files = three();
    let mut stage = open(&files, (60, 24));
    stage.keys("/ i s : u n r e a d Enter j r");
    has(&stage, "Truce holds");
    has(&stage, "3 of 3");
    let entry = stage.state.selected_entry().map(dateline::index::EntryRef::item_key);
    assert!(stage.state.session.marks.is_read(entry.unwrap()));
    stage.keys("/ Enter");
    stage.keys("Esc / i s : u n r e a d Enter");
    has(&stage, "2 of 3");
}

#[test]
fn marks_that_come_late_are_taken_in() {
    let files = three();
    let mut stage = Stage::empty((60, 24));
    stage.state.session.marks.is_loading = true;
    stage.keys("/ i s : s t a r r e d Enter");
    stage.load_more(vec![InputSource::Path(files.path())]);
    lacks(&stage, "nothing has");
    let entry = stage.state.session.index.entry(stage.state.session.index.order()[1]).unwrap();
    let mut kept = SavedMarks::default();
    kept.sets.starred.set(entry.story_or_item_key(), true);
    kept.queries.push("from:nwr".into());
    stage.tell(Msg::MarksLoaded(Box::new(kept)));
    has(&stage, "●★10:00  NWR  Truce holds");
    has(&stage, "1 of 3");
    stage.keys("/ ^U ^P ^P");
    has(&stage, "from:nwr");
}

#[test]
fn marks_of_another_session_show_and_move_nothing() {
    let files = three();
    let mut stage = open(&files, (60, 24));
    stage.keys("/ i s : u n r e a d Enter j");
    has(&stage, "3 of 3");
    let selected = stage.state.ui.list.selected;
    let mut saved = SavedMarks::default();
    let story = stage.state.selected_entry().unwrap().story_or_item_key();
    saved.sets.starred.set(story, true);
    for &id in stage.state.session.index.order() {
        saved.sets.read.set(stage.state.session.index.entry(id).unwrap().item_key(), true);
    }
    stage.tell(Msg::MarksChanged(Box::new(saved.clone())));
    has(&stage, "★10:00");
    lacks(&stage, "●");
    has(&stage, "3 of 3");
    assert_eq!(stage.state.ui.list.selected, selected);
    // What this session could not save stays.
    stage.unkept = Some(Vec::new());
    stage.keys("s");
    let changes = stage.unkept.take().unwrap().concat();
    stage.tell(Msg::MarksSaved(changes, Some("the disk is full".into())));
    lacks(&stage, "★");
    stage.tell(Msg::MarksChanged(Box::new(saved)));
    lacks(&stage, "★");
    has(&stage, "…10:00");
}

#[test]
fn a_dispatch_opens_where_it_was_left() {
    let paragraphs: Vec<String> =
        (1..60).map(|number| format!("Paragraph {number} of the harbour report.\n\n")).collect();
    let long = format!(
        "Headline: The harbour report\nSent: 2026-03-04T13:00:00Z\n\n{}",
        paragraphs.concat()
    );
    let files = Files::new(&[("a.txt", &long), ("b.txt", crate::TRUCE)]);
    let mut stage = open(&files, (60, 24));
    stage.keys("Enter ^D ^D");
    let line = stage.screen().lines().nth(1).unwrap_or_default().to_owned();
    stage.keys("q j");
    has(&stage, "Truce holds in the hills");
    stage.keys("k");
    has(&stage, "Paragraph 1 of");
    stage.keys("Enter");
    assert_eq!(stage.screen().lines().nth(1), Some(line.as_str()));
    // Also after it was closed and begun anew, with another width.
    let item = stage.state.selected_entry().map(dateline::index::EntryRef::item_key).unwrap();
    stage.keys("^D");
    stage.tell(Msg::Quitting);
    assert_eq!(stage.seen.len(), 2);
    let place = stage.state.session.marks.position(item).unwrap();
    let mut next = Stage::empty((100, 24));
    let mut kept = SavedMarks::default();
    kept.positions.insert(item, u32::try_from(place).unwrap());
    next.tell(Msg::MarksLoaded(Box::new(kept)));
    next.load_more(vec![InputSource::Path(files.path())]);
    next.keys("Enter");
    let body = stage.state.document().unwrap().dispatch.body.text();
    let words = body[place..].split('.').next().unwrap();
    let screen = next.screen();
    let first = screen.lines().find(|line| line.contains("Paragraph"));
    assert!(first.is_some_and(|line| line.contains(words)), "{screen}");
}

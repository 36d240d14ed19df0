//! A stage for screen tests: the whole program without a terminal, driven by keys, its screen as text with roles marked.

#![allow(clippy::unwrap_used)] // A stage that cannot be set up fails the test.

use std::fmt::Write as _;
use std::fs;
use std::path::{Component, Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use dateline::action::parse_table_sequence;
use dateline::app::{Effect, ExportPayload, Msg, Setup, StartupOptions, State, update};
use dateline::index::{EntryId, EntryRef, ItemLocation, Replacement};
use dateline::ingest::{self, InputSource, LoadEvent};
use dateline::jobs::{ExportDispatches, Job, SaveRequest};
use dateline::marks::MarkChange;
use dateline::ui::{Role, Theme, draw};
use dateline::work::{AnswerSink, job_runner, read_full_dispatches};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Style};

/// Marks of the roles that tests look at; the others are drawn plain.
const MARKS: &[(Role, &str, &str)] = &[
    (Role::Selected, "*", "*"),
    (Role::SelectedUnfocused, "~", "~"),
    (Role::Match, "[", "]"),
    (Role::CurrentMatch, "[!", "]"),
    (Role::Quote, "‹", "›"),
    (Role::CurrentQuote, "«", "»"),
    (Role::SameSpeaker, "‹_", "_›"),
    (Role::Dateline, "<", ">"),
    (Role::DerivedInList, "_", "_"),
    (Role::DerivedHeadline, "_", "_"),
    (Role::Killed, "✗", "✗"),
    (Role::Mention, "{", "}"),
    (Role::Struck, "<s>", "</s>"),
    (Role::KillBand, "[kill:", "]"),
    (Role::CorrectionBand, "[correction:", "]"),
    (Role::EmbargoBand, "[embargo:", "]"),
    (Role::UpdateBand, "[update:", "]"),
    (Role::Cue, "(", ")"),
];

/// The program on a stage.
pub(crate) struct Stage {
    pub(crate) state: State,
    pub(crate) copied: Vec<String>,
    /// What was handed to a command or an editor: its name, and the text.
    pub(crate) handed: Vec<(String, String)>,
    /// Links that were opened.
    pub(crate) launched: Vec<String>,
    pub(crate) quit: bool,
    /// Commands that were asked for: of which view, for which entry.
    pub(crate) run: Vec<(String, EntryId)>,
    pub(crate) bells: usize,
    /// Themes and programs that were set.
    pub(crate) changed: Vec<String>,
    /// All changes that shall be kept.
    pub(crate) kept: Vec<MarkChange>,
    /// Jobs of the speakers are not done while this is set.
    pub(crate) hold: bool,
    /// Searches in texts wait here where there is such a list.
    pub(crate) held_searches: Option<Vec<Job>>,
    /// Marks that are not kept until a test says so, where there is such a list.
    pub(crate) unkept: Option<Vec<Vec<MarkChange>>>,
    /// Commands and editors fail while this is set.
    pub(crate) programs_fail: bool,
    /// What the editor adds to a note.
    pub(crate) edit: &'static str,
    /// Items that had been listed at the end.
    pub(crate) seen: Vec<u64>,
    /// Where files are saved, once one is.
    saved: Option<Files>,
    waiting: Vec<Msg>,
}

/// Files in a folder of their own, removed at the end.
pub(crate) struct Files(PathBuf);

impl Files {
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("dateline-{}-{number}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        for (name, text) in files {
            fs::write(folder.join(name), text).unwrap();
        }
        Self(folder)
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.0.clone()
    }
}

/// The text of dispatches as a command gets it.
fn printed(bundle: &ExportDispatches) -> String {
    let read =
        read_full_dispatches(&bundle.snapshot, &bundle.ids, &bundle.story_statuses, bundle.clock);
    read.into_iter().map(|whole| whole.unwrap().text()).collect()
}

impl Drop for Files {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

impl Stage {
    /// The built-in wire, loaded.
    pub(crate) fn wire(size: (u16, u16)) -> Self {
        Self::load(vec![InputSource::BuiltIn], size)
    }

    /// Sources, loaded.
    pub(crate) fn load(sources: Vec<InputSource>, size: (u16, u16)) -> Self {
        let mut stage = Self::empty(size);
        stage.load_more(sources);
        stage
    }

    /// The same with sources loaded.
    pub(crate) fn fill(mut self, sources: Vec<InputSource>) -> Self {
        self.load_more(sources);
        self
    }

    /// Loads sources.
    pub(crate) fn load_more(&mut self, sources: Vec<InputSource>) {
        let reports = Mutex::new(Vec::new());
        ingest::load(sources, 1, &|report| reports.lock().unwrap().push(report));
        for report in reports.into_inner().unwrap() {
            self.tell(match report {
                LoadEvent::Segment(segment) => Msg::EntriesArrived(vec![segment]),
                LoadEvent::Arrived { segments, .. } => Msg::EntriesArrived(segments),
                LoadEvent::Problem(problem) => Msg::Problem(problem),
                LoadEvent::Done(summary) => Msg::LoadFinished(summary),
                LoadEvent::FollowState { missing, can_arrive } => {
                    Msg::FollowState { missing, can_arrive }
                }
            });
        }
    }

    /// Entries come in after the load.
    pub(crate) fn arrive(&mut self, files: &Files) {
        let segments = Mutex::new(Vec::new());
        ingest::load(vec![InputSource::Path(files.path())], 1, &|report| {
            if let LoadEvent::Segment(segment) = report {
                segments.lock().unwrap().push(segment);
            }
        });
        self.tell(Msg::EntriesArrived(segments.into_inner().unwrap()));
    }

    /// The file with an entry of this headline is written again: it is now the first of these.
    pub(crate) fn rewrite(&mut self, headline: &str, files: &Files) {
        self.replace(headline, files, false);
    }

    /// Like [`Self::rewrite`]; with `is_unchanged` the bytes are the same as before.
    pub(crate) fn replace(&mut self, headline: &str, files: &Files, is_unchanged: bool) {
        let spot = |entry: EntryRef<'_>| {
            let origin = entry.locator().unwrap();
            ItemLocation {
                input: origin.input,
                start: origin.bytes.start,
                nth: origin.number_in_range,
            }
        };
        let desk = &self.state.session.index;
        let entries = desk.order().iter().filter_map(|&id| desk.entry(id));
        let old = spot(entries.into_iter().find(|e| e.headline().contains(headline)).unwrap());
        let segments = Mutex::new(Vec::new());
        ingest::load(vec![InputSource::Path(files.path())], 1, &|report| {
            if let LoadEvent::Segment(segment) = report {
                segments.lock().unwrap().push(segment);
            }
        });
        let segments = segments.into_inner().unwrap();
        let new = spot(segments[0].entry(0).unwrap());
        self.tell(Msg::EntriesReplaced {
            segments,
            replaced: vec![Replacement { old, new, is_unchanged }],
        });
    }

    /// Nothing loaded yet.
    pub(crate) fn empty(size: (u16, u16)) -> Self {
        Self::of(Setup::new("wire/", size))
    }

    /// Nothing loaded yet, with switches of the command line.
    pub(crate) fn in_manner(size: (u16, u16), manner: StartupOptions) -> Self {
        let setup = Setup::new("wire/", size);
        Self::of(Setup { options: manner, ..setup })
    }

    /// A start of one's own.
    pub(crate) fn of(setup: Setup) -> Self {
        Self {
            state: State::new(setup),
            copied: Vec::new(),
            handed: Vec::new(),
            launched: Vec::new(),
            quit: false,
            run: Vec::new(),
            bells: 0,
            changed: Vec::new(),
            kept: Vec::new(),
            hold: false,
            held_searches: None,
            unkept: None,
            programs_fail: false,
            edit: "",
            seen: Vec::new(),
            saved: None,
            waiting: Vec::new(),
        }
    }

    /// Does what was asked for, and takes in what comes of it.
    pub(crate) fn perform(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            self.effect(effect);
        }
        if let Some(msg) = self.waiting.pop() {
            self.tell(msg);
        }
    }

    /// Takes a message in, and does what it asks for at once.
    pub(crate) fn tell(&mut self, msg: Msg) {
        self.waiting.push(msg);
        while let Some(msg) = self.waiting.pop() {
            for effect in update(&mut self.state, msg) {
                self.effect(effect);
            }
        }
    }

    fn effect(&mut self, effect: Effect) {
        match effect {
            Effect::Spawn(Job::Speakers { .. }) if self.hold => {}
            Effect::Spawn(job @ Job::SearchTexts(_)) if self.held_searches.is_some() => {
                self.held_searches.get_or_insert_default().push(job);
            }
            Effect::Spawn(Job::RunViewCommand(wanted)) => {
                self.run.push((wanted.view, wanted.dispatch.ids[0]));
            }
            Effect::Spawn(job) => self.run_job(&job),
            Effect::RingBell => self.bells += 1,
            Effect::SaveMarks(changes) => {
                self.kept.extend(changes.iter().cloned());
                match &mut self.unkept {
                    Some(unkept) => unkept.push(changes),
                    None => self.waiting.push(Msg::MarksSaved(changes, None)),
                }
            }
            Effect::SaveListedItems(items, _) => self.seen.extend(items),
            Effect::EditNote { story, text } => self.waiting.push(Msg::NoteEdited {
                story,
                text: Ok(format!("{text}{}", self.edit)),
                before: text,
            }),
            Effect::Copy(text) => self.copied.push(text),
            Effect::Pipe { what, command } => {
                let (ids, is_quote, text) = match what {
                    ExportPayload::Quote(id, text) => (vec![id], true, text),
                    ExportPayload::Dispatches(bundle) => {
                        let text = printed(&bundle);
                        (bundle.ids, false, text)
                    }
                };
                self.handed.push((command, text));
                if !self.programs_fail {
                    self.waiting.push(Msg::Piped { ids, is_quote });
                }
            }
            Effect::OpenEditor { text, ids } => {
                self.handed.push(("editor".to_owned(), text));
                if !self.programs_fail {
                    self.waiting.push(Msg::Edited(ids));
                }
            }
            Effect::Save(wanted) => match self.below(&wanted.path.to_string_lossy()) {
                Ok(path) => self.run_job(&Job::Save(SaveRequest { path, ..wanted })),
                Err(why) => self.waiting.push(Msg::Notice(why)),
            },
            Effect::OpenLink(target) => self.launched.push(target),
            Effect::Quit => self.quit = true,
            Effect::SetTheme(_) | Effect::SetOpener(_) => self.changed.push(format!("{effect:?}")),
            Effect::Suspend | Effect::Redraw | Effect::Follow | Effect::SetMouse(_) => {}
        }
    }

    /// Does a job at once, and keeps its answers.
    fn run_job(&mut self, job: &Job) {
        let answers = Arc::<Mutex<Vec<Msg>>>::default();
        let sink = Arc::clone(&answers);
        let tell: AnswerSink = Arc::new(move |answer| sink.lock().unwrap().push(Msg::Done(answer)));
        job_runner()(job, &|| false, &tell);
        // The last of those that wait is taken first.
        let answers = std::mem::take(&mut *answers.lock().unwrap());
        self.waiting.extend(answers.into_iter().rev());
    }

    /// The keys rest until texts are searched.
    pub(crate) fn rest(&mut self) -> &mut Self {
        if let Some(generation) = self.state.rest_awaited() {
            self.tell(Msg::Rested(generation));
        }
        self
    }

    /// Does the searches in texts that were held.
    pub(crate) fn release_searches(&mut self) {
        for job in self.held_searches.take().unwrap_or_default() {
            self.run_job(&job);
            if let Some(msg) = self.waiting.pop() {
                self.tell(msg);
            }
        }
    }

    /// The folder in which files are saved: whatever is typed, no other is written to.
    pub(crate) fn folder(&mut self) -> PathBuf {
        self.saved.get_or_insert_with(|| Files::new(&[])).path()
    }

    fn below(&mut self, path: &str) -> Result<PathBuf, String> {
        let inside = |part| matches!(part, Component::Normal(_) | Component::CurDir);
        if Path::new(path).components().all(inside) {
            Ok(self.folder().join(path))
        } else {
            Err(format!("{path} is not saved: it leads out of the stage"))
        }
    }

    /// Types keys: sequences as the table of actions writes them, parted by spaces (`j Enter ]q /`).
    pub(crate) fn keys(&mut self, keys: &str) -> &mut Self {
        for sequence in keys.split_whitespace() {
            for key in parse_table_sequence(sequence) {
                self.tell(Msg::Key(key));
            }
        }
        self
    }

    /// Types a command.
    pub(crate) fn command(&mut self, text: &str) -> &mut Self {
        self.keys(":");
        self.tell(Msg::Paste(text.to_owned()));
        self.keys("Enter")
    }

    /// The screen without marks.
    pub(crate) fn screen(&self) -> String {
        self.render(&[])
    }

    /// The screen with the roles of [`MARKS`] marked.
    pub(crate) fn marked(&self) -> String {
        self.render(MARKS)
    }

    fn render(&self, marks: &[(Role, &str, &str)]) -> String {
        let (width, height) = self.state.ui.size;
        let mut buffer = Buffer::empty(Rect::new(0, 0, width, height));
        let number = |role| Role::ALL.iter().position(|&r| r == role).unwrap();
        let theme = Theme::with_styles(|role| {
            Style::new().fg(Color::Indexed(u8::try_from(number(role)).unwrap()))
        });
        draw(&self.state, &theme, &mut buffer);
        let mut out = String::new();
        for y in 0..height {
            let mut line = String::new();
            let mut open: Option<usize> = None;
            for x in 0..width {
                let cell = &buffer[(x, y)];
                let role = match cell.fg {
                    Color::Indexed(number) => Some(Role::ALL[usize::from(number)]),
                    _ => None,
                };
                let mark = marks.iter().position(|(marked, _, _)| Some(*marked) == role);
                if mark != open {
                    line.push_str(open.map_or("", |m| marks[m].2));
                    line.push_str(mark.map_or("", |m| marks[m].1));
                    open = mark;
                }
                line.push_str(cell.symbol());
            }
            line.push_str(open.map_or("", |m| marks[m].2));
            let _ = writeln!(out, "{}", line.trim_end());
        }
        out
    }

    /// The rows of a marked screen that hold a text.
    pub(crate) fn rows_with(&self, text: &str) -> Vec<String> {
        let screen = self.marked();
        screen.lines().filter(|line| line.contains(text)).map(str::to_owned).collect()
    }
}

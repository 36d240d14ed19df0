//! Every code point of Unicode through the whole of the screen, as bytes to the terminal: none of them acts on it.
//!
//! A spread of them is drawn each time; all of them, which takes some minutes in a release build, with
//! `cargo test --release --test screens every_code_point -- --ignored`.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::io::{self, Write};
use std::rc::Rc;

use dateline::app::{Msg, Setup, StartupOptions};
use dateline::dispatch::{InputProblem, Problem, Severity};
use dateline::ingest::InputSource;
use dateline::text::cells;
use dateline::ui::{ColorDepth, Theme, draw};
use ratatui::backend::CrosstermBackend;
use ratatui::layout::Rect;
use ratatui::{Terminal, TerminalOptions, Viewport};

use crate::stage::{Files, Stage};

/// Columns and rows of a frame: many code points fit.
const SIZE: (u16, u16) = (300, 90);
/// The same where only a prompt is looked at.
const LOW: (u16, u16) = (300, 6);
/// Code points of one dispatch.
const CHUNK: usize = 400;
/// Code points of one headline, and of one quote.
const LINE: usize = 20;

#[derive(Clone, Default)]
struct Out(Rc<RefCell<Vec<u8>>>);

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What must not come out of the program but as a part of its own sequences: what moves, turns or hides what is shown.
fn acts(c: char) -> bool {
    matches!(
        c,
        '\u{0}'..='\u{1f}'
            | '\u{7f}'..='\u{9f}'
            | '\u{ad}'
            | '\u{200b}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

/// The characters of a frame, without the sequences that the program writes itself: CSI, digits and `;` or `?`, and
/// the letters that move, colour and clear.
fn characters(bytes: &[u8]) -> String {
    let text = std::str::from_utf8(bytes).expect("frames are UTF-8");
    let mut out = String::new();
    let mut parts = text.split("\u{1b}[");
    out.push_str(parts.next().unwrap_or(""));
    for part in parts {
        let end = part.find(|c: char| !matches!(c, '0'..='9' | ';' | '?'));
        let end = end.expect("a sequence ends");
        assert!(
            part[end..].starts_with(['H', 'm', 'h', 'l', 'J']),
            "{:?} is no sequence of the program",
            &part[..=end]
        );
        out.push_str(&part[end + 1..]);
    }
    out
}

/// A terminal, what has come out on it, and which characters of it.
struct Screen {
    terminal: Terminal<CrosstermBackend<Out>>,
    out: Out,
    seen: BTreeSet<char>,
    frames: usize,
}

impl Screen {
    fn new(size: (u16, u16)) -> Self {
        let out = Out::default();
        let viewport = Viewport::Fixed(Rect::new(0, 0, size.0, size.1));
        let backend = CrosstermBackend::new(out.clone());
        let terminal = Terminal::with_options(backend, TerminalOptions { viewport });
        Self {
            terminal: terminal.expect("a terminal in memory"),
            out,
            seen: BTreeSet::new(),
            frames: 0,
        }
    }

    fn draw(&mut self, stage: &Stage, theme: &Theme) {
        let drawn = self.terminal.draw(|frame| {
            let cursor = draw(&stage.state, theme, frame.buffer_mut());
            if let Some(at) = cursor {
                frame.set_cursor_position(at);
            }
        });
        drawn.expect("memory takes every frame");
        let bytes = std::mem::take(&mut *self.out.0.borrow_mut());
        let shown = characters(&bytes);
        let acting = shown.chars().find(|c| acts(*c)).map(u32::from);
        assert_eq!(acting, None, "a control in {:?}", stage.state.ui.focus);
        self.seen.extend(shown.chars());
        self.frames += 1;
    }

    /// Draws a screen, and what follows on its next pages.
    fn pages(&mut self, stage: &mut Stage, theme: &Theme, pages: usize) {
        self.draw(stage, theme);
        for _ in 1..pages {
            stage.keys("^F");
            self.draw(stage, theme);
        }
    }
}

/// A code point alone, in a word, and with marks on it and before it.
fn forms(c: char) -> String {
    format!("{c} x{c}y\u{301}{c}\u{302} ")
}

fn text(chars: &[char]) -> String {
    chars.iter().copied().map(forms).collect()
}

/// A wire of a dispatch with all of some code points, and of dispatches with a few each in their heads.
fn wire(chars: &[char]) -> String {
    let quotes = chars.chunks(LINE).map(|some| {
        let text = text(some);
        format!("“It was {text},” said Ann Lee.\n\nThey met {text} at noon.\n\n")
    });
    let body: String = quotes.collect();
    let mut lines = vec![serde_json::json!({
        "id": "body", "headline": format!("Letters {}", text(&chars[..LINE.min(chars.len())])),
        "date": "2026-11-19T12:00:00Z", "body": body,
    })];
    for (number, some) in chars.chunks(LINE).enumerate() {
        let text = text(some);
        lines.push(serde_json::json!({
            "id": format!("{number} {text}"), "headline": text, "slug": text, "agency": text, "byline": text,
            "place": text, "date": "2026-11-18T12:00:00Z", "body": "Nothing.", "odd": text,
        }));
    }
    let lines: Vec<String> = lines.iter().map(ToString::to_string).collect();
    lines.join("\n")
}

/// Draws some code points in every place in which a wire's text can come to the screen.
fn show(chars: &[char], screens: &mut [Screen; 5], theme: &Theme) {
    let files = Files::new(&[("wire.jsonl", &wire(chars))]);
    let all = text(chars);
    let setup = Setup::new(text(&chars[..LINE.min(chars.len())]), SIZE);
    let manner = StartupOptions { plain: true, ..StartupOptions::default() };
    let mut stage = Stage::of(Setup { options: manner, ..setup });
    for some in chars.chunks(LINE) {
        let problem = Problem::new(Severity::Fault, text(some), text(some));
        let path = text(some);
        stage.tell(Msg::Problem(InputProblem { path, problem }));
    }
    let mut stage = stage.fill(vec![InputSource::Path(files.path())]);
    let [list, reader, quotes, prompt, sheets] = screens;
    list.draw(&stage, theme);
    stage.keys("Enter");
    reader.pages(&mut stage, theme, 3);
    stage.keys("Tab");
    quotes.pages(&mut stage, theme, 2);
    stage.keys("t i yq");
    quotes.pages(&mut stage, theme, 1);
    stage.keys("q q gg");
    stage.tell(Msg::Resize(LOW.0, LOW.1));
    stage.keys("/");
    for some in chars.chunks(LINE) {
        stage.tell(Msg::Paste(text(some)));
        prompt.draw(&stage, theme);
        stage.keys("^U");
    }
    stage.keys("Esc :");
    stage.tell(Msg::Paste(format!("view {}", text(&chars[..LINE.min(chars.len())]))));
    prompt.draw(&stage, theme);
    stage.tell(Msg::Resize(SIZE.0, SIZE.1));
    stage.keys("Enter f");
    sheets.draw(&stage, theme);
    stage.keys("Esc");
    stage.edit = all.leak();
    stage.keys("e Enter gg");
    sheets.pages(&mut stage, theme, 2);
    for sheet in ["P", "H", "R", "S"] {
        stage.keys(sheet);
        sheets.draw(&stage, theme);
        stage.keys("Esc");
    }
    // The panes side by side, where texts are cut to fit.
    stage.state.settings.plain = false;
    stage.keys("Esc Esc j");
    sheets.draw(&stage, theme);
}

/// Draws these code points; returns how many frames that were.
fn run(chars: &[char]) -> usize {
    let theme = Theme::named("dark", ColorDepth::True).expect("a theme of the program");
    let mut screens = [SIZE, SIZE, SIZE, LOW, SIZE].map(Screen::new);
    for chunk in chars.chunks(CHUNK) {
        show(chunk, &mut screens, &theme);
    }
    // Letters that are shown as they are have been seen everywhere: nothing was left out of the frames.
    let names = ["list", "reader", "quotes", "prompt", "sheets"];
    for (screen, name) in screens.iter().zip(names) {
        let same =
            |c: &char| cells(c.encode_utf8(&mut [0; 4])).any(|cell| cell.symbol.contains(*c));
        let letters = chars.iter().filter(|c| c.is_alphanumeric() && same(c));
        let missing: Vec<_> = letters.filter(|c| !screen.seen.contains(c)).collect();
        assert!(missing.is_empty(), "not seen in {name}: {missing:?}");
    }
    screens.iter().map(|screen| screen.frames).sum()
}

/// Blocks in which each code point is drawn each time: what is odd lies here.
const CLOSE: &[(u32, u32)] = &[
    (0, 0x180),
    (0x300, 0x310),
    (0x600, 0x620),
    (0x1160, 0x1162),
    (0x1800, 0x1810),
    (0x2000, 0x2070),
    (0xd7f8, 0xe008),
    (0xf8f8, 0xf908),
    (0xfdd0, 0xfdf2),
    (0xfe00, 0xfe10),
    (0xfef8, 0xff02),
    (0xffe8, 0x1_0008),
    (0x1_d170, 0x1_d180),
    (0x1_f1e6, 0x1_f1ea),
    (0xe_0000, 0xe_0080),
];

#[test]
fn no_code_point_acts_on_the_terminal() {
    let close = CLOSE.iter().flat_map(|&(from, to)| from..to);
    let spread = (0..=0x10_ffff).step_by(4999);
    let ends = (0..=0x10).flat_map(|plane| [plane << 16 | 0xfffe, plane << 16 | 0xffff]);
    let chosen: BTreeSet<u32> = close.chain(spread).chain(ends).collect();
    let chars: Vec<char> = chosen.into_iter().filter_map(char::from_u32).collect();
    run(&chars);
}

#[test]
#[ignore = "takes some minutes in a release build"]
#[allow(clippy::print_stderr)] // Says how much was drawn.
fn every_code_point_acts_on_nothing() {
    let chars: Vec<char> = ('\0'..=char::MAX).collect();
    let frames = run(&chars);
    eprintln!("{} code points in {frames} frames", chars.len());
}

#[test]
fn the_rule_itself_can_fail() {
    assert_eq!(characters(b"\x1b[2;3Ha\x1b[38;2;1;2;3mb"), "ab");
    assert!(acts('\u{202e}') && acts('\u{9b}') && !acts('é'));
    let caught = std::panic::catch_unwind(|| characters(b"a\x1b[6nb"));
    assert!(caught.is_err());
}

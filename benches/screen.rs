//! What a key costs on the screen: lines broken, frames drawn: `cargo bench --bench screen`.

use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};

use dateline::action::parse_table_sequence;
use dateline::app::{Effect, Msg, Setup, State, update};
use dateline::dispatch::Dispatch;
use dateline::ingest::{self, InputSource, LoadEvent};
use dateline::jobs::Job;
use dateline::text;
use dateline::ui::{Theme, draw};
use dateline::work::{AnswerSink, job_runner};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

fn main() {
    divan::main();
}

/// Takes a message in, and reads what shall be read.
fn tell(state: &mut State, msg: Msg) {
    for effect in update(state, msg) {
        if let Effect::Spawn(job @ Job::ReadDispatch(..)) = effect {
            let (sender, answers) = channel();
            let sink: AnswerSink = Arc::new(move |answer| drop(sender.send(answer)));
            job_runner()(&job, &|| false, &sink);
            drop(sink);
            for answer in answers {
                tell(state, Msg::Done(answer));
            }
        }
    }
}

fn press(state: &mut State, keys: &str) {
    for key in parse_table_sequence(keys) {
        tell(state, Msg::Key(key));
    }
}

/// The built-in wire, its longest dispatch open.
fn wire(size: (u16, u16)) -> State {
    let mut state = State::new(Setup::new("wire/", size));
    let reports = Mutex::new(Vec::new());
    ingest::load(vec![InputSource::BuiltIn], 1, &|report| {
        if let Ok(mut reports) = reports.lock() {
            reports.push(report);
        }
    });
    for report in reports.into_inner().unwrap_or_default() {
        if let LoadEvent::Segment(segment) = report {
            tell(&mut state, Msg::EntriesArrived(vec![segment]));
        }
    }
    state
}

const SIZES: [(u16, u16); 4] = [(200, 60), (120, 40), (80, 24), (40, 12)];

/// A whole frame into an empty buffer.
#[divan::bench(args = SIZES)]
fn frame(bencher: divan::Bencher<'_, '_>, size: (u16, u16)) {
    let state = wire(size);
    let theme = Theme::terminal();
    let mut buffer = Buffer::empty(Rect::new(0, 0, size.0, size.1));
    bencher.bench_local(|| draw(&state, &theme, &mut buffer));
}

/// `]q`: the state changed and the frame drawn.
#[divan::bench(args = SIZES)]
fn next_quote(bencher: divan::Bencher<'_, '_>, size: (u16, u16)) {
    let mut state = wire(size);
    let theme = Theme::terminal();
    let mut buffer = Buffer::empty(Rect::new(0, 0, size.0, size.1));
    press(&mut state, "Enter");
    bencher.bench_local(|| {
        press(&mut state, "]q");
        draw(&state, &theme, &mut buffer)
    });
}

/// The open dispatch of about 1,000 words.
fn long() -> Dispatch {
    let state = wire((120, 40));
    state.shown_document().map_or_else(Dispatch::default, |document| document.dispatch.clone())
}

/// Its paragraphs broken into lines.
#[divan::bench(args = [40, 72])]
fn wrap(bencher: divan::Bencher<'_, '_>, columns: usize) {
    let body = long().body;
    let blocks = body.blocks();
    bencher.bench(|| {
        let lines =
            blocks.iter().map(|block| text::wrap(body.slice(block.range.clone()), columns).len());
        lines.sum::<usize>()
    });
}

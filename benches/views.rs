//! What ten saved views cost as 100,000 dispatches arrive: `cargo bench --bench views`.

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use dateline::dispatch::{Head, Role, Stamp, Urgency};
use dateline::filter::{NoMarks, Query, QueryContext, evaluate_heads};
use dateline::format::{FormatId, ScannedItem};
use dateline::index::{DispatchIndex, Input, InputLocation, Segment, SegmentBuilder, Snapshot};

const COUNT: usize = 100_000;
const SIZES: [usize; 4] = [1, 10, 100, 8_000];

const WORDS: &str = "minister talks oil prices rise sanctions government troops border deal president rebels attack town \
    killed police protest union strike bank rate inflation growth trade summit leaders ceasefire court fraud election \
    vote victory storm flood quake coast thousands aid drought virus vaccine missile test parliament budget gas pipeline";

const TEN: [&str; 10] = [
    "oil | gas | opec",
    "headline:(flood | quake | storm) !aid",
    "from:nwa urgency:1..2",
    "is:alert",
    "slug:ELECTION",
    "at:orsk",
    "ceasefire troops",
    "words:>600 from:(nwa | mrd)",
    "/court .*fraud/",
    "minister !(talks | summit) urgency:<=4",
];

/// All of them in segments of so many.
fn segments(size: usize) -> Vec<Arc<Segment>> {
    let words: Vec<&str> = WORDS.split_whitespace().collect();
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut below = |limit: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % limit as u64).unwrap_or(0)
    };
    let place = InputLocation::BuiltIn("bench", b"");
    let input = Arc::new(Input::new(place, FormatId::PLAIN, 0, None));
    let (mut builder, mut all) = (SegmentBuilder::default(), Vec::new());
    builder.begin_input(&input, 0);
    for n in 0..COUNT {
        let headline: Vec<&str> = (0..7).map(|_| words[below(words.len())]).collect();
        let slug = format!("{}-{}", words[below(words.len())], words[below(words.len())]);
        builder.push(&ScannedItem {
            head: Head {
                item_key: n as u64,
                headline: Cow::Owned(headline.join(" ")),
                slug: Cow::Owned(slug.to_uppercase()),
                place: Cow::Borrowed(["ORSK", "SALANE", "TARN"][below(3)]),
                agency: Cow::Borrowed(["NWA", "MRD", "QRN"][below(3)]),
                time: Some(Stamp::from_seconds(1_467_800_000)),
                urgency: Urgency::new(u8::try_from(below(10)).unwrap_or(0)),
                role: if below(50) == 0 { Role::Alert } else { Role::Story },
                word_count: u32::try_from(below(900)).unwrap_or(0),
                ..Head::default()
            },
            byte_range: 0..0,
            number: 0,
            verbatim_range: 0..0,
            index: 0,
            format: FormatId::PLAIN,
        });
        if builder.len() == size {
            all.push(Arc::new(builder.finish()));
        }
    }
    if !builder.is_empty() {
        all.push(Arc::new(builder.finish()));
    }
    all
}

fn main() {
    divan::main();
}

/// Ten views judge 100,000 entries that come in segments of so many.
#[divan::bench(args = SIZES, sample_count = 10)]
fn arrivals(bencher: divan::Bencher<'_, '_>, size: usize) {
    static ALL: [OnceLock<Snapshot>; 4] = [const { OnceLock::new() }; 4];
    let place = SIZES.iter().position(|&s| s == size).unwrap_or(0);
    let all = ALL[place].get_or_init(|| {
        let mut desk = DispatchIndex::default();
        desk.add(segments(size));
        desk.snapshot()
    });
    let queries = TEN.map(Query::parse);
    let view = QueryContext { now: 1_467_800_000, clock: None, marks: &NoMarks };
    let count = divan::counter::ItemsCount::new(COUNT);
    bencher.counter(count).bench(|| {
        let mut kept = 0;
        for number in 0..all.segments().len() {
            for query in &queries {
                let heads = evaluate_heads(all, number, query, &view);
                kept += heads.matching.iter().map(|w| w.count_ones()).sum::<u32>();
            }
        }
        kept
    });
}

//! The filter over a million invented headlines, and over texts: `cargo bench --bench filter`.

#![allow(clippy::expect_used)] // A bench without its texts fails.

use std::borrow::Cow;
use std::sync::{Arc, Mutex, OnceLock};

use dateline::dispatch::{Head, Stamp};
use dateline::filter::{Query, RunRequest, SortOrder, TextSearch, run_request};
use dateline::format::{FormatId, ScannedItem};
use dateline::index::{DispatchIndex, EntryId, Input, InputLocation, SegmentBuilder, Snapshot};
use dateline::ingest::{self, InputSource, LoadEvent};
use dateline::work::{TextTierCache, search_texts};

const COUNT: usize = 1_000_000;

const WORDS: &str = "minister talks says oil prices rise after new sanctions on government troops border deal president \
    accuses foreign rebels attack town killed wounded police protest march union strike bank rate cut inflation growth \
    trade tariffs summit leaders agree ceasefire truce holds fails court rules against former chief over fraud charges \
    election vote count opposition claims victory results delayed storm flood quake hits coast thousands flee homes aid \
    agency warns hunger drought spreads health virus outbreak vaccine trial shows promise nuclear inspectors return site \
    missile test condemned neighbours parliament passes budget reform bill despite criticism central markets shares fall \
    gas pipeline exports halted company profit beats forecast shares surge airline orders jets plant closes jobs lost";
const NAMES: &str = "Kremlin Syria Moscow Ankara Tehran Paris London Washington Beijing Delhi Cairo Lagos Nairobi Berlin \
    Warsaw Łódź Kyiv Brussels Geneva Damascus Aleppo Putin Obama Merkel Zansela Grafoa Ruvenar Gerpea Nograa Zanrisk";

struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit as u64).unwrap_or(0)
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }
}

fn snapshot() -> &'static Snapshot {
    static DESK: OnceLock<Snapshot> = OnceLock::new();
    DESK.get_or_init(|| {
        let words: Vec<&str> = WORDS.split_whitespace().collect();
        let names: Vec<&str> = NAMES.split_whitespace().collect();
        let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
        let place = InputLocation::BuiltIn("bench", b"");
        let input = Arc::new(Input::new(place, FormatId::PLAIN, 0, None));
        let (mut builder, mut segments) = (SegmentBuilder::default(), Vec::new());
        builder.begin_input(&input, 0);
        for n in 0..COUNT {
            let mut headline = dice.pick(&names).to_owned();
            for _ in 0..5 + dice.below(4) {
                let word = if dice.below(6) == 0 { dice.pick(&names) } else { dice.pick(&words) };
                headline = headline + " " + word;
            }
            let slug = format!("{}-{}/{}", dice.pick(&names), dice.pick(&words), dice.pick(&words))
                .to_uppercase();
            let seconds = 1_467_800_000 - i64::try_from(n).unwrap_or(0) * 30;
            builder.push(&ScannedItem {
                head: Head {
                    item_key: n as u64,
                    headline: Cow::Owned(headline),
                    slug: Cow::Owned(slug),
                    place: Cow::Owned(dice.pick(&names).to_uppercase()),
                    agency: Cow::Borrowed("NWA"),
                    time: Some(Stamp::from_seconds(seconds)),
                    ..Head::default()
                },
                byte_range: 0..0,
                number: 0,
                verbatim_range: 0..0,
                index: 0,
                format: FormatId::PLAIN,
            });
            if builder.is_full() {
                segments.push(Arc::new(builder.finish()));
            }
        }
        segments.push(Arc::new(builder.finish()));
        let mut desk = DispatchIndex::default();
        desk.add(segments);
        desk.snapshot()
    })
}

fn main() {
    snapshot();
    divan::main();
}

/// Dispatches with texts of some 300 words, as JSON Lines in memory.
fn texts() -> &'static Snapshot {
    static TEXTS: OnceLock<Snapshot> = OnceLock::new();
    TEXTS.get_or_init(|| {
        let words: Vec<&str> = WORDS.split_whitespace().collect();
        let mut dice = Dice(0x2545_f491_4f6c_dd1d);
        let line = |n: usize| {
            let body: Vec<&str> = (0..300).map(|_| dice.pick(&words)).collect();
            let rare = if n % 1000 == 7 { " paraffin" } else { "" };
            let body = body.join(" ") + rare;
            format!("{{\"id\":\"x{n}\",\"headline\":\"News {n}\",\"body_text\":\"{body}.\"}}\n")
        };
        let lines: String = (0..TEXT_COUNT).map(line).collect();
        let folder = std::env::temp_dir().join(format!("dateline-bench-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        std::fs::write(folder.join("texts.jsonl"), lines).expect("a file");
        let desk = Mutex::new(DispatchIndex::default());
        ingest::load(vec![InputSource::Path(folder)], 2, &|event| {
            if let (LoadEvent::Segment(segment), Ok(mut desk)) = (event, desk.lock()) {
                desk.add(vec![segment]);
            }
        });
        desk.into_inner().expect("an index").snapshot()
    })
}

const TEXT_COUNT: usize = 20_000;

/// The second tier of the list: a word in hardly any text, one in most, and none.
#[divan::bench(args = ["paraffin", "ceasefire", "kerosene"], sample_count = 10)]
fn second_tier(bencher: divan::Bencher<'_, '_>, text: &str) {
    let snapshot = texts();
    let query = Query::parse(text).including_texts().unwrap_or_default();
    let end = EntryId::new(snapshot.segments().len(), 0);
    let job = TextSearch {
        query,
        snapshot: snapshot.clone(),
        ids: EntryId::FIRST..end,
        ..TextSearch::default()
    };
    bencher.bench(|| {
        search_texts(&job, &mut TextTierCache::default(), &|| false, &mut |_| {})
            .map(|found| found.ids.len())
    });
}

const QUERIES: [&str; 11] = [
    "'kremlin",
    "'kremlin 'syria",
    "oil",
    "kremlin",
    "kremlin syria",
    "kremln sirya",
    "~kremlin",
    "~kremlin ~syria",
    "Kremlin",
    "/kreml.n .*syria/",
    "newer:30d !oil",
];

/// From scratch, until everything is there.
#[divan::bench(args = QUERIES, sample_count = 20)]
fn scratch(bencher: divan::Bencher<'_, '_>, text: &str) {
    let query = Query::parse(text);
    bencher.bench(|| run_request(&RunRequest::new(snapshot(), &query, &|| false), &mut |_| {}));
}

/// Typed key by key: the sum of all keys, each narrowing the one before.
#[divan::bench(args = ["kremlin syria", "~kremlin ~syria"], sample_count = 5)]
fn typed(bencher: divan::Bencher<'_, '_>, text: &str) {
    bencher.bench(|| {
        let mut before = None;
        for end in 1..=text.len() {
            let query = Query::parse(&text[..end]);
            let mut request = RunRequest::new(snapshot(), &query, &|| false);
            request.previous = before.as_ref();
            before = run_request(&request, &mut |_| {}).map(|(_, kept)| kept);
        }
    });
}

/// In the order of relevance.
#[divan::bench(args = ["kremlin syria", "~kremlin ~syria", "oil"], sample_count = 5)]
fn relevance(bencher: divan::Bencher<'_, '_>, text: &str) {
    let query = Query::parse(text);
    bencher.bench(|| {
        let mut request = RunRequest::new(snapshot(), &query, &|| false);
        request.order = SortOrder::Relevance;
        run_request(&request, &mut |_| {})
    });
}

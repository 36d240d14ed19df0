//! The second tier of the list holds what `--filter` finds for the query with its bare words as `text:`, and does not
//! find for the query itself: in every order, however it is typed, and whatever arrives meanwhile.

#![allow(clippy::unwrap_used)] // A corpus that cannot be read fails the test.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use dateline::dispatch::Dispatch;
use dateline::filter::{
    FilterJob, Hits, NoMarks, Query, QueryContext, Sort, SortKey, SortOrder, TextSearch,
    ordered_ids,
};
use dateline::format::{self, Context};
use dateline::index::{
    DispatchIndex, EntryId, EntrySet, Input, InputLocation, SegmentBuilder, Snapshot,
};
use dateline::work::{
    FilterCache, TextStep, TextTierCache, TextsFound, run_filter_job, search_texts,
};

/// Random numbers, the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit as u64).unwrap()
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }

    fn words(&mut self, most: usize) -> String {
        let words: Vec<&str> = (0..self.below(most + 1)).map(|_| self.pick(WORDS)).collect();
        words.join(" ")
    }
}

const WORDS: &[&str] = &[
    "paraffin", "parade", "kerosene", "lamp", "Lamp", "Łódź", "lodz", "oil", "kelp", "éclair",
    "CO₂", "燈台", "ferry", "ferries", "U.S.", "sea-wall",
];

/// What a query is made of.
const NEEDLES: &[&str] = &[
    "paraffin", "para", "kerosene", "lamp", "Lamp", "lodz", "Łódź", "oil", "kelp", "eclair", "co2",
    "燈", "ferr", "u.s.", "sea", "a", "wall", "zebra",
];

/// A query as typed, and with its bare positive words as `text:`.
struct Pair {
    plain: String,
    widened: String,
}

/// A random query of some depth. Below a negation words stay on the heads.
fn random_query(dice: &mut Dice, depth: usize, is_negated: bool) -> Pair {
    let both = |text: String| Pair { plain: text.clone(), widened: text };
    let word = |dice: &mut Dice| {
        let text = dice.pick(NEEDLES);
        match dice.below(12) {
            0 => format!("'{text}"),
            1 => format!("^{text}"),
            2 => format!("{text}$"),
            3 => format!("/{}/", text.replace('.', "\\.")),
            _ => text.to_owned(),
        }
    };
    match dice.below(if depth == 0 { 8 } else { 12 }) {
        0..=4 => {
            let word = word(dice);
            let text = if is_negated { word.clone() } else { format!("text:{word}") };
            Pair { plain: word, widened: text }
        }
        5 => {
            let field = dice.pick(&["headline:", "slug:", "at:", "from:", "body:", "text:"]);
            both(format!("{field}{}", word(dice)))
        }
        6 => both(
            dice.pick(&["~prfn", "\"oil kelp\"", "urgency:<=2", "words:>3", "from:nwr"]).to_owned(),
        ),
        7 => both(format!("\"{}\"", dice.pick(NEEDLES))),
        8 => {
            let inner = random_query(dice, depth - 1, true);
            both(format!("!({})", inner.plain))
        }
        number => {
            let joint = if number == 9 { " | " } else { " " };
            let parts: Vec<Pair> =
                (0..2 + dice.below(2)).map(|_| random_query(dice, depth - 1, is_negated)).collect();
            let join = |of: fn(&Pair) -> &str| {
                format!("({})", parts.iter().map(of).collect::<Vec<_>>().join(joint))
            };
            Pair { plain: join(|pair| &pair.plain), widened: join(|pair| &pair.widened) }
        }
    }
}

/// A corpus of a few dispatches in memory.
#[derive(Default)]
struct Corpus {
    index: DispatchIndex,
    /// The dispatches in full.
    dispatches: Vec<(EntryId, Dispatch)>,
}

impl Corpus {
    fn new(dice: &mut Dice) -> Self {
        let mut corpus = Self::default();
        corpus.arrive(dice, 12);
        corpus
    }

    /// Some dispatches come in.
    fn arrive(&mut self, dice: &mut Dice, most: usize) {
        let lines: String = (0..=dice.below(most)).map(|_| random_line(dice)).collect();
        let bytes: &'static [u8] = lines.leak().as_bytes();
        let format = format::detect(bytes).unwrap();
        let place = InputLocation::BuiltIn("corpus", bytes);
        let input = Input::new(place, format, bytes.len() as u64, None);
        let mut builder = SegmentBuilder::default();
        builder.begin_input(&Arc::new(input), 0);
        let context = Context::default();
        format::scan(format, bytes, &context, &mut |found| builder.push(&found));
        let first = self.index.add(vec![Arc::new(builder.finish())]);
        let dispatches = format::parse(bytes, &context).dispatches;
        self.dispatches.extend(self.index.entries_from(first).zip(dispatches));
    }

    /// What a query keeps by definition, in the order of the index.
    fn kept(&self, query: &str) -> Vec<EntryId> {
        let (query, snapshot) = (Query::parse(query), self.index.snapshot());
        let newest = self.index.newest().map_or(0, |newest| newest.stamp.seconds);
        let view = QueryContext { now: newest, clock: None, marks: &NoMarks };
        let keeps = |(id, dispatch): &&(EntryId, Dispatch)| {
            let entry = self.index.entry(*id).unwrap();
            query.matches_dispatch(entry, dispatch, &view)
        };
        let kept: Vec<EntryId> = self.dispatches.iter().filter(keeps).map(|(id, _)| *id).collect();
        ordered_ids(&snapshot, &EntrySet::from_ids(&snapshot, &kept))
    }

    /// The second tier of a query by definition, in the order of the index.
    fn tier(&self, pair: &Pair) -> Vec<EntryId> {
        let (plain, mut tier) = (self.kept(&pair.plain), self.kept(&pair.widened));
        // What a query keeps stays when its words are also looked for in texts.
        assert!(plain.iter().all(|id| tier.contains(id)), "{}", pair.plain);
        tier.retain(|id| !plain.contains(id));
        tier
    }
}

/// A dispatch as a line of JSON.
fn random_line(dice: &mut Dice) -> String {
    let place = dice.pick(&["Orsk", "Lamp Bay", "Łódź"]).to_uppercase();
    let line = format!(
        "{{\"headline\":\"{}\",\"slug\":\"{}\",\"agency\":\"{}\",\"urgency\":{},\"date\":\"2026-03-0{}T10:00:00Z\",\"body\":\"{place} (NWR) - {}.\\n\\n{}.\"}}\n",
        dice.words(3),
        dice.words(1).to_uppercase(),
        dice.pick(&["NWR", "MRD"]),
        1 + dice.below(4),
        1 + dice.below(9),
        dice.words(5),
        dice.words(4),
    );
    // Some as other programs write them.
    let is_escaped = dice.below(3) == 0;
    if is_escaped { line.replace('Ł', "\\u0141").replace('é', "\\u00e9") } else { line }
}

/// What `--filter` finds, in an order.
fn filtered(snapshot: &Snapshot, query: &str, order: SortOrder) -> Hits {
    let query = Query::parse(query);
    let job = FilterJob { order, ..FilterJob::new(snapshot.clone(), query) };
    let mut hits =
        run_filter_job(&job, &mut FilterCache::default(), &|| false, &mut |_| {}).unwrap();
    hits.ids.truncate(hits.exact_count);
    hits
}

/// The job of a second tier.
fn search_among(snapshot: &Snapshot, query: Query, hits: Hits) -> TextSearch {
    TextSearch {
        query,
        snapshot: snapshot.clone(),
        hits: Arc::new(hits),
        ids: EntryId::FIRST..EntryId::new(snapshot.segments().len(), 0),
        ..TextSearch::default()
    }
}

/// The job of the second tier of a query, if it has one.
fn search(snapshot: &Snapshot, query: &str, order: SortOrder) -> Option<TextSearch> {
    let widened = Query::parse(query).including_texts()?;
    let hits = filtered(snapshot, query, order);
    Some(TextSearch { order, ..search_among(snapshot, widened, hits) })
}

/// All that a job finds.
fn found(job: &TextSearch, cache: &mut TextTierCache) -> Vec<EntryId> {
    let mut all = Vec::new();
    let last = search_texts(job, cache, &|| false, &mut |step| {
        if let TextStep::Found(TextsFound { ids, .. }) = step {
            all.extend(ids);
        }
    });
    all.extend(last.unwrap().ids);
    all
}

fn in_order_of_index(snapshot: &Snapshot, ids: &[EntryId]) -> Vec<EntryId> {
    ordered_ids(snapshot, &EntrySet::from_ids(snapshot, ids))
}

#[test]
fn the_tier_is_the_difference_of_two_filters() {
    check_tiers(1_500);
}

/// `cargo test --test text_tier -- --ignored`: a quarter of a minute.
#[test]
#[ignore = "many more of the queries that the test above takes a sample of"]
fn the_tiers_of_ten_thousand_queries() {
    check_tiers(10_000);
}

/// Checks the second tiers of this many random queries over small corpora.
fn check_tiers(queries: usize) {
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    let mut corpus = Corpus::new(&mut dice);
    let (mut tiers, mut rows) = (0, 0);
    while tiers < queries {
        let pair = random_query(&mut dice, 2, false);
        let (plain, widened) = (Query::parse(&pair.plain), Query::parse(&pair.widened));
        let tier_query = plain.including_texts();
        assert_eq!(tier_query.as_ref().unwrap_or(&plain), &widened, "{}", pair.plain);
        if tier_query.is_none() {
            continue;
        }
        let snapshot = corpus.index.snapshot();
        let kept = Hits::exact(corpus.kept(&pair.plain));
        // What a query keeps by definition is what `--filter` finds: compared now and then.
        if tiers % 25 == 0 {
            assert_eq!(filtered(&snapshot, &pair.plain, SortOrder::Time).ids, kept.ids);
            let widened = filtered(&snapshot, &pair.widened, SortOrder::Time).ids;
            assert_eq!(widened, corpus.kept(&pair.widened), "{}", pair.widened);
        }
        let tier = found(&search_among(&snapshot, widened, kept), &mut TextTierCache::default());
        assert_eq!(tier, corpus.tier(&pair), "{}", pair.plain);
        (tiers, rows) = (tiers + 1, rows + tier.len());
        if tiers % 250 == 0 {
            corpus = Corpus::new(&mut dice);
        }
    }
    assert!(rows > queries / 2, "{rows} rows");
}

/// Orders to try.
const ORDERS: [SortOrder; 4] = [
    SortOrder::Time,
    SortOrder::Relevance,
    SortOrder::Sorted(Sort { by: SortKey::Urgency, then: Some(SortKey::Agency), reversed: false }),
    SortOrder::Sorted(Sort { by: SortKey::Time, then: None, reversed: true }),
];

#[test]
fn arrivals_are_added_to_the_tier_in_its_order() {
    let mut dice = Dice(0x51ab_37c1_9e02_44d3);
    for _ in 0..60 {
        let mut corpus = Corpus::new(&mut dice);
        let (order, pair) = (ORDERS[dice.below(4)], random_query(&mut dice, 1, false));
        let snapshot = corpus.index.snapshot();
        let Some(mut job) = search(&snapshot, &pair.plain, order) else {
            continue;
        };
        let mut tier = found(&job, &mut TextTierCache::default());
        let mut cache = TextTierCache::default();
        for _ in 0..3 {
            let end = corpus.index.end_id();
            corpus.arrive(&mut dice, 3);
            let snapshot = corpus.index.snapshot();
            job = search(&snapshot, &pair.plain, order).unwrap();
            let scratch = found(&job, &mut TextTierCache::default());
            (job.ids.start, job.before) = (end, Some(tier));
            tier = found(&job, &mut TextTierCache::default());
            assert_eq!(tier, scratch, "{} in {order:?}", pair.plain);
            // Where earlier verdicts may have changed, all is judged again, but texts are not searched again.
            let query = format!("({}) newer:3d", pair.plain);
            let mut again = search(&snapshot, &query, order).unwrap();
            let scratch = found(&again, &mut TextTierCache::default());
            again.before = Some(Vec::new());
            assert_eq!(found(&again, &mut cache), scratch, "{query} in {order:?}");
            assert_eq!(in_order_of_index(&snapshot, &tier), corpus.tier(&pair));
        }
    }
}

#[test]
fn letter_by_letter_as_from_scratch() {
    let mut dice = Dice(0x2545_f491_4f6c_dd1d);
    for _ in 0..24 {
        let mut corpus = Corpus::new(&mut dice);
        let typed = random_query(&mut dice, 1, false).plain
            + " "
            + &random_query(&mut dice, 0, false).plain;
        let (mut cache, mut text) = (TextTierCache::default(), String::new());
        for letter in typed.chars() {
            text.push(letter);
            if dice.below(8) == 0 {
                corpus.arrive(&mut dice, 2);
            }
            let Some(job) = search(&corpus.index.snapshot(), &text, SortOrder::Time) else {
                continue;
            };
            // The next letter may come before the search is done.
            if dice.below(3) == 0 {
                let (asked, most) = (AtomicUsize::new(0), dice.below(6));
                let obsolete = || asked.fetch_add(1, Ordering::Relaxed) >= most;
                search_texts(&job, &mut cache, &obsolete, &mut |_| {});
                continue;
            }
            let narrowed = found(&job, &mut cache);
            assert_eq!(narrowed, found(&job, &mut TextTierCache::default()), "{text}");
        }
    }
}

//! Each wire format, scanned and read whole, over its fixtures repeated to some megabytes: `cargo bench --bench formats`.
#![allow(clippy::unwrap_used)] // Fixtures that cannot be read end the bench.

use std::path::Path;
use std::sync::OnceLock;

use dateline::format::{self, Context, FormatId};
use divan::counter::BytesCount;

/// Bytes that a fixture is repeated to, where it may be.
const SIZE: usize = 8 << 20;

fn main() {
    divan::main();
}

/// One input of a format: in one piece where repeating it gives more items, else many times the same small one.
struct Input {
    format: FormatId,
    bytes: Vec<u8>,
    times: usize,
}

/// Names of formats that have fixtures, and their largest input.
fn inputs() -> &'static Vec<(String, Input)> {
    static ALL: OnceLock<Vec<(String, Input)>> = OnceLock::new();
    ALL.get_or_init(|| {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
        let mut all = Vec::new();
        for folder in std::fs::read_dir(root).unwrap() {
            let folder = folder.unwrap().path();
            let name = folder.file_name().unwrap().to_string_lossy().into_owned();
            let files = std::fs::read_dir(&folder).unwrap().map(|file| file.unwrap().path());
            let inputs = files.filter(|path| !path.to_string_lossy().ends_with(".records.json"));
            let largest = inputs
                .map(|path| std::fs::read(path).unwrap())
                .filter_map(input)
                .max_by_key(|input| input.bytes.len());
            all.extend(largest.map(|input| (name, input)));
        }
        all.sort_by(|a, b| a.0.cmp(&b.0));
        all
    })
}

fn input(bytes: Vec<u8>) -> Option<Input> {
    let format = format::detect(&bytes).ok()?;
    let count =
        |bytes: &[u8]| format::parse_as(format, bytes, &Context::default()).dispatches.len();
    let twice = bytes.repeat(2);
    let several = count(&bytes) > 0 && count(&twice) == 2 * count(&bytes);
    let times = (SIZE / bytes.len()).max(1);
    Some(if several {
        let bytes = bytes.repeat(times);
        Input { format, bytes, times: 1 }
    } else {
        Input { format, bytes, times }
    })
}

fn names() -> Vec<&'static str> {
    inputs().iter().map(|(name, _)| name.as_str()).collect()
}

fn of(name: &str) -> &'static Input {
    &inputs().iter().find(|(found, _)| found == name).unwrap().1
}

fn measure(bencher: divan::Bencher<'_, '_>, name: &str, work: impl Fn(&Input)) {
    let input = of(name);
    bencher.counter(BytesCount::new(input.bytes.len() * input.times)).bench_local(|| {
        for _ in 0..input.times {
            work(input);
        }
    });
}

/// Heads only, as lists need them.
#[divan::bench(args = names(), sample_count = 10)]
fn scan(bencher: divan::Bencher<'_, '_>, name: &str) {
    measure(bencher, name, |input| {
        let mut words = 0u64;
        format::scan(input.format, &input.bytes, &Context::default(), &mut |found| {
            words += u64::from(found.head.word_count);
        });
        divan::black_box(words);
    });
}

/// Whole dispatches.
#[divan::bench(args = names(), sample_count = 5)]
fn whole(bencher: divan::Bencher<'_, '_>, name: &str) {
    measure(bencher, name, |input| {
        divan::black_box(format::parse_as(input.format, &input.bytes, &Context::default()));
    });
}

/// What `serde_json` takes for the same bytes, where they are JSON: values, and no dispatches.
#[divan::bench(args = names(), sample_count = 5)]
fn serde_json_alone(bencher: divan::Bencher<'_, '_>, name: &str) {
    measure(bencher, name, |input| {
        for value in
            serde_json::Deserializer::from_slice(&input.bytes).into_iter::<serde_json::Value>()
        {
            if divan::black_box(value).is_err() {
                break;
            }
        }
    });
}

/// What `quick-xml` takes for the same bytes, where they are XML: events to the end or the first error, and no dispatches.
#[divan::bench(args = names(), sample_count = 5)]
fn quick_xml_alone(bencher: divan::Bencher<'_, '_>, name: &str) {
    measure(bencher, name, |input| {
        let mut reader = quick_xml::Reader::from_reader(input.bytes.as_slice());
        loop {
            match divan::black_box(reader.read_event()) {
                Ok(quick_xml::events::Event::Eof) | Err(_) => break,
                Ok(_) => {}
            }
        }
    });
}

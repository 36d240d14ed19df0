//! Who is who over sixty dispatches: persons with offices, equal surnames, offices that change hands, bodies, documents,
//! and sources without a name.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

use crate::program::run;
use crate::support::Folder;

const WIRE: &str = include_str!("wire.jsonl");
const SPEAKERS: &str = include_str!("speakers.tsv");

/// The speakers expected, by id of the dispatch. One that stays in its dispatch gets a name of its own.
fn expected() -> HashMap<&'static str, Vec<String>> {
    let lines = SPEAKERS.lines().filter(|line| !line.starts_with('#'));
    let of = lines.map(|line| {
        let mut cells = line.split('\t');
        let id = cells.next().expect("an id");
        let own = |(at, name): (usize, &str)| match name {
            "?" => format!("{id} {at}"),
            name => name.to_owned(),
        };
        (id, cells.enumerate().map(own).collect())
    });
    of.collect()
}

/// Expected and found speaker of each quote.
fn pairs(printed: &str) -> Vec<(String, String)> {
    let expected = expected();
    let mut pairs = Vec::new();
    for line in printed.lines() {
        let record: Value = serde_json::from_str(line).expect("a record");
        let id = record["item"].as_str().expect("an id");
        let quotes = record["quotes"].as_array().expect("quotes");
        assert_eq!(quotes.len(), expected[id].len(), "{id}");
        for (at, (quote, name)) in quotes.iter().zip(&expected[id]).enumerate() {
            let found = quote["speaker_id"].as_str();
            let found = found.map_or_else(|| format!("nobody {id} {at}"), str::to_owned);
            pairs.push((name.clone(), found));
        }
    }
    pairs
}

/// The B-cubed F1: for each quote, how many of those with the same speaker have the same expected one, and the other way
/// round.
fn b_cubed(pairs: &[(String, String)]) -> f64 {
    let count = |same: &dyn Fn(&(String, String)) -> bool| {
        f64::from(u32::try_from(pairs.iter().filter(|pair| same(pair)).count()).expect("few"))
    };
    let (mut precision, mut recall) = (0.0, 0.0);
    for pair in pairs {
        let both = count(&|other| other == pair);
        precision += both / count(&|other| other.1 == pair.1);
        recall += both / count(&|other| other.0 == pair.0);
    }
    2.0 * precision * recall / (precision + recall) / count(&|_| true)
}

fn wire() -> Folder {
    let folder = Folder::new();
    folder.put("wire.jsonl", WIRE);
    folder
}

#[test]
fn speakers_are_the_same_over_dispatches() {
    let printed = run(&wire(), &["quotes", "--format", "jsonl", "wire.jsonl"]).ok();
    let pairs = pairs(&printed);
    let f1 = b_cubed(&pairs);
    assert!(f1 >= 0.95, "{f1:.3}: {pairs:#?}");
}

#[test]
fn the_order_of_the_dispatches_makes_no_difference() {
    let ids = |wire: &str| {
        let folder = Folder::new();
        folder.put("wire.jsonl", wire);
        let printed = run(&folder, &["quotes", "--format", "jsonl", "wire.jsonl"]).ok();
        let of = printed.lines().map(|line| {
            let record: Value = serde_json::from_str(line).unwrap();
            (record["item"].to_string(), record["quotes"].to_string())
        });
        of.collect::<BTreeMap<String, String>>()
    };
    let turned: Vec<&str> = WIRE.lines().rev().collect();
    assert_eq!(ids(WIRE), ids(&turned.join("\n")));
}

#[test]
fn quotes_and_speakers_have_the_same_ids_and_counts() {
    let folder = wire();
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for (_, id) in pairs(&run(&folder, &["quotes", "--format", "jsonl", "wire.jsonl"]).ok()) {
        *counts.entry(id).or_default() += 1;
    }
    counts.retain(|id, _| !id.starts_with("nobody"));
    let rows = run(&folder, &["speakers", "--format", "jsonl", "wire.jsonl"]).ok();
    let rows = rows.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let rows = rows.map(|row| {
        (row["speaker_id"].as_str().unwrap().to_owned(), row["quotes"].as_u64().unwrap())
    });
    assert_eq!(rows.collect::<BTreeMap<_, _>>(), counts);
}

#[test]
fn the_forms_of_a_name_are_listed() {
    let rows = run(&wire(), &["speakers", "--format", "jsonl", "wire.jsonl"]).ok();
    let row = |name: &str| {
        let rows = rows.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        rows.filter(|row| row["speaker"] == name).collect::<Vec<_>>()
    };
    let tarrow = &row("James Tarrow")[0];
    assert_eq!(tarrow["title"], "Treasury Secretary");
    let forms: Vec<&str> =
        tarrow["forms"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    assert!(
        ["James Tarrow", "Jim Tarrow", "Tarrow"].iter().all(|form| forms.contains(form)),
        "{forms:?}"
    );
    // Two of one name, told apart by their employers.
    let halls = row("Peter Hall");
    let halls: Vec<Option<&str>> = halls.iter().map(|row| row["distinction"].as_str()).collect();
    assert_eq!(halls, [Some("harl shipping"), Some("aldport university")]);
    // Sources without a name stay in their dispatch.
    assert_eq!(row("a dealer").len(), 2);
}

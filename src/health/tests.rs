//! Gaps, restarts and repeats of running numbers; rates and silences.

use proptest::prelude::*;

use super::sequence::NumberedItem;
use super::{Arrival, Sequence, assess_health};
use crate::dispatch::{Precision, Stamp};

const DAY: i64 = 86_400;

/// Items as `minutes:number`, parted by spaces.
fn items(text: &str) -> Vec<NumberedItem> {
    let item = |word: &str| {
        let (minutes, number) = word.split_once(':').unwrap_or(("0", word));
        NumberedItem {
            number: number.parse().unwrap_or(0),
            time: Stamp::from_seconds(minutes.parse::<i64>().unwrap_or(0) * 60),
        }
    };
    text.split_whitespace().map(item).collect()
}

/// Missing numbers, repeated numbers, restarts.
#[track_caller]
fn check(text: &str, missing: &[(u32, u32)], twice: &[u32], restarts: usize) {
    let sequence = Sequence::new("a", items(text));
    let gaps: Vec<(u32, u32)> = sequence.gaps.iter().map(|g| (g.first, g.last)).collect();
    assert_eq!(
        (
            gaps.as_slice(),
            sequence.repeated.as_slice(),
            sequence.restarts
        ),
        (missing, twice, restarts),
        "{sequence:?}"
    );
}

#[test]
fn numbers_that_are_missing_are_told() {
    check("1:5 2:6 3:7", &[], &[], 0);
    check("1:5 2:8 3:9 4:12", &[(6, 7), (10, 11)], &[], 0);
    check("", &[], &[], 0);
    // Items of one minute may come in any order, late ones fill their gap.
    check("1:5 1:7 1:6 2:8", &[], &[], 0);
    check("1:5 2:7 3:8 40:6 41:9", &[], &[], 0);
    check("1:5 2:6 3:6 4:7", &[], &[6], 0);
}

#[test]
fn counting_anew_is_no_gap() {
    // At midnight, after a full and after a quiet day.
    check("600:583 700:584 1445:1 1450:2 1460:4", &[(3, 3)], &[], 1);
    check("600:1 700:2 800:3 2040:1 2140:2", &[], &[], 1);
    // What was sent before midnight and comes after it belongs to its day.
    check("1435:583 1438:585 1441:584 1442:1 1443:2", &[], &[], 1);
    // Round the end of the numbers.
    check("1:9997 2:9998 3:9999 4:1 5:2", &[], &[], 1);
    check("1:9997 2:9999 3:2 4:3", &[(9998, 9998)], &[], 1);
    check("1:998 2:999 3:1 4:2", &[], &[], 1);
    // Another machine sends.
    check("1:12 2:13 3:5012 4:5013", &[], &[], 1);
    // A service that begins each day, and of whose third day only the evening is at hand.
    check("600:1 700:2 2040:1 2100:2 4200:40 4210:41", &[], &[], 2);
}

#[test]
fn a_repeat_within_hours_is_a_repeat_and_the_next_day_a_new_count() {
    check("1:5 2:6 90:5 100:7", &[], &[5], 0);
    check("1:5 2:6 1441:5 1442:6 1443:7", &[], &[], 1);
}

#[test]
fn rates_end_with_the_newest_time() {
    let arrival = |agency, seconds| Arrival {
        agency,
        time: Some(Stamp::from_seconds(seconds)),
        ..Arrival::default()
    };
    let day = Arrival {
        agency: "NWR",
        time: Some(Stamp {
            precision: Precision::Day,
            ..Stamp::from_seconds(0)
        }),
        ..Arrival::default()
    };
    let all = [
        arrival("MRD", DAY),
        arrival("MRD", DAY - 60),
        arrival("MRD", DAY - 7_300),
        arrival("NWR", DAY - 3_600),
        day,
        Arrival::default(),
    ];
    let found = assess_health(all, None);
    let names: Vec<&str> = found.sources.iter().map(|s| s.agency.as_str()).collect();
    assert_eq!(names, ["MRD", "NWR", ""]);
    let mrd = &found.sources[0];
    assert_eq!(
        (mrd.dispatches, mrd.count_within(1), mrd.count_within(3)),
        (3, 2, 3)
    );
    assert_eq!(mrd.silence.map(super::Silence::seconds), Some(7_240));
    assert_eq!(found.sources[1].hours[..2], [0, 1]);
    assert_eq!(found.sources[1].silence, None);
    assert_eq!(found.sources[2].last, None);
    let later = assess_health(all, Some(DAY + 3_600));
    assert_eq!(later.sources[0].hours[..2], [0, 2]);
}

proptest! {
    /// A wire that counts to its end and begins again each day, of which some items are lost: what is told missing was
    /// lost, and nothing that is lost between two that came within a day is passed over.
    #[test]
    fn what_is_lost_is_what_is_missing(
        days in proptest::collection::vec(proptest::collection::vec(any::<bool>(), 12..60), 1..4)
    ) {
        let mut all = Vec::new();
        let mut lost = Vec::new();
        for (day, mut kept) in (0..).zip(days) {
            // A day that begins beyond the numbers of the day before cannot be told from it.
            kept[0] = true;
            let first = kept.iter().position(|&kept| kept);
            let last = kept.iter().rposition(|&kept| kept);
            for (at, &is_kept) in kept.iter().enumerate() {
                let number = u32::try_from(at).unwrap_or(0) + 1;
                let time = Stamp::from_seconds(day * DAY + i64::from(number) * 600);
                if is_kept {
                    all.push(NumberedItem { number, time });
                } else if first.is_some_and(|f| f < at) && last.is_some_and(|l| at < l) {
                    lost.push((day, number));
                }
            }
        }
        let sequence = Sequence::new("a", all);
        let missing: Vec<u32> = sequence.gaps.iter().flat_map(|gap| gap.first..=gap.last).collect();
        let expected: Vec<u32> = lost.into_iter().map(|(_, number)| number).collect();
        prop_assert_eq!(missing, expected);
        prop_assert!(sequence.repeated.is_empty());
    }
}

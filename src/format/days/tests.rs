//! Days as several languages write them, and years inferred.

use super::*;

#[track_caller]
fn check(text: &str, year: Option<i16>, month: i8, day: i8) {
    let date = DatelineDate { year, month, day };
    assert_eq!(super::day(text), Some(Day::Date(date)), "{text}");
}

#[test]
fn reads_the_ways_to_write_a_day() {
    check("Feb 26", None, 2, 26);
    check("FEb 26", None, 2, 26);
    check("2 March", None, 3, 2);
    check("Dec. 9", None, 12, 9);
    check("Sept. 30", None, 9, 30);
    check("Aug 29, 2014", Some(2014), 8, 29);
    check("21 jan 2019", Some(2019), 1, 21);
    check("1 LUG", None, 7, 1);
    check("1er août 2020", Some(2020), 8, 1);
    check("23/07", None, 7, 23);
    check("07/23", None, 7, 23);
    check("25-11-2023", Some(2023), 11, 25);
    check("2016-07-06", Some(2016), 7, 6);
    check("3. Mai", None, 5, 3);
    check("Feb 29", None, 2, 29);
    check("Tuesday, July 5, 2016", Some(2016), 7, 5);
    assert_eq!(day("Monday"), Some(Day::Weekday));
}

#[test]
fn leaves_what_is_no_day() {
    for text in [
        "", "Feb", "Feb 30", "Marx 3", "26", "40/13", "May be", "3 of 4",
    ] {
        assert_eq!(day(text), None, "{text}");
    }
}

#[test]
fn infers_the_year_from_the_file() {
    let file = Stamp::parse("2026-01-02");
    let when = |month, day| {
        let date = DatelineDate {
            year: None,
            month,
            day,
        };
        stamp(date, file).map(|(stamp, inferred)| (stamp.rfc3339(), inferred))
    };
    assert_eq!(when(12, 30), Some(("2025-12-30".into(), true)));
    assert_eq!(when(1, 4), Some(("2026-01-04".into(), true)));
    assert_eq!(when(1, 5), Some(("2025-01-05".into(), true)));
    assert_eq!(when(2, 29), Some(("2024-02-29".into(), true)));
    let date = DatelineDate {
        year: None,
        month: 1,
        day: 1,
    };
    assert_eq!(stamp(date, None), None);
}

//! Days as several languages write them, and years inferred.

use super::*;

#[track_caller]
fn check(text: &str, year: Option<i16>, month: i8, day: i8) {
    let date = DatelineDate { year, month, day };
    assert_eq!(
        super::parse_day(text),
        Some(WrittenDay::Date(date)),
        "{text}"
    );
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
    assert_eq!(parse_day("Monday"), Some(WrittenDay::Weekday));
}

#[test]
fn reads_months_of_many_languages() {
    check("19 Νοεμβρίου", None, 11, 19);
    check("1 ΜΑΪΟΥ 2026", Some(2026), 5, 1);
    check("Σεπτέμβριος 3", None, 9, 3);
    check("7 Αυγ. 2025", Some(2025), 8, 7);
    check("2 октября", None, 10, 2);
    check("МАЙ 9", None, 5, 9);
    check("5 сент. 2024", Some(2024), 9, 5);
    check("11 listopada 2026", Some(2026), 11, 11);
    check("1 WRZEŚNIA", None, 9, 1);
    check("29 Ekim 2023", Some(2023), 10, 29);
    check("3 ŞUBAT", None, 2, 3);
    check("23 NİSAN", None, 4, 23);
    check("6 maart", None, 3, 6);
    check("19 de noviembre de 2026", Some(2026), 11, 19);
    check("8 نوفمبر 2026", Some(2026), 11, 8);
    check("8 تشرين الثاني 2026", Some(2026), 11, 8);
    check("8 كانون الأول/ديسمبر", None, 12, 8);
    check("4 أيار", None, 5, 4);
    check("4 إبريل", None, 4, 4);
    check("4 آب 2026", Some(2026), 8, 4);
}

#[test]
fn knows_all_months_of_a_language() {
    for year in [
        "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
        "Ιανουαρίου Φεβρουαρίου Μαρτίου Απριλίου Μαΐου Ιουνίου Ιουλίου Αυγούστου Σεπτεμβρίου Οκτωβρίου Νοεμβρίου Δεκεμβρίου",
        "Ιανουάριος Φεβρουάριος Μάρτιος Απρίλιος Μάιος Ιούνιος Ιούλιος Αύγουστος Σεπτέμβριος Οκτώβριος Νοέμβριος Δεκέμβριος",
        "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia",
        "Ocak Şubat Mart Nisan Mayıs Haziran Temmuz Ağustos Eylül Ekim Kasım Aralık",
        "januari februari maart april mei juni juli augustus september oktober november december",
        "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
        "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
        "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
        "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
    ] {
        let months: Vec<_> = year.split(' ').map(month_number).collect();
        assert_eq!(months, (1..=12).map(Some).collect::<Vec<_>>(), "{year}");
        let loud: Vec<_> = year.to_uppercase().split(' ').map(month_number).collect();
        assert_eq!(loud, months, "{year}");
    }
}

#[test]
fn leaves_what_is_no_day() {
    for text in [
        "", "Feb", "Feb 30", "Marx 3", "26", "40/13", "May be", "3 of 4",
    ] {
        assert_eq!(parse_day(text), None, "{text}");
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
        resolve_date(date, file).map(|(stamp, inferred)| (stamp.to_rfc3339(), inferred))
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
    assert_eq!(resolve_date(date, None), None);
}

//! Which encoding bytes are found to be in.

use super::*;

#[track_caller]
fn check(bytes: &[u8], text: &str, encoding: &str) {
    let decoded = decode(bytes);
    assert_eq!((&*decoded.text, decoded.encoding), (text, encoding));
}

#[test]
fn finds_the_encoding() {
    check(b"", "", "UTF-8");
    check(b"\xef\xbb\xbfKlar", "Klar", "UTF-8");
    check("Größe".as_bytes(), "Größe", "UTF-8");
    check(b"Gr\xf6\xdfe \x80", "Größe €", "windows-1252");
    check(
        b"The hen of Tarn\x84turned forty.",
        "The hen of Tarn„turned forty.",
        "windows-1252",
    );
    check(
        b"Charset: koi8-r\n\xf0\xd2\xc9",
        "Charset: koi8-r\nПри",
        "KOI8-R",
    );
    check(
        b"<?xml version='1.0' encoding='koi8-r'?><p>\xf0\xd2\xc9",
        "<?xml version='1.0' encoding='koi8-r'?><p>При",
        "KOI8-R",
    );
    check(b"\xff\xfeO\0s\0", "Os", "UTF-16LE");
    check(b"\xfe\xff\0O\0s", "Os", "UTF-16BE");
    check(b"H\0a\0r\0b\0o\0u\0r\0", "Harbour", "UTF-16LE");
    check(b"\0H\0a\0r\0b\0o\0u\0r", "Harbour", "UTF-16BE");
}

#[test]
fn tells_legacy_encodings_by_their_letters() {
    let check = |label: &str, text: &str| {
        let encoding = encoding_for_name(label).unwrap_or(UTF_16LE);
        let (bytes, _, lost) = encoding.encode(text);
        assert!(!lost, "{label}");
        let decoded = decode(&bytes);
        assert_eq!(decoded.text, text, "{label}, read as {}", decoded.encoding);
    };
    check(
        "windows-1252",
        "Die Fähre lief nach neun Tagen wieder aus, sagte der Hafenmeister. „Schön“, meinte sie.",
    );
    check("windows-1252", "Größe");
    check(
        "windows-1251",
        "Паром снова вышел в море после девяти дней стоянки, сообщил порт.",
    );
    check(
        "koi8-r",
        "Паром снова вышел в море после девяти дней стоянки, сообщил порт.",
    );
    check(
        "windows-1253",
        "Το πλοίο απέπλευσε ξανά μετά από εννέα ημέρες στο λιμάνι.",
    );
    check(
        "iso-8859-2",
        "Prom znów wypłynął po dziewięciu dniach postoju w porcie, powiedział związek.",
    );
    check(
        "windows-1250",
        "Trajekt po devíti dnech znovu vyplul, řekl přístavní úřad. Žádný cestující nečekal.",
    );
    check(
        "shift_jis",
        "フェリーは九日ぶりに港を出たと、組合が火曜日に発表した。",
    );
    check(
        "euc-jp",
        "フェリーは九日ぶりに港を出たと、組合が火曜日に発表した。",
    );
    check("iso-2022-jp", "フェリーは九日ぶりに港を出た。");
    check("gb18030", "工会周二表示，渡轮在停泊九天后再次启航。");
    check("big5", "工會週二表示，渡輪在停泊九天後再次啟航。");
    check(
        "euc-kr",
        "노조는 화요일 여객선이 아흐레 만에 다시 출항했다고 밝혔다.",
    );
}

#[test]
fn a_few_broken_bytes_stay_few() {
    let mut bytes = "über Öl, äußerst öde".as_bytes().to_vec();
    bytes.push(0xff);
    let decoded = decode(&bytes);
    assert_eq!(decoded.text, "über Öl, äußerst öde\u{fffd}");
    let place = decoded.problem.map(|problem| problem.location);
    assert_eq!(place.as_deref(), Some("byte 25"));
}

#[test]
fn byte_places_have_commas() {
    assert_eq!(byte_location(7), "byte 7");
    assert_eq!(byte_location(2048), "byte 2,048");
    assert_eq!(byte_location(1_234_567), "byte 1,234,567");
}

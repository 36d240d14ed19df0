//! The names of months in the languages that news comes in.

/// A word in small letters, kept without an allocation: names of days and months are short.
pub(super) struct LowercaseWord([u8; 32], usize);

impl LowercaseWord {
    pub(super) fn of(word: &str) -> Option<Self> {
        let mut lower = Self([0; 32], word.len());
        let bytes = lower.0.get_mut(..word.len())?;
        bytes.copy_from_slice(word.as_bytes());
        if word.is_ascii() {
            bytes.make_ascii_lowercase();
        } else {
            let small = word.to_lowercase();
            lower.1 = small.len();
            lower
                .0
                .get_mut(..small.len())?
                .copy_from_slice(small.as_bytes());
        }
        Some(lower)
    }

    pub(super) fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0[..self.1]).unwrap_or("")
    }
}

/// True where a word may name a month by its first letter.
fn begins_as_month(word: &str) -> bool {
    matches!(
        word.as_bytes().first().map(u8::to_ascii_lowercase),
        Some(
            b'j' | b'f'
                | b'm'
                | b'a'
                | b's'
                | b'o'
                | b'n'
                | b'd'
                | b'e'
                | b'g'
                | b'l'
                | b'k'
                | b'c'
                | b'w'
                | b'p'
                | b'h'
                | b't'
                | 0xc3..
        )
    )
}

/// The number of a month, 1..=12, by its name or a usual short form of it: English, German, French, Spanish, Italian,
/// Portuguese, Dutch, Polish, Turkish, Greek, Russian, Arabic.
pub(in crate::format) fn month_number(word: &str) -> Option<i8> {
    let word = word.trim_end_matches('.');
    if word.len() < 3 || !begins_as_month(word) {
        return None;
    }
    if word.as_bytes()[0] >= 0xce {
        return non_latin_month(word);
    }
    Some(match LowercaseWord::of(word)?.as_str() {
        "jan" | "jän" | "janv" | "ene" | "gen" | "january" | "januar" | "jänner" | "janvier"
        | "enero" | "gennaio" | "janeiro" | "januari" | "stycznia" | "styczeń" | "ocak" => 1,
        "feb" | "fév" | "fev" | "févr" | "february" | "februar" | "feber" | "février"
        | "febrero" | "febbraio" | "fevereiro" | "februari" | "lutego" | "luty" | "şubat" => 2,
        "mar" | "mär" | "mrt" | "mrz" | "march" | "märz" | "mars" | "marzo" | "março" | "maart"
        | "marca" | "marzec" | "mart" => 3,
        "apr" | "avr" | "abr" | "april" | "avril" | "abril" | "aprile" | "kwietnia"
        | "kwiecień" | "nisan" | "ni\u{307}san" => 4,
        "may" | "mai" | "mag" | "mei" | "mayo" | "maio" | "maggio" | "maja" | "maj" | "mayıs"
        | "mayis" => 5,
        "jun" | "giu" | "june" | "juni" | "juin" | "junio" | "giugno" | "junho" | "czerwca"
        | "czerwiec" | "haziran" | "hazi\u{307}ran" => 6,
        "jul" | "juil" | "lug" | "july" | "juli" | "juillet" | "julio" | "luglio" | "julho"
        | "lipca" | "lipiec" | "temmuz" => 7,
        "aug" | "ago" | "août" | "aout" | "august" | "agosto" | "augustus" | "sierpnia"
        | "sierpień" | "ağustos" => 8,
        "sep" | "sept" | "set" | "sett" | "september" | "septembre" | "septiembre"
        | "setiembre" | "settembre" | "setembro" | "września" | "wrzesień" | "eylül" => 9,
        "oct" | "okt" | "ott" | "out" | "october" | "oktober" | "octobre" | "octubre"
        | "ottobre" | "outubro" | "października" | "październik" | "ekim" | "eki\u{307}m" => 10,
        "nov" | "november" | "novembre" | "noviembre" | "novembro" | "listopada" | "listopad"
        | "kasım" | "kasim" => 11,
        "dec" | "dez" | "déc" | "dic" | "december" | "dezember" | "décembre" | "diciembre"
        | "dicembre" | "dezembro" | "grudnia" | "grudzień" | "aralık" | "aralik" => 12,
        _ => return None,
    })
}

/// True for the first word of an Arabic month whose name has two.
pub(super) fn is_first_half(word: &str) -> bool {
    matches!(word, "تشرين" | "كانون")
}

/// Greek, Russian and Arabic; accents do not count, nor does a second name after a slash (`تشرين الثاني/نوفمبر`).
fn non_latin_month(word: &str) -> Option<i8> {
    let word = word.split('/').next()?;
    if word.len() > 32 {
        return None;
    }
    let small = word.chars().flat_map(char::to_lowercase);
    let letters = small.filter(|c| !matches!(c, '\u{300}'..='\u{36f}'));
    let plain: String = letters.map(plain).collect();
    Some(match plain.as_str() {
        "ιανουαριου"
        | "ιανουαριοσ"
        | "ιαν"
        | "января"
        | "январь"
        | "янв"
        | "يناير"
        | "كانون الثاني"
        | "جانفي" => 1,
        "φεβρουαριου"
        | "φεβρουαριοσ"
        | "φεβ"
        | "февраля"
        | "февраль"
        | "фев"
        | "февр"
        | "فبراير"
        | "شباط"
        | "فيفري" => 2,
        "μαρτιου" | "μαρτιοσ" | "μαρ" | "марта" | "март" | "мар" | "مارس" | "اذار" => {
            3
        }
        "απριλιου" | "απριλιοσ" | "απρ" | "апреля" | "апрель" | "апр" | "ابريل" | "نيسان"
        | "افريل" => 4,
        "μαιου" | "μαιοσ" | "μαι" | "мая" | "май" | "مايو" | "ايار" | "ماي" => {
            5
        }
        "ιουνιου" | "ιουνιοσ" | "ιουν" | "июня" | "июнь" | "июн" | "يونيو" | "يونيه" | "حزيران"
        | "جوان" => 6,
        "ιουλιου" | "ιουλιοσ" | "ιουλ" | "июля" | "июль" | "июл" | "يوليو" | "يوليه" | "تموز"
        | "جويلية" => 7,
        "αυγουστου" | "αυγουστοσ" | "αυγ" | "августа" | "август" | "авг" | "اغسطس" | "اب"
        | "اوت" => 8,
        "σεπτεμβριου"
        | "σεπτεμβριοσ"
        | "σεπ"
        | "σεπτ"
        | "сентября"
        | "сентябрь"
        | "сен"
        | "сент"
        | "سبتمبر"
        | "ايلول" => 9,
        "οκτωβριου"
        | "οκτωβριοσ"
        | "οκτ"
        | "октября"
        | "октябрь"
        | "окт"
        | "اكتوبر"
        | "تشرين الاول" => 10,
        "νοεμβριου"
        | "νοεμβριοσ"
        | "νοε"
        | "ноября"
        | "ноябрь"
        | "ноя"
        | "нояб"
        | "نوفمبر"
        | "تشرين الثاني" => 11,
        "δεκεμβριου"
        | "δεκεμβριοσ"
        | "δεκ"
        | "декабря"
        | "декабрь"
        | "дек"
        | "ديسمبر"
        | "كانون الاول" => 12,
        _ => return None,
    })
}

/// A small letter without what may be left out in writing.
fn plain(c: char) -> char {
    match c {
        'ά' => 'α',
        'έ' => 'ε',
        'ή' => 'η',
        'ί' | 'ϊ' | 'ΐ' => 'ι',
        'ό' => 'ο',
        'ύ' | 'ϋ' | 'ΰ' => 'υ',
        'ώ' => 'ω',
        'ς' => 'σ',
        'أ' | 'إ' | 'آ' => 'ا',
        _ => c,
    }
}

//! Names of languages, as databases of articles write them, and their tags.

/// BCP 47 tags, each with the names of the language in English, German, French, Dutch, Spanish, Italian and itself, in
/// lower case.
const LANGUAGES: &[(&str, &[&str])] = &[
    (
        "en",
        &[
            "english", "englisch", "anglais", "engels", "inglés", "inglese", "inglês", "engelska",
            "engelsk", "英语", "英語",
        ],
    ),
    (
        "de",
        &["german", "deutsch", "allemand", "duits", "alemán", "tedesco", "alemão", "tyska", "tysk"],
    ),
    (
        "fr",
        &[
            "french",
            "französisch",
            "français",
            "francais",
            "frans",
            "francés",
            "francese",
            "francês",
            "franska",
            "fransk",
        ],
    ),
    (
        "nl",
        &[
            "dutch",
            "niederländisch",
            "néerlandais",
            "nederlands",
            "flemish",
            "neerlandés",
            "olandese",
        ],
    ),
    ("es", &["spanish", "spanisch", "espagnol", "spaans", "español", "spagnolo", "espanhol"]),
    ("it", &["italian", "italienisch", "italien", "italiaans", "italiano"]),
    ("pt", &["portuguese", "portugiesisch", "portugais", "portugees", "portugués", "português"]),
    ("sv", &["swedish", "schwedisch", "suédois", "zweeds", "svenska"]),
    ("da", &["danish", "dänisch", "danois", "deens", "dansk"]),
    ("no", &["norwegian", "norwegisch", "norvégien", "noors", "norsk"]),
    ("fi", &["finnish", "finnisch", "finnois", "fins", "suomi"]),
    ("pl", &["polish", "polnisch", "polonais", "pools", "polski"]),
    ("cs", &["czech", "tschechisch", "tchèque", "čeština"]),
    ("hu", &["hungarian", "ungarisch", "hongrois", "magyar"]),
    ("ro", &["romanian", "rumänisch", "roumain", "română"]),
    ("el", &["greek", "griechisch", "grec", "ελληνικά"]),
    ("ru", &["russian", "russisch", "russe", "русский", "ruso", "russo"]),
    ("uk", &["ukrainian", "ukrainisch", "ukrainien", "українська"]),
    ("tr", &["turkish", "türkisch", "turc", "turks", "türkçe"]),
    ("ar", &["arabic", "arabisch", "arabe", "العربية", "árabe", "arabo"]),
    ("he", &["hebrew", "hebräisch", "hébreu", "עברית"]),
    ("fa", &["persian", "farsi", "persisch", "persan"]),
    ("hi", &["hindi"]),
    ("ja", &["japanese", "japanisch", "japonais", "japans", "日本語", "日语", "日語"]),
    ("ko", &["korean", "koreanisch", "coréen", "한국어", "韩语"]),
    (
        "zh",
        &[
            "chinese",
            "chinesisch",
            "chinois",
            "chinees",
            "中文",
            "简体中文",
            "繁體中文",
            "繁体中文",
            "中文（简体）",
            "chino",
            "cinese",
        ],
    ),
    ("id", &["indonesian", "indonesisch", "indonésien", "bahasa indonesia"]),
    ("ms", &["malay", "malaiisch", "malais", "bahasa melayu"]),
    ("ca", &["catalan", "katalanisch", "català"]),
    ("bg", &["bulgarian", "bulgarisch", "bulgare"]),
    ("hr", &["croatian", "kroatisch", "croate", "hrvatski"]),
    ("sr", &["serbian", "serbisch", "serbe"]),
    ("sk", &["slovak", "slowakisch", "slovaque"]),
    ("th", &["thai"]),
    ("vi", &["vietnamese"]),
];

/// The names of a language, in lower case, by its tag (`en`, `pt-BR`); none if it is not known.
pub(in crate::format) fn names(tag: &str) -> &'static [&'static str] {
    let primary = tag.split('-').next().unwrap_or(tag);
    LANGUAGES.iter().find(|(known, _)| *known == primary).map_or(&[], |(_, names)| names)
}

/// The tag of a language by its name (`ENGLISH;`, `Französisch`) or by a tag of two letters (`EN`).
pub(in crate::format) fn tag(name: &str) -> Option<&'static str> {
    let name = name.trim_matches(|c: char| c.is_whitespace() || matches!(c, ';' | '.' | ','));
    if name.len() > 40 {
        return None;
    }
    let lower = name.to_lowercase();
    // `English; Spanish`, `EN,ES`: the first counts. `Chinese - Simplified` is Chinese.
    let first = lower.split([';', ',', '/', '(']).next().unwrap_or("").trim();
    let first = first.split(" - ").next().unwrap_or(first);
    let found = LANGUAGES.iter().find(|(tag, names)| *tag == first || names.contains(&first));
    found.map(|(tag, _)| *tag)
}

/// Codes of three letters (ISO 639-2), each with its tag.
const CODES: &[(&str, &str)] = &[
    ("eng", "en"),
    ("deu", "de"),
    ("ger", "de"),
    ("fra", "fr"),
    ("fre", "fr"),
    ("nld", "nl"),
    ("dut", "nl"),
    ("spa", "es"),
    ("ita", "it"),
    ("por", "pt"),
    ("swe", "sv"),
    ("dan", "da"),
    ("nor", "no"),
    ("nob", "nb"),
    ("fin", "fi"),
    ("pol", "pl"),
    ("ces", "cs"),
    ("cze", "cs"),
    ("hun", "hu"),
    ("ron", "ro"),
    ("rum", "ro"),
    ("ell", "el"),
    ("gre", "el"),
    ("rus", "ru"),
    ("ukr", "uk"),
    ("tur", "tr"),
    ("ara", "ar"),
    ("heb", "he"),
    ("fas", "fa"),
    ("per", "fa"),
    ("hin", "hi"),
    ("jpn", "ja"),
    ("kor", "ko"),
    ("zho", "zh"),
    ("chi", "zh"),
    ("ind", "id"),
    ("msa", "ms"),
    ("cat", "ca"),
    ("bul", "bg"),
    ("hrv", "hr"),
    ("srp", "sr"),
    ("slk", "sk"),
    ("tha", "th"),
    ("vie", "vi"),
];

/// The tag of a language that a field names in full or by three letters. `None` for a tag, and for what is not known.
fn tag_of_name(value: &str) -> Option<&'static str> {
    if value.len() < 3 || value.contains(['-', '_']) {
        return None;
    }
    let lower = value.to_lowercase();
    let code = CODES.iter().find(|(code, _)| *code == lower).map(|(_, tag)| *tag);
    code.or_else(|| tag(value))
}

/// The tag of a language that a field names in full or by three letters, else the value of the field.
pub(in crate::format) fn tag_or_name(value: &str) -> &str {
    tag_of_name(value).unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::{tag, tag_of_name};

    #[test]
    fn fields_name_languages() {
        for (value, expected) in [
            ("English", Some("en")),
            ("eng", Some("en")),
            ("DEU", Some("de")),
            ("español", Some("es")),
            ("en", None),
            ("en-GB", None),
            ("pt_BR", None),
            ("qqq", None),
        ] {
            assert_eq!(tag_of_name(value), expected, "{value}");
        }
    }

    #[test]
    fn names_and_tags() {
        for (name, expected) in [
            ("ENGLISH", Some("en")),
            ("English; ", Some("en")),
            ("Französisch", Some("fr")),
            ("ALLEMAND", Some("de")),
            ("EN", Some("en")),
            ("NEDERLANDS; DUTCH", Some("nl")),
            ("Chinese - Simplified", Some("zh")),
            ("Quayish", None),
            ("", None),
        ] {
            assert_eq!(tag(name), expected, "{name}");
        }
    }
}

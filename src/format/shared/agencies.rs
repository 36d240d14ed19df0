//! The short names of news agencies, by the full names that databases, credits and feeds give them.

/// Full names in lower case, without hyphens, each with the short name that the agency signs with. A source may add
/// words (`Agence France Presse -- English`); longer names come before those that they contain.
const AGENCIES: &[(&str, &str)] = &[
    ("agence france presse", "AFP"),
    ("associated press", "AP"),
    ("canadian press", "CP"),
    ("presse canadienne", "CP"),
    ("australian associated press", "AAP"),
    ("deutsche presse agentur", "dpa"),
    ("austria presse agentur", "APA"),
    ("schweizerische depeschenagentur", "SDA"),
    ("agence télégraphique suisse", "ATS"),
    ("evangelischer pressedienst", "epd"),
    ("katholische nachrichten agentur", "KNA"),
    ("algemeen nederlands persbureau", "ANP"),
    ("agencia efe", "EFE"),
    ("press association", "PA"),
    ("press trust of india", "PTI"),
    ("united press international", "UPI"),
    ("united news of india", "UNI"),
    ("indo asian news service", "IANS"),
    ("asian news international", "ANI"),
    ("xinhua", "Xinhua"),
    ("新华社", "Xinhua"),
    ("新華社", "Xinhua"),
    ("共同通信", "Kyodo"),
    ("時事通信", "Jiji"),
    ("kyodo", "Kyodo"),
    ("jiji press", "Jiji"),
    ("yonhap", "Yonhap"),
    ("thomson reuters", "Reuters"),
    ("reuters", "Reuters"),
    ("interfax", "Interfax"),
    ("itar tass", "ITAR-TASS"),
    ("tass", "TASS"),
    ("ria novosti", "RIA"),
    ("anadolu", "AA"),
    ("agenzia ansa", "ANSA"),
    ("ansa", "ANSA"),
    ("adnkronos", "Adnkronos"),
    ("agencia lusa", "Lusa"),
    ("agência lusa", "Lusa"),
    ("norsk telegrambyrå", "NTB"),
    ("tidningarnas telegrambyrå", "TT"),
    ("ritzau", "Ritzau"),
    ("polska agencja prasowa", "PAP"),
    ("polish press agency", "PAP"),
    ("czech news agency", "CTK"),
    ("baltic news service", "BNS"),
    ("central news agency", "CNA"),
    ("bernama", "Bernama"),
];

/// Names that are short names themselves, in the agency's own spelling. A source is one of these if that is its first
/// word and the others only qualify it (`AAP Newsfeed`, `dpa-AFX`, `AFP Infos Mondiales`).
const SIGNS: &[&str] = &[
    "AFP", "AP", "AAP", "APA", "ANP", "ANSA", "ATS", "Belga", "dpa-AFX", "dpa", "DPA", "EFE",
    "epd", "KNA", "NTB", "PTI", "SDA", "TT", "UPI", "AFX", "IANS", "CTK",
];

/// The short name with which an agency signs, if `name` is the full name of one that is known, with or without words
/// around it: `The Associated Press State & Local Wire` is `AP`.
pub(in crate::format) fn agency_sign(name: &str) -> Option<&'static str> {
    let plain = name.to_lowercase().replace(['-', '–', '—'], " ");
    let words = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    let spaced = format!(" {words} ");
    let named = |full: &str| {
        let at = spaced.find(full)?;
        // Chinese and Japanese have no spaces between words.
        let ends = |c: Option<char>| {
            c.is_none_or(|c| !c.is_alphanumeric() || !full.is_ascii() && c > '\u{2e80}')
        };
        let before = spaced[..at].chars().next_back();
        let after = spaced[at + full.len()..].chars().next();
        (ends(before) && ends(after)).then_some(at)
    };
    // A name that begins earlier is the agency; others are parts of a longer name, or its clients.
    let best = AGENCIES.iter().filter_map(|(full, sign)| Some((named(full)?, *sign)));
    let best = best.min_by_key(|(at, _)| *at).filter(|(at, _)| *at <= 12);
    best.map(|(_, sign)| sign).or_else(|| {
        let first = name.split([' ', ',', '(']).next()?;
        let sign = SIGNS.iter().find(|sign| **sign == first)?;
        Some(if *sign == "DPA" { "dpa" } else { sign })
    })
}

#[cfg(test)]
mod tests {
    use super::agency_sign;

    #[test]
    fn knows_agencies_by_their_full_names() {
        for (name, sign) in [
            ("Agence France Presse -- English", Some("AFP")),
            ("Agence France-Presse", Some("AFP")),
            ("Associated Press International", Some("AP")),
            ("The Associated Press State & Local Wire", Some("AP")),
            ("The Canadian Press (CP)", Some("CP")),
            ("Australian Associated Press General News", Some("AAP")),
            ("AAP Newsfeed", Some("AAP")),
            ("Xinhua General News Service", Some("Xinhua")),
            ("dpa-AFX ProFeed", Some("dpa-AFX")),
            ("Deutsche Presse-Agentur", Some("dpa")),
            ("DPA, Germany", Some("dpa")),
            ("The Press Association", Some("PA")),
            ("APA Basisdienst", Some("APA")),
            ("新华社中文新闻", Some("Xinhua")),
            ("Apartment Therapy", None),
            ("The Quay Gazette", None),
            ("Agence Aurel", None),
            ("", None),
        ] {
            assert_eq!(agency_sign(name), sign, "{name}");
        }
    }
}

//! What a database of articles prints instead of articles, on a page or in a document: that the session has expired, that
//! nothing was found, a form to sign in, a summary of the search alone. None of it is a dispatch.

use crate::dispatch::{Problem, Severity};
use crate::format::exports::article;
use crate::format::html::parse_html;
use crate::format::office::converted_from;
use crate::format::parser::{Input, ItemSink, Sample};
use crate::format::shared::search::memmem;

/// Names of databases in lower case, as pages write them, and for messages.
const DATABASES: [(&str, &str); 10] = [
    ("factiva", "Factiva"),
    ("lexisnexis", "LexisNexis"),
    ("nexis uni", "Nexis Uni"),
    ("lexis+", "Lexis+"),
    ("nexis", "Nexis"),
    ("europresse", "Europresse"),
    ("eureka.cc", "Eureka"),
    ("proquest", "ProQuest"),
    ("apa-defacto", "APA DeFacto"),
    ("apa defacto", "APA DeFacto"),
];

/// What messages say, in lower case.
const PHRASES: [&str; 62] = [
    "session has expired",
    "session expired",
    "session has ended",
    "session has timed out",
    "session timed out",
    "session timeout",
    "timed out due to",
    "no documents",
    "no articles",
    "no results",
    "no matches",
    "0 documents",
    "0 results",
    "did not match any",
    "cannot be displayed",
    "is not available",
    "access denied",
    "not authorized",
    "not authorised",
    "sign in",
    "log in",
    "login",
    "password",
    "search summary",
    "results found",
    "try again",
    "sitzung ist abgelaufen",
    "sitzung wurde beendet",
    "keine treffer",
    "keine dokumente",
    "keine ergebnisse",
    "keine artikel",
    "anmelden",
    "anmeldung",
    "passwort",
    "session a expiré",
    "session est terminée",
    "aucun document",
    "aucun résultat",
    "aucun article",
    "connexion",
    "connecter",
    "mot de passe",
    "sessie is verlopen",
    "geen documenten",
    "geen resultaten",
    "geen artikelen",
    "aanmelden",
    "inloggen",
    "wachtwoord",
    "sesión ha caducado",
    "sesión ha expirado",
    "no se encontraron",
    "ningún documento",
    "iniciar sesión",
    "contraseña",
    "sessione è scaduta",
    "nessun documento",
    "nessun risultato",
    "sessão expirou",
    "nenhum documento",
    "nenhum resultado",
];

/// Longest text of a message, in characters, with menus and footers. Pages with an article have more.
const MAX_MESSAGE: usize = 2000;

/// Longest page that is looked at, in bytes: those to sign in hold scripts and styles.
const MAX_PAGE: usize = 256 << 10;

/// A message of a database.
struct Message {
    database: &'static str,
    text: String,
}

impl Message {
    /// The message that a page is, if it is one: its title, or a document's first line, names a database.
    fn of_page(page: &str) -> Option<Self> {
        let lower = page.to_lowercase();
        // Most pages name no database in their title.
        let title = lower.find("<title").map(|at| &lower[at..lower.floor_char_boundary(at + 200)]);
        let title = title.map(|title| title.split("</title").next().unwrap_or(title));
        let is_document = converted_from(page.trim_start_matches('\u{feff}').as_bytes()).is_some();
        let named = if is_document { &lower } else { title? };
        let (_, database) = DATABASES.iter().find(|(name, _)| named.contains(name))?;
        let blocks = parse_html(page).blocks;
        let texts: Vec<&str> = blocks.iter().map(|(_, text)| text.as_str()).collect();
        let text = texts.join(" ");
        let spoken = text.to_lowercase();
        let asks = || lower.contains("type=\"password\"") || lower.contains("type='password'");
        let is_message = text.chars().count() <= MAX_MESSAGE
            && (PHRASES.iter().any(|phrase| spoken.contains(phrase)) || asks());
        is_message.then_some(Self { database, text })
    }
}

/// True for a page that is a message of a database.
pub(in crate::format) fn is_message(sample: &Sample<'_>) -> bool {
    let start = sample.start;
    let has = |mark: &[u8]| memmem::find(start, mark).is_some();
    sample.bytes.len() <= MAX_PAGE
        && (has(b"<title") || has(b"<TITLE") || converted_from(start).is_some())
        && Message::of_page(&String::from_utf8_lossy(sample.bytes)).is_some()
}

/// Reports the message of a page, which holds no dispatch.
pub(in crate::format) fn read_message(input: &Input<'_>, sink: &mut ItemSink<'_>) {
    let (_, page) = input.draft("message", 0..input.bytes.len());
    let message = match Message::of_page(&page) {
        Some(Message { database, text }) => format!(
            "a message of {database} in place of articles (if it asks to sign in, export again): {}",
            article::beginning(&text)
        ),
        None => "a message of a database in place of articles".to_owned(),
    };
    sink.problems.push(Problem::new(Severity::Note, "", message));
}

#[cfg(test)]
mod tests {
    use crate::format::testing::parsed;

    #[track_caller]
    fn check(page: &str, message: &str) {
        let found = parsed(page);
        let messages: Vec<&str> = found.problems.iter().map(|p| p.message.as_str()).collect();
        let is_told = messages.len() == 1 && messages[0].contains(message);
        assert!(found.dispatches.is_empty() && is_told, "{page}: {messages:?}");
    }

    #[test]
    fn messages_are_no_dispatches() {
        check(
            "<html><head><title>Factiva</title></head><body><form>Log in<input type=\"password\"></form></body></html>",
            "a message of Factiva",
        );
        check(
            "<!DOCTYPE html><HTML><HEAD><TITLE>LexisNexis&reg; Academic</TITLE></HEAD><BODY>Your session has expired.</BODY></HTML>",
            "Your session has expired.",
        );
        check(
            "<html><head><title>Europresse</title></head><body><p>Aucun document ne correspond.</p></body></html>",
            "a message of Europresse",
        );
        check(
            "<html><head><title>APA DeFacto</title></head><p>Ihre Suche ergab keine Treffer.</p></html>",
            "APA DeFacto",
        );
    }

    #[test]
    fn pages_about_databases_are_dispatches() {
        let article =
            "<p>The Quay Times is now in ProQuest, and the session was long.</p>".repeat(40);
        for page in [
            format!("<html><head><title>ProQuest buys a quay</title></head><body>{article}<p>Log in</p></body></html>"),
            "<html><head><title>Kites</title></head><body><p>Log in to Factiva.</p></body></html>".to_owned(),
            "<html><head><title>Factiva adds kites</title></head><body><p>Kites are in.</p></body></html>".to_owned(),
        ] {
            assert_eq!(parsed(&page).dispatches.len(), 1, "{page}");
        }
    }
}

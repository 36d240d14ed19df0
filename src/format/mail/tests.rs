//! Mails, whole and damaged, one and many.

use std::fmt::Write as _;

use crate::dispatch::{Dispatch, RelationKind, Role};
use crate::format::{Context, detect, parse};

fn all(text: &str) -> Vec<Dispatch> {
    parse(text.as_bytes(), &Context::default()).dispatches
}

const HEAD: &str = "From: Anna Lind <anna@quay.example>\nTo: desk@quay.example\nSubject: Ferries sail\nMessage-ID: <1@quay.example>\n";

#[track_caller]
fn body(headers: &str, body: &str) -> (String, usize) {
    let mails = all(&format!("{HEAD}{headers}\n{body}"));
    assert_eq!(mails.len(), 1);
    (mails[0].body.text().to_owned(), mails[0].problems.len())
}

#[test]
fn one_mail_and_many() {
    let name = |text: &str| detect(text.as_bytes()).map_or("", |id| id.row().name);
    assert_eq!(name(&format!("{HEAD}\nText.\n")), "mail");
    assert_eq!(name("From: Anna Lind\nHeadline: x\n\nText."), "plain");
    assert_eq!(name("From here on, all is well.\n\nText."), "plain");
    let from = "From anna@quay.example Tue Mar  3 08:15:00 2026\n";
    let two = format!("{from}{HEAD}\nOne.\n>From two.\n>>From three.\n\n{from}{HEAD}\nTwo.\n");
    let mails = all(&two);
    let bodies: Vec<_> = mails.iter().map(|mail| mail.body.text()).collect();
    assert_eq!(bodies, ["One.\n\nFrom two.\n\n>From three.", "Two."]);
    assert_eq!(mails[0].byline.as_deref(), Some("Anna Lind"));
    assert_eq!(mails[0].id.as_deref(), Some("1@quay.example"));
}

#[test]
fn parts_and_encodings() {
    let part = |kind: &str, text: &str| format!("--b\nContent-Type: {kind}\n\n{text}\n");
    let plain = part("text/plain", "Plain.");
    let html = part("text/html", "<p>Rich &amp; bold.</p>");
    let alternative = "Content-Type: multipart/alternative; boundary=b\n";
    assert_eq!(
        body(alternative, &format!("{plain}{html}--b--\n")),
        ("Plain.".into(), 0)
    );
    assert_eq!(
        body(alternative, &format!("{html}{plain}--b--\n")),
        ("Plain.".into(), 0)
    );
    assert_eq!(
        body(alternative, &format!("{html}--b--\n")),
        ("Rich & bold.".into(), 0)
    );
    assert_eq!(body(alternative, &html), ("Rich & bold.".into(), 1));
    let mixed = "Content-Type: multipart/mixed; boundary=\"b\"\n";
    let picture = part("image/png; name=a.png", "xx");
    assert_eq!(
        body(mixed, &format!("{plain}{picture}{plain}--b--\n")),
        ("Plain.\n\nPlain.".into(), 0)
    );
    assert_eq!(
        body("Content-Type: multipart/mixed\n", "Text."),
        ("Text.".into(), 1)
    );
    assert_eq!(body(mixed, "Text."), ("Text.".into(), 1));
    assert_eq!(
        body("Content-Transfer-Encoding: base64\n", "VGV4dC4="),
        ("Text.".into(), 0)
    );
    assert_eq!(
        body("Content-Transfer-Encoding: base64\n", "V!GV4dC4"),
        ("Text.".into(), 1)
    );
    assert_eq!(
        body(
            "Content-Transfer-Encoding: quoted-printable\nContent-Type: text/plain; charset=iso-8859-1\n",
            "F=E4hre."
        ),
        ("Fähre.".into(), 0)
    );
    assert_eq!(
        body("Content-Type: text/plain; charset=nosuch\n", "Text."),
        ("Text.".into(), 1)
    );
    let nested = part("message/rfc822", "Subject: x\n\nInner.");
    assert_eq!(
        body(mixed, &format!("{nested}--b--\n")),
        ("Inner.".into(), 0)
    );
}

#[test]
fn headers_that_act_on_others() {
    let text = format!(
        "{HEAD}References: <0@q> <00@q>\nIn-Reply-To: <00@q>\nSupersedes: <9@q>\nX-Priority: 1 (Highest)\nX-Slug: FERRY/\n\nText."
    );
    let mail = &all(&text)[0];
    assert_eq!(mail.story.as_deref(), Some("0@q"));
    assert_eq!(mail.relations[0].kind, RelationKind::Replaces);
    assert_eq!(
        (mail.relations[0].id.as_str(), mail.slug.as_deref()),
        ("9@q", Some("FERRY/"))
    );
    assert_eq!(mail.urgency.map(crate::dispatch::Urgency::value), Some(1));
    let kill = &all(&format!("{HEAD}Control: cancel <9@q>\n\nText."))[0];
    assert_eq!(
        (kill.role, kill.relations[0].kind),
        (Role::Kill, RelationKind::Kills)
    );
    let correction = &all(&HEAD.replace("Ferries", "CORRECTED-Ferries"))[0];
    assert_eq!(correction.role, Role::Correction);
}

#[test]
fn damage_costs_little() {
    let torn = &all(&format!("{HEAD}no header\nText."))[0];
    assert_eq!(
        (torn.headline.as_str(), torn.problems.len()),
        ("Ferries sail", 1)
    );
    assert_eq!(torn.body.text(), "no header Text.");
    let deep = (0..2000).fold(String::new(), |mut text, n| {
        let next = n + 1;
        let _ = write!(
            text,
            "--b{n}\nContent-Type: multipart/mixed; boundary=b{next}\n\n"
        );
        text
    });
    let (_, problems) = body("Content-Type: multipart/mixed; boundary=b0\n", &deep);
    assert!(problems > 0);
    let long = format!("{HEAD}X-Long: {}\n\nText.", "a ".repeat(20_000));
    assert_eq!(all(&long)[0].problems.len(), 1);
}

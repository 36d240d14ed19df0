//! Reads HTML, however broken, by the rules that browsers go by. The only room that names html5gum.

use std::borrow::Cow;
use std::convert::Infallible;

use html5gum::emitters::callback::{CallbackEmitter, CallbackEvent};
use html5gum::{Span, Tokenizer};

use super::{Markup, MarkupBuilder};

/// The blocks of a piece of HTML.
pub(in crate::format) fn parse_html(text: &str) -> Markup {
    tokenize(text, MarkupBuilder::default())
}

/// The same of a whole page: menus, forms and other frames of it are left out.
pub(in crate::format) fn parse_page(text: &str) -> Markup {
    tokenize(text, MarkupBuilder::of_page())
}

/// True for a text that begins with a tag that HTML knows and holds an end: plain text may hold angle brackets too.
pub(in crate::format) fn looks_like_html(text: &str) -> bool {
    let Some(rest) = text.trim_ascii_start().strip_prefix('<') else {
        return false;
    };
    let length = rest.bytes().take_while(u8::is_ascii_alphanumeric).count();
    let name = rest[..length].to_ascii_lowercase();
    let known = [
        "p",
        "div",
        "h1",
        "h2",
        "h3",
        "h4",
        "ul",
        "ol",
        "table",
        "section",
        "article",
        "span",
        "b",
        "strong",
        "em",
        "i",
        "a",
        "img",
        "figure",
        "html",
        "body",
        "blockquote",
        "br",
        "pre",
        "font",
        "center",
        "header",
        "main",
    ];
    known.contains(&name.as_str()) && memchr::memchr(b'>', &rest.as_bytes()[length..]).is_some()
}

fn tokenize(text: &str, mut builder: MarkupBuilder) -> Markup {
    let mut reader = StartTagReader::default();
    let mut emitter = CallbackEmitter::new(
        |event: CallbackEvent<'_>, _: Span<()>| -> Option<Infallible> {
            reader.handle_event(&event, &mut builder);
            None
        },
    );
    emitter.naively_switch_states(true);
    // The reader of a text in memory has no errors.
    let _ = Tokenizer::new_with_emitter(text, emitter).finish();
    builder.finish()
}

/// A start tag while it is read.
#[derive(Default)]
struct StartTagReader {
    name: String,
    attributes: Vec<(String, String)>,
}

/// Most attributes of one tag that are looked at.
const ATTRIBUTES: usize = 64;

impl StartTagReader {
    fn handle_event(&mut self, event: &CallbackEvent<'_>, builder: &mut MarkupBuilder) {
        match *event {
            CallbackEvent::OpenStartTag { name } => {
                self.name = local(name);
                self.attributes.clear();
            }
            CallbackEvent::AttributeName { name } if self.attributes.len() < ATTRIBUTES => {
                self.attributes
                    .push((utf8(name).into_owned(), String::new()));
            }
            CallbackEvent::AttributeValue { value } => {
                if let Some((_, last)) = self.attributes.last_mut() {
                    last.push_str(&utf8(value));
                }
            }
            CallbackEvent::CloseStartTag { .. } => self.open(builder),
            CallbackEvent::EndTag { name } => builder.close(&local(name)),
            CallbackEvent::String { value } => builder.text(&utf8(value)),
            _ => {}
        }
    }

    fn open(&mut self, builder: &mut MarkupBuilder) {
        let attributes = &self.attributes;
        builder.open(&self.name, &|wanted| {
            let found = attributes.iter().find(|(name, _)| name == wanted);
            found.map(|(_, value)| Cow::Borrowed(value.as_str()))
        });
    }
}

fn utf8(bytes: &[u8]) -> Cow<'_, str> {
    match simdutf8::basic::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => String::from_utf8_lossy(bytes),
    }
}

/// A name in small letters, without a prefix (`<o:p>`).
fn local(name: &[u8]) -> String {
    let name = utf8(name).to_ascii_lowercase();
    match name.rsplit_once(':') {
        Some((_, local)) => local.to_owned(),
        None => name,
    }
}

/// A text without tags, its entities resolved, its lines kept.
pub(in crate::format) fn decode_entities(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut emitter = CallbackEmitter::new(
        |event: CallbackEvent<'_>, _: Span<()>| -> Option<Infallible> {
            if let CallbackEvent::String { value } = event {
                out.push_str(&utf8(value));
            }
            None
        },
    );
    emitter.naively_switch_states(false);
    let _ = Tokenizer::new_with_emitter(text, emitter).finish();
    out
}

//! What the tags of HTML and NITF mean for the layout of a text.

/// What a tag does to the text around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tag {
    /// Begins and ends a block.
    Block,
    Heading,
    Break,
    List,
    Ordered,
    Item,
    Pre,
    Table,
    Row,
    Cell,
    HeadCell,
    Link,
    Quote,
    Image,
    /// Its text goes to the media, not to the body.
    Media,
    Title,
    Meta,
    /// The whole page, which names its language.
    Page,
    /// Nothing in it is text.
    Silent,
    /// The frame of a page, not its text.
    Frame,
    /// Part of a line.
    Inline,
}

/// The tag of this name, in small letters, without a prefix.
pub(super) fn tag(name: &str) -> Tag {
    match name {
        "p" | "div" | "section" | "article" | "main" | "blockquote" | "figure" | "figcaption"
        | "address" | "dd" | "dt" | "dl" | "fieldset" | "details" | "summary" | "hr" | "body"
        | "center" | "body.content" | "block" | "bq" | "credit" | "note" | "fn" | "body.head"
        | "body.end" | "tagline" | "lede" | "caption" | "thead" | "tbody" | "tfoot" | "header"
        | "datasource" => Tag::Block,
        "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "hl1" | "hl2" | "legend" => Tag::Heading,
        "br" => Tag::Break,
        "ul" | "menu" | "dir" => Tag::List,
        "ol" => Tag::Ordered,
        "li" => Tag::Item,
        "pre" | "listing" | "xmp" | "plaintext" => Tag::Pre,
        "table" => Tag::Table,
        "tr" => Tag::Row,
        "td" => Tag::Cell,
        "th" => Tag::HeadCell,
        "a" => Tag::Link,
        "q" => Tag::Quote,
        "img" | "video" | "audio" | "source" | "embed" => Tag::Image,
        "media" => Tag::Media,
        "title" => Tag::Title,
        "meta" => Tag::Meta,
        "html" => Tag::Page,
        "script"
        | "style"
        | "template"
        | "noscript"
        | "iframe"
        | "object"
        | "svg"
        | "math"
        | "select"
        | "canvas"
        | "textarea"
        | "noframes"
        | "nitf-table-metadata"
        | "applet" => Tag::Silent,
        "nav" | "footer" | "aside" | "form" | "button" | "dialog" => Tag::Frame,
        _ => Tag::Inline,
    }
}
